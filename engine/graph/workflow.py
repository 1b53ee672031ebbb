"""Workflow, Node, Link: what the user made, as frozen data; reads and writes the API format.

The API format is `{id: {"class_type", "inputs", "_meta"}}`, an input being a literal or a link `[id, output index]`.
Reading checks only the form; whether types, links and values are right is the business of `engine.graph.validate`.
Mappings held here are never written to after construction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from engine.errors import WorkflowError
from engine.graph.json_values import as_list, as_object, as_text, is_integer, kind_of, show

_WRAPPER = "__value__"

NoteKind = Literal["dropped", "default", "by_name", "guessed", "resolved"]


@dataclass(frozen=True, slots=True)
class Link:
    """Where an input comes from: a node, and which of its outputs (0 is the first)."""

    node_id: str
    output: int


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a workflow.

    Attributes:
        id: Any text; unique in the workflow.
        type: The name of its type.
        title: What the user called it; empty if the file gives none.
        inputs: By name, a `Link` or a literal (any JSON value).
    """

    id: str
    type: str
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    title: str = ""

    @property
    def label(self) -> str:
        """The node in messages: `'3' (KSampler)`, with the title where the user gave one of his own."""
        named = f", titled {self.title[:80]!r}" if self.title and self.title != self.type else ""
        return f"{show(self.id)} ({self.type[:80]}{named})"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was dropped, filled in or guessed, so that the user can be told.

    Attributes:
        node_id: The node concerned, as in the file; empty if it concerns the file.
        message: One sentence with the reason.
        input_name: The input concerned, or None.
        kind: What was done: `dropped`, `default` (filled in with it), `by_name`, `guessed`, or `resolved` (a text's
            variables or choices).
    """

    node_id: str
    message: str
    input_name: str | None = None
    kind: NoteKind = "guessed"

    def __str__(self) -> str:
        at = f"node {self.node_id}" if self.node_id else "file"
        return f"{at}, {self.input_name}: {self.message}" if self.input_name else f"{at}: {self.message}"


@dataclass(frozen=True, slots=True)
class Workflow:
    """Nodes by id, in the order of the file.

    Attributes:
        nodes: By id.
        extra: What files saved by the run carry besides the prompt, by key (`workflow`: the canvas document).
        notes: What reading the file had to drop, fill in or guess.
        source: The document in API format that this was read from, as it was; None if it was read from another.
    """

    nodes: Mapping[str, Node] = field(default_factory=dict[str, Node])
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])
    notes: tuple[Note, ...] = field(default=(), compare=False)
    source: Mapping[str, Any] | None = field(default=None, compare=False, repr=False)

    @property
    def document(self) -> Mapping[str, Any] | None:
        """The canvas document that this was read from, or that came with it; None if there is none."""
        return self.extra.get("workflow")

    @classmethod
    def from_api(cls, prompt: object, extra: Mapping[str, Any] | None = None) -> Workflow:
        """Read the API format. Keys that hold no node, and keys of a node that mean nothing to a run, are ignored.

        Raises:
            WorkflowError: if it is not an object, holds things but no node, or a node has no readable type or inputs.
        """
        document = as_object(prompt)
        if document is None:
            raise WorkflowError(f"A workflow in API format is an object of nodes by id, not {kind_of(prompt)}.")
        nodes = {str(key): _read_node(str(key), value, document) for key, value in document.items() if _is_node(value)}
        if document and not nodes:
            raise WorkflowError(
                "This is not a workflow in API format: none of its entries has a 'class_type'.",
                details='Expected {node id: {"class_type": ..., "inputs": {...}}}.',
            )
        return cls(nodes=nodes, extra=extra or {}, source=document)

    def to_api(self) -> dict[str, Any]:
        """The API format, nodes only; reading it again gives equal ones. What a file says besides: `graph.saving`."""
        return {node.id: write_node(node) for node in self.nodes.values()}

    def with_inputs(self, values: Mapping[tuple[str, str], Any]) -> Workflow:
        """A copy in which these inputs, by (node id, input name), hold these literals or links.

        Raises:
            KeyError: if there is no such node.
        """
        nodes = dict(self.nodes)
        for (node_id, name), value in values.items():
            nodes[node_id] = replace(nodes[node_id], inputs={**nodes[node_id].inputs, name: value})
        return replace(self, nodes=nodes)


def _is_node(value: object) -> bool:
    """An entry that is a node, or would be one if it had a type (so that leaving it out cannot go unnoticed)."""
    return isinstance(value, Mapping) and ("class_type" in value or "inputs" in value)


def _read_node(node_id: str, record: Mapping[str, Any], document: Mapping[Any, Any]) -> Node:
    type_name = record.get("class_type")
    if not isinstance(type_name, str) or not type_name:
        raise WorkflowError(
            f"Cannot execute because node {node_id!r} is missing the class_type property: it should be the name of a"
            f" node type, not {show(type_name)}.",
            details=f"Node ID '#{node_id}'",
            node_id=node_id,
        )
    inputs = as_object(record.get("inputs") or {})
    if inputs is None:
        raise WorkflowError(
            f"The inputs of node {node_id!r} ({type_name}) should be an object of values by name, not"
            f" {kind_of(record['inputs'])}.",
            details=f"Node ID '#{node_id}'",
            node_id=node_id,
        )
    return Node(
        id=node_id,
        type=type_name,
        inputs={str(name): read_value(value, document) for name, value in inputs.items()},
        title=as_text((as_object(record.get("_meta")) or {}).get("title")),
    )


def read_value(value: Any, document: Mapping[Any, Any]) -> Any:
    """A literal or a link. A list that cannot be a link stays a literal: validation judges it by the input's type."""
    if (items := as_list(value)) is not None:
        return _read_link(items, document) or items
    if (record := _wrapped(value)) is not None:
        return record[_WRAPPER]
    return value


def _read_link(value: list[Any], document: Mapping[Any, Any]) -> Link | None:
    if len(value) != 2:
        return None
    source, output = value
    output = int(output) if isinstance(output, float) and output.is_integer() else output
    if not is_integer(output):
        return None
    if isinstance(source, str):
        return Link(source, output)
    # A number names a node only if there is such a node; [512, 512] is a list.
    if is_integer(source) and (str(source) in document or source in document):
        return Link(str(source), output)
    return None


def _wrapped(value: object) -> Mapping[str, Any] | None:
    """The object around a list that is not a link, or None."""
    record = as_object(value)
    return record if record is not None and len(record) == 1 and _WRAPPER in record else None


def write_node(node: Node) -> dict[str, Any]:
    """A node in API format."""
    record: dict[str, Any] = {
        "class_type": node.type,
        "inputs": {name: write_value(value) for name, value in node.inputs.items()},
    }
    if node.title:
        record["_meta"] = {"title": node.title}
    return record


def write_value(value: Any) -> Any:
    """A literal or a link in API format."""
    if isinstance(value, Link):
        return [value.node_id, value.output]
    if as_list(value) is not None or _wrapped(value) is not None:
        return {_WRAPPER: value}
    return value
