"""Packs through the real server as clients see them: what is told as cached and as executing, and what comes."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, WSMsgType

from tests.engine.compat.workshop import node
from tests.engine.server.real import ROOT, RealServer

_PACKS = ROOT / "tests" / "engine" / "compat" / "packs"
_LEFT_OUT = shutil.ignore_patterns("awkward_*", "messages", "__pycache__")
_numbers = count(1)


@dataclass
class Heard:
    """What came of one prompt.

    Attributes:
        messages: Of this prompt, as they came.
        others: Messages of this prompt that another client heard.
        outputs: Of the entry in the history.
    """

    messages: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    others: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The data of each message of this type."""
        return [message["data"] for message in self.messages if message["type"] == kind]

    @property
    def cached(self) -> set[str]:
        """Ids in `execution_cached`."""
        return {node_id for data in self.of("execution_cached") for node_id in data["nodes"]}

    @property
    def executed(self) -> list[str]:
        """The nodes that are shown as executing, in order."""
        *told, end = self.of("executing")
        assert end["node"] is None
        return [data["display_node"] for data in told]


def run(server: RealServer, prompt: dict[str, Any]) -> Heard:
    """Submit a prompt as a client that listens, beside another that listens too."""
    heard = asyncio.run(_run(server, prompt))
    prompt_id = heard.messages[-1]["data"]["prompt_id"]
    heard.outputs = server.get(f"/history/{prompt_id}")[prompt_id]["outputs"]
    return heard


async def _run(server: RealServer, prompt: dict[str, Any]) -> Heard:
    heard, name = Heard(), f"client-{next(_numbers)}"
    async with (
        asyncio.timeout(60),
        ClientSession(server.address) as session,
        session.ws_connect(f"/ws?clientId={name}") as mine,
        session.ws_connect(f"/ws?clientId={name}-other") as others,
    ):
        async with session.post("/prompt", json={"prompt": prompt, "client_id": name}) as answer:
            body = await answer.json()
            assert answer.status == 200, body
        prompt_id = body["prompt_id"]
        while not (heard.messages and _is_end(heard.messages[-1])):
            message = await mine.receive()
            assert message.type in (WSMsgType.TEXT, WSMsgType.BINARY), message
            if message.type is WSMsgType.TEXT and (said := json.loads(message.data))["data"].get("prompt_id"):
                assert said["data"]["prompt_id"] == prompt_id
                heard.messages.append(said)
        async with session.post("/queue", json={}):
            pass
        while True:
            try:
                message = await asyncio.wait_for(others.receive(), 0.2)
            except TimeoutError:
                return heard
            if message.type is WSMsgType.TEXT and (said := json.loads(message.data))["data"].get("prompt_id"):
                heard.others.append(said)


def _is_end(message: dict[str, Any]) -> bool:
    return message["type"] == "executing" and message["data"]["node"] is None


def _copy_packs(base: Path) -> Path:
    shutil.copytree(
        _PACKS, base / "custom_nodes", ignore=shutil.ignore_patterns("awkward_*", "messages", "__pycache__")
    )
    return base


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with RealServer(_copy_packs(tmp_path_factory.mktemp("base"))) as running:
        assert "WhileOpen" in running.get("/object_info")  # waits for the worker
        yield running


def _said(text: str) -> dict[str, Any]:
    return {"1": node("Says", text=text), "2": node("Join", a=["1", 0], b="!"), "3": node("Shows", value=["2", 0])}


def test_only_what_changed_is_executed_and_the_rest_is_told_as_cached(server: RealServer) -> None:
    first = run(server, _said("first"))
    assert (first.cached, first.executed) == (set(), ["1", "2", "3"])
    assert first.outputs == {"3": {"text": ["first+!"]}}
    again = run(server, _said("first"))
    assert (again.cached, again.executed, again.outputs) == ({"1", "2", "3"}, [], first.outputs)
    changed = _said("first")
    changed["2"]["inputs"]["b"] = "?"
    partly = run(server, changed)
    assert (partly.cached, partly.executed) == ({"1"}, ["2", "3"])


def test_nothing_of_a_run_is_told_to_others(server: RealServer) -> None:
    heard = run(server, {"1": node("Later", steps=3), "2": node("Bar", steps=4)})
    assert {data["node"] for data in heard.of("progress")} == {"1", "2"}
    assert heard.others == []


def test_lists(server: RealServer) -> None:
    graph = {"1": node("Several", n=3), "2": node("Each", a=["1", 0], b=["1", 1])}
    assert run(server, graph).outputs == {"2": {"sums": [3, 4, 5]}}
    whole = {**graph, "3": node("Whole", a=["1", 0], w=7), "4": node("Shows", value=["3", 0])}
    assert run(server, whole).outputs["4"] == {"text": ["[0, 1, 2] [7]"]}


def test_lazy_inputs_that_nobody_wants_are_not_executed(server: RealServer) -> None:
    graph = {
        "1": node("Says", text="lazy"),
        "2": node("Says", text="never"),
        "3": node("Switch", first=True, a=["1", 0], b=["2", 0]),
        "4": node("Shows", value=["3", 0]),
    }
    heard = run(server, graph)
    assert set(heard.executed) == {"1", "3", "4"}
    assert heard.outputs == {"4": {"text": ["lazy"]}}


def test_blocked_nodes_are_not_executed(server: RealServer) -> None:
    graph = {
        "1": node("Says", text="blocked"),
        "2": node("Gate", value=["1", 0], open=False, message=""),
        "3": node("Shows", value=["2", 0]),
        "4": node("Shows", value=["1", 0]),
    }
    heard = run(server, graph)
    assert set(heard.executed) == {"1", "2", "4"}
    assert heard.outputs == {"4": {"text": ["blocked"]}}
    assert len(heard.of("execution_success")) == 1


def test_a_blocker_with_a_message_is_told_and_the_run_goes_on(server: RealServer) -> None:
    graph = {
        "1": node("Says", text="told"),
        "2": node("Gate", value=["1", 0], open=False, message="closed today"),
        "3": node("Shows", value=["2", 0]),
        "4": node("Shows", value=["1", 0]),
    }
    heard = run(server, graph)
    (error,) = heard.of("execution_error")
    assert (error["exception_type"], error["traceback"]) == ("ExecutionBlocked", [])
    assert "closed today" in error["exception_message"]
    assert heard.outputs == {"4": {"text": ["told"]}}
    assert len(heard.of("execution_success")) == 1


def test_nodes_of_the_newer_kind(server: RealServer) -> None:
    graph = {
        "1": node("EmptyImage", width=8, height=4, batch_size=1, color=0),
        "2": node("NewerRepeat", text="a", times=3, how="loud", image=["1", 0], anything=["3", 0]),
        "3": node("Says", text="never"),
        "4": node("NewerExpands", text="b", block=False),
        "5": node("Shows", value=["4", 0]),
    }
    heard = run(server, graph)
    assert heard.outputs["2"] == {"text": ["aaa!"]}
    assert heard.outputs["5"] == {"text": ["bb"]}
    assert "3" not in heard.executed, "it is lazy, and nobody asks for it"
    assert [data["value"] for data in heard.of("progress") if data["node"] == "2"][-1] == 3
    assert "1" in run(server, graph).cached
    status, body = server.ask("/prompt", {"prompt": {"1": node("NewerRepeat", text="", times=2)}})
    assert status == 400
    assert "a text is wanted" in json.loads(body)["node_errors"]["1"]["errors"][0]["message"]


def _for_loop(rounds: int) -> dict[str, Any]:
    return {
        "1": node("ForOpen", remaining=rounds, initial_value1=1),
        "2": node("LoopMath", a=["1", 2], b=3, operation="multiply"),
        "3": node("ForClose", flow=["1", 0], initial_value1=["2", 0]),
        "4": node("Shows", value=["3", 0]),
    }


def _while_loop(rounds: int) -> dict[str, Any]:
    return {
        "1": node("WhileOpen", condition=True, initial_value0=rounds, initial_value1=1),
        "2": node("LoopMath", a=["1", 1], b=1, operation="subtract"),
        "3": node("LoopMath", a=["1", 2], b=3, operation="multiply"),
        "5": node("LoopIsMore", value=["2", 0]),
        "6": node("WhileClose", flow=["1", 0], condition=["5", 0], initial_value0=["2", 0], initial_value1=["3", 0]),
        "4": node("Shows", value=["6", 1]),
    }


@pytest.mark.parametrize("loop", [_for_loop, _while_loop])
def test_loops(server: RealServer, loop: Any) -> None:
    heard = run(server, loop(4))
    assert heard.outputs["4"] == {"text": ["81"]}
    assert heard.executed.count("2") == 4, "each round is shown at the node that the user sees"
    assert set(heard.executed) == loop(4).keys()
    again = run(server, loop(4))
    assert again.executed == []
    assert again.outputs["4"] == {"text": ["81"]}


def test_errors_inside_of_expansions(server: RealServer) -> None:
    heard = run(server, {"1": node("Plain", text="boom", inner="Break"), "2": node("Shows", value=["1", 0])})
    (error,) = heard.of("execution_error")
    assert error["node_type"] == "Break"
    assert heard.executed[-1] == "77", "the node that the pack names for it"
    assert error["exception_type"] == "ValueError"
    assert "boom" in error["exception_message"]
    assert heard.of("execution_success") == []


def test_coroutines_run_at_the_same_time(server: RealServer) -> None:
    heard = run(server, {"1": node("Later", steps=20), "2": node("Later", steps=21)})
    together = [
        data
        for data in heard.of("progress_state")
        if sum(each["state"] == "running" for each in data["nodes"].values()) == 2
    ]
    assert together
    steps = {name: [data["value"] for data in heard.of("progress") if data["node"] == name] for name in ("1", "2")}
    assert all(values == sorted(values) for values in steps.values()), "neither takes the other's progress"
    assert {data["node"]: data["max"] for data in heard.of("progress")} == {"1": 20, "2": 21}


def test_cache_lru_keeps_the_last_results_only(tmp_path: Path) -> None:
    with RealServer(_copy_packs(tmp_path), "--cache-lru", "3") as server:
        assert "Says" in server.get("/object_info")
        run(server, _said("one"))
        assert run(server, _said("one")).cached == {"1", "2", "3"}
        run(server, _said("two"))
        assert run(server, _said("one")).executed == ["1", "2", "3"]
        assert run(server, _said("one")).cached == {"1", "2", "3"}
