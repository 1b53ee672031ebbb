"""Content keys: equal exactly where the outputs must be, whatever ids, order and titles."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.json_values import as_list, as_object
from engine.graph.keys import content_keys
from engine.graph.registry import Registry
from engine.graph.workflow import Link, Node, Workflow
from tests.engine.graph.examples import REGISTRY, chain, graphs, json_values, sources, value, workflow


def _meaning(graph: Workflow, node_id: str) -> Any:
    """What a node's output is, written out in full."""
    node = graph.nodes[node_id]
    return node.type, tuple(
        (name, ("link", _meaning(graph, held.node_id), held.output) if isinstance(held, Link) else repr(held))
        for name, held in sorted(node.inputs.items())
    )


@given(graphs(largest=7))
def test_keys_are_equal_exactly_where_all_that_goes_in_is_equal(graph: Workflow) -> None:
    keys = content_keys(graph, REGISTRY, {})
    assert keys.keys() == graph.nodes.keys()
    meanings = {node_id: _meaning(graph, node_id) for node_id in graph.nodes}
    for one in graph.nodes:
        for other in graph.nodes:
            assert (keys[one] == keys[other]) == (meanings[one] == meanings[other])


@given(graphs(), st.randoms())
def test_keys_depend_on_neither_ids_nor_titles_nor_order(graph: Workflow, random: Random) -> None:
    names = {
        node_id: f"other {place}" for place, node_id in enumerate(random.sample(sorted(graph.nodes), len(graph.nodes)))
    }
    renamed = [
        Node(
            names[node.id],
            node.type,
            {
                name: Link(names[held.node_id], held.output) if isinstance(held, Link) else held
                for name, held in random.sample(list(node.inputs.items()), len(node.inputs))
            },
            title=str(random.random()),
        )
        for node in graph.nodes.values()
    ]
    random.shuffle(renamed)
    keys = content_keys(graph, REGISTRY, {})
    assert content_keys(workflow(*renamed), REGISTRY, {}) == {names[node_id]: key for node_id, key in keys.items()}


@given(graphs(), st.data())
def test_a_changed_literal_changes_exactly_its_descendants(graph: Workflow, data: st.DataObject) -> None:
    changed = data.draw(st.sampled_from(sorted(graph.nodes)))
    before = content_keys(graph, REGISTRY, {})
    after = content_keys(graph.with_inputs({(changed, "new"): 12345}), REGISTRY, {})
    below = {changed}
    for _ in graph.nodes:
        below |= {node.id for node in graph.nodes.values() if not below.isdisjoint(sources(node))}
    assert {node_id for node_id in graph.nodes if before[node_id] != after[node_id]} == below


@given(json_values, json_values)
def test_literals_are_told_apart_by_type_and_content(one: Any, other: Any) -> None:
    def key(literal: Any) -> bytes:
        return content_keys(workflow(Node("a", "Value", {"value": literal})), REGISTRY, {})["a"]

    if _has_no_equal(one):
        assert key(one) != key(one)
    else:
        assert key(one) == key(one)
        assert (key(one) == key(other)) == (_tagged(one) == _tagged(other))


def _has_no_equal(literal: Any) -> bool:
    """NaN, and lists or objects with a number that JSON lacks: such values are never found in a cache."""
    if isinstance(literal, float):
        return math.isnan(literal)
    inner = [*(as_object(literal) or {}).values(), *(as_list(literal) or [])]
    return any(_has_no_equal(item) or item in (math.inf, -math.inf) for item in inner)


def _tagged(literal: Any) -> Any:
    if (record := as_object(literal)) is not None:
        return "dict", repr(sorted((name, _tagged(item)) for name, item in record.items()))
    if (items := as_list(literal)) is not None:
        return "list", repr([_tagged(item) for item in items])
    return type(literal).__name__, repr(literal)


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), (1, True), (1, "1"), (None, "None"), ([1], [True]), ("", None)])
def test_alike_literals_differ(one: Any, other: Any) -> None:
    keys = content_keys(workflow(Node("a", "Value", {"v": one}), Node("b", "Value", {"v": other})), REGISTRY, {})
    assert keys["a"] != keys["b"]


def test_a_fingerprint_joins_the_key_and_nan_never_comes_again() -> None:
    graph = chain(3)
    plain = content_keys(graph, REGISTRY, {})
    fingerprints: list[Any] = [1, (1, 2.5), b"x", {"a"}, Path("x"), {"size": 3}]
    keys = [content_keys(graph, REGISTRY, {"1": fingerprint}) for fingerprint in fingerprints]
    assert len({found["1"] for found in [plain, *keys]}) == len(fingerprints) + 1
    assert all(found["0"] == plain["0"] and found["2"] != plain["2"] for found in keys)
    assert keys == [content_keys(graph, REGISTRY, {"1": fingerprint}) for fingerprint in fingerprints]
    for unstable in (math.nan, object(), [math.nan]):
        once, again = (content_keys(graph, REGISTRY, {"1": unstable}) for _ in range(2))
        assert once["0"] == again["0"]
        assert once["end"] != again["end"]


def test_an_integer_that_python_does_not_write_has_a_key() -> None:
    assert content_keys(workflow(Node("a", "Value", {"value": 10**5000})), REGISTRY, {})["a"]


def test_nodes_that_share_nothing_have_their_id_in_the_key() -> None:
    registry = Registry([replace(value, per_node=True)])
    keys = content_keys(workflow(Node("a", "Value"), Node("b", "Value")), registry, {})
    assert keys["a"] != keys["b"]


def test_known_keys_are_used_and_only_new_ones_are_made() -> None:
    graph = chain(10)
    keys = content_keys(graph, REGISTRY, {})
    known = {node_id: keys[node_id] for node_id in ("0", "1", "2", "3")}
    rest = content_keys(graph, REGISTRY, {}, known=known)
    assert {**known, **rest} == keys
    assert known.keys().isdisjoint(rest)
    assert content_keys(graph, REGISTRY, {}, targets=["2"]).keys() == {"0", "1", "2"}


def test_a_long_chain_needs_no_deep_stack() -> None:
    assert len(content_keys(chain(10_000), REGISTRY, {})) == 10_001
