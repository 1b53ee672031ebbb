"""The canvas format as records: nodes with their slots and values, and links, of versions 0.4 and 1.0 alike.

Tolerant where files are known to be damaged (null rows, missing keys); decides nothing about what nodes mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import WorkflowError
from engine.graph.json_values import as_list, as_object, as_text, is_integer, kind_of
from engine.graph.workflow import Note

MUTED = 2
BYPASSED = 4
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class CanvasSlot:
    """One entry of a node's `inputs` or `outputs`.

    Attributes:
        name: The input's name.
        type: Socket type; `*` where the file has none.
        link: Of an input: the id of the link that ends here, or None.
        is_widget: The input is (also) a widget.
        has_config: It was converted from a widget by a frontend before 1.16.
    """

    name: str
    type: str
    link: str | None = None
    is_widget: bool = False
    has_config: bool = False


@dataclass(frozen=True, slots=True)
class CanvasNode:
    """A node as saved. `values` is `widgets_values`: a list by position, an object by name, or None."""

    id: str
    type: str
    title: str
    mode: int
    inputs: tuple[CanvasSlot, ...]
    outputs: tuple[CanvasSlot, ...]
    values: list[Any] | Mapping[str, Any] | None

    @property
    def first_value(self) -> Any:
        """The first widget's value, or None."""
        return self.values[0] if isinstance(self.values, list) and self.values else None


@dataclass(frozen=True, slots=True)
class CanvasLink:
    """From output `origin_slot` of node `origin_id` to the node `target_id`."""

    origin_id: str
    origin_slot: int
    target_id: str


@dataclass(frozen=True, slots=True)
class Canvas:
    """A document, or the inside of a subgraph.

    Attributes:
        nodes: By id, in the order of the file.
        links: By id.
        frontend: Version of the frontend that wrote it, (major, minor); None where the file does not say.
        subgraphs: Definitions as in the file, by id.
        notes: What could not be read.
    """

    nodes: Mapping[str, CanvasNode]
    links: Mapping[str, CanvasLink]
    frontend: tuple[int, int] | None = None
    subgraphs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    notes: tuple[Note, ...] = ()


def is_canvas(document: object) -> bool:
    """Whether this looks like the canvas format."""
    record = as_object(document)
    return record is not None and as_list(record.get("nodes")) is not None


def read_records(document: Mapping[str, Any]) -> Canvas:
    """Read a document of the canvas format.

    Raises:
        WorkflowError: if `nodes` is not a list, or `links` neither a list nor absent.
    """
    rows = _list_at(document, "nodes")
    notes: list[Note] = []
    nodes: dict[str, CanvasNode] = {}
    for place, row in enumerate(rows):
        node = _read_node(row)
        if node is None:
            notes.append(Note("", f"entry {place} of 'nodes' has no id or no type; it was left out"))
        elif node.id in nodes:
            notes.append(Note(node.id, f"the file has a second node with this id ({node.type}); it was left out"))
        else:
            nodes[node.id] = node
    definitions = as_object(document.get("definitions")) or {}
    subgraphs = [as_object(entry) for entry in as_list(definitions.get("subgraphs")) or []]
    return Canvas(
        nodes=nodes,
        links=dict(_read_links(_list_at(document, "links"))),
        frontend=_read_version((as_object(document.get("extra")) or {}).get("frontendVersion")),
        subgraphs={as_text(entry.get("id")): entry for entry in subgraphs if entry is not None},
        notes=tuple(notes),
    )


def _list_at(document: Mapping[str, Any], key: str) -> list[Any]:
    value = document.get(key)
    rows = as_list([] if value is None else value)
    if rows is None:
        raise WorkflowError(f"The '{key}' of a canvas document should be a list, not {kind_of(value)}.")
    return rows


def _read_node(row: object) -> CanvasNode | None:
    record = as_object(row)
    node_id = _read_id(record.get("id")) if record is not None else None
    if record is None or node_id is None or not as_text(record.get("type")):
        return None
    mode = record.get("mode")
    values = record.get("widgets_values")
    listed = as_list(values)
    return CanvasNode(
        id=node_id,
        type=as_text(record["type"]),
        title=as_text(record.get("title")),
        mode=mode if is_integer(mode) else 0,
        inputs=tuple(_read_slot(slot) for slot in as_list(record.get("inputs")) or []),
        outputs=tuple(_read_slot(slot) for slot in as_list(record.get("outputs")) or []),
        values=listed if listed is not None else as_object(values),
    )


def _read_slot(row: object) -> CanvasSlot:
    record = as_object(row) or {}
    widget = as_object(record.get("widget"))
    return CanvasSlot(
        name=as_text(record.get("name")) or as_text((widget or {}).get("name")),
        type=read_type(record.get("type")),
        link=_read_id(record.get("link")),
        is_widget=widget is not None,
        has_config=widget is not None and "config" in widget,
    )


def read_type(value: object) -> str:
    """A socket type as files write it: text, a list of choices, or 0 and -1 for anything."""
    if as_list(value) is not None:
        return "COMBO"
    return as_text(value) or "*"


def _read_id(value: object) -> str | None:
    """Ids are numbers or texts; either becomes text. None stands for no link."""
    if isinstance(value, str) or is_integer(value):
        return str(value)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else None


def _read_links(rows: list[Any]) -> Iterator[tuple[str, CanvasLink]]:
    """Rows `[id, origin, slot, target, slot, type]` or objects; rows that are damaged are passed over."""
    for row in rows:
        values = as_list(row)
        record = as_object(row)
        if values is not None and len(values) >= 4:
            link_id, origin_id, origin_slot, target_id = values[:4]
        elif record is not None:
            link_id, origin_id = record.get("id"), record.get("origin_id")
            origin_slot, target_id = record.get("origin_slot"), record.get("target_id")
        else:
            continue
        name, origin, target = _read_id(link_id), _read_id(origin_id), _read_id(target_id)
        slot = _read_count(_read_id(origin_slot))
        if name is not None and origin is not None and target is not None and slot is not None:
            yield name, CanvasLink(origin, slot, target)


def _read_version(value: object) -> tuple[int, int] | None:
    major, minor, *_ = (_read_count(part) for part in (*as_text(value).split("."), None, None))
    return None if major is None or minor is None else (major, minor)


def _read_count(text: str | None) -> int | None:
    """A whole number from 0 in decimal digits; None for anything else."""
    return int(text) if text is not None and text.isdecimal() and len(text) <= _MOST_DIGITS else None
