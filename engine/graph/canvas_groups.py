"""Opens a group node, the older way to fold nodes: its body stands in `extra.groupNodes`, its nodes have no ids.

A node inside gets the instance's id and its place in the body (`12:0`). Inputs of the instance are the inputs inside
that nothing feeds, in order, sockets before widgets that became inputs; its outputs are the outputs inside that nothing
takes or that are named as external; its values are those of all widgets inside, in order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.graph.canvas_inside import INPUTS, Inside
from engine.graph.canvas_records import (
    CanvasLink,
    CanvasNode,
    CanvasSlot,
    Passage,
    Place,
    read_count,
    read_node,
    read_unsaid,
)
from engine.graph.canvas_widgets import CONTROL_WORDS, widgets_of
from engine.graph.json_values import as_list, as_object
from engine.graph.registry import Registry
from engine.graph.workflow import Note

_MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class _Wire:
    """A link inside: both ends as places in the body, and slots."""

    origin: int
    origin_slot: int
    target: int
    target_slot: int


@dataclass(frozen=True, slots=True)
class _Open:
    """An input inside that nothing feeds: where it is, and what it is called."""

    node: int
    slot: int
    name: str
    is_widget: bool


def open_group(node: CanvasNode, body: Mapping[str, Any], registry: Registry) -> Inside:
    """The inside of an instance.

    Args:
        node: The instance.
        body: As in the file.
        registry: Says how many values nodes take whose body does not.
    """
    prefix = f"{node.id}:"
    rows = as_list(body.get("nodes")) or []
    nodes = {index: each for index, row in enumerate(rows) if (each := read_node(row, prefix, str(index))) is not None}
    wires = [wire for row in as_list(body.get("links")) or [] if (wire := _read_wire(row)) is not None]
    inlets = {(wire.target, wire.target_slot): wire for wire in wires}
    hidden = _hidden(as_object(body.get("config")) or {})
    opened = _match_inputs(node, _open_inputs(nodes, inlets, hidden))
    links: dict[str, CanvasLink] = {}
    passages: dict[Place, Passage] = {}
    for number, (inner, slot) in enumerate(opened):
        target = nodes[inner.node].id
        links[f"{prefix}in{number}"] = CanvasLink(prefix + INPUTS, number, target, inner.slot)
        passages[prefix + INPUTS, number] = Passage(node=node, slot=slot)
    for number, wire in enumerate(wires):
        links[f"{prefix}{number}"] = CanvasLink(
            f"{prefix}{wire.origin}", wire.origin_slot, f"{prefix}{wire.target}", wire.target_slot
        )
    for number, (inner, slot) in enumerate(_outputs(nodes, wires, body, hidden)):
        passages[node.id, number] = Passage(inner=(f"{prefix}{inner}", slot))
    values, note = _share_values(node, nodes, registry)
    named = {(link.target_id, link.target_slot): name for name, link in links.items()}
    wired = tuple(
        replace(
            each,
            values=values.get(index, each.values),
            inputs=tuple(replace(slot, link=named.get((each.id, place))) for place, slot in enumerate(each.inputs)),
        )
        for index, each in nodes.items()
    )
    unsaid = read_unsaid(body, {each.id: each for each in wired})
    return Inside(wired, links, passages, () if note is None else (note,), unsaid=unsaid)


def _read_wire(row: object) -> _Wire | None:
    """`[origin, slot, target, slot, ...]`; None where one end lies outside."""
    ends = [read_count(value) for value in (as_list(row) or [])[:4]]
    if len(ends) < 4:
        return None
    origin, origin_slot, target, target_slot = ends
    if origin is None or origin_slot is None or target is None or target_slot is None:
        return None
    return _Wire(origin, origin_slot, target, target_slot)


def _hidden(config: Mapping[str, Any]) -> set[tuple[int, str, str]]:
    """What the user hid from the instance: (place in the body, "input" or "output", name or number)."""
    return {
        (int(place), side, name)
        for place, entry in config.items()
        if place.isdecimal()
        for side in ("input", "output")
        for name, choice in (as_object((as_object(entry) or {}).get(side)) or {}).items()
        if (as_object(choice) or {}).get("visible") is False
    }


def _open_inputs(
    nodes: Mapping[int, CanvasNode], inlets: Mapping[tuple[int, int], _Wire], hidden: set[tuple[int, str, str]]
) -> list[_Open]:
    return [
        _Open(index, place, slot.name, slot.is_widget)
        for index, node in nodes.items()
        for place, slot in enumerate(node.inputs)
        if (index, place) not in inlets and (index, "input", slot.name) not in hidden
    ]


def _match_inputs(node: CanvasNode, inner: Sequence[_Open]) -> list[tuple[_Open, CanvasSlot]]:
    """Each slot of the instance with the input inside that it stands for."""
    matched: list[tuple[_Open, CanvasSlot]] = []
    for is_widget in (False, True):
        inside = [each for each in inner if each.is_widget == is_widget]
        slots = [slot for slot in node.inputs if slot.is_widget == is_widget]
        if len(inside) == len(slots):
            matched += zip(inside, slots, strict=True)
            continue
        # Newer frontends list every widget; a second one of a name has its node's before it.
        left: dict[str, deque[tuple[int, _Open]]] = {}
        for place, each in enumerate(inside):
            left.setdefault(each.name, deque()).append((place, each))
        for slot in slots:
            found = [left[name] for name in _endings(slot.name) if left.get(name)]
            if found:
                matched.append((min(found, key=lambda waiting: waiting[0][0]).popleft()[1], slot))
    return matched


def _endings(name: str) -> list[str]:
    """The name itself, and what follows each of its blanks."""
    words = name.split(" ")
    return [" ".join(words[place:]) for place in range(max(0, len(words) - _MOST_WORDS), len(words))] + [name]


def _outputs(
    nodes: Mapping[int, CanvasNode],
    wires: Sequence[_Wire],
    body: Mapping[str, Any],
    hidden: set[tuple[int, str, str]],
) -> list[tuple[int, int]]:
    taken = {(wire.origin, wire.origin_slot) for wire in wires}
    external = {_read_external(row) for row in as_list(body.get("external")) or []}
    return [
        (index, slot)
        for index, node in nodes.items()
        for slot in range(len(node.outputs))
        if ((index, slot) not in taken or (index, slot) in external) and (index, "output", str(slot)) not in hidden
    ]


def _read_external(row: object) -> tuple[int | None, int | None]:
    """`[place, slot, type]`; some frontends wrote the whole node where its place belongs."""
    values = (*(as_list(row) or []), None, None)
    whole = as_object(values[0])
    return read_count(whole.get("index") if whole is not None else values[0]), read_count(values[1])


def _share_values(
    node: CanvasNode, nodes: Mapping[int, CanvasNode], registry: Registry
) -> tuple[dict[int, list[Any]], Note | None]:
    """The instance's values, dealt to the nodes inside in order, each as many as it has; else those in the body."""
    held = node.values if isinstance(node.values, list) else None
    if held is None:
        return {}, None
    counts = {index: len(each.values) if isinstance(each.values, list) else 0 for index, each in nodes.items()}
    if sum(counts.values()) != len(held):
        counts = {index: _declared_count(each, registry, counts[index]) for index, each in nodes.items()}
    if sum(counts.values()) != len(held):
        reason = (
            f"the group node holds {len(held)} values for {sum(counts.values())} widgets; those of its body were taken"
        )
        return {}, Note(node.id, reason)
    shared: dict[int, list[Any]] = {}
    start = 0
    for index, count in counts.items():
        shared[index] = held[start : start + count]
        start += count
    return shared, None


def _declared_count(node: CanvasNode, registry: Registry, otherwise: int) -> int:
    """How many values a node of this type has today, counting the control after a seed as its body does."""
    definition = registry.get(registry.current_name(node.type))
    if definition is None:
        return otherwise
    values = node.values if isinstance(node.values, list) else []
    controls = sum(isinstance(value, str) and value in CONTROL_WORDS for value in values)
    return len(widgets_of(definition)) + controls
