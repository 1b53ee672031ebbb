"""Opens an instance of a subgraph: the definition's nodes with ids of their own, and the values that it holds.

An instance holds values for widgets of its nodes in one of two ways: by position, for the inputs of the definition
that lead to a widget (frontends up to 1.27, and again from 1.46 on), or as `properties.proxyWidgets`, pairs of an inner
node and a widget's name, again by position (1.28 to 1.45). What the instance holds wins over what stands inside.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.errors import WorkflowError
from engine.graph.canvas_inside import INPUTS, OUTPUTS, Inside
from engine.graph.canvas_records import (
    CanvasLink,
    CanvasNode,
    CanvasSlot,
    Passage,
    Place,
    read_id,
    read_implied,
    read_scope,
    read_unsaid,
)
from engine.graph.canvas_widgets import CONTROL_WORDS
from engine.graph.json_values import as_list, as_object, as_text, is_integer
from engine.graph.schema import MISSING
from engine.graph.workflow import Note

_CONTROL_NAMES = frozenset({"control_after_generate", "control_before_generate"})


def open_subgraph(node: CanvasNode, definition: Mapping[str, Any]) -> Inside:
    """The inside of an instance.

    Args:
        node: The instance.
        definition: As in the file.
    """
    prefix = f"{node.id}:"
    try:
        nodes, links, notes = read_scope(definition, prefix)
    except WorkflowError as error:
        return Inside((), {}, {}, (Note(node.id, f"its subgraph cannot be read: {error}", kind="dropped"),))
    inputs = [as_text((as_object(entry) or {}).get("name")) for entry in as_list(definition.get("inputs")) or []]
    inlets = _widget_inlets(prefix, nodes, links)
    own, inner = _held_values(node, [name for index, name in enumerate(inputs) if index in inlets])
    slots = {slot.name: slot for slot in node.inputs}
    passages: dict[Place, Passage] = {
        (prefix + INPUTS, index): Passage(node=node, slot=slots.get(name), value=own.get(name, MISSING))
        for index, name in enumerate(inputs)
    }
    for link in links.values():
        if link.target_id == prefix + OUTPUTS and link.target_slot >= 0:
            passages.setdefault((node.id, link.target_slot), Passage(inner=(link.origin_id, link.origin_slot)))
    for index in range(len(as_list(definition.get("outputs")) or [])):
        passages.setdefault((node.id, index), Passage())
    written = [replace(each, written=values) if (values := inner.get(each.id)) else each for each in nodes.values()]
    implied, unsaid = read_implied(definition, nodes, prefix), read_unsaid(definition, nodes)
    return Inside(tuple(written), links, passages, tuple(notes), implied, unsaid)


def _widget_inlets(prefix: str, nodes: Mapping[str, CanvasNode], links: Mapping[str, CanvasLink]) -> set[int]:
    """Numbers of the definition's inputs that lead to the widget of a node inside."""
    found: set[int] = set()
    for link in links.values():
        if link.origin_id != prefix + INPUTS or link.origin_slot in found:
            continue
        target = nodes.get(link.target_id)
        slot = _slot_at(target, link.target_slot) if target is not None else None
        if slot is not None and slot.is_widget:
            found.add(link.origin_slot)
    return found


def _slot_at(node: CanvasNode, index: int) -> CanvasSlot | None:
    return node.inputs[index] if 0 <= index < len(node.inputs) else None


def _held_values(node: CanvasNode, widgets: Sequence[str]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """What an instance holds: for its own inputs by name, and for widgets inside by node id and name."""
    own: dict[str, Any] = {}
    inner: dict[str, dict[str, Any]] = {}
    promoted = _promoted_widgets(node)
    if promoted:
        pairs = [_read_pair(entry) for entry in promoted]
        held = node.values if isinstance(node.values, list) else []
        for (node_id, name), value in zip(pairs, held, strict=False):
            if value is None or name in _CONTROL_NAMES or name.startswith("$$"):
                continue
            if node_id == "-1":
                own[name] = value
            else:
                inner.setdefault(f"{node.id}:{node_id}", {})[name] = value
    elif isinstance(node.values, Mapping):
        own = {name: node.values[name] for name in widgets if node.values.get(name) is not None}
    else:
        values = _without_controls(node.values or [], len(widgets))
        own = {name: value for name, value in zip(widgets, values, strict=False) if value is not None}
    return {**own, **node.written}, inner


def _promoted_widgets(node: CanvasNode) -> list[Any]:
    """`properties.proxyWidgets`, which some frontends wrote as JSON text."""
    given = node.properties.get("proxyWidgets")
    if isinstance(given, str):
        with contextlib.suppress(ValueError, RecursionError):
            given = json.loads(given)
    return as_list(given) or []


def _read_pair(entry: object) -> tuple[str, str]:
    pair = as_list(entry) or []
    if len(pair) < 2:
        return "", "$$"
    return read_id(pair[0]) or "", as_text(pair[1])


def _without_controls(values: list[Any], wanted: int) -> list[Any]:
    """The values without what the canvas does with a seed after a run, where there are more values than widgets."""
    if len(values) <= wanted:
        return values
    return [
        value
        for index, value in enumerate(values)
        if not (isinstance(value, str) and value in CONTROL_WORDS and index and is_integer(values[index - 1]))
    ]
