"""The canvas format as records: nodes with their slots and values, and links, of versions 0.4 and 1.0 alike.

Tolerant where files are known to be damaged (null rows, missing keys); decides nothing about what nodes mean.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import WorkflowError
from engine.graph.everywhere import HANDING, HOLDING
from engine.graph.json_values import as_list, as_object, as_text, is_integer, kind_of
from engine.graph.schema import MISSING
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
    """A node as saved.

    Attributes:
        id: Inside an instance, with the ids of the instances around it before it: `12:3`.
        type: The name of its type.
        title: As the user called it.
        mode: `MUTED`, `BYPASSED`, or something that means neither.
        inputs: Its input slots.
        outputs: Its output slots.
        values: `widgets_values`: a list by position, an object by name, or None.
        properties: As in the file.
        written: Values by name that an instance around it holds for its widgets.
    """

    id: str
    type: str
    title: str
    mode: int
    inputs: tuple[CanvasSlot, ...]
    outputs: tuple[CanvasSlot, ...]
    values: list[Any] | Mapping[str, Any] | None
    properties: Mapping[str, Any] = field(default_factory=dict[str, Any])
    written: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def first_value(self) -> Any:
        """The first widget's value, or None."""
        return self.values[0] if isinstance(self.values, list) and self.values else None


@dataclass(frozen=True, slots=True)
class CanvasLink:
    """From output `origin_slot` of node `origin_id` to input `target_slot` (-1 if unknown) of node `target_id`."""

    origin_id: str
    origin_slot: int
    target_id: str
    target_slot: int = -1


Place = tuple[str, int]
"""An output of a node: its id and the slot's number."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What stands at an output of an instance, or at an input seen from inside: the way through its border.

    Attributes:
        node: The instance, if the way leads out through one of its inputs.
        slot: That input; None if the instance has no such slot.
        inner: The output inside that the way leads to otherwise.
        value: What the instance holds for a widget, where nothing is linked to it; MISSING if nothing.
    """

    node: CanvasNode | None = None
    slot: CanvasSlot | None = None
    inner: Place | None = None
    value: Any = MISSING


@dataclass(frozen=True, slots=True)
class Canvas:
    """A document, or the inside of a subgraph.

    Attributes:
        nodes: By id, in the order of the file.
        links: By id.
        frontend: Version of the frontend that wrote it, (major, minor); None where the file does not say.
        subgraphs: Definitions as in the file, by id.
        groups: Bodies of group nodes as in the file, by name.
        implied: Links that use-everywhere nodes stand for: from (node id, input number) to an output.
        unsaid: Ids of use-everywhere nodes of which the file does not say to whom they hand anything.
        passages: How the borders of instances that were taken apart are crossed.
        notes: What could not be read.
    """

    nodes: Mapping[str, CanvasNode]
    links: Mapping[str, CanvasLink]
    frontend: tuple[int, int] | None = None
    subgraphs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    groups: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    implied: Mapping[Place, Place] = field(default_factory=dict[Place, Place])
    unsaid: frozenset[str] = frozenset()
    passages: Mapping[Place, Passage] = field(default_factory=dict[Place, Passage])
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
    nodes, links, notes = read_scope(document)
    extra = as_object(document.get("extra")) or {}
    groups = as_object(extra.get("groupNodes")) or {}
    return Canvas(
        nodes=nodes,
        links=links,
        frontend=_read_version(extra.get("frontendVersion")),
        subgraphs=_collect_definitions(document),
        groups={name: body for name, entry in groups.items() if (body := as_object(entry)) is not None},
        implied=read_implied(document, nodes),
        unsaid=read_unsaid(document, nodes),
        notes=tuple(notes),
    )


def read_scope(
    record: Mapping[str, Any], prefix: str = ""
) -> tuple[dict[str, CanvasNode], dict[str, CanvasLink], list[Note]]:
    """Nodes and links of a document or of the inside of a subgraph, every id with the prefix before it.

    Raises:
        WorkflowError: if `nodes` is not a list, or `links` neither a list nor absent.
    """
    notes: list[Note] = []
    nodes: dict[str, CanvasNode] = {}
    for place, row in enumerate(_list_at(record, "nodes")):
        node = read_node(row, prefix)
        if node is None:
            notes.append(Note(prefix.rstrip(":"), f"entry {place} of 'nodes' has no id or no type", kind="dropped"))
        elif node.id in nodes:
            notes.append(Note(node.id, f"the file has a second node with this id ({node.type})", kind="dropped"))
        else:
            nodes[node.id] = node
    return nodes, dict(_read_links(_list_at(record, "links"), prefix)), notes


def _collect_definitions(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Every subgraph by its id, also those defined inside of others; the outermost of an id counts."""
    found: dict[str, Mapping[str, Any]] = {}
    waiting = deque([document])
    while waiting:
        definitions = as_object(waiting.popleft().get("definitions")) or {}
        for entry in as_list(definitions.get("subgraphs")) or []:
            record = as_object(entry)
            if record is not None and (name := as_text(record.get("id"))) and name not in found:
                found[name] = record
                waiting.append(record)
    return found


def read_implied(record: Mapping[str, Any], nodes: Mapping[str, CanvasNode], prefix: str = "") -> dict[Place, Place]:
    """The links that use-everywhere nodes stand for (`extra.ue_links`), every id with the prefix before it.

    Args:
        record: A document, or the inside of a subgraph.
        nodes: As read from it. One that is muted or bypassed hands nothing to others.
        prefix: Of ids.
    """
    found: dict[Place, Place] = {}
    for row in _rows_of_everywhere(record) or []:
        entry = as_object(row) or {}
        target, source = read_id(entry.get("downstream")), read_id(entry.get("upstream"))
        inlet, outlet = read_count(entry.get("downstream_slot")), read_count(entry.get("upstream_slot"))
        if target is None or source is None or inlet is None or outlet is None:
            continue
        by = read_id(entry.get("controller"))
        controller = nodes.get(prefix + by) if by is not None and by != source else None
        if controller is None or controller.mode not in (MUTED, BYPASSED):
            found[prefix + target, inlet] = prefix + source, outlet
    return found


def read_unsaid(record: Mapping[str, Any], nodes: Mapping[str, CanvasNode]) -> frozenset[str]:
    """Ids of the use-everywhere nodes of which a file that has no `extra.ue_links` does not say what they do."""
    if _rows_of_everywhere(record) is not None:
        return frozenset()
    return frozenset(
        node.id
        for node in nodes.values()
        if node.type in HOLDING or (node.type in HANDING and any(slot.link is not None for slot in node.inputs))
    )


def _rows_of_everywhere(record: Mapping[str, Any]) -> list[Any] | None:
    return as_list((as_object(record.get("extra")) or {}).get("ue_links"))


def _list_at(document: Mapping[str, Any], key: str) -> list[Any]:
    value = document.get(key)
    rows = as_list([] if value is None else value)
    if rows is None:
        raise WorkflowError(f"The '{key}' of a canvas document should be a list, not {kind_of(value)}.")
    return rows


def read_node(row: object, prefix: str = "", node_id: str | None = None) -> CanvasNode | None:
    """One entry of `nodes`; None if it has no id (and none is given) or no type."""
    record = as_object(row)
    if record is not None and node_id is None:
        node_id = read_id(record.get("id"))
    if record is None or node_id is None or not as_text(record.get("type")):
        return None
    mode = record.get("mode")
    values = record.get("widgets_values")
    listed = as_list(values)
    return CanvasNode(
        id=prefix + node_id,
        type=as_text(record["type"]),
        title=as_text(record.get("title")),
        mode=mode if is_integer(mode) else 0,
        inputs=tuple(_read_slot(slot, prefix) for slot in as_list(record.get("inputs")) or []),
        outputs=tuple(_read_slot(slot, prefix) for slot in as_list(record.get("outputs")) or []),
        values=listed if listed is not None else as_object(values),
        properties=as_object(record.get("properties")) or {},
    )


def _read_slot(row: object, prefix: str) -> CanvasSlot:
    record = as_object(row) or {}
    widget = as_object(record.get("widget"))
    link = read_id(record.get("link"))
    return CanvasSlot(
        name=as_text(record.get("name")) or as_text((widget or {}).get("name")),
        type=read_type(record.get("type")),
        link=None if link is None else prefix + link,
        is_widget=widget is not None,
        has_config=widget is not None and "config" in widget,
    )


def read_type(value: object) -> str:
    """A socket type as files write it: text, a list of choices, or 0 and -1 for anything."""
    if as_list(value) is not None:
        return "COMBO"
    return as_text(value) or "*"


def read_id(value: object) -> str | None:
    """Ids are numbers or texts; either becomes text. None stands for no link."""
    if isinstance(value, str) or is_integer(value):
        return str(value)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else None


def read_count(value: object) -> int | None:
    """A whole number from 0 on, also written as text; None for anything else."""
    text = read_id(value)
    return int(text) if text is not None and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def _read_links(rows: list[Any], prefix: str) -> Iterator[tuple[str, CanvasLink]]:
    """Rows `[id, origin, slot, target, slot, type]` or objects; rows that are damaged are passed over."""
    for row in rows:
        values = as_list(row)
        record = as_object(row)
        if values is not None and len(values) >= 4:
            link_id, origin_id, origin_slot, target_id, target_slot = (*values[:5], None)[:5]
        elif record is not None:
            link_id, origin_id = record.get("id"), record.get("origin_id")
            origin_slot, target_id = record.get("origin_slot"), record.get("target_id")
            target_slot = record.get("target_slot")
        else:
            continue
        name, origin, target = read_id(link_id), read_id(origin_id), read_id(target_id)
        outlet, inlet = read_count(origin_slot), read_count(target_slot)
        if name is not None and origin is not None and target is not None and outlet is not None:
            yield (
                prefix + name,
                CanvasLink(prefix + origin, outlet, prefix + target, -1 if inlet is None else inlet),
            )


def _read_version(value: object) -> tuple[int, int] | None:
    major, minor, *_ = (read_count(part) for part in (*as_text(value).split("."), None, None))
    return None if major is None or minor is None else (major, minor)
