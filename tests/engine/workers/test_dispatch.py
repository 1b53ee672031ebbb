"""The dispatcher with real workers: nothing that a node does harms anybody but its own run."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.errors import WorkerUnavailable
from engine.jobs.events import (
    JobCancelled,
    JobFailed,
    JobQueued,
    JobStarted,
    JobSucceeded,
    NodeFinished,
    NodesCached,
    NodeStarted,
)
from engine.jobs.store import Store
from engine.workers.dispatch import Notice, QueueChanged, WorkersChanged
from engine.workers.messages import LogLine, Validation
from tests.engine.workers.stage import Stage

Nodes = tuple[tuple[str, dict[str, Any]], ...]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("stage"))
    yield stage
    stage.close()


def _pid(stage: Stage) -> int:
    """The process of the first worker, once it is ready."""

    def find() -> int | None:
        status = stage.call(stage.dispatcher.workers)[0]
        return status.pid if status.state == "idle" else None

    return stage.wait_until(find) or 0


def _assert_others_go_on(stage: Stage) -> None:
    job = stage.run(("Show", {"text": "next"}))
    assert (job.state, job.restarted, job.deaths) == ("succeeded", False, 0)


# -- a run as it should be ---------------------------------------------------------------------------------------------


def test_what_happens_is_told_in_order_and_kept(stage: Stage) -> None:
    nodes = (("Text", {"text": "in order"}), ("Show", {"value": ["1", 0]}))
    job_id = stage.submit(*nodes)
    assert stage.outcome(job_id).state == "succeeded"
    told = stage.events(job_id)
    kinds = [JobQueued, JobStarted, NodesCached, NodeStarted, NodeFinished, NodeStarted, NodeFinished, JobSucceeded]
    assert [type(event.event) for event in told] == kinds
    assert [event.seq for event in told] == sorted({event.seq for event in told})
    assert {event.client_id for event in told} == {"me"}
    result = stage.details(job_id).result
    assert result is not None
    assert result.outputs == {"2": {"text": ["in order"]}}
    assert set(result.nodes) == {"1", "2"}
    since = told[0].seq - 1
    assert stage.do(stage.dispatcher.events(since, job_id)) == told
    assert stage.do(stage.store.events(since=since, job_id=job_id)) == told
    last = next(notice for notice in reversed(stage.notices) if isinstance(notice, QueueChanged))
    assert last.remaining == 0


def test_whoever_is_told_of_the_end_finds_the_result(stage: Stage) -> None:
    found: list[Any] = []

    def listen(notice: Notice) -> None:
        if isinstance(getattr(notice, "event", None), JobSucceeded):
            found.append(stage.begin(stage.store.details(notice.job_id)))  # type: ignore[union-attr]

    unsubscribe = stage.call(stage.dispatcher.subscribe, listen)
    stage.run(("Show", {"text": "found"}))
    stage.call(unsubscribe)
    [future] = found
    assert future.result(10).result.outputs == {"1": {"text": ["found"]}}


def test_a_listener_that_fails_is_nobody_elses_business(stage: Stage) -> None:
    def fail(_: Notice) -> None:
        raise RuntimeError("a listener's trouble")

    unsubscribe = stage.call(stage.dispatcher.subscribe, fail)
    _assert_others_go_on(stage)
    stage.call(unsubscribe)


def test_what_nodes_and_compiled_code_print_is_told(stage: Stage) -> None:
    stage.run(("Print", {"text": "words of a node"}))

    def lines() -> set[str]:
        return {notice.text for notice in stage.notices if isinstance(notice, LogLine)}

    stage.wait_until(lambda: {"words of a node", "raw words of a node"} <= lines())


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
    pid = _pid(stage)
    job = stage.run(node)
    assert job.state == "failed"
    assert job.error is not None
    assert f"'1' ({node[0]}" in job.error.message
    assert words in job.error.message
    assert _pid(stage) == pid


def test_a_worker_killed_between_jobs_costs_nothing(stage: Stage) -> None:
    pid = _pid(stage)
    deaths = stage.call(stage.dispatcher.workers)[0].deaths
    os.kill(pid, signal.SIGKILL)
    stage.wait_until(lambda: stage.call(stage.dispatcher.workers)[0].deaths > deaths)
    _assert_others_go_on(stage)
    status = stage.call(stage.dispatcher.workers)[0]
    assert status.pid != pid
    assert status.failure == "was killed by signal 9 (SIGKILL, somebody killed it)"
    assert any(isinstance(notice, WorkersChanged) for notice in stage.notices)


def test_a_job_that_the_worker_had_not_read_runs_again(stage: Stage) -> None:
    pid = _pid(stage)
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
    pid = _pid(stage)
    job_id = stage.submit(("Obey", {}))
    stage.wait_for(job_id, NodeStarted)
    assert stage.do(stage.dispatcher.cancel(job_id))
    cancelled = stage.wait_for(job_id).event
    assert isinstance(cancelled, JobCancelled)
    assert (cancelled.node_id, cancelled.node_type, cancelled.message) == ("1", "Obey", "")
    assert stage.outcome(job_id).state == "cancelled"
    assert not stage.do(stage.dispatcher.cancel(job_id))
    assert _pid(stage) == pid


def test_an_interrupt_that_is_not_obeyed_becomes_a_kill(stage: Stage) -> None:
    pid = _pid(stage)
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
    assert _pid(stage) != pid
    _assert_others_go_on(stage)


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


# -- validation by nodes -----------------------------------------------------------------------------------------------


def _validate(stage: Stage, how: str) -> Validation:
    prompt = f'{{"1": {{"class_type": "Choosy", "inputs": {{"how": "{how}"}}}}}}'
    return stage.do(stage.dispatcher.validate(prompt.encode()))


def test_nodes_have_their_say(stage: Stage) -> None:
    assert stage.dispatcher.catalog.asked_in_worker == {"Choosy"}
    assert _validate(stage, "fine").targets == ("1",)
    refused = _validate(stage, "bad")
    assert refused.refused == ("1",)
    assert "how cannot be 'bad'" in refused.errors[0].message


def test_a_crash_while_validating_is_the_answer_and_costs_no_other_prompt(stage: Stage, tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    job_id = stage.submit(("Wait", {"seconds": 1.5, "flag": str(flag)}))
    stage.wait_until(flag.exists)
    with pytest.raises(WorkerUnavailable, match="SIGSEGV"):
        _validate(stage, "crash")
    job = stage.outcome(job_id)
    assert (job.state, job.restarted, job.deaths) == ("succeeded", True, 1)


# -- memory, start, several workers, stop ------------------------------------------------------------------------------


def test_memory_beyond_the_limit_fails_the_run(tmp_path: Path) -> None:
    stage = Stage(tmp_path, worker_memory_limit_bytes=1 << 30, validate_timeout_s=1.0)
    job = stage.run(("Eat", {"mebibytes": 930, "in_child": True}))
    assert job.state == "failed"
    assert job.error is not None
    assert job.error.type == "worker_killed"
    assert "node '1' (Eat)" in job.error.message
    assert "the limit is 1.0 GiB (--worker-memory-limit)" in job.error.message
    pid = _pid(stage)
    [(number, report)] = stage.do(stage.dispatcher.memory())
    assert number == 0
    assert report is not None
    with pytest.raises(WorkerUnavailable, match="not validated in 1 second"):
        _validate(stage, "hang")
    stage.wait_until(lambda: stage.call(stage.dispatcher.workers)[0].pid != pid)
    _assert_others_go_on(stage)
    stage.close()



def test_a_worker_that_cannot_start_is_told_with_the_reason(tmp_path: Path) -> None:
    stage = Stage(tmp_path, node_packages=("tests.engine.workers.no_such_package",))
    with pytest.raises(WorkerUnavailable, match="no_such_package"):
        stage.do(stage.dispatcher.catalog.ready(30))
    stage.wait_until(lambda: stage.call(stage.dispatcher.workers)[0].state == "dead")
    status = stage.call(stage.dispatcher.workers)[0]
    assert status.deaths >= 2
    assert status.failure is not None
    assert "no_such_package" in status.failure
    with pytest.raises(WorkerUnavailable, match="no_such_package"):
        stage.do(stage.dispatcher.validate(b"{}"))
    job_id = stage.submit(("Show", {}))
    assert stage.call(stage.dispatcher.pending_ids) == [job_id]
    stage.close()


def test_jobs_go_where_their_models_are(tmp_path: Path) -> None:
    stage = Stage(tmp_path, workers=2)
    stage.wait_until(lambda: [status.state for status in stage.call(stage.dispatcher.workers)] == ["idle", "idle"])

    def where(name: str) -> int:
        job_id = stage.submit(("Pick", {"name": name, "seconds": 0.0}))
        started = stage.wait_for(job_id, JobStarted).event
        stage.wait_for(job_id)
        stage.wait_until(lambda: all(status.state == "idle" for status in stage.call(stage.dispatcher.workers)))
        assert isinstance(started, JobStarted)
        return started.worker

    homes = {name: where(name) for name in ("a.safetensors", "b.safetensors")}
    assert set(homes.values()) == {0, 1}
    for name in ("b.safetensors", "a.safetensors", "a.safetensors", "b.safetensors"):
        assert where(name) == homes[name]
    first = stage.submit(("Pick", {"name": "a.safetensors", "seconds": 1.0}))
    second = stage.submit(("Pick", {"name": "a.safetensors", "seconds": 1.1}))
    both = [stage.wait_for(job_id, JobStarted).event for job_id in (first, second)]
    assert {event.worker for event in both if isinstance(event, JobStarted)} == {0, 1}  # nobody waits for a better one
    stage.close()


def test_stopping_parks_what_runs_and_the_next_start_takes_it_up(tmp_path: Path) -> None:
    flag, directory = tmp_path / "flag", tmp_path / "user"
    stage = Stage(tmp_path, directory, shutdown_grace_s=0.2)
    running = stage.submit(("Wait", {"seconds": 2.0, "flag": str(flag)}))
    waiting = [stage.submit(("Show", {"text": str(place)})) for place in range(3)]
    stage.wait_until(flag.exists)
    urgent = stage.submit(("Show", {"text": "urgent"}), front=True)
    stage.call(stage.dispatcher.pause)
    stage.close()
    stage = Stage(tmp_path, directory)
    assert stage.call(lambda: stage.dispatcher.paused)
    jobs = stage.call(stage.dispatcher.pending)
    assert [job.id for job in jobs] == [running, urgent, *waiting]
    assert [job.restarted for job in jobs] == [True, False, False, False, False]
    assert {job.deaths for job in jobs} == {0}
    stage.call(stage.dispatcher.resume)
    assert {stage.outcome(job.id).state for job in jobs} == {"succeeded"}
    order = [notice.job_id for notice in stage.notices if isinstance(getattr(notice, "event", None), JobStarted)]  # type: ignore[union-attr]
    assert order == [running, urgent, *waiting]
    stage.close()
    store = Store.open(directory)
    assert store.unfinished() == []
    store.close()
