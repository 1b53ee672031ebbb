"""Writes a workflow back into the document that it was read from: only what was changed since is touched.

Whatever else stands in the file, nodes of unknown types, unknown keys and the order of keys included, is as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.errors import WorkflowError
from engine.graph.canvas import read_canvas
from engine.graph.canvas_records import read_id, read_node
from engine.graph.canvas_widgets import places_of
from engine.graph.core_types import core_registry
from engine.graph.document import with_current_names
from engine.graph.json_values import as_list, as_object
from engine.graph.registry import Registry
from engine.graph.workflow import Link, Node, Workflow, write_node, write_value


def save_api(workflow: Workflow, registry: Registry) -> dict[str, Any]:
    """The workflow in API format. Nodes that it no longer has are left out; old names of types stay as they were, and
    so do nodes that only hand out links, which reading leaves out."""
    source = workflow.source or {}
    before: Mapping[str, Node] = with_current_names(Workflow.from_api(source), registry).nodes if source else {}
    saved: dict[str, Any] = {}
    for key, record in source.items():
        node = workflow.nodes.get(str(key))
        if node is not None:
            saved[str(key)] = _merge(as_object(record) or {}, before.get(node.id), node, registry)
        elif str(key) not in before:
            saved[str(key)] = record
    saved.update({node.id: write_node(node) for node in workflow.nodes.values() if node.id not in saved})
    return saved


def name_nodes(workflow: Workflow, registry: Registry) -> Workflow:
    """The workflow with a title for each node, for programs that find nodes of API JSON by title.

    Nodes that have none are titled as the canvas shows them. What was read from API format stays as it is.
    """
    if workflow.source is not None:
        return workflow
    nodes = {
        node.id: node if node.title else replace(node, title=_shown_name(node.type, registry))
        for node in workflow.nodes.values()
    }
    return replace(workflow, nodes=nodes)


def _shown_name(type_name: str, registry: Registry) -> str:
    return (registry[type_name].display_name if type_name in registry else "") or type_name


def _merge(record: Mapping[str, Any], before: Node | None, node: Node, registry: Registry) -> Mapping[str, Any]:
    """The record with the node's type and inputs; the record itself where they are as they were read."""
    read: Mapping[str, Any] = before.inputs if before is not None else {}
    inputs = {
        str(name): value
        if str(name) in read and _is_same(read[str(name)], node.inputs[str(name)])
        else write_value(node.inputs[str(name)])
        for name, value in (as_object(record.get("inputs")) or {}).items()
        if str(name) in node.inputs
    }
    inputs.update({name: write_value(value) for name, value in node.inputs.items() if name not in inputs})
    merged = dict(record)
    if registry.current_name(str(record.get("class_type"))) != node.type:
        merged["class_type"] = node.type
    if inputs or "inputs" in record:
        merged["inputs"] = inputs if node.inputs else record.get("inputs")
    return merged


def save_canvas(workflow: Workflow, registry: Registry) -> Mapping[str, Any]:
    """The canvas document with the values that were changed since it was read.

    Args:
        workflow: As read from a canvas document, or with one beside its API format.
        registry: Names the widgets, as when it was read.

    Raises:
        WorkflowError: if there is no canvas document, or a change has no place in it: a link, or a value inside a
            subgraph; says which.
    """
    document = workflow.document
    if document is None:
        raise WorkflowError("This workflow has no canvas document: it was made in API format, which has no layout.")
    before = read_canvas(document, registry).nodes
    changed = {
        node.id: values
        for node in workflow.nodes.values()
        if node.id in before and (values := _changed_values(before[node.id], node))
    }
    if not changed:
        return document
    rows = as_list(document.get("nodes")) or []
    written = [
        _write_row(row, changed.pop(node_id), registry)
        if (node_id := read_id((as_object(row) or {}).get("id"))) is not None and node_id in changed
        else row
        for row in rows
    ]
    if changed:
        raise WorkflowError(
            f"Node {next(iter(changed))!r} stands inside a subgraph; its values can be changed on the canvas only."
        )
    return {**document, "nodes": written}


def _changed_values(before: Node, after: Node) -> dict[str, Any]:
    return {
        name: value
        for name, value in after.inputs.items()
        if name not in before.inputs or not _is_same(before.inputs[name], value)
    }


def _write_row(row: Any, values: Mapping[str, Any], registry: Registry) -> dict[str, Any]:
    """A node of the document with other values in its `widgets_values`."""
    node = read_node(row)
    assert node is not None
    type_name = registry.current_name(node.type)
    definition = registry.get(type_name) or core_registry().get(type_name)
    held: Any = dict(node.values) if isinstance(node.values, Mapping) else list(node.values or [])
    places: Mapping[str, Any] = {}
    if isinstance(held, dict):
        places = {name: name for name in values}
    elif definition is not None:
        places = places_of(node, definition)
    for name, value in values.items():
        is_fed = any(slot.name == name and slot.link is not None for slot in node.inputs)
        if isinstance(value, Link) or is_fed or name not in places:
            raise WorkflowError(
                f"Node {node.id!r}: {name!r} has no value in the canvas document that could be changed."
            )
        held[places[name]] = value
    return {**row, "widgets_values": held}


def _is_same(one: Any, other: Any) -> bool:
    """Equal as JSON: 1 is neither 1.0 nor true, and a NaN is itself."""
    return repr(one) == repr(other)
