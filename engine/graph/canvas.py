"""Reads the canvas format, which "Save" writes, into a Workflow.

Passes over data, each in a file of its own: the document becomes records (`canvas_records`); instances of subgraphs
and group nodes are taken apart (`canvas_flatten`); values get names (`canvas_widgets`); links are followed to where
they really come from (`canvas_links`); texts with variables and choices become plain ones (`canvas_texts`); what is
left is the workflow. Everything that is dropped, filled in or guessed becomes a `Note`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.graph.canvas_flatten import flatten
from engine.graph.canvas_links import GETTERS, PRIMITIVE, REROUTES, SETTERS, LinkResolver, Written
from engine.graph.canvas_records import BYPASSED, MUTED, Canvas, CanvasNode, read_records
from engine.graph.canvas_texts import resolve_texts
from engine.graph.canvas_widgets import name_values, widgets_of
from engine.graph.core_types import core_registry
from engine.graph.everywhere import without_controllers
from engine.graph.json_values import show
from engine.graph.registry import Registry
from engine.graph.schema import NodeDef
from engine.graph.workflow import Node, Note, Workflow

_CANVAS_ONLY = (
    REROUTES
    | SETTERS
    | GETTERS
    | {PRIMITIVE, "Note", "MarkdownNote", "Label (rgthree)", "Bookmark (rgthree)"}
    | {"Fast Muter (rgthree)", "Fast Bypasser (rgthree)", "Fast Groups Muter (rgthree)"}
    | {"Fast Groups Bypasser (rgthree)", "Fast Actions Button (rgthree)", "Node Collector (rgthree)"}
    | {"Mute / Bypass Relay (rgthree)", "Mute / Bypass Repeater (rgthree)", "Random Unmuter (rgthree)"}
)
"""Types that only the canvas knows: they are never sent to an engine."""

_NAMED_WIDGET_SLOTS = (1, 16)
"""From this version of the frontend every widget has an input slot of its own."""


def read_canvas(document: Mapping[str, Any], registry: Registry) -> Workflow:
    """Read a document of the canvas format, 0.4 or 1.0.

    Args:
        document: As parsed from JSON.
        registry: Names the widgets, together with what is known of core types; nodes of other types are read as far as
            the file itself names their values.

    Raises:
        WorkflowError: if it cannot be read, or its subgraphs never end.
    """
    canvas = flatten(read_records(document), registry)
    resolver = LinkResolver(canvas, {node.type: node.type in registry for node in canvas.nodes.values()})
    notes = list(canvas.notes)
    nodes: dict[str, Node] = {}
    for node in canvas.nodes.values():
        type_name = registry.current_name(node.type)
        definition = registry.get(type_name) or core_registry().get(type_name)
        if definition is None and node.type in _CANVAS_ONLY:
            continue
        if node.mode in (MUTED, BYPASSED):
            what = "muted" if node.mode == MUTED else "bypassed"
            notes.append(Note(node.id, f"{node.type} is {what}", kind="dropped"))
            continue
        values, filled_in = name_values(node, definition)
        notes += filled_in
        _drop_open_inputs(canvas, node, definition, values, notes)
        for index, slot in enumerate(node.inputs):
            source = resolver.resolve(node, index)
            if source is not None:
                values[slot.name] = source.value if isinstance(source, Written) else source
        nodes[node.id] = Node(node.id, type_name, values, node.title)
    kept = without_controllers(nodes, registry, canvas.unsaid)
    notes = [note for note in notes if note.node_id in kept or note.node_id not in nodes]
    nodes, resolved = resolve_texts(canvas, kept, registry)
    return Workflow(nodes=nodes, extra={"workflow": document}, notes=(*notes, *resolver.notes, *resolved))


def _drop_open_inputs(
    canvas: Canvas, node: CanvasNode, definition: NodeDef | None, values: dict[str, Any], notes: list[Note]
) -> None:
    """A widget that an old frontend turned into an input, and that nothing is linked to, has no value of its own.

    Such a frontend sent nothing. An optional input is left to the node, as it was; a required one would have been an
    error, so it keeps the value that the file still holds.
    """
    is_old = _is_old(canvas, node, definition)
    for index, slot in enumerate(node.inputs):
        is_open = slot.is_widget and slot.link is None and (node.id, index) not in canvas.implied
        if not is_open or slot.name not in values or not (is_old or slot.has_config):
            continue
        declared = definition.input(slot.name) if definition is not None else None
        if declared is not None and declared.kind == "optional":
            del values[slot.name]
            notes.append(
                Note(node.id, "an open input of an old file; it is left to the node", slot.name, kind="dropped")
            )
        else:
            reason = (
                f"an open input of an old file; the value that it had as a widget, {show(values[slot.name])}, was taken"
            )
            notes.append(Note(node.id, reason, slot.name))


def _is_old(canvas: Canvas, node: CanvasNode, definition: NodeDef | None) -> bool:
    """Whether the node was written by a frontend in which only widgets turned into inputs had slots."""
    if canvas.frontend is not None:
        return canvas.frontend < _NAMED_WIDGET_SLOTS
    count = sum(slot.is_widget for slot in node.inputs)
    return definition is not None and count < len(widgets_of(definition))
