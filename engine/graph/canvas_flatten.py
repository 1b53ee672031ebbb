"""Takes instances of subgraphs and group nodes apart, at any depth, until only plain nodes are left.

The nodes inside get ids like `12:3`. The borders of an instance become `Passage`s, which links are later followed
through (`canvas_links`). Muted and bypassed instances stay as they are: their content does not run. One walk without
recursion; what contains itself, or multiplies without end, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.errors import WorkflowError
from engine.graph.canvas_groups import open_group
from engine.graph.canvas_inside import Inside
from engine.graph.canvas_records import BYPASSED, MUTED, Canvas, CanvasLink, CanvasNode, Passage, Place
from engine.graph.canvas_subgraphs import open_subgraph
from engine.graph.json_values import as_list, as_object, as_text, show
from engine.graph.registry import Registry
from engine.graph.workflow import Note

_MOST_NODES = 200_000
_MOST_ROWS = 2_000_000
"""Of all bodies together, each counted as often as it is opened: rows are read even where nothing comes of them."""
_MOST_ID_CHARACTERS = 200_000_000
"""Of the ids of all rows together: each begins with the ids of the instances around it, which may be long."""
_MOST_LEVELS = 256
_ROWS_OF_BODY = ("nodes", "links", "inputs", "outputs", "external", "config")
_ROWS_OF_NODE = ("inputs", "outputs", "widgets_values", "properties")
_GROUP_PREFIXES = ("workflow>", "workflow/")


@dataclass(slots=True)
class _Level:
    """An instance that is being taken apart: its name, its nodes that are still to come, its body's identity."""

    name: str
    nodes: Iterator[CanvasNode]
    body: int


def flatten(canvas: Canvas, registry: Registry) -> Canvas:
    """The canvas without instances.

    Args:
        canvas: As read.
        registry: Types that are real nodes are never taken apart, whatever they are called.

    Raises:
        WorkflowError: if a subgraph contains itself, or all instances together have too many nodes.
    """
    if not (canvas.subgraphs or canvas.groups):
        return canvas
    nodes: dict[str, CanvasNode] = {}
    links: dict[str, CanvasLink] = dict(canvas.links)
    passages: dict[Place, Passage] = {}
    implied: dict[Place, Place] = dict(canvas.implied)
    unsaid = set(canvas.unsaid)
    notes: list[Note] = list(canvas.notes)
    levels = [_Level("", iter(canvas.nodes.values()), 0)]
    sizes: dict[int, int] = {}
    rows = characters = 0
    while levels:
        node = next(levels[-1].nodes, None)
        if node is None:
            levels.pop()
            continue
        body = _body_of(node, canvas, registry)
        if body is None or node.mode in (MUTED, BYPASSED):
            nodes[node.id] = node
        else:
            _refuse_endless(node, id(body), levels)
            if id(body) not in sizes:
                sizes[id(body)] = _count_rows(body)
            rows, characters = rows + sizes[id(body)], characters + sizes[id(body)] * len(node.id)
            if rows > _MOST_ROWS or characters > _MOST_ID_CHARACTERS:
                raise WorkflowError("The subgraphs of this workflow are too much to be taken apart.")
            inside = _open(node, body, canvas, registry)
            links.update(inside.links)
            passages.update(inside.passages)
            notes.extend(inside.notes)
            implied.update(inside.implied)
            unsaid |= inside.unsaid
            levels.append(_Level(node.id, iter(inside.nodes), id(body)))
        if len(nodes) + len(passages) + len(levels) > _MOST_NODES:
            raise WorkflowError(
                f"The subgraphs of this workflow have more than {_MOST_NODES} nodes, a fixed limit, when they are taken"
                " apart."
            )
    return replace(
        canvas,
        nodes=nodes,
        links=links,
        implied=implied,
        unsaid=frozenset(unsaid),
        passages=passages,
        notes=tuple(notes),
    )


def _count_rows(body: Mapping[str, Any]) -> int:
    """How much there is to be read each time that this body is opened."""
    config = as_object(body.get("config")) or {}
    count = sum(_count(body.get(key)) for key in _ROWS_OF_BODY)
    count += _count((as_object(body.get("extra")) or {}).get("ue_links"))
    count += sum(_count(side) for entry in config.values() for side in (as_object(entry) or {}).values())
    for row in as_list(body.get("nodes")) or []:
        node = as_object(row)
        if node is None:
            continue
        count += sum(_count(node.get(key)) for key in _ROWS_OF_NODE)
        count += _count((as_object(node.get("properties")) or {}).get("proxyWidgets"))
    return count


def _count(value: object) -> int:
    return len(as_list(value) or as_object(value) or as_text(value))


def _body_of(node: CanvasNode, canvas: Canvas, registry: Registry) -> Mapping[str, Any] | None:
    """What an instance is an instance of; None if the node is none."""
    if node.type in registry:
        return None
    if (definition := canvas.subgraphs.get(node.type)) is not None:
        return definition
    return canvas.groups.get(_group_name(node)) if node.type.startswith(_GROUP_PREFIXES) else None


def _group_name(node: CanvasNode) -> str:
    return node.type[len(_GROUP_PREFIXES[0]) :]


def _open(node: CanvasNode, body: Mapping[str, Any], canvas: Canvas, registry: Registry) -> Inside:
    return open_subgraph(node, body) if node.type in canvas.subgraphs else open_group(node, body, registry)


def _refuse_endless(node: CanvasNode, body: int, levels: list[_Level]) -> None:
    around = next((level.name for level in levels if level.body == body), None)
    if around is None and len(levels) <= _MOST_LEVELS:
        return
    if around is not None:
        reason = f"an instance of a subgraph that it stands in itself (inside node {show(around)})"
    else:
        reason = f"inside more than {_MOST_LEVELS} levels of subgraphs"
    raise WorkflowError(
        f"Node {show(node.id)} is {reason}; that cannot be taken apart.",
        code="dependency_cycle" if around is not None else "invalid_prompt",
        node_id=node.id,
        node_type=as_text(node.type),
    )
