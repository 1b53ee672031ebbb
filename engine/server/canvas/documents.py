"""What is in a workflow file, of either format, and what changed from one version of it to the next.

Files are what people and programs put there: nothing that is read here is taken for granted, and nothing is an error.
They may be large: a server has `engine.server.canvas.looking` look into them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from msgspec import Struct, field

from engine.graph.json_values import as_list, as_object
from engine.server.work import Body

_MOST_TOLD = 20
_MOST_VALUES_TOLD = 8
_LONGEST_TEXT = 200
_MISSING = object()


class ChangedValue(Struct, frozen=True, kw_only=True):
    """A value of a node that is not as it was.

    Attributes:
        name: Of the input, or, where the file has values without names, its place among them, from 0.
        before: The value then, long ones cut short; null if there was none.
        after: The value now.
    """

    name: str
    before: Any
    after: Any


class ChangedNode(Struct, frozen=True, kw_only=True):
    """A node that came, went, or is not as it was.

    Attributes:
        id: Its id; inside of a subgraph with the subgraph's before it, `SUBGRAPH:ID`.
        type: Its type.
        title: What the user called it; empty if nothing.
        values: Values that changed, the first eight.
    """

    id: str
    type: str
    title: str
    values: list[ChangedValue] = field(default_factory=list[ChangedValue])


class ChangeCounts(Struct, frozen=True, kw_only=True):
    """How much changed.

    Attributes:
        added: Nodes that came.
        removed: Nodes that went.
        changed: Nodes with other values, titles or modes than before.
        values: Values that changed.
        moved: Nodes in another place or of another size.
        links: Links that came or went.
    """

    added: int = 0
    removed: int = 0
    changed: int = 0
    values: int = 0
    moved: int = 0
    links: int = 0


class Changes(Struct, frozen=True, kw_only=True):
    """What changed from the version before.

    Attributes:
        text: In words, such as `2 nodes added, 1 value changed`.
        counts: In numbers.
        added: Nodes that came, the first twenty.
        removed: Nodes that went, the first twenty.
        changed: Nodes with other values, the first twenty.
    """

    text: str
    counts: ChangeCounts
    added: list[ChangedNode] = field(default_factory=list[ChangedNode])
    removed: list[ChangedNode] = field(default_factory=list[ChangedNode])
    changed: list[ChangedNode] = field(default_factory=list[ChangedNode])


class _Node(NamedTuple):
    type: str
    title: str
    mode: Any
    values: Mapping[str, Any]
    place: Any


class _Outline(NamedTuple):
    nodes: dict[str, _Node]
    links: frozenset[tuple[str, ...]]


def count_nodes(text: Body) -> int | None:
    """How many nodes a file has, those of its subgraphs included; None if it is no workflow."""
    outline = _outline(text)
    return None if outline is None else len(outline.nodes)


def compare(before: Body | None, after: Body) -> Changes:
    """What changed from one file to another; `before` None is the first version."""
    now = _outline(after) or _Outline({}, frozenset())
    if before is None:
        return Changes(text="first version", counts=ChangeCounts())
    then = _outline(before) or _Outline({}, frozenset())
    added = [key for key in now.nodes if key not in then.nodes or then.nodes[key].type != now.nodes[key].type]
    removed = [key for key in then.nodes if key not in now.nodes or then.nodes[key].type != now.nodes[key].type]
    kept = [key for key in now.nodes if key in then.nodes and then.nodes[key].type == now.nodes[key].type]
    changed = list[ChangedNode]()
    values = moved = 0
    for key in kept:
        old, new = then.nodes[key], now.nodes[key]
        different = list(_different(old.values, new.values))
        values += len(different)
        moved += old.place != new.place
        if different or old.title != new.title or old.mode != new.mode:
            changed.append(_told(key, new, different))
    counts = ChangeCounts(
        added=len(added),
        removed=len(removed),
        changed=len(changed),
        values=values,
        moved=moved,
        links=len(then.links ^ now.links),
    )
    return Changes(
        text=_in_words(counts, is_same=before == after),
        counts=counts,
        added=[_told(key, now.nodes[key]) for key in added[:_MOST_TOLD]],
        removed=[_told(key, then.nodes[key]) for key in removed[:_MOST_TOLD]],
        changed=changed[:_MOST_TOLD],
    )


def _in_words(counts: ChangeCounts, *, is_same: bool) -> str:
    parts = (
        (counts.added, "node added", "nodes added"),
        (counts.removed, "node removed", "nodes removed"),
        (counts.values, "value changed", "values changed"),
        (0 if counts.values else counts.changed, "node changed", "nodes changed"),
        (counts.links, "link changed", "links changed"),
        (counts.moved, "node moved", "nodes moved"),
    )
    words = [f"{count} {one if count == 1 else many}" for count, one, many in parts if count]
    return ", ".join(words) or ("nothing changed" if is_same else "layout or settings changed")


def _told(key: str, node: _Node, different: list[tuple[str, Any, Any]] | None = None) -> ChangedNode:
    values = [
        ChangedValue(name=name[:_LONGEST_TEXT], before=_cut(old), after=_cut(new))
        for name, old, new in (different or [])[:_MOST_VALUES_TOLD]
    ]
    return ChangedNode(
        id=key[:_LONGEST_TEXT], type=node.type[:_LONGEST_TEXT], title=node.title[:_LONGEST_TEXT], values=values
    )


def _cut(value: Any) -> Any:
    if value is _MISSING:
        return None
    text = value if isinstance(value, str) else json.dumps(value)
    return value if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…"


def _different(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in {**old, **new}:
        before, after = old.get(name, _MISSING), new.get(name, _MISSING)
        if before is not after and (type(before) is not type(after) or before != after):
            yield name, before, after


def _outline(text: Body) -> _Outline | None:
    try:
        document = as_object(json.loads(text))
    except (ValueError, RecursionError):
        return None
    if document is None:
        return None
    if as_list(document.get("nodes")) is None:
        return _outline_of_prompt(as_object(document.get("prompt")) or document)
    nodes: dict[str, _Node] = {}
    links: set[tuple[str, ...]] = set()
    _read_graph(document, "", nodes, links)
    definitions = as_object(document.get("definitions")) or {}
    for graph in map(as_object, as_list(definitions.get("subgraphs")) or ()):
        if graph is not None:
            _read_graph(graph, f"{graph.get('id')}:", nodes, links)
    return _Outline(nodes, frozenset(links))


def _read_graph(graph: Mapping[str, Any], prefix: str, nodes: dict[str, _Node], links: set[tuple[str, ...]]) -> None:
    for node in map(as_object, as_list(graph.get("nodes")) or ()):
        if node is not None:
            nodes[f"{prefix}{node.get('id')}"] = _Node(
                type=str(node.get("type")),
                title=str(node.get("title") or ""),
                mode=node.get("mode"),
                values=_by_name(node.get("widgets_values")),
                place=(node.get("pos"), node.get("size")),
            )
    for link in as_list(graph.get("links")) or ():
        parts, record = as_list(link), as_object(link)
        if record is not None:
            parts = [record.get(key) for key in ("", "origin_id", "origin_slot", "target_id", "target_slot")]
        if parts is not None and len(parts) >= 5:
            links.add((prefix, *map(str, parts[1:5])))


def _by_name(values: Any) -> Mapping[str, Any]:
    listed = as_list(values)
    if listed is not None:
        return {str(index): value for index, value in enumerate(listed)}
    return as_object(values) or {}


def _outline_of_prompt(prompt: Mapping[str, Any]) -> _Outline | None:
    nodes: dict[str, _Node] = {}
    links: set[tuple[str, ...]] = set()
    for key, value in prompt.items():
        node = as_object(value)
        if node is None or not isinstance(node.get("class_type"), str):
            continue
        values = dict[str, Any]()
        for name, given in (as_object(node.get("inputs")) or {}).items():
            link = as_list(given)
            if link is not None and len(link) == 2:
                links.add((str(link[0]), str(link[1]), key, name))
            else:
                values[name] = given
        title = str((as_object(node.get("_meta")) or {}).get("title") or "")
        nodes[key] = _Node(node["class_type"], title, None, values, None)
    return _Outline(nodes, frozenset(links)) if nodes or not prompt else None
