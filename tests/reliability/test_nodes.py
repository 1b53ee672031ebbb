"""No node can stop the server: whatever one does, its own run fails and says so, and the next prompt runs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, WSMsgType

from tests.engine.server.real import RealServer
from tests.reliability.driving import (
    Line,
    add_pack,
    assert_next_runs,
    graph,
    lives,
    run,
    states,
    strict_json,
    submit,
    wait_for_state,
    wait_until,
)

DEADLY = ("segfault", "abort", "_exit", "kill", "thread", "close", "group")
HARMLESS = ("exit", "interrupt", "base", "mute", "recursion", "stop iteration", "memory")
ODD = ("number", "ui list", "nan", "infinity", "bytes", "object", "tensor", "nested", "surrogate", "evil", "keys")


@pytest.mark.parametrize("how", DEADLY)
def test_a_node_that_ends_its_worker(server: RealServer, how: str) -> None:
    job = run(server, graph(("Trouble", {"how": how})))
    assert job["state"] == "failed"
    assert job["error"]["type"] in ("worker_died", "worker_killed")
    assert "'1' (Trouble)" in job["error"]["message"]
    assert job["error"]["node_id"] == "1"
    assert_next_runs(server)


@pytest.mark.parametrize("how", HARMLESS)
def test_a_node_that_raises_whatever_there_is(server: RealServer, how: str) -> None:
    job = run(server, graph(("Trouble", {"how": how})))
    assert job["state"] == "failed"
    assert job["error"]["node_id"] == "1"
    assert "'1' (Trouble)" in job["error"]["message"]
    assert_next_runs(server)


@pytest.mark.parametrize("how", ODD)
def test_results_that_are_not_json(server: RealServer, how: str) -> None:
    job = run(server, graph(("OddResult", {"how": how})))
    assert job["state"] == "failed"
    assert "'1' (OddResult)" in job["error"]["message"]
    assert_next_runs(server)


@pytest.mark.parametrize("how", ["segfault", "exit", "base", "mute", "recursion"])
def test_validate_inputs(server: RealServer, how: str) -> None:
    answer = run(server, graph(("Validating", {"how": how})))
    assert answer["status"] == (503 if how in DEADLY else 400)
    if answer["status"] == 400:
        assert answer["node_errors"]["1"]["class_type"] == "Validating"
    assert_next_runs(server)


@pytest.mark.parametrize("how", ["segfault", "exit", "base", "mute"])
def test_is_changed(server: RealServer, how: str) -> None:
    job = run(server, graph(("Changing", {"how": how})))
    assert job["state"] == ("failed" if how in DEADLY else "succeeded")
    if how in DEADLY:
        assert (job["error"]["node_id"], job["error"]["node_type"]) == ("1", "Changing")
        assert "IS_CHANGED" in job["error"]["message"]
    assert_next_runs(server)


def test_is_changed_that_never_ends(server: RealServer, tmp_path: Path) -> None:
    """Nobody in there hears the interrupt: the worker is killed, and the job says where it was."""
    flag = tmp_path / "flag"
    job_id = submit(server, graph(("Changing", {"how": f"endless:{flag}"})))
    pid = int(wait_until(lambda: flag.exists() and flag.read_text()) or 0)
    server.post("/interrupt", {"prompt_id": job_id})
    job = wait_for_state(server, job_id, "cancelled", "failed", "succeeded")
    assert job["state"] == "cancelled"
    assert (job["error"]["type"], job["error"]["node_id"]) == ("worker_killed", "1")
    assert "'1' (Changing)" in job["error"]["message"]
    assert "IS_CHANGED" in job["error"]["message"]
    wait_until(lambda: not lives(pid))
    assert_next_runs(server)


def test_input_types_that_never_end(tmp_path: Path) -> None:
    """Even if they ended the first time: when all packs are there they are asked for again. The worker is given up and
    started again without that pack. The first time: `compat/test_loader`.

    Only the time that a pack takes counts, which for one that behaves is next to nothing on the busiest machine, not
    how long a worker needs for itself: that is the business of `--worker-start-timeout` (`workers/test_supervisor`)."""
    add_pack(tmp_path)
    add_pack(tmp_path, "endless", _ENDLESS)
    with RealServer(tmp_path, "--pack-timeout", "5") as server:
        wait_until(lambda: server.ask("/object_info/Fine")[0] == 200, 300)
        assert_next_runs(server)
        packs = {pack["name"]: pack["standing"] for pack in server.get("/api/v1/packs")["packs"]}
        assert packs == {"trouble": "loads", "endless": "crashed"}
        assert any("in INPUT_TYPES" in line for line in server.lines)  # where it was
        assert "in INPUT_TYPES" not in server.get("/internal/logs")  # which is nobody else's business


_ENDLESS = """
import time
asked = 0

class Endless:
    RETURN_TYPES = ()
    FUNCTION = "run"
    OUTPUT_NODE = True

    @classmethod
    def INPUT_TYPES(cls):
        global asked
        asked += 1
        while asked > 1:
            time.sleep(1)
        return {"required": {"choice": (["a", "b"],)}}

    def run(self, choice):
        return ()

NODE_CLASS_MAPPINGS = {"Endless": Endless}
"""


def test_input_types(server: RealServer) -> None:
    """A class that cannot say what it takes is left out; the rest of its pack is there."""
    info = strict_json(server.ask("/object_info")[1])
    assert "Declaring" not in info
    assert {"Fine", "Trouble", "KSampler"} <= set(info)
    assert any("'Declaring'" in line for line in server.lines)


def test_import(tmp_path: Path) -> None:
    """Packs that end the process, or raise anything, when they are imported: all others are there."""
    add_pack(tmp_path)
    for name, text in {
        "a_exits": "import sys\nsys.exit(0)",
        "b_raises": "class Odd(BaseException):\n    __str__ = None\nraise Odd",
        "c_interrupts": "raise KeyboardInterrupt",
        "d_ends": "import os\nos._exit(0)",
        "e_crashes": "import ctypes\nctypes.string_at(0)",
        "f_declares": "NODE_CLASS_MAPPINGS = {1: 2, None: 3, 'Odd': object}",
        "g_is_no_python": "\0)(",
    }.items():
        add_pack(tmp_path, name, text)
    with RealServer(tmp_path) as server:
        # Meanwhile it says that the worker's start is tried again: each one that ends it is left out the next time.
        wait_until(lambda: server.ask("/object_info/Fine")[0] == 200)
        assert_next_runs(server)
        assert server.get("/queue") == {"queue_running": [], "queue_pending": []}


def test_others_see_nothing_but_that_runs_failure(server: RealServer) -> None:
    """Over a socket of the one who submitted, one of somebody else, and requests at the same time."""

    async def listen(session: ClientSession, sid: str, until: asyncio.Event) -> list[Any]:
        heard: list[Any] = []
        async with session.ws_connect(f"{server.address}/ws?clientId={sid}") as socket:
            async for message in socket:
                assert message.type is WSMsgType.TEXT, message
                heard.append(strict_json(message.data))
                if until.is_set():
                    return heard
        raise AssertionError("the socket was closed")

    async def watch() -> tuple[list[Any], list[Any]]:
        done = asyncio.Event()
        async with asyncio.timeout(60), ClientSession() as session:
            mine, other = (asyncio.create_task(listen(session, sid, done)) for sid in ("mine", "other"))
            await asyncio.sleep(0.2)
            for how in ("segfault", ""):
                body = {"prompt": graph(("Trouble", {"how": how}), ("Fine", {"text": how})), "client_id": "mine"}
                async with session.post(f"{server.address}/prompt", json=body) as answer:
                    assert answer.status == 200
                    job_id = (await answer.json())["prompt_id"]
                while (await asyncio.to_thread(states, server, [job_id]))[job_id] in ("queued", "running"):
                    async with session.get(f"{server.address}/queue") as answer:
                        assert answer.status == 200
                    await asyncio.sleep(0.05)
            done.set()
            async with session.post(f"{server.address}/prompt", json={"prompt": graph(("Fine", {}))}) as answer:
                assert answer.status == 200
            return await mine, await other

    mine, other = asyncio.run(watch())
    assert {message["type"] for message in other} == {"status"}
    names = [message["type"] for message in mine]
    assert names.index("execution_error") < names.index("execution_success")
    (told,) = [message["data"] for message in mine if message["type"] == "execution_error"]
    assert (told["node_id"], told["node_type"]) == ("1", "Trouble")


def test_an_interrupt_that_nobody_obeys(server: RealServer, tmp_path: Path) -> None:
    """The worker is replaced within the grace time (here a second); a deaf run keeps nobody."""
    flag = tmp_path / "flag"
    job_id = submit(server, graph(("Slow", {"seconds": 3600.0, "flag": str(flag)})))
    wait_until(flag.exists)
    server.post("/interrupt", {"prompt_id": job_id})
    job = wait_for_state(server, job_id, "cancelled", "failed")
    assert job["state"] == "cancelled"
    assert_next_runs(server)


def test_every_reply_is_strict_json_after_all_that(server: RealServer) -> None:
    """Nothing that a node gave or said made any route answer with what is not JSON."""
    for how in ("nan", "surrogate", "bytes"):
        run(server, graph(("OddResult", {"how": how})))
    document = strict_json(server.ask("/api/v1/openapi.json")[1])
    paths = [path for path, methods in document["paths"].items() if "get" in methods and "{" not in path]
    known = ("/queue", "/history", "/prompt", "/object_info", "/system_stats", "/features", "/models", "/embeddings")
    logs = ("/internal/logs", "/internal/logs/raw", "/internal/folder_paths", "/settings", "/users", "/extensions")
    jobs = [f"/api/v1/jobs/{job['id']}" for job in server.get("/api/v1/jobs?limit=20")["jobs"]]
    events = [f"{path}/events" for path in jobs]
    seen = 0
    for path in (*paths, *known, *logs, "/i18n", "/workflow_templates", "/history?max_items=5", *jobs, *events):
        if path.endswith("/events") and path not in events:
            continue  # a stream without an end
        status, kind, body = Line(server).ask("GET", path)
        assert status < 500, (path, status, body[:300])
        if kind.startswith("application/json"):
            strict_json(body)
            seen += 1
    assert seen > 30
