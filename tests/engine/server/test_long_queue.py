"""Ten thousand prompts wait: they stay in order, one more costs what the first did, and clearing holds up nobody.

What things cost is counted in steps of Python, of the database and of the queue, never measured in time.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from aiohttp.test_utils import TestClient, TestServer

from engine.jobs.job import Submission
from engine.jobs.queue import JobQueue
from engine.jobs.rows import encode_object
from engine.jobs.store import Store
from engine.server.api import views
from engine.server.app import make_app
from engine.settings import ServerSettings, Settings
from engine.workers import dispatch
from engine.workers.declaring import declare
from engine.workers.dispatch import Dispatcher
from tests.engine.graph.examples import REGISTRY
from tests.engine.server.fakes import VALUE

MANY = 10_000


class Idle(Dispatcher):
    """The real queue, and nobody who works it off."""

    async def start(self) -> None:
        self.catalog.registry = REGISTRY
        self.catalog._declarations = {str(one.get("type")): one for one in declare(REGISTRY)[0]}  # pyright: ignore[reportPrivateUsage]

    async def fill(self, count: int) -> None:
        """Let so many jobs wait."""
        jobs = (Submission(id=f"job-{place}", prompt=encode_object(VALUE), targets=("2",)) for place in range(count))
        await asyncio.gather(*map(self.submit, jobs))
        gc.collect()  # what is left of that is nobody's later cost
        await asyncio.sleep(0)


Talk = Callable[[Idle, Store, Any], Awaitable[None]]


def _serve(talk: Talk) -> None:
    async def run() -> None:
        store, settings = Store.open(None), ServerSettings(in_memory=True)
        dispatcher = Idle(Settings(), settings, store)
        client: Any = TestClient(TestServer(make_app(dispatcher, store, Settings(), settings)))
        await dispatcher.start()
        await client.start_server()
        try:
            await talk(dispatcher, store, client)
        finally:
            await client.close()
            await dispatcher.stop()
            store.close()

    asyncio.run(run())


class Steps:
    """Counts steps while it is open: lines of Python in this thread, and instructions of the database."""

    def __init__(self, store: Store) -> None:
        self.lines = 0
        self.instructions = 0
        # Once, while the store rests: setting it waits for the thread that writes, which may be waiting to be counted.
        connection = store._connection  # pyright: ignore[reportPrivateUsage]
        connection.set_progress_handler(self._instruction, 1)

    def _line(self, frame: object, event: str, argument: object) -> Any:
        del frame, argument
        self.lines += event == "line"
        return self._line

    def _instruction(self) -> int:
        self.instructions += 1
        return 0

    def __enter__(self) -> Steps:
        self.lines = self.instructions = 0
        self._before = sys.gettrace()
        sys.settrace(self._line)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)


async def _submit_counted(steps: Steps, client: Any) -> tuple[int, int]:
    """Lines and instructions that a submission takes: the least of a few, as what was done before has after-effects."""
    counts: list[tuple[int, int]] = []
    for _ in range(4):
        with steps:
            answer = await client.post("/prompt", json={"prompt": VALUE})
            assert answer.status == 200, await answer.text()
            await answer.read()
        counts.append((steps.lines, steps.instructions))
    lines, instructions = zip(*counts, strict=True)
    return min(lines), min(instructions)


def test_ten_thousand_stay_in_order_and_one_more_costs_no_more() -> None:
    async def talk(dispatcher: Idle, store: Store, client: Any) -> None:
        steps = Steps(store)
        few = await _submit_counted(steps, client)
        first = dispatcher.pending_ids()
        await dispatcher.fill(MANY)
        many = await _submit_counted(steps, client)
        assert many[0] < few[0] + MANY // 20
        assert many[1] < few[1] + MANY // 20

        ids = dispatcher.pending_ids()
        wanted = [*first, *(f"job-{place}" for place in range(MANY))]
        assert ids[: len(wanted)] == wanted
        answer = await client.get("/queue")
        assert [item[1] for item in (await answer.json())["queue_pending"]] == ids
        seen: list[str] = []
        while len(seen) < len(ids):
            answer = await client.get(f"/api/v1/queue?offset={len(seen)}&limit=1000")
            page = (await answer.json())["pending"]
            assert [job["queue_position"] for job in page] == [len(seen) + place for place in range(len(page))]
            seen += [job["id"] for job in page]
        assert seen == ids

    _serve(talk)


def test_what_waits_is_an_id_and_little_else_however_large_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its output nodes are on the disk with the rest of it; lists are written job by job."""
    targets, sizes = tuple(str(place) for place in range(5_000)), list[int]()
    encode = views.encode_json

    def watched(value: Any) -> bytes:
        text = encode(value)
        sizes.append(len(text))
        return text

    monkeypatch.setattr(views, "encode_json", watched)

    async def talk(dispatcher: Idle, store: Store, client: Any) -> None:
        await dispatcher.submit(Submission(id="wide", prompt=encode_object(VALUE), targets=targets))
        await dispatcher.fill(20)
        assert all(len(msgspec.json.encode(job)) < 500 for job in dispatcher.pending())

        async def get(path: str) -> Any:
            answer = await client.get(path)
            assert answer.status == 200, await answer.text()
            return await answer.json()

        for path, name in (("/api/v1/jobs", "jobs"), ("/api/v1/queue", "pending")):
            sizes.clear()
            assert len((await get(path))[name]) == 21
            assert len(sizes) == 21
            assert max(sizes) < 1_000
        assert (await get("/api/v1/jobs/wide"))["targets"] == list(targets)
        assert (await get("/api/v1/jobs/wide/workflow"))["targets"] == list(targets)
        assert (await get("/queue"))["queue_pending"][0][4] == list(targets)

    _serve(talk)


class Counted(float):
    """A number that counts how often it is compared."""

    comparisons = 0

    def __lt__(self, other: float) -> bool:
        Counted.comparisons += 1
        return float.__lt__(self, other)

    def __eq__(self, other: object) -> bool:
        Counted.comparisons += 1
        return float.__eq__(self, other)

    __hash__ = float.__hash__


def test_the_place_of_one_more_is_searched_for_by_halving() -> None:
    queue = JobQueue()
    for place in range(MANY):
        queue.push(str(place), Counted(place), 0.0)
    Counted.comparisons = 0
    queue.push("one more", Counted(MANY / 2 + 0.5), 0.0)
    assert Counted.comparisons <= 4 * MANY.bit_length()
    assert queue.position_of("one more") == MANY // 2 + 1


async def _count_turns(work: Awaitable[Any], done: Callable[[], int]) -> tuple[Any, int]:
    """What came of some work, and the most of it that was done in one turn of the event loop."""
    task, most, before = asyncio.ensure_future(work), 0, done()
    while not task.done():
        await asyncio.sleep(0)
        most, before = max(most, done() - before), done()
    return await task, most


@pytest.mark.parametrize("how", ["clear", "ids"])
def test_clearing_takes_all_out_in_one_pass_and_lets_others_have_their_turn(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed: list[str] = []

    def watched(_: JobQueue, job_id: str) -> bool:
        removed.append(job_id)
        return False

    monkeypatch.setattr(JobQueue, "remove", watched)

    async def talk(dispatcher: Idle, store: Store, client: Any) -> None:
        await dispatcher.fill(2_000)
        told: list[object] = []
        dispatcher.subscribe(told.append)
        ids = [f"job-{place}" for place in range(2_000)]
        work = dispatcher.cancel_pending() if how == "clear" else dispatcher.cancel_many([*ids, *ids, "nobody"])
        result, most = await _count_turns(work, lambda: len(told))
        assert result == (2_000 if how == "clear" else ids)
        assert dispatcher.remaining == 0
        assert removed == []
        assert len(told) >= 2_000
        assert most <= 2 * dispatch._CANCELLED_AT_ONCE  # pyright: ignore[reportPrivateUsage]
        counts = await store.counts()
        assert counts == {"cancelled": 2_000}

    _serve(talk)


@pytest.mark.parametrize(
    ("path", "name"),
    [("/queue", "delete"), ("/history", "delete"), ("/jobs/cancel", "job_ids"), ("/api/v1/jobs/cancel", "ids")],
)
def test_one_request_names_ten_thousand_jobs_and_no_more(path: str, name: str) -> None:
    async def talk(dispatcher: Idle, store: Store, client: Any) -> None:
        await dispatcher.fill(3)
        answer = await client.post(path, json={name: ["x"] * 9_999 + ["job-1"]})
        assert answer.status == 200, await answer.text()
        kept = dispatcher.pending_ids()
        assert kept == (["job-0", "job-1", "job-2"] if path == "/history" else ["job-0", "job-2"])
        answer = await client.post(path, json={name: ["job-0"] * 10_001})
        assert answer.status in (400, 413)
        message = (await answer.json())["error"]["message"]
        assert repr(name) in message
        assert "10000" in message
        assert dispatcher.pending_ids() == kept

    _serve(talk)
