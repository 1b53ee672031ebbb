"""Where an input of a canvas node really comes from: through Reroutes, bypassed nodes, primitives and Set/Get pairs.

Nodes that only the canvas knows hand on what they are linked to; they are followed here and left out of the workflow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.graph.canvas_records import BYPASSED, MUTED, Canvas, CanvasNode, CanvasSlot
from engine.graph.json_values import as_text
from engine.graph.sockets import types_fit
from engine.graph.workflow import Link, Note

REROUTES = frozenset({"Reroute", "Reroute (rgthree)"})
PRIMITIVE = "PrimitiveNode"
SETTER, GETTER = "SetNode", "GetNode"


@dataclass(frozen=True, slots=True)
class Written:
    """A value that a primitive node writes into the widget it is linked to."""

    value: Any


_Place = tuple[str, int, str]
"""An output, by node id and slot, and the type wanted from it."""


@dataclass(slots=True)
class LinkResolver:
    """Follows links upstream; remembers what it found, so that long chains are walked once.

    Attributes:
        canvas: The document.
        is_known: Names of types that are real nodes, even where they are called like one of the canvas.
        notes: Links that led nowhere.
    """

    canvas: Canvas
    is_known: Mapping[str, bool]
    notes: list[Note] = field(default_factory=list[Note])
    _found: dict[_Place, Link | Written | None] = field(default_factory=dict[_Place, Link | Written | None])
    _setters: dict[str, str] | None = None

    def resolve(self, node: CanvasNode, slot: CanvasSlot) -> Link | Written | None:
        """The real output or the value that feeds an input; None if nothing does."""
        place = self._origin(node, slot, slot.type)
        path: list[_Place] = []
        seen: set[_Place] = set()
        found: Link | Written | None = None
        while place is not None:
            if place in self._found:
                found = self._found[place]
                break
            if place in seen:
                self.notes.append(
                    Note(node.id, "its link goes round in a circle of reroutes; it was dropped", slot.name)
                )
                break
            seen.add(place)
            path.append(place)
            origin = self.canvas.nodes.get(place[0])
            if origin is None:
                self.notes.append(Note(node.id, f"it was linked to node {place[0]}, which does not exist", slot.name))
                break
            step = self._step(origin, place)
            if isinstance(step, Link | Written):
                found = step
                break
            place = step
        for passed in path:
            self._found[passed] = found
        return found

    def _origin(self, node: CanvasNode, slot: CanvasSlot, wanted: str) -> _Place | None:
        """The output at the other end of a slot's link; a row of the link table counts if it leads to this node."""
        if slot.link is None:
            return None
        link = self.canvas.links.get(slot.link)
        if link is None or link.target_id != node.id:
            self.notes.append(Note(node.id, f"its link {slot.link} is not in the file; it was dropped", slot.name))
            return None
        return link.origin_id, link.origin_slot, wanted

    def _step(self, origin: CanvasNode, place: _Place) -> Link | Written | _Place | None:
        """What stands at an output: the real thing, or the next place upstream, or nothing."""
        _, output, wanted = place
        if not self.is_known.get(origin.type, False):
            if origin.type in REROUTES or origin.type == SETTER:
                return self._origin(origin, origin.inputs[0], wanted) if origin.inputs else None
            if origin.type == GETTER:
                setter = self.canvas.nodes.get(self._setter_of(origin))
                return self._origin(setter, setter.inputs[0], wanted) if setter and setter.inputs else None
            if origin.type == PRIMITIVE:
                return Written(origin.first_value) if origin.first_value is not None else None
        if origin.mode == MUTED:
            return None
        if origin.mode == BYPASSED:
            handed_on = _input_for(origin, output, wanted)
            return self._origin(origin, handed_on, wanted) if handed_on is not None else None
        return Link(origin.id, output)

    def _setter_of(self, getter: CanvasNode) -> str:
        """The id of the SetNode of the same name; empty if there is none."""
        if self._setters is None:
            nodes = self.canvas.nodes.values()
            self._setters = {as_text(node.first_value): node.id for node in nodes if node.type == SETTER}
        return self._setters.get(as_text(getter.first_value), "")


def _input_for(node: CanvasNode, output: int, wanted: str) -> CanvasSlot | None:
    """Which input a bypassed node hands on: the same place if it fits, else the first of that type, else that fits."""
    own = node.outputs[output].type if output < len(node.outputs) else "*"
    type_name = wanted if wanted != "*" else own
    same = node.inputs[output : output + 1]
    if type_name == "*":
        return next(iter((*same, *node.inputs)), None)
    fitting = [slot for slot in (*same, *node.inputs) if types_fit(slot.type, type_name)]
    exact = (slot for slot in node.inputs if slot.type.upper() == type_name.upper())
    if same and same[0] in fitting:
        return same[0]
    return next(exact, fitting[0] if fitting else None)
