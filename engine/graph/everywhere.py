"""Nodes that hand links to others without a line, of the pack cg-use-everywhere.

What they hand out stands with those who get it: in a canvas document as `extra.ue_links`, in the API format as ordinary
links. Where no engine node has such a name they do nothing in a run, and are left out of it, as Set and Get nodes are.
Those that hold a value give it to whoever is linked to them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from engine.graph.registry import Registry
from engine.graph.workflow import Link, Node

HANDING = frozenset({"Anything Everywhere", "Anything Everywhere3", "Anything Everywhere?", "Prompts Everywhere"})
"""Types that only hand on what is linked to them; they have no outputs."""
HOLDING = frozenset({"Seed Everywhere", "Simple String"})
"""Types that hold a value: their first input."""

_MOST_STEPS = 50


def without_controllers(
    nodes: Mapping[str, Node], registry: Registry, unsaid: Collection[str] = ()
) -> Mapping[str, Node]:
    """The nodes without those that only hand out what others have; the nodes as given if there are none.

    Args:
        nodes: By id.
        registry: Types that are real nodes stay, whatever they are called.
        unsaid: Ids of nodes that stay, because the file does not say to whom they hand anything.
    """
    ours = {
        node.id: node
        for node in nodes.values()
        if (node.type in HANDING or node.type in HOLDING) and node.type not in registry and node.id not in unsaid
    }
    if not ours:
        return nodes
    values = {
        node.id: value
        for node in ours.values()
        if node.type in HOLDING and (value := _value_of(node, ours)) is not None
    }
    read = {value.node_id for node in nodes.values() for value in node.inputs.values() if isinstance(value, Link)}
    gone = values.keys() | {node.id for node in ours.values() if node.type in HANDING and node.id not in read}
    return {node.id: _filled_in(node, values) for node in nodes.values() if node.id not in gone}


def _value_of(node: Node, ours: Mapping[str, Node]) -> Any:
    """What a node that holds a value gives: a literal, or where it has that from; None if nothing."""
    for _ in range(_MOST_STEPS):
        value = next(iter(node.inputs.values()), None)
        source = ours.get(value.node_id) if isinstance(value, Link) else None
        if source is None or source.type not in HOLDING:
            return value
        node = source
    return None


def _filled_in(node: Node, values: Mapping[str, Any]) -> Node:
    inputs = {
        name: values.get(value.node_id, value) if isinstance(value, Link) else value
        for name, value in node.inputs.items()
    }
    return node if inputs == node.inputs else replace(node, inputs=inputs)
