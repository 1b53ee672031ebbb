"""What is kept of jobs that have ended, what is not, and what never reaches the disk."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.jobs import rows
from engine.jobs.events import (
    JobQueued,
)
from engine.jobs.job import JobResult, NodeRecord, RunRecord
from engine.jobs.rows import decode_result, encode_result
from engine.jobs.store import Store
from tests.engine.jobs.samples import Opener, end, event_of, result_with, submission


def test_secrets_never_reach_the_disk(tmp_path: Path) -> None:
    secret = "sk-never-on-disk-1234567890"

    async def fill() -> None:
        for index in range(20):
            job = await store.add(
                submission(secrets={"api_key": secret}, extra_data={"marker": "on-disk"}, idempotency_key=str(index))
            )
            if index % 2:
                await end(store, job)

    def raw() -> bytes:
        return b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    store = Store.open(tmp_path)
    asyncio.run(fill())
    assert b"on-disk" in raw()
    assert secret.encode() not in raw()
    store.close()
    assert b"on-disk" in raw()
    assert secret.encode() not in raw()


def test_the_oldest_ended_jobs_go_first(tmp_path: Path) -> None:
    async def fill() -> None:
        jobs = [await store.add(submission(str(index))) for index in range(8)]
        for job in jobs[1:]:
            store.append(event_of(store, job.id, JobQueued()))
            await store.save(
                msgspec.structs.replace(job, state="succeeded", finished_at=job.number),
                result_with({"9": {"images": [{"filename": f"{job.id}.png"}]}}),
            )

    async def ids() -> tuple[list[str], int, int]:
        jobs, _ = await store.jobs(descending=False)
        return [job.id for job in jobs], (await store.assets())[1], len(await store.events(since=0))

    store = Store.open(tmp_path, history_limit=5)
    asyncio.run(fill())
    assert asyncio.run(ids()) == (["0", "3", "4", "5", "6", "7"], 5, 5)
    store.close()
    store = Store.open(tmp_path, history_limit=2)
    assert asyncio.run(ids()) == (["0", "6", "7"], 2, 2)
    store.close()
    store = Store.open(tmp_path, history_limit=0)
    assert asyncio.run(ids()) == (["0"], 0, 0)
    store.close()


def test_only_ended_jobs_are_deleted(opener: Opener) -> None:
    async def check() -> None:
        jobs = await asyncio.gather(*(store.add(submission(str(index))) for index in range(500)))
        await asyncio.gather(*(end(store, job) for job in jobs[2:]))
        await store.save(msgspec.structs.replace(jobs[1], state="running"))
        assert await store.delete(["0", "1", "2", "2", "unknown"]) == 1
        assert await store.delete(None) == 497
        assert await store.delete([]) == 0
        assert await store.counts() == {"queued": 1, "running": 1}
        await end(store, jobs[3])  # too late: it stays deleted
        assert await store.details("3") is None

    store = opener()
    asyncio.run(check())
    store.close()


def test_a_pause_outlives_the_store(tmp_path: Path) -> None:
    for before, after in ((False, True), (True, True), (True, False), (False, False)):
        store = Store.open(tmp_path)
        assert store.paused is before
        asyncio.run(store.set_paused(after))
        assert store.paused is after
        store.close()


def test_assets_are_the_files_among_what_nodes_showed(opener: Opener) -> None:
    shown = {
        "9": {
            "images": [
                {"filename": "a.png", "subfolder": "", "type": "output"},
                {"filename": "b.png", "subfolder": "s", "type": "temp"},
                {"filename": "", "type": "output"},
                {"filename": 7},
                {"type": "output"},
                {"filename": "x.png", "type": "secret"},
                "text",
                None,
            ],
            "animated": [True],
        },
        "10": {"audio": [{"filename": "c.flac"}], "gifs": [{"filename": "d.gif", "type": "input"}]},
    }

    async def check() -> None:
        job = await store.add(submission("x"))
        ended = msgspec.structs.replace(job, state="succeeded", finished_at=7.0)
        await store.save(ended, result_with(shown))
        first, total = await store.assets()
        assert total == 4
        assert {(a.node_id, a.key, a.index, a.filename, a.subfolder, a.kind) for a in first} == {
            ("9", "images", 0, "a.png", "", "output"),
            ("9", "images", 1, "b.png", "s", "temp"),
            ("10", "audio", 0, "c.flac", "", "output"),
            ("10", "gifs", 0, "d.gif", "", "input"),
        }
        await store.save(ended, result_with(shown))
        again, _ = await store.assets(job_id="x")
        assert {asset.id for asset in again} == {asset.id for asset in first}
        assert [asset.filename for asset in (await store.assets(kind="temp"))[0]] == ["b.png"]
        page, total = await store.assets(offset=1, limit=2)
        assert (page, total) == (again[1:3], 4)
        assert await store.assets(job_id="unknown") == ([], 0)
        await store.delete(None)
        assert await store.assets() == ([], 0)

    store = opener()
    asyncio.run(check())
    store.close()


def test_a_large_result_comes_back_as_it_was() -> None:
    """Read part by part; small ones are read at once."""
    for count in (3, 30_000):
        shown = {str(place): {"text": [f"shown by {place}", place]} for place in range(count)}
        nodes = {name: NodeRecord(node_type="Show", display_id=name, seconds=0.5) for name in shown}
        result = JobResult(outputs=shown, nodes=nodes, cached=("1", "2"))
        assert decode_result(msgspec.json.encode(result)) == result


def test_what_a_large_run_left_is_written_and_read_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """No step of it is as large as the run: whoever writes or reads holds up everybody else meanwhile."""
    names = [str(place) for place in range(20_000)]
    record = RunRecord(versions={}, platform="p", device="cpu", dtype="f", seeds={f"{name}.seed": 7 for name in names})
    result = JobResult(
        outputs={name: {"text": [name]} for name in names},
        nodes={name: NodeRecord(node_type="Show", display_id=name) for name in names},
        cached=("1", "2"),
        record=record,
        stopped_at=("7", "Show"),
    )
    whole, encode, sizes = msgspec.json.encode(result), msgspec.json.encode, list[int]()

    def watched(value: Any) -> bytes:
        text = encode(value)
        sizes.append(len(text))
        return text

    assert decode_result(whole) == result
    monkeypatch.setattr(msgspec.json, "encode", watched)
    assert encode_result(result) == whole
    assert max(sizes) < 1_000
    small = JobResult()
    assert encode_result(small) == encode(small)
    for decode in ("_decode_result", "_decode_result_parts"):
        monkeypatch.setattr(rows, decode, None)
    assert decode_result(whole) == result
