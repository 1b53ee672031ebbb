"""What packs tell through the real server: texts at nodes while they run, and no client sees where the server lies."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from tests.engine.compat.workshop import node
from tests.engine.server.real import RealServer

_FRANK = """
import ctypes, os, struct
import folder_paths
from aiohttp import web
from server import BinaryEventTypes, PromptServer

HERE = os.path.dirname(os.path.abspath(__file__))
folder_paths.add_model_folder_path("checkpoints", os.path.join(HERE, "models"))
server = PromptServer.instance


@server.routes.get("/frank/say")
async def say(request):
    server.send_progress_text("for all", "7")
    server.send_progress_text("for one", "8", "other")
    return web.Response()


class Mutters:
    RETURN_TYPES = ()
    FUNCTION = "go"
    OUTPUT_NODE = True

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"how": ("STRING", {})}, "hidden": {"unique_id": "UNIQUE_ID"}}

    def go(self, how, unique_id):
        if how == "segfault":
            self.deep_inside_of_the_node()
        server.send_progress_text("half way \\u2713", unique_id)
        server.send_sync(BinaryEventTypes.TEXT, struct.pack(">I", 3) + b"\\xc3\\xa41" + b"packed", server.client_id)
        server.send_progress_text(f"{HERE}/x is read", "9")
        server.send_progress_text("to another", unique_id, "other")
        return {"ui": {"text": [how]}}

    def deep_inside_of_the_node(self):
        ctypes.string_at(0)


class Judges(Mutters):
    @classmethod
    def VALIDATE_INPUTS(cls, how):
        if how == "raises":
            raise OSError(2, "No such file or directory", os.path.join(HERE, "rules.json"))
        return f"{HERE}/rules.json says no"


class Hazy(Mutters):
    @classmethod
    def INPUT_TYPES(cls):
        with open(os.path.join(HERE, "choices.json")) as file:
            return file.read()


NODE_CLASS_MAPPINGS = {"Mutters": Mutters, "Judges": Judges, "Hazy": Hazy}
"""
_BROKEN = "import os\nopen(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'nothing.json'))\n"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("where-the-server-lies")
    packs = base / "custom_nodes"
    (packs / "frank" / "models").mkdir(parents=True)
    (packs / "frank" / "__init__.py").write_text(_FRANK)
    (packs / "frank" / "models" / "cut.safetensors").write_bytes(b"\x10\0\0")
    (packs / "broken.py").write_text(_BROKEN)
    return base


@pytest.fixture(scope="module")
def server(base: Path) -> Iterator[RealServer]:
    with RealServer(base) as running:
        assert "Mutters" in running.get("/object_info")  # waits for the worker
        yield running


async def _hear(socket: ClientWebSocketResponse, is_end: Callable[[Any], bool]) -> list[Any]:
    """What comes, JSON or bytes, until something that ends it."""
    heard: list[Any] = []
    while not (heard and is_end(heard[-1])):
        message = await socket.receive(timeout=120)
        assert message.type in (WSMsgType.TEXT, WSMsgType.BINARY), message
        heard.append(message.data if message.type is WSMsgType.BINARY else json.loads(message.data))
    return heard


def _frame(node_id: str, text: str) -> bytes:
    name = node_id.encode()
    return b"\0\0\0\x03" + len(name).to_bytes(4, "big") + name + text.encode()


def test_texts_of_a_run_are_binary_messages_to_who_asked_for_it(server: RealServer) -> None:
    async def listen() -> tuple[list[Any], list[Any], str]:
        async with (
            ClientSession(server.address) as session,
            session.ws_connect("/ws?clientId=me") as mine,
            session.ws_connect("/ws?clientId=other") as others,
        ):
            body = {"prompt": {"5": node("Mutters", how="fine")}, "client_id": "me"}
            async with session.post("/prompt", json=body) as answer:
                prompt_id = (await answer.json())["prompt_id"]
            heard = await _hear(mine, lambda said: isinstance(said, dict) and said["data"].get("node", 1) is None)
            return heard, await _hear(others, lambda said: isinstance(said, bytes)), prompt_id

    heard, others, prompt_id = asyncio.run(listen())
    texts = [_frame("5", "half way ✓"), _frame("ä1", "packed"), _frame("9", "…/x is read")]
    assert [said for said in heard if isinstance(said, bytes)] == texts
    names = [said["type"] if isinstance(said, dict) else "text" for said in heard]
    assert names.index("executing") < names.index("text") < names.index("executed")
    assert "progress_text" not in names
    assert others[-1] == _frame("5", "to another")
    assert [said for said in others if isinstance(said, bytes)] == others[-1:]
    stream = server.ask(f"/api/v1/jobs/{prompt_id}/events")[1].decode()
    events = [json.loads(line[len("data: ") :])["event"] for line in stream.splitlines() if line.startswith("data: ")]
    told = [(event["node_id"], event["text"]) for event in events if event["type"] == "node_text"]
    assert told == [("5", "half way ✓"), ("ä1", "packed"), ("9", "…/x is read")]


def test_texts_outside_of_runs_go_to_whom_they_are_for(server: RealServer) -> None:
    async def listen() -> tuple[list[Any], list[Any]]:
        async with (
            ClientSession(server.address) as session,
            session.ws_connect("/ws?clientId=me") as mine,
            session.ws_connect("/ws?clientId=other") as others,
        ):
            async with session.get("/frank/say") as answer:
                assert answer.status == 200
            for_all, for_one = _frame("7", "for all"), _frame("8", "for one")
            return (
                await _hear(mine, lambda said: said == for_all),
                await _hear(others, lambda said: said == for_one),
            )

    mine, others = asyncio.run(listen())
    assert [said for said in mine if isinstance(said, bytes)] == [_frame("7", "for all")]
    assert [said for said in others if isinstance(said, bytes)] == [_frame("7", "for all"), _frame("8", "for one")]


def test_no_reply_says_where_the_server_lies(server: RealServer, base: Path) -> None:
    """However a pack or a file comes to grief."""
    document = server.get("/api/v1/openapi.json")
    paths = [path for path, methods in document["paths"].items() if "get" in methods and "{" not in path]
    asked: list[tuple[str, Any]] = [(path, None) for path in paths if "/events" not in path]
    asked += [(path, None) for path in ("/object_info", "/queue", "/history", "/system_stats", "/settings", "/models")]
    asked += [(path, None) for path in ("/internal/logs", "/internal/logs/raw", "/internal/folder_paths", "/users")]
    asked += [(path, None) for path in ("/experiment/models", "/experiment/models/checkpoints", "/features", "/i18n")]
    asked += [(f"/api/v1/models/checkpoints/{quote('cut.safetensors')}", None)]
    asked += [("/prompt", {"prompt": {"1": node("Judges", how=how)}}) for how in ("says no", "raises")]
    asked += [("/api/v1/jobs", {"workflow": {"1": node("Judges", how="raises")}})]
    replies = {f"{path} {body}": server.ask(path, body) for path, body in asked}
    everything = b"\n".join(body for _, body in replies.values()).decode()
    for said in ("…/rules.json says no", "…/choices.json", "…/nothing.json", "cut.safetensors: "):
        assert said in everything, said
    where = json.dumps(str(base))[1:-1]
    assert [name for name, (_, body) in replies.items() if where in body.decode()] == []


def test_a_crash_shows_clients_no_stack(server: RealServer) -> None:
    async def crash() -> list[Any]:
        async with ClientSession(server.address) as session, session.ws_connect("/ws?clientId=me") as mine:
            url = "/internal/logs/subscribe"
            async with session.patch(url, json={"clientId": "me", "enabled": True}) as answer:
                assert answer.status == 200
            body = {"prompt": {"1": node("Mutters", how="segfault")}, "client_id": "me"}
            async with session.post("/prompt", json=body) as answer:
                assert answer.status == 200
            return await _hear(mine, lambda said: isinstance(said, dict) and said["data"].get("node", 1) is None)

    heard = asyncio.run(crash())
    deadline = time.monotonic() + 60
    while "Fatal Python error" not in (shown := server.ask("/internal/logs")[1].decode()):
        assert time.monotonic() < deadline, shown
        time.sleep(0.2)
    assert any("deep_inside_of_the_node" in line for line in server.lines), "the user's own log has it"
    for shown in (server.ask("/internal/logs")[1].decode(), json.dumps([said for said in heard if said != b""])):
        assert "deep_inside_of_the_node" not in shown
        assert "most recent call" not in shown
        assert 'File \\"' not in shown
