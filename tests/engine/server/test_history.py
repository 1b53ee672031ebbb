"""/history and /jobs: what has ended, in the shapes that clients know."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.jobs.events import ErrorRecord
from engine.jobs.job import JobResult, NodeRecord, RunRecord
from tests.engine.server.fakes import VALUE, FakeServer
from tests.engine.server.raw import RawServer

_IMAGE = {"filename": "a_00001_.png", "subfolder": "", "type": "output"}


def _serve(talk: Callable[[FakeServer], Awaitable[None]], **options: Any) -> None:
    async def run() -> None:
        async with asyncio.timeout(60), FakeServer(**options) as server:
            await talk(server)

    asyncio.run(run())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with RawServer(tmp_path_factory.mktemp("base")) as running:
        yield running


async def _get(server: FakeServer, path: str) -> Any:
    answer = await server.client.get(path)
    assert answer.status == 200, await answer.text()
    return await answer.json()


async def _submit(server: FakeServer, job_id: str, **fields: Any) -> None:
    answer = await server.client.post("/prompt", json={"prompt": VALUE, "prompt_id": job_id, **fields})
    assert answer.status == 200


def test_a_job_that_succeeded() -> None:
    async def talk(server: FakeServer) -> None:
        await _submit(server, "j", client_id="me", extra_data={"extra_pnginfo": {"a": 1}, "api_key": "S"})
        assert await _get(server, "/history/j") == {}
        await server.dispatcher.run_next({"images": [_IMAGE]})
        entry = (await _get(server, "/history/j"))["j"]
        assert await _get(server, "/api/history") == {"j": entry}
        assert set(entry) == {"prompt", "outputs", "status", "meta", "skein"}
        number, job_id, prompt, extra, outputs = entry["prompt"]
        assert (number, job_id, prompt, outputs) == (1, "j", VALUE, ["2"])
        assert extra.pop("create_time")
        assert extra == {"extra_pnginfo": {"a": 1}, "client_id": "me"}
        assert entry["outputs"] == {"2": {"images": [_IMAGE]}}
        assert entry["meta"] == {"2": {"node_id": "2", "display_node": "2", "parent_node": None, "real_node_id": "2"}}
        ran = {"node_type": "Show", "display_id": "2", "parent_id": None, "seconds": 0.1, "cached": False}
        assert entry["skein"] == {"record": None, "nodes": {"2": ran}}
        status = entry["status"]
        assert (status["status_str"], status["completed"]) == ("success", True)
        assert [name for name, _ in status["messages"]] == ["execution_start", "execution_cached", "execution_success"]
        for _, data in status["messages"]:
            assert data["prompt_id"] == "j"
            assert isinstance(data["timestamp"], int)

    _serve(talk)


@pytest.mark.parametrize("count", [3, 20_000])
def test_the_record_and_the_seconds_of_every_node_however_many(count: int) -> None:
    async def talk(server: FakeServer) -> None:
        record = RunRecord(
            versions={"skein": "1"}, platform="p", device="d", dtype="float32", seeds={"3.seed": 2**64 - 1}
        )
        nodes = {
            str(number): NodeRecord(node_type="Show", display_id=str(number), seconds=number / 2)
            for number in range(count)
        }
        await _submit(server, "j")
        job = await server.dispatcher.start_next()
        server.dispatcher.leave(job, JobResult(nodes=nodes, record=record))
        await server.dispatcher.finish(job)
        for path in ("/history", "/history/j"):
            told = (await _get(server, path))["j"]["skein"]
            assert msgspec.convert(told["record"], RunRecord) == record
            assert {node_id: node["seconds"] for node_id, node in told["nodes"].items()} == {
                node_id: node.seconds for node_id, node in nodes.items()
            }

    _serve(talk)


@pytest.mark.parametrize("shows", [False, True])
def test_a_job_that_failed(shows: bool) -> None:
    async def talk(server: FakeServer) -> None:
        await _submit(server, "j")
        job = await server.dispatcher.start_next(cached=("1",))
        server.dispatcher.run_node(job, "1", "Value")
        error = ErrorRecord(
            type="node_failed",
            message="No.",
            node_id="2",
            node_type="Show",
            exception_type="a.B",
            traceback=("/home/x",),
        )
        await server.dispatcher.finish(job, "failed", error)
        status = (await _get(server, "/history/j"))["j"]["status"]
        assert (status["status_str"], status["completed"]) == ("error", False)
        names = [name for name, _ in status["messages"]]
        assert names == ["execution_start", "execution_cached", "execution_error"]
        assert status["messages"][1][1]["nodes"] == ["1"]
        told = status["messages"][2][1]
        assert (told["node_id"], told["exception_type"], told["executed"]) == ("2", "a.B", ["1"])
        assert told["traceback"] == (["/home/x"] if shows else [])

    _serve(talk, shows_internals=shows)


def test_a_job_that_was_interrupted() -> None:
    async def talk(server: FakeServer) -> None:
        await _submit(server, "j")
        await server.dispatcher.start_next()
        await server.client.post("/interrupt")
        status = (await _get(server, "/history/j"))["j"]["status"]
        assert (status["status_str"], status["completed"]) == ("error", False)
        assert status["messages"][-1][0] == "execution_interrupted"

    _serve(talk)


def test_pages_are_parts_of_the_whole() -> None:
    async def talk(server: FakeServer) -> None:
        ids = [f"j{count:03}" for count in range(120)]
        for job_id in ids:
            await _submit(server, job_id)
        assert list(await _get(server, "/history")) == ids
        for most, offset in ((0, 0), (1, 0), (50, 0), (51, 10), (200, 0), (10, 115), (10, 120), (10, 500)):
            page = await _get(server, f"/history?max_items={most}&offset={offset}")
            assert list(page) == ids[offset : offset + most]
        assert list(await _get(server, "/history?max_items=7&offset=-1")) == ids[-7:]
        assert list(await _get(server, "/history?max_items=-1")) == ids

    _serve(talk, automatic=True)


def test_history_is_forgotten_on_request_but_not_what_runs() -> None:
    async def talk(server: FakeServer) -> None:
        for job_id in "abcd":
            await _submit(server, job_id)
        for _ in "ab":
            await server.dispatcher.run_next()
        await server.dispatcher.start_next()
        await server.client.post("/history", json={"delete": ["a", "c", "d", "unknown"]})
        assert list(await _get(server, "/history")) == ["b"]
        await server.client.post("/history", json={"clear": True})
        assert await _get(server, "/history") == {}
        queue = await _get(server, "/queue")
        assert len(queue["queue_running"]) == len(queue["queue_pending"]) == 1

    _serve(talk)


def test_jobs_in_every_state() -> None:
    async def talk(server: FakeServer) -> None:
        for job_id in "abcde":
            workflow = {"extra_pnginfo": {"workflow": {"id": f"w{job_id}"}}}
            await _submit(server, job_id, extra_data=workflow)
        await server.dispatcher.run_next({"images": [_IMAGE]})
        await server.dispatcher.finish(await server.dispatcher.start_next(), "failed")
        await server.dispatcher.start_next()
        await server.client.post("/jobs/e/cancel")
        listed = await _get(server, "/api/jobs")
        assert {job["id"]: job["status"] for job in listed["jobs"]} == {
            "a": "completed",
            "b": "failed",
            "c": "in_progress",
            "d": "pending",
            "e": "cancelled",
        }
        assert listed["pagination"] == {"offset": 0, "limit": 100, "total": 5, "has_more": False}
        assert [job["id"] for job in listed["jobs"]] == ["e", "d", "c", "b", "a"]
        for query, ids in (
            ("status=completed,failed", "ba"),
            ("status=pending&sort_order=asc", "d"),
            ("sort_order=asc&limit=2&offset=1", "bc"),
            ("workflow_id=wc", "c"),
            ("workflow_id=none", ""),
        ):
            assert [job["id"] for job in (await _get(server, f"/jobs?{query}"))["jobs"]] == list(ids)
        assert (await _get(server, "/jobs?limit=2"))["pagination"]["has_more"] is True
        job = await _get(server, "/jobs/a")
        assert job["outputs"] == {"2": {"images": [_IMAGE]}}
        assert job["preview_output"]["filename"] == _IMAGE["filename"]
        assert job["workflow"]["prompt"] == VALUE
        assert job["workflow_id"] == "wa"

    _serve(talk)


def test_jobs_are_cancelled_once() -> None:
    async def talk(server: FakeServer) -> None:
        for job_id in "abc":
            await _submit(server, job_id)
        for expected in (True, False):
            answer = await server.client.post("/api/jobs/a/cancel")
            assert (answer.status, await answer.json()) == (200, {"cancelled": expected})
        answer = await server.client.post("/jobs/cancel", json={"job_ids": ["a", "b", "c", "c", "unknown"]})
        assert await answer.json() == {"cancelled": True, "job_ids": ["b", "c"]}

    _serve(talk)


@pytest.mark.parametrize(
    "path",
    [
        *[
            f"/history?max_items={value}"
            for value in ("x", "-2", "1.5", "9" * 30, "%00", "1" * 50_000, "%ff", "%D9%A3")
        ],
        *[f"/history?offset={value}" for value in ("x", "-2", "NaN")],
        *[
            f"/jobs?{query}"
            for query in ("status=none", "sort_by=x", "sort_order=up", "limit=0", "limit=x", "offset=-1")
        ],
        *["/jobs?status=" + "x" * 3_000, "/history/%00", "/history/" + "x" * 2_000, "/jobs/%0a"],
    ],
)
def test_wrong_parameters(server: RawServer, path: str) -> None:
    reply = server.get(path)
    assert reply.status == 400
    assert reply.error["message"]


def test_unknown_jobs(server: RawServer, tmp_path: Path) -> None:
    assert server.get("/history/unknown").json() == {}
    assert server.get("/jobs/unknown").error["type"] == "job_not_found"
