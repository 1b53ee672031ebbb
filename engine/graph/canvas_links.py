"""Where an input of a canvas node really comes from: through Reroutes, bypassed nodes, primitives and Set/Get pairs,
through the borders of instances, and along the links that use-everywhere nodes stand for.

Nodes that only the canvas knows hand on what they are linked to; they are followed here and left out of the workflow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.graph.canvas_records import BYPASSED, MUTED, Canvas, CanvasNode, CanvasSlot, Passage, Place
from engine.graph.json_values import as_text
from engine.graph.schema import MISSING
from engine.graph.sockets import types_fit
from engine.graph.workflow import Link, Note

REROUTES = frozenset({"Reroute", "Reroute (rgthree)"})
PRIMITIVE = "PrimitiveNode"
SETTERS = frozenset({"SetNode", "easy setNode"})
GETTERS = frozenset({"GetNode", "easy getNode"})


@dataclass(frozen=True, slots=True)
class Written:
    """A value that a primitive node, or an instance of a subgraph, writes into the widget it is linked to."""

    value: Any


_Place = tuple[str, int, str]
"""An output, by node id and slot, and the type wanted from it."""
_Found = Link | Written | None


@dataclass(slots=True)
class LinkResolver:
    """Follows links upstream; remembers what it found, so that long chains are walked once.

    Attributes:
        canvas: The document, without instances.
        is_known: Names of types that are real nodes, even where they are called like one of the canvas.
        notes: Links that led nowhere.
    """

    canvas: Canvas
    is_known: Mapping[str, bool]
    notes: list[Note] = field(default_factory=list[Note])
    _found: dict[_Place, _Found] = field(default_factory=dict[_Place, _Found])
    _setters: dict[tuple[str, str], CanvasNode] | None = None
    _is_handed: set[str] | None = None
    _numbers: dict[str, dict[int, int]] = field(default_factory=dict[str, dict[int, int]])
    _handed_on: dict[tuple[str, str], CanvasSlot | None] = field(default_factory=dict[tuple[str, str], Any])

    def resolve(self, node: CanvasNode, index: int) -> _Found:
        """The real output or the value that feeds the input with this number; None if nothing does."""
        slot = node.inputs[index]
        place = self._origin(node, slot, slot.type)
        path: dict[_Place, None] = {}
        found: _Found = None
        while place is not None:
            if place in self._found:
                found = self._found[place]
                break
            if place in path:
                self._drop(node, slot, "its link goes round in a circle of reroutes")
                break
            path[place] = None
            step = self._step(node, slot, place)
            if isinstance(step, Link | Written):
                found = step
                break
            place = step
        for passed in reversed(path):
            if found is None:
                found = self._held_at(passed)
            self._found[passed] = found
        return found

    def _origin(self, node: CanvasNode, slot: CanvasSlot, wanted: str) -> _Place | None:
        """The output at the other end of a slot's link; a row of the link table counts if it leads to this node.

        Without such a row the slot is not linked, and gets what a use-everywhere node hands it.
        """
        link = self.canvas.links.get(slot.link) if slot.link is not None else None
        if link is not None and link.target_id == node.id:
            return link.origin_id, link.origin_slot, wanted
        implied = self._implied(node, slot)
        if implied is not None:
            return (*implied, wanted)
        if slot.link is not None:
            self._drop(node, slot, f"its link {slot.link} is not in the file")
        return None

    def _implied(self, node: CanvasNode, slot: CanvasSlot) -> Place | None:
        """What a use-everywhere node hands a slot. Where slots stand is found out once for such a node."""
        if self._is_handed is None:
            self._is_handed = {node_id for node_id, _ in self.canvas.implied}
        if node.id not in self._is_handed:
            return None
        if node.id not in self._numbers:
            self._numbers[node.id] = {id(each): number for number, each in enumerate(node.inputs)}
        return self.canvas.implied.get((node.id, self._numbers[node.id].get(id(slot), -1)))

    def _step(self, node: CanvasNode, slot: CanvasSlot, place: _Place) -> _Found | _Place:
        """What stands at an output: the real thing, or the next place upstream, or nothing."""
        origin_id, output, wanted = place
        passage = self.canvas.passages.get((origin_id, output))
        if passage is not None:
            return self._through(passage, wanted)
        origin = self.canvas.nodes.get(origin_id)
        if origin is None:
            self._drop(node, slot, f"it was linked to node {origin_id}, which does not exist")
            return None
        if not self.is_known.get(origin.type, False):
            if origin.type in REROUTES or origin.type in SETTERS:
                return self._first_origin(origin, wanted)
            if origin.type in GETTERS:
                return self._first_origin(self._setter_of(origin), wanted)
            if origin.type == PRIMITIVE:
                value = origin.written.get("value", origin.first_value)
                return Written(value) if value is not None else None
        if origin.mode == MUTED:
            return None
        if origin.mode == BYPASSED:
            handed_on = self._input_for(origin, output, wanted)
            return self._origin(origin, handed_on, wanted) if handed_on is not None else None
        return Link(origin.id, output)

    def _through(self, passage: Passage, wanted: str) -> _Place | None:
        """Through the border of an instance; what it holds for a widget counts where nothing else is found."""
        if passage.inner is not None:
            return (*passage.inner, wanted)
        if passage.node is None or passage.slot is None:
            return None
        return self._origin(passage.node, passage.slot, wanted)

    def _held_at(self, place: _Place) -> Written | None:
        passage = self.canvas.passages.get(place[:2])
        return Written(passage.value) if passage is not None and passage.value is not MISSING else None

    def _first_origin(self, node: CanvasNode | None, wanted: str) -> _Place | None:
        return self._origin(node, node.inputs[0], wanted) if node is not None and node.inputs else None

    def _setter_of(self, getter: CanvasNode) -> CanvasNode | None:
        """The node that sets what this one gets: of the same name, in the same subgraph or one around it."""
        if self._setters is None:
            nodes = self.canvas.nodes.values()
            self._setters = {
                (_scope(node.id), as_text(node.first_value)): node for node in nodes if node.type in SETTERS
            }
        scope, name = _scope(getter.id), as_text(getter.first_value)
        while (setter := self._setters.get((scope, name))) is None and scope:
            scope = _scope(scope)
        return setter

    def _input_for(self, node: CanvasNode, output: int, wanted: str) -> CanvasSlot | None:
        """Which input a bypassed node hands on: the same place if it fits, else the first of that type or that fits."""
        own = node.outputs[output].type if output < len(node.outputs) else "*"
        type_name = wanted if wanted != "*" else own
        if output < len(node.inputs) and (type_name == "*" or types_fit(node.inputs[output].type, type_name)):
            return node.inputs[output]
        key = node.id, type_name.upper()
        if key not in self._handed_on:
            self._handed_on[key] = _first_input(node, type_name)
        return self._handed_on[key]

    def _drop(self, node: CanvasNode, slot: CanvasSlot, reason: str) -> None:
        self.notes.append(Note(node.id, f"{reason}; it was dropped", slot.name, kind="dropped"))


def _scope(node_id: str) -> str:
    """The id of the instance that a node stands in; empty for the document itself."""
    return node_id.rpartition(":")[0]


def _first_input(node: CanvasNode, type_name: str) -> CanvasSlot | None:
    """The first input of exactly this type, else the first that fits."""
    if type_name == "*":
        return next(iter(node.inputs), None)
    exact = (slot for slot in node.inputs if slot.type.upper() == type_name.upper())
    fitting = (slot for slot in node.inputs if types_fit(slot.type, type_name))
    return next(exact, None) or next(fitting, None)
