from __future__ import annotations

import pytest

from engine.execution.cache import OutputCache
from engine.execution.known import Known
from engine.graph.node import node
from engine.graph.plan import file_positions
from engine.graph.registry import Registry
from engine.graph.workflow import Workflow
from engine.settings import Settings
from tests.engine.execution import tiny
from tests.engine.execution.tiny import graph

ASKED: list[str] = []


def ask(name: str) -> str:
    ASKED.append(name)
    return name


@node("Marked", category="test", fingerprint=ask)
def marked(*, name: str = "") -> int:
    return 1


WORKFLOW = Workflow.from_api(
    graph(m=("Marked", {"name": "m"}), other=("Marked", {"name": "other"}), s=("Sum", {"a": "@m"}))
)


@pytest.fixture
def known() -> Known:
    ASKED.clear()
    known = Known(OutputCache(Settings()), Registry([*tiny.REGISTRY, marked]), Settings())
    known.add_keys(WORKFLOW, ["s"], file_positions(WORKFLOW))
    return known


def test_keys_are_of_what_is_needed_and_fingerprints_are_asked_once(known: Known):
    assert list(known.keys) == ["m", "s"]
    assert ASKED == ["m"]
    before = dict(known.keys)
    known.add_keys(WORKFLOW, ["s", "other"], file_positions(WORKFLOW))
    assert ASKED == ["m", "other"]
    assert known.keys == {**before, "other": known.keys["other"]}
    known.forget_keys(["s", "nobody"])
    assert list(known.keys) == ["m", "other"]


def test_what_was_added_is_at_hand_and_then_in_the_cache(known: Known):
    node = WORKFLOW.nodes["m"]
    assert not known.recall("m")
    known.add(node, ([5],), {"text": ["x"]}, 1.0, is_cacheable=True)
    assert known.outputs == {"m": ([5],)}
    assert known.is_cached("m")
    known.let_go("m")
    assert known.outputs == {}
    assert known.recall("m")
    assert known.outputs == {"m": ([5],)}
    assert known.ui == {"m": {"text": ["x"]}}
    assert known.take_recalled() == ["m"]
    assert known.take_recalled() == []
    known.let_go_of_all()
    assert known.outputs == {"m": ([5],)}


def test_what_may_not_be_cached_is_only_at_hand(known: Known):
    known.add(WORKFLOW.nodes["m"], ([5],), None, 1.0, is_cacheable=False)
    assert not known.is_cached("m")
    known.let_go("m")
    assert not known.recall("m")
