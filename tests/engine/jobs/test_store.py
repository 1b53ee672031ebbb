"""What the store promises while nothing is wrong with disk or file; the same in memory."""

from __future__ import annotations

import asyncio
import shutil
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import JobConflict, StoreError
from engine.jobs import store as store_module
from engine.jobs.events import (
    ErrorRecord,
    JobFailed,
    JobQueued,
    JobStarted,
    NodeFinished,
    NodeProgress,
    NodeText,
)
from engine.jobs.job import ENDED, JobResult, NodeRecord, RunRecord, Submission
from engine.jobs.store import Store
from tests.engine.jobs.samples import PROMPT, Opener, end, event_of, submission

# What goes in comes out

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
objects = st.dictionaries(st.text(), json_values, max_size=6)


@given(prompt=objects, extra_data=objects, targets=st.lists(st.text(), max_size=3).map(tuple), client_id=st.text())
def test_any_json_comes_back_as_it_was(
    prompt: dict[str, Any], extra_data: dict[str, Any], targets: tuple[str, ...], client_id: str
) -> None:
    async def check() -> None:
        job = await store.add(submission(prompt=prompt, extra_data=extra_data, targets=targets, client_id=client_id))
        details = await store.details(job.id)
        assert details is not None
        assert (details.job, details.targets, details.result) == (job, targets, None)
        assert (details.prompt, details.extra_data) == (prompt, extra_data)
        assert list(details.prompt) == list(prompt)
        texts = await store.texts(job.id)
        assert texts is not None
        assert [msgspec.json.decode(text) for text in texts] == [prompt, extra_data, list(targets)]

    store = Store.open(None)
    try:
        asyncio.run(check())
    finally:
        store.close()


def test_large_prompts_come_back_as_they_were(opener: Opener) -> None:
    prompt = {str(index): {"class_type": "Note", "inputs": {"text": "x" * 1000, "n": index}} for index in range(3000)}

    async def check() -> None:
        job = await store.add(submission(prompt=prompt))
        details = await store.details(job.id)
        assert details is not None
        assert details.prompt == prompt
        assert not (await store.accept(submission(job.id, prompt=prompt))).is_new
        with pytest.raises(JobConflict):  # only small ones are compared by what they say
            await store.accept(submission(job.id, prompt=dict(reversed(prompt.items()))))

    store = opener()
    asyncio.run(check())
    store.close()


def test_all_of_a_job_survives_the_store(tmp_path: Path) -> None:
    error = ErrorRecord(type="node_failed", message="Node 3 failed.", node_id="3", extra_info={"n": [1, None]})
    result = JobResult(
        outputs={"9": {"images": [{"filename": "a.png", "subfolder": "x", "type": "output"}], "text": ["hello"]}},
        nodes={"3": NodeRecord(node_type="KSampler", display_id="3", seconds=1.5)},
        cached=("4",),
        record=RunRecord(versions={"skein": "1"}, platform="p", device="d", dtype="float32", seeds={"3.seed": 7}),
    )

    async def fill() -> None:
        job = await store.add(submission("one", client_id="me"))
        await store.save(
            msgspec.structs.replace(
                job, state="failed", started_at=1.0, finished_at=2.0, deaths=3, restarted=True, error=error
            ),
            result,
        )

    async def look() -> None:
        details = await store.details("one")
        assert details is not None
        job = details.job
        assert (job.state, job.started_at, job.finished_at, job.deaths) == ("failed", 1.0, 2.0, 3)
        assert job.restarted
        assert job.error == error
        assert job.client_id == "me"
        assert details.result == result
        assets, total = await store.assets(job_id="one")
        assert total == 1
        assert (assets[0].filename, assets[0].subfolder, assets[0].kind) == ("a.png", "x", "output")
        assert await store.asset(assets[0].id) == assets[0]
        assert await store.details("another") is None
        assert await store.texts("another") is None
        assert await store.asset("another") is None

    for work in (fill, look):
        store = Store.open(tmp_path)
        asyncio.run(work())
        store.close()


def test_large_answers_do_not_stop_the_loop(tmp_path: Path) -> None:
    """The loop goes round many times while 300 prompts of 100 kB are written and read."""

    async def check() -> None:
        rounds = 0

        async def count() -> None:
            nonlocal rounds
            while True:
                rounds += 1
                await asyncio.sleep(0)

        counter = asyncio.create_task(count())
        prompt = {"1": {"class_type": "Note", "inputs": {"text": "x" * 100_000}}}
        await asyncio.gather(*(store.add(submission(prompt=prompt)) for _ in range(300)))
        written = rounds
        read = 0
        while some := (await store.texts_of(states={"queued"}, offset=read))[1]:
            assert some < 20  # not all that is there at once
            read += some
        assert read == 300
        counter.cancel()
        assert written > 10
        assert rounds - written > 10

    store = Store.open(tmp_path)
    asyncio.run(check())
    store.close()


# Order


def test_numbers_and_positions(opener: Opener) -> None:
    async def check() -> None:
        first = await store.add(submission("first"))
        second = await store.add(submission("second"))
        front = await store.add(submission("front", front=True))
        urgent = await store.add(submission("urgent", number=-100))
        between = await store.add(submission("between", number=1.5))
        third = await store.add(submission("third"))
        assert first.number < second.number < third.number
        assert first.position < second.position < front.position < urgent.position < third.position
        assert front.number < 0
        assert (urgent.number, between.number) == (-100.0, 1.5)
        await end(store, second)
        assert (await store.add(submission())).number > third.number
        waiting, _ = await store.texts_of(states={"queued", "running"})
        assert [texts.job.id for texts in waiting][:5] == ["urgent", "front", "first", "between", "third"]

    store = opener()
    asyncio.run(check())
    store.close()


def test_the_counter_does_not_go_back_when_history_is_deleted(tmp_path: Path) -> None:
    async def fill() -> float:
        job = await store.add(submission())
        await end(store, job)
        assert await store.delete(None) == 1
        return job.number

    numbers: list[float] = []
    for _ in range(3):
        store = Store.open(tmp_path)
        numbers.append(asyncio.run(fill()))
        store.close()
    assert numbers == sorted(set(numbers))


def test_unfinished_jobs_come_back_in_order_running_ones_first(tmp_path: Path) -> None:
    async def fill() -> None:
        jobs = {name: await store.add(submission(name)) for name in "abcdef"}
        await end(store, jobs["b"])
        await end(store, jobs["c"], "cancelled", started_at=None)
        await store.save(msgspec.structs.replace(jobs["f"], state="running", started_at=5.0))
        await store.save(msgspec.structs.replace(jobs["d"], state="running", started_at=9.0))
        await store.save_all([msgspec.structs.replace(jobs["e"], number=0.0, position=-1.0)])

    store = Store.open(tmp_path)
    assert store.unfinished() == []
    asyncio.run(fill())
    store.close()
    store = Store.open(tmp_path)
    assert [(job.id, job.state) for job in store.unfinished()] == [
        ("f", "running"),
        ("d", "running"),
        ("e", "queued"),
        ("a", "queued"),
    ]
    store.close()


# The same job twice


def test_the_same_submission_again_is_the_same_job(opener: Opener) -> None:
    async def check() -> None:
        once = submission("x", idempotency_key="k")
        accepted = await store.accept(once)
        assert accepted.is_new
        assert await store.accept(once) == (accepted.job, False)
        assert await store.accept(submission("y", idempotency_key="k")) == (accepted.job, False)
        reordered = {name: dict(reversed(node.items())) for name, node in reversed(PROMPT.items())}
        assert await store.accept(submission("x", prompt=reordered)) == (accepted.job, False)
        ended = await end(store, accepted.job)
        assert await store.accept(once) == (ended, False)
        assert (await store.jobs())[1] == 1

    store = opener()
    asyncio.run(check())
    store.close()


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"id": "x", "prompt": {"1": {"class_type": "A", "inputs": {}}}}, "id 'x'"),
        ({"id": "x", "prompt": PROMPT | {"3": PROMPT["3"] | {"inputs": {"seed": 1.0}}}}, "id 'x'"),
        ({"id": "x", "targets": ("8",)}, "id 'x'"),
        ({"id": "x", "extra_data": {"extra_pnginfo": {"workflow": {}}}}, "id 'x'"),
        ({"id": "z", "idempotency_key": "k", "targets": ()}, "idempotency key 'k'"),
        ({"id": "y", "idempotency_key": "k"}, "id 'y'"),
    ],
)
def test_an_id_or_key_in_use_is_refused(opener: Opener, changes: dict[str, Any], what: str) -> None:
    async def check() -> None:
        await store.add(submission("x", idempotency_key="k"))
        await store.add(submission("y"))
        with pytest.raises(JobConflict, match=what):
            await store.add(submission(**({"job_id": changes["id"]} | {k: changes[k] for k in changes if k != "id"})))
        assert (await store.jobs())[1] == 2
        details = await store.details("x")
        assert details is not None
        assert details.prompt == PROMPT

    store = opener()
    asyncio.run(check())
    store.close()


def test_many_at_once_with_one_id_are_one_job(opener: Opener) -> None:
    async def check() -> None:
        same = submission("x")
        accepted = await asyncio.gather(*(store.accept(same) for _ in range(50)))
        assert [answer.is_new for answer in accepted].count(True) == 1
        assert {answer.job.id for answer in accepted} == {"x"}
        others: list[Submission] = [submission("x", targets=(f"other {index}",)) for index in range(20)]
        refused = await asyncio.gather(*(store.accept(other) for other in others), return_exceptions=True)
        assert all(isinstance(answer, JobConflict) for answer in refused)

    store = opener()
    asyncio.run(check())
    store.close()


# Events


def test_events_come_back_in_order(opener: Opener) -> None:
    async def check() -> None:
        for name in ("a", "b"):
            await store.add(submission(name, client_id="me"))
        told = [
            event_of(store, "a", JobQueued()),
            event_of(store, "b", JobStarted(worker=0)),
            event_of(store, "a", NodeProgress(node_id="3", display_id="3", value=1, total=2)),
            event_of(store, "a", NodeText(node_id="3", text="x")),
            event_of(
                store, "a", NodeFinished(node_id="9", node_type="S", display_id="9", seconds=1, ui={"images": [{}]})
            ),
            event_of(store, "b", JobFailed(error=ErrorRecord(type="t", message="m"), executed=("1",))),
            event_of(store, "nobody", JobQueued()),
        ]
        for event in told:
            store.append(event)
        kept = [told[index] for index in (0, 1, 4, 5)]
        assert await store.events(since=0) == kept
        assert await store.events(since=kept[1].seq) == kept[2:]
        assert await store.events(since=0, job_id="a") == [kept[0], kept[2]]
        assert await store.events(since=0, limit=2) == kept[:2]
        job = (await store.jobs(descending=False))[0][0]
        await end(store, job)
        await store.delete([job.id])
        assert await store.events(since=0) == [kept[1], kept[3]]

    store = opener()
    asyncio.run(check())
    store.close()


def test_events_that_were_just_appended_are_among_those_that_come_back(opener: Opener) -> None:
    async def check() -> None:
        await store.add(submission("a"))
        for count in (1, 5000, 2):
            since = store.next_seq()
            for _ in range(count):
                store.append(event_of(store, "a", JobQueued()))
            assert len(await store.events(since=since, limit=10_000)) == count

    store = opener()
    asyncio.run(check())
    store.close()


def test_what_was_appended_before_the_end_is_written(tmp_path: Path) -> None:
    async def fill() -> None:
        await store.add(submission("a"))
        for _ in range(5000):
            store.append(event_of(store, "a", JobQueued()))

    async def count() -> int:
        return len(await store.events(since=0, limit=10_000))

    store = Store.open(tmp_path)
    asyncio.run(fill())
    store.close()
    store.append(event_of(store, "a", JobQueued()))  # too late, and no error
    store = Store.open(tmp_path)
    assert asyncio.run(count()) == 5000
    store.close()


def test_sequence_numbers_grow_over_restarts_and_kills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of the files of an open store is what a killed server leaves."""
    monkeypatch.setattr(store_module, "SEQ_BLOCK", 50)

    async def take() -> list[int]:
        numbers = [store.next_seq() for _ in range(200)]
        await store.check()  # by now the reservations are written
        return [*numbers, *(store.next_seq() for _ in range(20))]

    directory, numbers = tmp_path / "0", list[int]()
    for count in range(1, 6):
        store = Store.open(directory)
        numbers += asyncio.run(take())
        directory = tmp_path / str(count)
        shutil.copytree(tmp_path / str(count - 1), directory)
        store.close()
    assert numbers == sorted(set(numbers))


def test_sequence_numbers_grow_when_the_file_is_deleted(tmp_path: Path) -> None:
    numbers: list[int] = []
    for directory in (tmp_path / "a", tmp_path / "b", None):
        before = time.time_ns() // 1_000_000
        store = Store.open(directory)
        numbers.append(store.next_seq())
        store.close()
        assert before < numbers[-1] < 2**53


def test_a_closed_store_says_so(opener: Opener) -> None:
    store = opener()
    store.close()
    store.close()
    for work in (store.add(submission()), store.details("x"), store.check(), store.delete(ENDED)):
        with pytest.raises(StoreError, match="closed"):
            asyncio.run(work)


def test_nobody_else_may_read_the_files(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    asyncio.run(store.add(submission()))
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    store.close()
    assert {"jobs.sqlite3", "jobs.sqlite3-wal"} <= set(modes)
    assert set(modes.values()) == {0o600}
