"""What the server says about itself, at once and without paths of its machine."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.server.system import list_flags
from engine.workers.messages import DeviceInfo, LogLine, MemoryReport
from tests.engine.server.fakes import FakeDispatcher, FakeServer
from tests.engine.server.nasty import NAMES
from tests.engine.server.raw import RawServer

DEVICE = DeviceInfo(
    name="Small", type="cuda", index=0, memory_total=8, memory_free=7, torch_memory_total=6, torch_memory_free=5
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RawServer]:
    with RawServer(tmp_path) as running:
        yield running


def test_system_stats_have_every_key_that_clients_read(server: RawServer) -> None:
    server.fake.dispatcher.catalog.devices = (DEVICE,)
    stats = server.get("/api/system_stats").json()
    assert set(stats["system"]) >= {
        *(
            "os",
            "ram_total",
            "ram_free",
            "comfyui_version",
            "python_version",
            "pytorch_version",
            "embedded_python",
            "argv",
        ),
        *("required_frontend_version", "installed_templates_version", "required_templates_version", "skein_version"),
    }
    assert 0 < stats["system"]["ram_free"] <= stats["system"]["ram_total"]
    assert stats["devices"] == [
        {
            "name": "Small",
            "type": "cuda",
            "index": 0,
            "vram_total": 8,
            "vram_free": 7,
            "torch_vram_total": 6,
            "torch_vram_free": 5,
        }
    ]


def test_memory_is_what_a_worker_says_now_or_what_it_said_last(
    server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.fake.dispatcher.catalog.devices = (DEVICE,)
    device = msgspec.structs.replace(DEVICE, memory_free=1)
    fresh = MemoryReport(request_id=1, holders=(), devices=(device,), process_bytes=1)

    async def answer(_: FakeDispatcher) -> list[tuple[int, MemoryReport | None]]:
        return [(0, None), (1, fresh)]

    async def hang(_: FakeDispatcher) -> list[tuple[int, MemoryReport | None]]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(FakeDispatcher, "memory", answer)
    assert server.get("/system_stats").json()["devices"][0]["vram_free"] == 1
    monkeypatch.setattr(FakeDispatcher, "memory", hang)
    assert server.get("/system_stats").json()["devices"][0]["vram_free"] == 7
    server.fake.dispatcher.catalog.registry = None
    assert server.get("/system_stats").json()["devices"][0]["vram_free"] == 7


def test_a_command_line_is_told_without_its_values() -> None:
    argv = ["/home/me/main.py", "--port", "80", "--token=secret", "/home/me/x", "--cpu"]
    assert list_flags(argv) == ["main.py", "--port", "--token", "--cpu"]
    assert list_flags([]) == [""]


def test_features_say_the_limit(tmp_path: Path) -> None:
    with RawServer(tmp_path, max_upload_bytes=12_345) as server:
        assert server.get("/features").json() == {"supports_preview_metadata": True, "max_upload_size": 12_345}


# -- the log ---------------------------------------------------------------------------------------------------------


def test_the_log_holds_lines_of_server_and_workers(server: RawServer) -> None:
    logging.getLogger("engine.tests").warning("from the server, at %s/x.png", server.directory)
    server.fake.dispatcher.notify(LogLine(time.time(), "from a worker"))
    text = server.get("/internal/logs").json()
    assert "from the server" in text
    assert "from a worker\n" in text
    assert str(server.directory) not in text
    entries = server.get("/api/internal/logs/raw").json()["entries"]
    assert entries[-1]["m"] == "from a worker\n"


def test_subscribers_get_new_lines(tmp_path: Path) -> None:
    async def follow() -> None:
        async with FakeServer(tmp_path) as server, server.client.ws_connect("/ws?clientId=me") as socket:
            await socket.receive_json()
            for enabled in (True, False):
                body = {"clientId": "me", "enabled": enabled}
                reply = await server.client.patch("/internal/logs/subscribe", json=body)
                assert reply.status == 200
                server.dispatcher.notify(LogLine(1.0, f"line {enabled}"))
                if enabled:
                    message = await socket.receive_json(timeout=10)
                    assert message["type"] == "logs"
                    assert [entry["m"] for entry in message["data"]["entries"]] == ["line True\n"]
                    assert set(message["data"]["size"]) == {"cols", "rows"}
            await socket.ping()
            server.dispatcher.notify(LogLine(1.0, "nobody hears this"))
            with pytest.raises(asyncio.TimeoutError):
                await socket.receive(timeout=0.2)

    asyncio.run(follow())


@pytest.mark.parametrize(
    "body",
    [{}, [], {"clientId": 3, "enabled": True}, {"clientId": "x"}, {"clientId": "x", "enabled": "yes"}, "x"],
)
def test_bad_subscriptions(server: RawServer, body: Any) -> None:
    content = json.dumps(body).encode()
    assert server.ask("PATCH", "/internal/logs/subscribe", content, {"Content-Type": "application/json"}).error


def test_only_clients_that_are_there_can_follow(server: RawServer) -> None:
    content = b'{"clientId": "nobody", "enabled": true}'
    reply = server.ask("PATCH", "/internal/logs/subscribe", content, {"Content-Type": "application/json"})
    assert reply.error["type"] == "unknown_client"


# -- files -----------------------------------------------------------------------------------------------------------


def test_files_come_newest_first(server: RawServer) -> None:
    output = server.directory / "output"
    (output / "folder").mkdir(parents=True)
    for age, name in enumerate(["new.png", "old.png", ".hidden", "link.png"]):
        path = output / name
        path.write_bytes(b"x")
        os.utime(path, (1000 - age, 1000 - age))
    (output / "link.png").unlink()
    (output / "link.png").symlink_to("/etc/passwd")
    assert server.get("/internal/files/output").json() == ["new.png", "old.png"]
    assert server.get("/internal/files/temp").json() == []


@pytest.mark.parametrize("name", ["models", "OUTPUT", *NAMES])
def test_other_directories_are_not_listed(server: RawServer, name: str) -> None:
    reply = server.get(f"/internal/files/{name.replace('/', '%2F')}")
    assert reply.error, name


def test_folders_are_named_not_placed(server: RawServer) -> None:
    folders = server.get("/internal/folder_paths").json()
    assert folders["loras"] == ["loras"]
    assert folders["diffusion_models"] == ["diffusion_models", "unet"]
