"""What a dispatcher does with the jobs of an earlier server."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from engine.jobs.events import JobEvent, JobFailed, JobQueued, NodeFinished, NodeStarted
from engine.jobs.job import MAX_DEATHS, Submission
from engine.jobs.store import Store
from engine.workers.ledger import Ledger
from engine.workers.recovery import take_up
from engine.workers.waiting import Waiting

Numbers = st.lists(st.none() | st.integers(-3, 3), min_size=1, max_size=8)


def _submission(job_id: str, number: float | None = None, **more: Any) -> Submission:
    prompt = {"1": {"class_type": "Show", "inputs": {"text": job_id}}}
    return Submission(id=job_id, prompt=prompt, targets=("1",), number=number, **more)


@hypothesis_settings(max_examples=15)
@given(Numbers, st.data())
def test_all_that_was_accepted_is_there_again_what_ran_first(numbers: list[float | None], data: st.DataObject) -> None:
    ids = [f"job-{place}" for place in range(len(numbers))]
    cut_short = data.draw(st.lists(st.sampled_from(ids), unique=True, max_size=3))
    deaths = {job_id: data.draw(st.integers(0, MAX_DEATHS - 1)) for job_id in cut_short}

    async def work(directory: Path) -> None:
        store = Store.open(directory)
        before = [await store.add(_submission(job_id, number)) for job_id, number in zip(ids, numbers, strict=True)]
        for place, job in enumerate(before):
            if job.id in deaths:
                changes: Any = {"state": "running", "deaths": deaths[job.id], "started_at": float(place)}
                await store.save(msgspec.structs.replace(job, **changes))
        store.close()
        store = Store.open(directory)  # as a new server finds it
        ledger, waiting = Ledger(store), Waiting()
        told: list[Any] = []
        ledger.subscribe(told.append)
        await take_up(store, ledger, waiting)
        await ledger.settle()
        given_up = {job_id for job_id in cut_short if deaths[job_id] == MAX_DEATHS - 1}
        again = [job_id for job_id in ids if job_id in deaths and job_id not in given_up]
        others = sorted((job for job in before if job.id not in deaths), key=lambda job: (job.number, job.position))
        assert [job.id for job in waiting.in_order()] == again + [job.id for job in others]
        for job_id in again:
            job = waiting.require(job_id)
            assert (job.restarted, job.deaths, job.state) == (True, deaths[job_id] + 1, "queued")
            details = await store.details(job_id)
            assert details is not None
            assert details.job == job
        for job_id in given_up:
            details = await store.details(job_id)
            assert details is not None
            assert details.job.state == "failed"
        kinds = {event.job_id: type(event.event) for event in told}
        assert kinds == {**dict.fromkeys(again, JobQueued), **dict.fromkeys(given_up, JobFailed)}
        store.close()

    with TemporaryDirectory() as directory:
        asyncio.run(work(Path(directory)))


def test_a_job_that_is_given_up_names_its_node(tmp_path: Path) -> None:
    async def work() -> None:
        store = Store.open(tmp_path)
        job = await store.add(_submission("poison"))
        await store.save(msgspec.structs.replace(job, state="running", deaths=2, started_at=1.0))
        for event in (
            NodeStarted("1", "Load", "1"),
            NodeFinished("1", "Load", "1", 0.1),
            NodeStarted("2", "Explode", "2"),
        ):
            store.append(JobEvent(store.next_seq(), "poison", "", time.time(), event))
        store.close()
        store = Store.open(tmp_path)
        ledger, waiting = Ledger(store), Waiting()
        await take_up(store, ledger, waiting)
        details = await store.details("poison")
        assert details is not None
        assert details.job.error is not None
        assert details.job.error.message == (
            "3 runs of this job were cut short by the end of the server or of the worker, the last time while node"
            " '2' (Explode) ran. It is not tried again."
        )
        assert len(waiting) == 0
        store.close()

    asyncio.run(work())
