"""Pause and resume over the real store: what is answered is on disk, and what is not on disk is not so."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from engine.jobs.database import FILE_NAME
from engine.jobs.store import Store
from engine.server.api.route import PREFIX
from engine.server.app import make_app
from engine.settings import ServerSettings, Settings
from engine.workers.dispatch import Dispatcher


class _OnDisk:
    """The application over a dispatcher that was not started and a store in a directory."""

    def __init__(self, directory: Path) -> None:
        settings, server = Settings(base_directory=directory), ServerSettings()
        self.store = Store.open(settings.directory("user"))
        dispatcher = Dispatcher(settings, server, self.store)
        self.client: TestClient[Any, Any] = TestClient(TestServer(make_app(dispatcher, self.store, settings, server)))

    async def __aenter__(self) -> _OnDisk:
        await self.client.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()
        await asyncio.to_thread(self.store.close)

    async def post(self, path: str) -> tuple[int, Any]:
        async with self.client.post(PREFIX + path, json={}) as answer:
            return answer.status, await answer.json()

    async def paused(self) -> bool:
        async with self.client.get(f"{PREFIX}/queue") as answer:
            return (await answer.json())["paused"]


def _stored(directory: Path) -> Any:
    with sqlite3.connect(directory / "user" / FILE_NAME) as connection:
        row = connection.execute("SELECT value FROM meta WHERE key = 'paused'").fetchone()
    connection.close()
    return row and row[0]


def test_what_is_answered_is_written(tmp_path: Path) -> None:
    async def run() -> None:
        async with _OnDisk(tmp_path) as server:
            for path, value in (("pause", 1), ("resume", 0), ("pause", 1)):
                assert await server.post(f"/queue/{path}") == (
                    200,
                    {"paused": bool(value), "running": 0, "pending": 0},
                )
                assert _stored(tmp_path) == value
                assert await server.paused() == bool(value)
        async with _OnDisk(tmp_path) as server:
            assert await server.paused()

    asyncio.run(run())


def test_what_cannot_be_written_is_the_requests_error_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.jobs.database.BUSY_TIMEOUT_S", 0.05)

    async def run() -> None:
        async with _OnDisk(tmp_path) as server:
            other = sqlite3.connect(tmp_path / "user" / FILE_NAME, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            status, body = await server.post("/queue/pause")
            assert (status, body["error"]["type"]) == (507, "store_error")
            assert "locked" in body["error"]["message"]
            assert not await server.paused()
            other.execute("ROLLBACK")
            assert not _stored(tmp_path)
            assert (await server.post("/queue/pause"))[0] == 200
            other.execute("BEGIN IMMEDIATE")
            assert (await server.post("/queue/resume"))[0] == 507
            assert await server.paused()
            other.close()
            assert _stored(tmp_path) == 1

    asyncio.run(run())
