"""Events are read page by page, from the file and from memory: none falls between, none comes twice."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import StoreError
from engine.jobs.events import JobEvent, NodeBlocked, NodeText
from engine.jobs.job import Job, JobResult, Submission
from engine.jobs.store import Store
from engine.workers import ledger as ledger_module
from engine.workers.ledger import Ledger
from engine.workers.recent import RecentEvents


@settings(max_examples=25)
@given(
    told=st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), max_size=30),
    kept=st.integers(1, 4),
    limit=st.integers(1, 5),
    job_id=st.sampled_from([None, "a", "b"]),
    meanwhile=st.lists(st.integers(0, 8), max_size=4),
)
def test_pages_hold_every_event_once(
    told: list[tuple[str, bool]], kept: int, limit: int, job_id: str | None, meanwhile: list[int]
) -> None:
    async def run() -> None:
        store = Store.open(None)
        ledger = Ledger(store)
        ledger._recent = RecentEvents(complete_since=store.next_seq(), kept=kept)
        jobs = {name: await store.add(Submission(id=name, prompt={}, targets=())) for name in "ab"}
        seqs: list[tuple[int, str, bool]] = []

        def tell(name: str, is_passing: bool) -> None:
            event = NodeText("1", "") if is_passing else NodeBlocked("1", "", "1", "")
            seqs.append((ledger.tell(jobs[name], event), name, is_passing))

        for name, is_passing in told:
            tell(name, is_passing)
        found: list[JobEvent] = []
        waiting = list(meanwhile)
        while True:
            reading = asyncio.create_task(ledger.events(found[-1].seq if found else 0, job_id, limit))
            await asyncio.sleep(0)
            more = waiting.pop() if waiting else 0
            for _ in range(more):  # happens while the file is being read
                tell("a", False)
                tell("b", False)
            page = await reading
            assert len(page) <= limit
            if not page and not more:
                break
            found += page
        got = [event.seq for event in found]
        assert got == sorted(set(got))
        lasting = {seq for seq, name, is_passing in seqs if not is_passing and job_id in (None, name)}
        assert lasting <= set(got) <= {seq for seq, name, _ in seqs if job_id in (None, name)}
        await asyncio.to_thread(store.close)

    asyncio.run(asyncio.wait_for(run(), 30))


def test_what_could_not_be_written_is_told_and_written_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "RETRY_S", 0.01)

    async def run() -> None:
        store = Store.open(None)
        ledger = Ledger(store)
        jobs = [await store.add(Submission(id=name, prompt={}, targets=())) for name in "abc"]
        save, is_full = store.save, True

        async def save_or_fail(job: Job, result: JobResult | None = None) -> None:
            if is_full:
                raise StoreError("The disk is full.")
            await save(job, result)

        monkeypatch.setattr(store, "save", save_or_fail)
        monkeypatch.setattr(store, "save_all", lambda jobs: save_or_fail(jobs[0]))  # pyright: ignore
        ended = [msgspec.structs.replace(job, state="succeeded", finished_at=1.0) for job in jobs]
        result = JobResult(outputs={"1": {"text": ["kept"]}})
        await ledger.save(jobs[0])
        await ledger.save(ended[0], result)
        await ledger.save_all(ended[1:])
        is_full = False
        await ledger.save(msgspec.structs.replace(ended[2], state="failed"))  # newer than what is owed
        while (details := await store.details("a")) is None or details.result != result:
            await asyncio.sleep(0.01)
        await ledger.settle()
        assert {job.id: job.state for job in (await store.jobs())[0]} == {
            "a": "succeeded",
            "b": "succeeded",
            "c": "failed",
        }
        store.close()

    asyncio.run(run())
