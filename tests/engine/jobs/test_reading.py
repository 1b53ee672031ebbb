"""Pages of jobs against the same question asked of a Python list; and that no page costs a sort of all jobs."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from engine.errors import StoreError, UnknownJob
from engine.jobs.events import ErrorRecord
from engine.jobs.job import ENDED, Job, JobState
from engine.jobs.reading import ORDER_KEYS
from engine.jobs.store import Store
from tests.engine.jobs.samples import submission

STATES: tuple[JobState, ...] = get_args(JobState)


async def fill(store: Store, count: int) -> list[Job]:
    """Jobs in random states, in the order of acceptance; many ends and durations are equal."""
    randomness = random.Random(7)
    jobs: list[Job] = []
    for index in range(count):
        job = await store.add(submission(client_id=randomness.choice(["", "me", "you"])))
        state = randomness.choice(STATES)
        started_at = randomness.choice([None, 1.0, 2.0]) if state == "cancelled" else float(randomness.randint(1, 5))
        job = msgspec.structs.replace(
            job,
            state=state,
            number=float(randomness.randint(-2, 2)),
            started_at=None if state == "queued" else started_at,
            finished_at=float(randomness.randint(6, 12)) if state in ENDED else None,
            error=ErrorRecord(type="t", message=f"Error {index} of 100%") if state == "failed" else None,
        )
        await store.save(job)
        jobs.append(job)
    return jobs


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, list[Job]]]:
    store = Store.open(tmp_path_factory.mktemp("jobs"))
    yield store, asyncio.run(fill(store, 120))
    store.close()


def sort_key(order: str, job: Job) -> float:
    if order == "created":
        return 0.0
    if order == "finished":
        return job.finished_at or 9e99
    return job.finished_at - job.started_at if job.finished_at and job.started_at else -1.0


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("order", list(ORDER_KEYS))
@pytest.mark.parametrize("states", [None, ENDED, {"queued", "running"}, {"failed"}, set[str]()])
@pytest.mark.parametrize("client_id", [None, "me"])
def test_pages_are_slices_of_the_sorted_list(
    filled: tuple[Store, list[Job]], states: Any, client_id: str | None, order: Any, descending: bool
) -> None:
    store, jobs = filled
    wanted = [
        job
        for job in jobs
        if (states is None or job.state in states) and (client_id is None or job.client_id == client_id)
    ]
    # The sort is stable, so that the order of acceptance decides among equal ones, in either direction.
    wanted.sort(key=lambda job: sort_key(order, job))
    if descending:
        wanted.reverse()
    filters: dict[str, Any] = {"states": states, "client_id": client_id, "order": order, "descending": descending}

    async def check() -> None:
        for offset, limit in itertools.product((0, 1, 50, 500), (0, 1, 7, 500)):
            page = await store.jobs(**filters, offset=offset, limit=limit)
            assert page == (wanted[offset : offset + limit], len(wanted))
        seen: list[Job] = []
        while True:
            page, total = await store.jobs(**filters, limit=9, after=seen[-1].id if seen else None)
            assert total == len(wanted)
            if not page:
                break
            seen += page
        assert seen == wanted

    asyncio.run(check())


def test_whole_jobs_of_history_and_queue(filled: tuple[Store, list[Job]]) -> None:
    store, jobs = filled
    ended = sorted((job for job in jobs if job.state in ENDED), key=lambda job: job.finished_at or 0)
    waiting = sorted((job for job in jobs if job.state == "queued"), key=lambda job: (job.number, job.position))

    async def ids(**filters: Any) -> list[str]:
        return [texts.job.id for texts in (await store.texts_of(**filters))[0]]

    async def check() -> None:
        assert await ids(states=ENDED) == [job.id for job in ended]
        assert await ids(states=ENDED, offset=3, limit=4) == [job.id for job in ended[3:7]]
        assert await ids(states=ENDED, newest_last=False, limit=4) == [job.id for job in ended[::-1][:4]]
        assert await ids(states={"queued"}) == [job.id for job in waiting]
        assert set(await ids(states=set(STATES))) == {job.id for job in jobs}

    asyncio.run(check())


@pytest.mark.parametrize("text", ["KSampler", "ksampler", 'a "cat" in', "猫"])
def test_text_is_found_in_prompts(filled: tuple[Store, list[Job]], text: str) -> None:
    store, jobs = filled
    assert asyncio.run(store.jobs(text=text))[1] == len(jobs)


def test_text_is_found_in_ids_and_errors_and_means_itself(filled: tuple[Store, list[Job]]) -> None:
    store, jobs = filled
    failed = [job for job in jobs if job.state == "failed"]

    async def check() -> None:
        assert [job.id for job in (await store.jobs(text=jobs[5].id[3:20]))[0]] == [jobs[5].id]
        assert (await store.jobs(text="of 100%"))[1] == len(failed)
        for nothing in ("of%100", "a_cat", "\\", "'; DROP TABLE jobs; --", "\0", "x" * 40_000):
            assert (await store.jobs(text=nothing))[1] == 0

    asyncio.run(check())


def test_a_page_after_an_unknown_job_is_refused(filled: tuple[Store, list[Job]]) -> None:
    with pytest.raises(UnknownJob, match="nobody"):
        asyncio.run(filled[0].jobs(after="nobody"))


def test_no_list_sorts_or_scans_what_it_need_not(tmp_path: Path) -> None:
    """Every statement that lists send, explained: no temporary tree for a sort, no scan of prompts."""
    store = Store.open(tmp_path)
    statements: list[str] = []
    state_sets: tuple[set[JobState] | frozenset[JobState] | None, ...] = (None, {"succeeded"}, ENDED)
    for connection in store._readers._connections:
        connection.set_trace_callback(statements.append)

    async def ask() -> None:
        job = await store.add(submission())
        for order, descending, states, after in itertools.product(
            ORDER_KEYS, (True, False), state_sets, (None, job.id)
        ):
            await store.jobs(order=order, descending=descending, states=states, after=after, client_id="x")
        for newest_last in (True, False):
            await store.texts_of(states=ENDED, newest_last=newest_last)
            await store.texts_of(states={"queued"}, newest_last=newest_last)
        await store.details(job.id)
        await store.texts(job.id)
        await store.assets(job_id=job.id)
        await store.assets(kind="output")
        await store.assets()
        await store.events(since=0)
        await store.events(since=0, job_id=job.id)

    asyncio.run(ask())
    plans: dict[str, str] = {}
    for statement in statements:
        rows = store._connection.execute(f"EXPLAIN QUERY PLAN {statement}")
        plans[statement] = " | ".join(row[3] for row in rows)
    store.close()
    assert len(plans) > 30
    for statement, plan in plans.items():
        assert "TEMP B-TREE" not in plan, (statement, plan)
        assert "SCAN prompts" not in plan, (statement, plan)
        if "COALESCE" in statement.partition("ORDER BY")[2]:
            assert "USING INDEX jobs_" in plan, (statement, plan)


def test_a_damaged_record_does_not_hide_the_others(tmp_path: Path) -> None:
    """Bytes that rot inside a text leave the file whole for SQLite."""

    async def prepare() -> None:
        for name in "abcde":
            await store.add(submission(name))

    store = Store.open(tmp_path)
    asyncio.run(prepare())
    store._connection.execute("UPDATE prompts SET prompt = replace(prompt, '8.0', '9.0') WHERE job = 2")
    store._connection.execute("UPDATE jobs SET targets = '[' WHERE id = 'c'")
    store._connection.execute("UPDATE jobs SET client_id = CAST(x'ff41' AS TEXT) WHERE id = 'd'")

    store._connection.execute("UPDATE prompts SET checksum = 0.5, prompt = 7 WHERE job = 5")

    async def check() -> None:
        assert [job.id for job in (await store.jobs(descending=False))[0]] == ["a", "b", "c", "d", "e"]
        assert [texts.job.id for texts in (await store.texts_of(states={"queued"}))[0]] == ["a", "d"]
        with pytest.raises(StoreError, match="prompt of job b is damaged"):
            await store.details("b")
        with pytest.raises(StoreError, match="damaged"):
            await store.texts("b")
        with pytest.raises(StoreError, match="record in the database of jobs is damaged"):
            await store.details("c")
        with pytest.raises(StoreError, match="record in the database of jobs is damaged"):
            await store.texts("c")

    asyncio.run(check())
    store.close()
