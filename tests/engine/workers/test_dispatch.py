"""The dispatcher: the queue without any worker, and what is told of jobs that real workers run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from engine.errors import JobConflict, QueueFull, ShuttingDown, UnknownJob
from engine.jobs.events import (
    JobCancelled,
    JobEvent,
    JobFailed,
    JobQueued,
    JobStarted,
    JobSucceeded,
    NodeFinished,
    NodesCached,
    NodeStarted,
)
from engine.jobs.job import MAX_DEATHS, Submission
from engine.jobs.store import Store
from engine.settings import ServerSettings, Settings
from engine.workers.dispatch import Dispatcher, Notice, QueueChanged
from engine.workers.messages import LogLine
from tests.engine.workers.stage import PATIENCE_S, Stage, assert_others_go_on


def _submission(job_id: str, number: float | None = None, **more: Any) -> Submission:
    prompt = {"1": {"class_type": "Show", "inputs": {"text": job_id}}}
    return Submission(id=job_id, prompt=prompt, targets=("1",), number=number, **more)


def _with_dispatcher(
    work: Callable[[Dispatcher, list[Notice]], Awaitable[None]], directory: Path | None = None, **server: Any
) -> None:
    """A dispatcher that was not started: jobs are accepted, and nobody runs them."""

    async def run() -> None:
        store = Store.open(directory)
        dispatcher = Dispatcher(Settings(), ServerSettings(**server), store)
        notices: list[Notice] = []
        dispatcher.subscribe(notices.append)
        try:
            await work(dispatcher, notices)
        finally:
            await dispatcher.stop()
            store.close()

    asyncio.run(run())


# -- the queue ---------------------------------------------------------------------------------------------------------


def test_jobs_wait_in_order_and_can_be_moved() -> None:
    async def work(dispatcher: Dispatcher, notices: list[Notice]) -> None:
        for job_id in "abcd":
            await dispatcher.submit(_submission(job_id))
        await dispatcher.submit(_submission("urgent", front=True))
        assert dispatcher.pending_ids() == ["urgent", "a", "b", "c", "d"]
        assert dispatcher.pending_ids(1, 2) == ["a", "b"]
        moved = await dispatcher.move("d", before="b")
        assert moved.id == "d"
        await dispatcher.move("a", to="end")
        await dispatcher.move("c", to="front")
        assert dispatcher.pending_ids() == ["c", "urgent", "d", "b", "a"]
        assert (await dispatcher.set_number("a", -100)).number == -100
        assert dispatcher.pending_ids()[0] == "a"
        assert dispatcher.position_of("urgent") == 2
        assert dispatcher.position_of("x") is None
        assert [job.id for job in dispatcher.pending()] == dispatcher.pending_ids()
        assert dispatcher.remaining == 5
        for call in (dispatcher.move("x", to="front"), dispatcher.set_number("x", 1)):
            with pytest.raises(UnknownJob):
                await call
        assert isinstance(notices[-1], QueueChanged)
        assert notices[-1].remaining == 5

    _with_dispatcher(work)


def test_jobs_taken_out_are_cancelled_and_told(tmp_path: Path) -> None:
    async def work(dispatcher: Dispatcher, notices: list[Notice]) -> None:
        for number in range(150):
            await dispatcher.submit(_submission(f"job-{number}", secrets={"key": "s3cret"}))
        assert await dispatcher.cancel("job-7")
        assert not await dispatcher.cancel("job-7")
        assert not await dispatcher.cancel("nobody")
        assert dispatcher.remaining == 149
        assert await dispatcher.cancel_pending() == 149
        assert await dispatcher.cancel_pending() == 0
        told = [notice for notice in notices if isinstance(notice, JobEvent) and isinstance(notice.event, JobCancelled)]
        assert len({event.job_id for event in told}) == 150
        assert (dispatcher.remaining, dispatcher.pending()) == (0, [])
        assert dispatcher._secrets == {}
        details = await dispatcher._store.details("job-9")
        assert details is not None
        assert details.job.state == "cancelled"

    _with_dispatcher(work, tmp_path)
    assert b"s3cret" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_the_same_submission_is_the_same_job() -> None:
    async def work(dispatcher: Dispatcher, notices: list[Notice]) -> None:
        twice = await asyncio.gather(*(dispatcher.submit(_submission("a")) for _ in range(5)))
        assert {job.id for job in twice} == {"a"}
        assert dispatcher.pending_ids() == ["a"]
        with pytest.raises(JobConflict):
            await dispatcher.submit(Submission(id="a", prompt={}, targets=()))
        await dispatcher.cancel("a")
        assert (await dispatcher.submit(_submission("a"))).state == "cancelled"
        assert dispatcher.pending_ids() == []
        queued = [notice for notice in notices if isinstance(notice, JobEvent) and isinstance(notice.event, JobQueued)]
        assert len(queued) == 1

    _with_dispatcher(work)


def test_a_full_queue_and_a_stopping_server_accept_nothing() -> None:
    async def work(dispatcher: Dispatcher, notices: list[Notice]) -> None:
        results = await asyncio.gather(
            *(dispatcher.submit(_submission(str(number))) for number in range(5)), return_exceptions=True
        )
        assert sum(isinstance(result, QueueFull) for result in results) == 2
        assert dispatcher.remaining == 3
        await dispatcher.stop()
        with pytest.raises(ShuttingDown):
            await dispatcher.submit(_submission("late"))

    _with_dispatcher(work, max_queued=3)


def test_an_accepted_job_is_in_the_queue_even_if_its_client_left() -> None:
    async def work(dispatcher: Dispatcher, notices: list[Notice]) -> None:
        request = asyncio.create_task(dispatcher.submit(_submission("left")))
        await asyncio.sleep(0)
        request.cancel()
        while dispatcher.remaining == 0:
            await asyncio.sleep(0.001)
        assert dispatcher.pending_ids() == ["left"]

    _with_dispatcher(work)


def test_a_pause_outlives_the_server(tmp_path: Path) -> None:
    async def pause(dispatcher: Dispatcher, notices: list[Notice]) -> None:
        assert not dispatcher.paused
        await dispatcher.pause()
        assert isinstance(notices[-1], QueueChanged)
        assert notices[-1].paused

    async def resume(dispatcher: Dispatcher, notices: list[Notice]) -> None:
        assert dispatcher.paused
        await dispatcher.resume()

    async def look(dispatcher: Dispatcher, notices: list[Notice]) -> None:
        assert not dispatcher.paused

    for work in (pause, resume, look):
        _with_dispatcher(work, tmp_path)


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


def test_a_job_that_cannot_be_read_fails_and_the_next_one_runs(stage: Stage) -> None:
    stage.do(stage.dispatcher.pause())
    job_id, behind = stage.submit(("Show", {})), stage.submit(("Show", {"text": "behind what rots"}))
    rot = "UPDATE prompts SET prompt = '{}' WHERE job = (SELECT n FROM jobs WHERE id = ?)"
    stage.do(stage.store._writer.run(lambda connection: connection.execute(rot, (job_id,))))
    stage.do(stage.dispatcher.resume())
    failed = stage.wait_for(job_id).event
    assert isinstance(failed, JobFailed)
    assert "could not be started" in failed.error.message
    assert "damaged" in failed.error.message
    assert stage.outcome(behind).state == "succeeded"


def test_a_listener_that_fails_is_nobody_elses_business(stage: Stage) -> None:
    def fail(_: Notice) -> None:
        raise RuntimeError("a listener's trouble")

    unsubscribe = stage.call(stage.dispatcher.subscribe, fail)
    assert_others_go_on(stage)
    stage.call(unsubscribe)


def test_what_nodes_and_compiled_code_print_is_told(stage: Stage) -> None:
    stage.run(("Print", {"text": "words of a node"}))

    def lines() -> set[str]:
        return {notice.text for notice in stage.notices if isinstance(notice, LogLine)}

    stage.wait_until(lambda: {"words of a node", "raw words of a node"} <= lines())


def test_stopping_parks_what_runs_and_the_next_start_takes_it_up(tmp_path: Path) -> None:
    flag, directory = tmp_path / "flag", tmp_path / "user"
    stage = Stage(tmp_path, directory, shutdown_grace_s=0.2)
    running = stage.submit(("Wait", {"seconds": 2.0, "flag": str(flag)}))
    waiting = [stage.submit(("Show", {"text": str(place)})) for place in range(3)]
    stage.wait_until(flag.exists)
    urgent = stage.submit(("Show", {"text": "urgent"}), front=True)
    stage.do(stage.dispatcher.pause())
    stage.close()
    stage = Stage(tmp_path, directory)
    assert stage.call(lambda: stage.dispatcher.paused)
    jobs = stage.call(stage.dispatcher.pending)
    assert [job.id for job in jobs] == [running, urgent, *waiting]
    assert [job.restarted for job in jobs] == [True, False, False, False, False]
    assert {job.deaths for job in jobs} == {0}
    stage.do(stage.dispatcher.resume())
    assert {stage.outcome(job.id).state for job in jobs} == {"succeeded"}
    order = [notice.job_id for notice in stage.notices if isinstance(getattr(notice, "event", None), JobStarted)]  # type: ignore[union-attr]
    assert order == [running, urgent, *waiting]
    stage.close()
    store = Store.open(directory)
    assert store.unfinished() == []
    store.close()


def test_stopping_at_once_parks_what_runs_too(tmp_path: Path) -> None:
    """Nobody died of it, however often it happens."""
    flag, directory = tmp_path / "flag", tmp_path / "user"
    running = ""
    for _ in range(MAX_DEATHS):
        stage = Stage(tmp_path, directory, shutdown_grace_s=3600.0)
        running = running or stage.submit(("Wait", {"flag": str(flag)}))
        stage.wait_until(flag.exists)
        flag.unlink()
        stopping = stage.begin(stage.dispatcher.stop())
        stage.call(stage.dispatcher.hurry)
        stopping.result(PATIENCE_S)
        stage.abandon()
    store = Store.open(directory)
    (job,) = store.unfinished()
    assert (job.id, job.state, job.restarted, job.deaths) == (running, "queued", True, 0)
    store.close()
