"""What happens to writes when the disk is full, the file read-only or locked, or a write itself is broken."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from engine.errors import StoreError
from engine.jobs import database, writer
from engine.jobs.events import JobEvent, JobQueued, JobStarted, NodeFinished
from engine.jobs.store import Store
from tests.engine.jobs.samples import end, submission


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    store = Store.open(tmp_path)
    yield store
    store.close()


def set_pragma(store: Store, name: str, value: int) -> None:
    """On the writer's connection, which is not in use as long as nothing waits."""
    store._connection.execute(f"PRAGMA {name} = {value}").fetchall()


def large(job_id: str) -> Any:
    return submission(job_id, prompt={"1": {"class_type": "Note", "inputs": {"text": "x" * 300_000}}})


def test_a_full_disk_is_an_error_of_the_request_that_needed_it(store: Store) -> None:
    async def check() -> None:
        kept = await store.add(submission("kept"))
        (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
        set_pragma(store, "max_page_count", pages + 20)
        # All in one transaction: the small ones among the large ones are accepted.
        names = ["small 1", "large 1", "small 2", "large 2", "small 3"]
        answers = await asyncio.gather(
            *(store.add(large(name) if "large" in name else submission(name)) for name in names),
            return_exceptions=True,
        )
        for name, answer in zip(names, answers, strict=True):
            if "large" in name:
                assert isinstance(answer, StoreError)
                assert "disk is full" in str(answer)
                assert await store.details(name) is None
            else:
                assert not isinstance(answer, BaseException), answer
                assert await store.details(name) is not None
        await end(store, kept)
        set_pragma(store, "max_page_count", 1_000_000)
        await store.add(large("large 1"))
        await store.check()

    asyncio.run(check())


def test_a_read_only_file_is_an_error_until_it_can_be_written(store: Store) -> None:
    async def check() -> None:
        await store.add(submission("a"))
        set_pragma(store, "query_only", 1)
        for write in (store.add(submission("b")), store.set_paused(True), store.check()):
            with pytest.raises(StoreError, match="read-only"):
                await write
        assert not store.paused
        assert await store.details("a") is not None
        store.append(JobEvent(store.next_seq(), "a", "", 0, JobQueued()))
        set_pragma(store, "query_only", 0)
        await store.add(submission("b"))
        await store.check()

    asyncio.run(check())


def test_what_became_of_a_job_is_written_when_the_disk_has_room_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check() -> None:
        jobs = [await store.add(submission(str(index))) for index in range(6)]
        set_pragma(store, "query_only", 1)
        for job in jobs[:3]:
            with pytest.raises(StoreError):
                await store.save(replace(job, state="running"))
            with pytest.raises(StoreError):
                await end(store, job, "failed")
        set_pragma(store, "query_only", 0)
        await end(store, jobs[3])  # not before what happened before
        assert await store.counts() == {"failed": 3, "succeeded": 1, "queued": 2}
        monkeypatch.setattr(writer, "RETRY_S", 0.01)
        set_pragma(store, "query_only", 1)
        with pytest.raises(StoreError):
            await end(store, jobs[4])
        set_pragma(store, "query_only", 0)
        while (await store.counts())["queued"] > 1:  # nobody writes anything
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(check(), 30))


def test_what_could_not_be_written_is_tried_once_more_at_the_end(tmp_path: Path) -> None:
    async def check() -> None:
        job = await store.add(submission("x"))
        set_pragma(store, "query_only", 1)
        with pytest.raises(StoreError):
            await end(store, job)
        set_pragma(store, "query_only", 0)

    store = Store.open(tmp_path)
    asyncio.run(check())
    store.close()
    store = Store.open(tmp_path)
    assert store.unfinished() == []
    store.close()


def test_a_lock_of_another_program_is_an_error_and_never_a_wait_of_the_loop(store: Store, tmp_path: Path) -> None:
    async def check() -> None:
        other = sqlite3.connect(tmp_path / database.FILE_NAME, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        rounds = 0
        waiting = asyncio.gather(*(store.add(submission()) for _ in range(20)), return_exceptions=True)
        while not waiting.done():
            store.append(JobEvent(store.next_seq(), "a", "", 0, JobQueued()))
            rounds += 1
            await asyncio.sleep(0)
        assert rounds > 100
        assert all(isinstance(answer, StoreError) and "locked" in str(answer) for answer in await waiting)
        assert (await store.jobs())[1] == 0
        other.execute("ROLLBACK")
        other.close()
        await store.add(submission())

    asyncio.run(check())


def test_a_write_that_is_broken_spoils_no_other(store: Store) -> None:
    """The server refuses text that is no Unicode; if it did not, only that request would fail."""

    async def check() -> None:
        broken = submission("broken", prompt={"1": {"class_type": "\ud800", "inputs": {}}})
        wrong_id = submission("\ud800")
        answers = await asyncio.gather(
            store.add(submission("a")),
            store.add(broken),
            store.add(wrong_id),
            store.add(submission("b")),
            return_exceptions=True,
        )
        assert [isinstance(answer, UnicodeEncodeError) for answer in answers] == [False, True, True, False]
        assert {job.id for job in (await store.jobs())[0]} == {"a", "b"}
        unwritable: Any = object()
        for event in (NodeFinished("1", "A", "1", 1.0, ui={"a": [unwritable]}), JobQueued(), JobStarted(worker=1)):
            store.append(JobEvent(store.next_seq(), "a", "", 0, event))
        assert [told.event for told in await store.events(since=0)] == [JobQueued(), JobStarted(worker=1)]

    asyncio.run(check())


def test_a_request_that_gave_up_harms_nobody(store: Store) -> None:
    async def check() -> None:
        tasks = [asyncio.create_task(store.add(submission(str(index)))) for index in range(20)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert sum(isinstance(answer, asyncio.CancelledError) for answer in answers) == 10
        assert {str(index) for index in range(1, 20, 2)} <= {job.id for job in (await store.jobs())[0]}

    asyncio.run(check())


def test_a_loop_that_ended_harms_nobody(store: Store) -> None:
    async def leave() -> None:
        tasks = [asyncio.ensure_future(store.add(submission())) for _ in range(20)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()

    for _ in range(5):
        asyncio.run(leave())
    asyncio.run(store.add(submission("last")))
