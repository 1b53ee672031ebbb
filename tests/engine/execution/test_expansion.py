from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.execution.calls import WrongResultError
from engine.execution.expansion import Expander, Expansion
from engine.graph.workflow import Link, Node
from engine.settings import Settings
from tests.engine.execution import tiny
from tests.engine.execution.tiny import graph

EXPANDER = Expander(tiny.REGISTRY, lambda folder: [], Settings())
PRESENT = {"v": Node("v", "Value"), "p": Node("p", "Expand")}


def expand(inner: dict[str, Any], slots: Sequence[Any] = (), parent: str = "p", call: int = 0) -> Expansion:
    return EXPANDER.expand(parent, call, inner, slots, PRESENT)


def test_ids_carry_the_parent_and_the_call():
    inner = graph(a=("Value", {}), b=("Sum", {"a": "@a", "b": "@v"}))
    expansion = expand(inner, [["b", 0], ["v", 0], ["x", 0], [1, 2], "b"], call=3)
    assert list(expansion.nodes) == ["p.3.0.a", "p.3.0.b"]
    assert expansion.nodes["p.3.0.b"].inputs["a"] == Link("p.3.0.a", 0)
    assert expansion.nodes["p.3.0.b"].inputs["b"] == Link("v", 0)
    assert expansion.slots == [Link("p.3.0.b", 0), Link("v", 0), ["x", 0], [1, 2], "b"]


def test_a_prefix_that_a_graph_builder_wrote_is_kept():
    inner = graph(**{"p.0.0.a": ("Value", {}), "p.0.1.b": ("Next", {"a": ["p.0.0.a", 0]})})
    expansion = expand(inner, [Link("p.0.1.b", 0)])
    assert list(expansion.nodes) == ["p.0.0.a", "p.0.1.b"]
    assert expansion.nodes["p.0.1.b"].inputs["a"] == Link("p.0.0.a", 0)
    assert expansion.slots == [Link("p.0.1.b", 0)]


def test_a_node_inside_goes_before_one_outside_of_the_same_id():
    expansion = expand(graph(v=("Value", {}), n=("Next", {"a": "@v"})))
    assert expansion.nodes["p.0.0.n"].inputs["a"] == Link("p.0.0.v", 0)


def test_nodes_inside_are_validated_like_those_of_a_file():
    expansion = expand(graph(a=("Value", {"value": "7"}), d=("DivMod", {"a": "@a"}), show=("Show", {"source": "@d.1"})))
    assert expansion.nodes["p.0.0.a"].inputs["value"] == 7
    assert expansion.nodes["p.0.0.d"].inputs["b"] == 10
    assert expansion.output_ids == ["p.0.0.show"]
    with pytest.raises(WrongResultError, match=r"'bias' should be a whole number.*\n.*no node type 'Nix'"):
        expand(graph(a=("Sum", {"bias": "x"}), b=("Nix", {})))


def test_sockets_may_hold_values():
    latent = torch.zeros(3)
    expansion = expand(graph(t=("Tail", {"latent": latent}), s=("Show", {"source": [1, 2, 3]})))
    assert expansion.nodes["p.0.0.t"].inputs["latent"] is latent
    assert expansion.nodes["p.0.0.s"].inputs["source"] == [1, 2, 3]


def test_display_ids_are_read():
    inner = graph(a=("Value", {}), b=("Value", {}))
    inner["a"]["override_display_id"] = "elsewhere"
    inner["b"]["override_display_id"] = 3
    assert expand(inner).display_ids == {"p.0.0.a": "elsewhere"}


@pytest.mark.parametrize("inner", [[], "x", {"a": 3}, {"a": {"class_type": 3}}])
def test_what_is_no_graph_is_said(inner: Any):
    with pytest.raises(WrongResultError, match="cannot be read"):
        expand(inner)


def test_an_empty_graph_is_a_plain_result():
    assert expand({}, ["value"]) == Expansion({}, [], {}, ["value"])


@given(st.lists(st.integers(0, 3), min_size=30, max_size=60))
def test_ids_stay_short_and_different_however_deep(path: list[int]):
    ids = {"p"}
    parent, other = "p", "p"
    for step in path:
        [parent] = expand(graph(a=("Value", {})), parent=parent, call=step).nodes
        [other] = expand(graph(a=("Value", {})), parent=other, call=step + 1).nodes
        assert len(parent) < 200
        assert not {parent, other} & ids
        ids |= {parent, other}
    assert len(ids) == 1 + 2 * len(path)
