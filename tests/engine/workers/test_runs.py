"""Runs in real workers: nothing that a node does harms anybody but its own run."""

from __future__ import annotations

import asyncio
import os
import signal
import weakref
from typing import Any

import pytest

from engine.jobs.events import (
    JobCancelled,
    JobFailed,
    JobQueued,
    JobStarted,
    NodeStarted,
)
from engine.jobs.job import JobResult
from engine.workers.dispatch import WorkersChanged
from engine.workers.runs import free_slowly
from tests.engine.workers.stage import Stage, assert_others_go_on

# -- nodes that do what no node should ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("segfault", "was killed by signal 11 (SIGSEGV"),
        ("_exit", "ended by itself with exit code 3"),
    ],
)
def test_a_death_fails_its_run_and_nothing_else(stage: Stage, how: str, words: str) -> None:
    waiting = stage.call(stage.dispatcher.pending_ids)
    job_id = stage.submit(("Text", {"text": how}), ("Crash", {"how": how}), title="My node")
    behind = stage.submit(("Show", {"text": f"behind {how}"}))
    job = stage.outcome(job_id)
    assert job.state == "failed"
    assert job.error is not None
    assert job.error.type == "worker_died"
    assert "node '2' (Crash, titled 'My node')" in job.error.message
    assert words in job.error.message
    assert (job.error.node_id, job.error.node_type, job.error.title) == ("2", "Crash", "My node")
    failed = stage.wait_for(job_id, JobFailed).event
    assert isinstance(failed, JobFailed)
    assert failed.executed == ("1",)
    after = stage.outcome(behind)
    assert (after.state, after.restarted, after.deaths) == ("succeeded", False, 0)
    assert waiting == []


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (("Crash", {"how": "exit"}), "SystemExit"),
        (("Crash", {"how": "interrupt"}), "KeyboardInterrupt"),
        (("Crash", {"how": "base"}), "_Odd"),
        (("Crash", {"how": "mute"}), "_Mute"),
        (("Odd", {"what": "nan"}), "text"),
        (("Odd", {"what": "bytes"}), "text"),
        (("Odd", {"what": "object"}), "text"),
    ],
)
def test_what_python_can_see_costs_no_process(stage: Stage, node: tuple[str, dict[str, Any]], words: str) -> None:
    pid = stage.pid()
    job = stage.run(node)
    assert job.state == "failed"
    assert job.error is not None
    assert f"'1' ({node[0]}" in job.error.message
    assert words in job.error.message
    assert stage.pid() == pid


def test_a_worker_killed_between_jobs_costs_nothing(stage: Stage) -> None:
    pid = stage.pid()
    deaths = stage.call(stage.dispatcher.workers)[0].deaths
    os.kill(pid, signal.SIGKILL)
    stage.wait_until(lambda: stage.call(stage.dispatcher.workers)[0].deaths > deaths)
    assert_others_go_on(stage)
    status = stage.call(stage.dispatcher.workers)[0]
    assert status.pid != pid
    assert status.failure == "was killed by signal 9 (SIGKILL, somebody killed it)"
    assert any(isinstance(notice, WorkersChanged) for notice in stage.notices)


def test_a_job_that_the_worker_had_not_read_runs_again(stage: Stage) -> None:
    pid = stage.pid()
    os.kill(pid, signal.SIGSTOP)  # reads nothing any more
    job_id = stage.submit(("Show", {"text": "unread"}))
    stage.wait_for(job_id, JobStarted)
    os.kill(pid, signal.SIGKILL)
    job = stage.outcome(job_id)
    assert (job.state, job.restarted, job.deaths) == ("succeeded", True, 1)
    queued = [event.event for event in stage.events(job_id) if isinstance(event.event, JobQueued)]
    assert queued == [JobQueued(0), JobQueued(1)]
    again = [event.event for event in stage.events(job_id) if isinstance(event.event, JobStarted)]
    assert [started.restarted for started in again] == [False, True]


# -- interrupts --------------------------------------------------------------------------------------------------------


def test_an_interrupt_that_is_obeyed_costs_no_process(stage: Stage) -> None:
    pid = stage.pid()
    job_id = stage.submit(("Obey", {}))
    stage.wait_for(job_id, NodeStarted)
    assert stage.do(stage.dispatcher.cancel(job_id))
    cancelled = stage.wait_for(job_id).event
    assert isinstance(cancelled, JobCancelled)
    assert (cancelled.node_id, cancelled.node_type, cancelled.message) == ("1", "Obey", "")
    assert stage.outcome(job_id).state == "cancelled"
    assert not stage.do(stage.dispatcher.cancel(job_id))
    assert stage.pid() == pid


def test_an_interrupt_that_is_not_obeyed_becomes_a_kill(stage: Stage) -> None:
    pid = stage.pid()
    job_id = stage.submit(("Spin", {}))
    stage.wait_for(job_id, NodeStarted)
    assert stage.do(stage.dispatcher.cancel(job_id))
    assert stage.do(stage.dispatcher.cancel(job_id))
    cancelled = stage.wait_for(job_id).event
    assert isinstance(cancelled, JobCancelled)
    assert cancelled.node_id == "1"
    assert "'1' (Spin)" in cancelled.message
    assert "did not obey the interrupt within 0.5 seconds" in cancelled.message
    job = stage.outcome(job_id)
    assert job.state == "cancelled"
    assert job.error is not None
    assert (job.error.type, job.error.message) == ("worker_killed", cancelled.message)
    assert stage.pid() != pid
    assert_others_go_on(stage)


def test_a_snapshot_says_how_far_a_run_is(stage: Stage) -> None:
    job_id = stage.submit(("Show", {"text": "before"}), ("Obey", {}))
    stage.wait_until(lambda: any(type(event.event).__name__ == "NodeProgress" for event in stage.events(job_id)))
    snapshot = stage.call(stage.dispatcher.snapshot, job_id)
    assert snapshot is not None
    assert snapshot.job.state == "running"
    assert [node.node_id for node in snapshot.running] == ["2"]
    assert snapshot.finished == ("1",)
    assert 0 <= snapshot.progress["2"].value < snapshot.progress["2"].total == 100_000
    assert stage.call(stage.dispatcher.running) == [snapshot.job]
    assert stage.call(stage.dispatcher.job, job_id) == snapshot.job
    stage.do(stage.dispatcher.cancel(job_id))
    stage.wait_for(job_id)
    assert stage.call(stage.dispatcher.snapshot, job_id) is None


class _Shown(dict[str, Any]):
    """What a weak reference may lead to."""


def test_what_a_large_run_left_is_freed_some_at_a_time_and_no_sooner_than_it_is_written() -> None:
    async def free() -> None:
        result = JobResult(outputs={str(number): _Shown() for number in range(10_000)})
        watched = [weakref.ref(shown) for shown in result.outputs.values()]

        def alive() -> int:
            return sum(one() is not None for one in watched)

        written = asyncio.Event()

        async def write() -> None:
            await written.wait()

        freeing = asyncio.create_task(free_slowly(result, asyncio.create_task(write())))
        del result
        for _ in range(10):
            await asyncio.sleep(0)
        assert alive() == len(watched)
        written.set()
        seen: list[int] = []
        while not freeing.done():
            seen.append(alive())
            await asyncio.sleep(0)
        assert len(set(seen)) > 4
        assert alive() == 0

    asyncio.run(free())
