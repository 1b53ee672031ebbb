"""Packs through the real server: nodes, messages, routes, handlers of submissions, files for the page, reports."""

from __future__ import annotations

import asyncio
import json
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from aiohttp import ClientSession

from tests.engine.server.real import RealServer

_TALKATIVE = """
    import os
    from aiohttp import web
    import folder_paths
    from server import PromptServer

    HERE = os.path.dirname(__file__)
    folder_paths.add_model_folder_path("whispers", os.path.join(HERE, "whispers"))
    folder_paths.add_model_folder_path("checkpoints", os.path.join(HERE, "whispers"))

    @PromptServer.instance.routes.get("/talkative/{name}")
    async def hello(request):
        said = {"name": request.match_info["name"], "q": request.query.get("q")}
        return web.json_response(said, headers={"X-Own": "1"})

    @PromptServer.instance.routes.post("/talkative/echo")
    async def echo(request):
        return web.Response(body=await request.read(), status=201, content_type="application/x-own")

    def rewrite(body):
        for node in body.get("prompt", {}).values():
            if node.get("class_type") == "Tell" and node["inputs"].get("text") == "rewrite me":
                node["inputs"]["text"] = "rewritten"
        return body

    def fail(body):
        raise ValueError("a handler that fails")

    PromptServer.instance.add_on_prompt_handler(rewrite)
    PromptServer.instance.add_on_prompt_handler(fail)

    class Tell:
        @classmethod
        def INPUT_TYPES(cls):
            return {"required": {"text": ("STRING", {}), "file": (sorted(os.listdir(os.path.join(HERE, "lists"))),)}}
        RETURN_TYPES = ()
        FUNCTION = "tell"
        OUTPUT_NODE = True
        def tell(self, text, file):
            PromptServer.instance.send_sync("talkative.said", {"text": text}, PromptServer.instance.client_id)
            return {"ui": {"text": [text, file]}}

    class Picky(Tell):
        @classmethod
        def VALIDATE_INPUTS(cls, text):
            return "it says no" if text == "no" else True

    NODE_CLASS_MAPPINGS = {"Tell": Tell, "Picky": Picky}
    NODE_DISPLAY_NAME_MAPPINGS = {"Tell": "Tell everybody"}
    WEB_DIRECTORY = "./js"
"""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("base")
    pack = base / "custom_nodes" / "talkative"
    _write(pack / "__init__.py", _TALKATIVE)
    _write(pack / "lists" / "a.txt", "")
    _write(pack / "whispers" / "low.safetensors", "")
    _write(pack / "js" / "sub" / "talk.js", "export {};")
    _write(pack / "locales" / "de" / "nodeDefs.json", '{"Tell": {"display_name": "Sag es"}}')
    _write(pack / "locales" / "de" / "main.json", '{"greeting": "hallo"}')
    _write(pack / "example_workflows" / "first.json", '{"nodes": [], "links": []}')
    _write(base / "custom_nodes" / "broken" / "__init__.py", "import not_installed_anywhere\n")
    _write(base / "custom_nodes" / "dawdles.py", "import time\ntime.sleep(3)\nNODE_CLASS_MAPPINGS = {}\n")
    _write(base / "custom_nodes" / "leaves.py", "import sys\nsys.exit(1)\n")
    return base


@pytest.fixture(scope="module")
def server(base: Path) -> Iterator[RealServer]:
    with RealServer(base) as running:
        assert running.get("/queue") == {"queue_running": [], "queue_pending": []}
        assert not any("is ready" in line for line in running.lines), "the server answers while packs are loaded"
        assert "Tell" in running.get("/object_info")  # waits for the worker
        yield running


def _prompt(node_type: str = "Tell", **inputs: Any) -> dict[str, Any]:
    return {"1": {"class_type": node_type, "inputs": {"text": "hi", "file": "a.txt", **inputs}}}


def _run(server: RealServer, prompt: dict[str, Any]) -> dict[str, Any]:
    job_id = server.post("/prompt", {"prompt": prompt})["prompt_id"]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if (entry := server.get(f"/history/{job_id}").get(job_id)) is not None:
            return entry
        time.sleep(0.05)
    raise AssertionError("the job did not end")


def test_nodes_of_packs_are_known_and_run(server: RealServer) -> None:
    record = server.get("/object_info/Tell")["Tell"]
    assert (record["display_name"], record["python_module"]) == ("Tell everybody", "custom_nodes.talkative")
    assert _run(server, _prompt())["outputs"] == {"1": {"text": ["hi", "a.txt"]}}


def test_each_pack_is_reported(server: RealServer) -> None:
    packs = {pack["name"]: pack for pack in server.get("/api/v1/packs")["packs"]}
    assert packs.keys() == {"broken", "dawdles", "leaves", "talkative"}
    assert packs["dawdles"]["standing"] == "loads"
    assert packs["dawdles"]["seconds"] >= 3
    assert packs["talkative"]["node_types"] == ["Tell", "Picky"]
    assert "needs the Python package 'not_installed_anywhere'" in packs["broken"]["remedy"]
    assert "called sys.exit(1) (leaves.py, line 2)" in packs["leaves"]["summary"]
    written = "\n".join(server.lines)
    assert "pack 'broken' cannot be loaded" in written


def test_messages_reach_the_client(server: RealServer) -> None:
    async def listen() -> list[Any]:
        heard: list[Any] = []
        async with (
            asyncio.timeout(60),
            ClientSession() as session,
            session.ws_connect(f"{server.address}/ws?clientId=me") as mine,
            session.ws_connect(f"{server.address}/ws?clientId=other") as others,
        ):
            body = {"prompt": _prompt(text="spoken"), "client_id": "me"}
            async with session.post(f"{server.address}/prompt", json=body) as answer:
                assert answer.status == 200
            while not any(message["type"] == "executing" and message["data"]["node"] is None for message in heard):
                heard.append(json.loads((await mine.receive()).data))
            await others.close()
            return heard

    heard = asyncio.run(listen())
    assert [message["data"] for message in heard if message["type"] == "talkative.said"] == [{"text": "spoken"}]


def test_routes_of_packs_are_answered_bare_and_below_api(server: RealServer) -> None:
    for prefix in ("", "/api"):
        with urlopen(f"{server.address}{prefix}/talkative/you?q=a%20b", timeout=30) as answer:
            assert json.loads(answer.read()) == {"name": "you", "q": "a b"}
            assert answer.headers["X-Own"] == "1"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    request = Request(f"{server.address}/talkative/echo", b"\0body", {"Content-Type": "application/octet-stream"})
    with urlopen(request, timeout=30) as answer:
        assert (answer.status, answer.read()) == (201, b"\0body")
        assert answer.headers["Content-Type"] == "application/x-own"


@pytest.mark.parametrize(("path", "status"), [("/talkative/a/b", 404), ("/api/talkative/a/b", 404), ("/other", 404)])
def test_what_is_no_route_of_a_pack_is_not_there(server: RealServer, path: str, status: int) -> None:
    assert server.ask(path)[0] == status


def test_other_methods_elsewhere_are_refused_as_ever(server: RealServer) -> None:
    status, body = server.ask("/nothing/here", {})
    assert status == 405
    assert json.loads(body)["error"]["message"]


def test_submissions_go_through_the_handlers_of_packs(server: RealServer) -> None:
    assert _run(server, _prompt(text="rewrite me"))["outputs"]["1"]["text"][0] == "rewritten"


def test_nodes_have_a_say_in_validation(server: RealServer) -> None:
    status, body = server.ask("/prompt", {"prompt": _prompt("Picky", text="no")})
    assert status == 400
    (error,) = json.loads(body)["node_errors"]["1"]["errors"]
    assert error["type"] == "custom_validation_failed"
    assert "it says no" in error["message"]


def test_choices_that_appear_can_be_chosen(server: RealServer, base: Path) -> None:
    status, body = server.ask("/prompt", {"prompt": _prompt(file="b.txt")})
    assert status == 400
    assert json.loads(body)["node_errors"]["1"]["errors"][0]["type"] == "value_not_in_list"
    _write(base / "custom_nodes" / "talkative" / "lists" / "b.txt", "")
    record = server.get("/object_info/Tell")["Tell"]
    assert record["input"]["required"]["file"][0] == ["a.txt", "b.txt"]
    assert _run(server, _prompt(file="b.txt"))["outputs"]["1"]["text"] == ["hi", "b.txt"]


def test_model_files_in_folders_of_packs_are_listed(server: RealServer) -> None:
    assert "whispers" in server.get("/models")
    assert server.get("/models/whispers") == ["low.safetensors"]
    record = server.get("/object_info/CheckpointLoaderSimple")["CheckpointLoaderSimple"]
    assert "low.safetensors" in record["input"]["required"]["ckpt_name"][0]
    (folder,) = server.get("/api/v1/models?kind=whispers")["folders"]
    assert [file["name"] for file in folder["files"]] == ["low.safetensors"]


def test_files_for_the_page(server: RealServer) -> None:
    assert "/extensions/talkative/sub/talk.js" in server.get("/extensions")
    assert server.ask("/extensions/talkative/sub/talk.js") == (200, b"export {};")
    assert server.ask("/extensions/talkative/../__init__.py")[0] == 404
    assert server.get("/i18n") == {"de": {"nodeDefs": {"Tell": {"display_name": "Sag es"}}, "greeting": "hallo"}}
    assert server.get("/workflow_templates")["talkative"] == ["first"]
    assert server.get("/api/workflow_templates/talkative/first.json") == {"nodes": [], "links": []}
