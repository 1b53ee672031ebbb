"""Builds the sub-graph that a node expands to, in API format, as packs build it.

Ids begin with the node that runs and the number of the graph, so that several graphs of one call fit together. Long ids
are shortened: packs that write loops put the id of the last round into that of the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from itertools import count
from typing import Any

from engine.compat.host import current_run
from engine.execution.expansion import shorten_id
from engine.graph.json_values import is_integer

_given_prefix: ContextVar[tuple[str, int, Any] | None] = ContextVar("given_prefix", default=None)
_numbers = count()


def is_link(value: Any) -> bool:
    """Whether a value is a link, `[node id, output]`."""
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str)
        and (is_integer(value[1]) or isinstance(value[1], float))
    )


def get_input_info(class_def: Any, input_name: str, valid_inputs: Any = None) -> tuple[Any, str | None, Any]:
    """Type, kind (`required`, ...) and options of a declared input; None for each if there is none."""
    declared = class_def.INPUT_TYPES() if valid_inputs is None else valid_inputs
    for kind in ("required", "optional", "hidden"):
        entry = declared.get(kind, {}).get(input_name)
        if entry is not None:
            entry = entry if isinstance(entry, list | tuple) else (entry,)
            return entry[0], kind, entry[1] if len(entry) > 1 else {}
    return None, None, None


class BuiltNode:
    """A node of a graph that is being built.

    Args:
        id: In the graph.
        class_type: Type name.
        inputs: Values and links.
    """

    def __init__(self, id: str, class_type: str, inputs: dict[str, Any]) -> None:
        self.id = id
        self.class_type = class_type
        self.inputs = inputs
        self.override_display_id: str | None = None
        self.override_parent_id: str | None = None

    def out(self, index: int) -> list[Any]:
        """A link to one of its outputs."""
        return [self.id, index]

    def set_input(self, key: str, value: Any) -> None:
        """Set an input, or with None remove it."""
        if value is None:
            self.inputs.pop(key, None)
        else:
            self.inputs[key] = value

    def get_input(self, key: str) -> Any:
        """An input; None if it is not set."""
        return self.inputs.get(key)

    def set_override_display_id(self, override_display_id: str) -> None:
        """Say at which node of the workflow it is shown."""
        self.override_display_id = override_display_id

    def set_override_parent_id(self, override_parent_id: str) -> None:
        """Say which node it belongs to; it always belongs to the one that made it."""
        self.override_parent_id = override_parent_id

    def serialize(self) -> dict[str, Any]:
        """In API format."""
        record: dict[str, Any] = {"class_type": self.class_type, "inputs": self.inputs}
        if self.override_display_id is not None:
            record["override_display_id"] = self.override_display_id
        if self.override_parent_id is not None:
            record["override_parent_id"] = self.override_parent_id
        return record


class GraphBuilder:
    """A graph that is being built.

    Args:
        prefix: What ids begin with; one that nothing else has if not given.
    """

    def __init__(self, prefix: str | None = None) -> None:
        self.prefix = GraphBuilder.alloc_prefix() if prefix is None else prefix
        self.nodes: dict[str, BuiltNode] = {}
        self.id_gen = 1

    @classmethod
    def set_default_prefix(cls, prefix_root: str, call_index: int, graph_index: int = 0) -> None:
        """Say what ids of further graphs begin with."""
        _given_prefix.set((prefix_root, call_index, count(graph_index)))

    @classmethod
    def alloc_prefix(
        cls, root: str | None = None, call_index: int | None = None, graph_index: int | None = None
    ) -> str:
        """A prefix that no other graph of this call has."""
        given, running = _given_prefix.get(), current_run()
        if given is not None:
            default_root, call, numbers = given
        elif running is not None:
            default_root, call, numbers = running.context.node_id, 0, running.graphs
        else:
            default_root, call, numbers = "graph", 0, _numbers
        root = shorten_id(default_root if root is None else root)
        number = next(numbers) if graph_index is None else graph_index
        return f"{root}.{call if call_index is None else call_index}.{number}."

    def node(self, class_type: str, id: str | None = None, **kwargs: Any) -> BuiltNode:
        """Add a node, or get the one that has this id already."""
        if id is None:
            id = str(self.id_gen)
            self.id_gen += 1
        if id not in self.nodes:
            self.nodes[id] = BuiltNode(self.prefix + shorten_id(id), class_type, kwargs)
        return self.nodes[id]

    def lookup_node(self, id: str) -> BuiltNode | None:
        """The node that was added under this id."""
        return self.nodes.get(id)

    def finalize(self) -> dict[str, Any]:
        """The graph in API format."""
        return {node.id: node.serialize() for node in self.nodes.values()}

    def replace_node_output(self, node_id: str, index: int, new_value: Any) -> None:
        """Put a value in the place of every link to an output; with None remove the inputs that have one."""
        old = [self.prefix + node_id, index]
        for node in self.nodes.values():
            for key in [key for key, value in node.inputs.items() if is_link(value) and value == old]:
                node.set_input(key, new_value)

    def remove_node(self, id: str) -> None:
        """Remove a node."""
        del self.nodes[id]


def add_graph_prefix(
    graph: Mapping[str, Any], outputs: Sequence[Any], prefix: str
) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """A graph in API format, and outputs that link into it, with a prefix before every id."""

    def rename(value: Any) -> Any:
        return [prefix + value[0], value[1]] if is_link(value) and value[0] in graph else value

    renamed = {
        prefix + node_id: {**node, "inputs": {key: rename(value) for key, value in node.get("inputs", {}).items()}}
        for node_id, node in graph.items()
    }
    return renamed, tuple(map(rename, outputs))
