"""/queue, /interrupt and /free."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse

from tests.engine.server.fakes import VALUE, FakeServer
from tests.engine.server.raw import RawServer


async def _submit(server: FakeServer, count: int) -> list[str]:
    ids: list[str] = []
    for _ in range(count):
        answer = await server.client.post("/prompt", json={"prompt": VALUE, "client_id": "me"})
        ids.append((await answer.json())["prompt_id"])
    return ids


async def _queue(server: FakeServer) -> tuple[list[str], list[str]]:
    answer = await server.client.get("/queue")
    queue = await answer.json()
    return [item[1] for item in queue["queue_running"]], [item[1] for item in queue["queue_pending"]]


async def _post(server: FakeServer, path: str, value: Any = None) -> ClientResponse:
    answer = await (server.client.post(path) if value is None else server.client.post(path, json=value))
    assert answer.status == 200, await answer.text()
    assert await answer.read() == b""
    return answer


def test_jobs_are_taken_out_and_what_runs_goes_on() -> None:
    async def run() -> None:
        async with FakeServer() as server:
            ids = await _submit(server, 5)
            await server.dispatcher.start_next()
            assert await _queue(server) == (ids[:1], ids[1:])
            await _post(server, "/queue", {"delete": [ids[2], ids[0], "unknown"]})
            assert await _queue(server) == (ids[:1], [ids[1], *ids[3:]])
            await _post(server, "/api/queue", {"clear": True})
            assert await _queue(server) == (ids[:1], [])
            await _post(server, "/queue", {})

    asyncio.run(run())


def test_a_long_queue_is_listed_whole_and_in_order() -> None:
    async def run() -> None:
        async with FakeServer() as server:
            ids = await _submit(server, 250)
            await server.dispatcher.start_next()
            assert await _queue(server) == (ids[:1], ids[1:])
            item = (await (await server.client.get("/queue")).json())["queue_pending"][0]
            assert item[2:] == [VALUE, {"client_id": "me", "create_time": item[3]["create_time"]}, ["2"]]

    asyncio.run(run())


@pytest.mark.parametrize("body", [None, {}, {"prompt_id": None}, {"prompt_id": ""}])
def test_interrupt_without_an_id_stops_what_runs(body: object) -> None:
    async def run() -> None:
        async with FakeServer() as server:
            ids = await _submit(server, 2)
            await server.dispatcher.start_next()
            await _post(server, "/interrupt", body)
            assert server.dispatcher.cancelled == ids[:1]
            assert await _queue(server) == ([], ids[1:])

    asyncio.run(run())


def test_interrupt_with_an_id_stops_only_that_run() -> None:
    async def run() -> None:
        async with FakeServer() as server:
            ids = await _submit(server, 2)
            await server.dispatcher.start_next()
            for job_id in (ids[1], "unknown"):
                await _post(server, "/interrupt", {"prompt_id": job_id})
                assert await _queue(server) == (ids[:1], ids[1:])
            await _post(server, "/interrupt", {"prompt_id": ids[0]})
            assert await _queue(server) == ([], ids[1:])

    asyncio.run(run())


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ({"unload_models": True}, [(True, False)]),
        ({"free_memory": True}, [(True, True)]),
        ({"unload_models": False, "free_memory": False}, []),
        ({}, []),
        (None, []),
    ],
)
def test_free(body: Any, asked: list[tuple[bool, bool]]) -> None:
    async def run() -> None:
        async with FakeServer() as server:
            await _post(server, "/free", body)
            assert server.dispatcher.freed == asked

    asyncio.run(run())


def test_wrong_fields_are_named(tmp_path: Path) -> None:
    cases: list[tuple[str, object]] = [
        ("/queue", {"clear": "yes"}),
        ("/queue", {"clear": 1}),
        ("/queue", {"delete": "x"}),
        ("/queue", {"delete": [1]}),
        ("/queue", {"delete": {}}),
        ("/history", {"clear": []}),
        ("/history", {"delete": [None]}),
        ("/interrupt", {"prompt_id": 7}),
        ("/interrupt", {"prompt_id": []}),
        ("/free", {"unload_models": "no"}),
        ("/free", {"free_memory": 1}),
    ]
    with RawServer(tmp_path) as server:
        for path, body in cases:
            assert isinstance(body, dict)
            error = server.post_json(path, body).error
            assert repr(next(iter(body))) in error["message"]
        for path in ("/queue", "/history", "/interrupt", "/free"):
            for other in ([], "x", 1, None):
                assert server.post_json(path, other).error["type"] == "invalid_json"
            assert server.ask("POST", path, b"{", {"Content-Type": "application/json"}).error
        assert server.ask("POST", "/queue").error["type"] == "invalid_json"
        assert server.ask("PUT", "/queue").status == 405
