"""Node expansion: the sub-graph that a node returned becomes nodes of the run.

Ids inside become `parent.call.0.id`, unless they carry the prefix `parent.call.` already, as graph builders write it;
the id of a parent that is itself deep inside is shortened, so that ids don't grow with the depth. A link inside names a
node of the sub-graph or, if there is none of that id, a node of the run. The new nodes are held against the same rules
as those of a file; a socket may here also hold a value. Running them is not done here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from engine.errors import ValidationError, WorkflowError
from engine.execution.calls import WrongResultError
from engine.graph.json_values import as_list, as_object, as_text, is_integer
from engine.graph.registry import Registry
from engine.graph.validate import output_ids, validate
from engine.graph.workflow import Link, Node, Workflow
from engine.settings import Settings

_LONGEST_ID = 100


@dataclass(frozen=True, slots=True)
class Expansion:
    """A sub-graph ready to run.

    Attributes:
        nodes: By their ids in the run, validated.
        output_ids: Those that are outputs themselves.
        display_ids: At which node to show them, where they say so.
        slots: The outputs of the node that was expanded, links into the run being `Link`s.
    """

    nodes: Mapping[str, Node]
    output_ids: Sequence[str]
    display_ids: Mapping[str, str]
    slots: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Expander:
    """Makes expansions for one run.

    Attributes:
        registry: The node types that there are.
        files: The choices of a `ModelFile` folder.
        settings: For the nodes' own validation.
    """

    registry: Registry
    files: Callable[[str], Sequence[str]]
    settings: Settings

    def expand(
        self, parent_id: str, call: int, graph: Mapping[str, Any], slots: Sequence[Any], known: Mapping[str, Node]
    ) -> Expansion:
        """Read what one call returned.

        Args:
            parent_id: The node that was called.
            call: Which of its calls it was.
            graph: API format.
            slots: The outputs that came with it.
            known: The nodes of the run.

        Raises:
            WrongResultError: if the sub-graph cannot be read or run; says why.
        """
        try:
            inner = Workflow.from_api(graph)
        except WorkflowError as error:
            raise WrongResultError(f"the sub-graph that it returned cannot be read: {error}") from error
        prefix = f"{shorten_id(parent_id)}.{call}."
        names = {name: name if name.startswith(prefix) else f"{prefix}0.{name}" for name in inner.nodes}
        repeated = [name for name in names.values() if name in known]
        if repeated or len(set(names.values())) < len(names):
            which = repeated or sorted(names.values())
            raise WrongResultError(f"the sub-graph that it returned repeats the node id {which[0]!r}")
        renamed = {
            names[node.id]: replace(node, id=names[node.id], inputs=_rename_links(node.inputs, names))
            for node in inner.nodes.values()
        }
        nodes = self._validate(renamed, known)
        displays = {name: as_text(record.get("override_display_id")) for name, record in _records(graph)}
        return Expansion(
            nodes=nodes,
            output_ids=output_ids(Workflow(nodes), self.registry),
            display_ids={names[name]: shown for name, shown in displays.items() if shown and name in names},
            slots=[_read_slot(slot, names, known) for slot in slots],
        )

    def _validate(self, nodes: dict[str, Node], known: Mapping[str, Node]) -> dict[str, Node]:
        """The nodes as they will run: known types, right links, values coerced, defaults filled in."""
        given: dict[str, dict[str, Any]] = {}
        checked = dict(nodes)
        for node in nodes.values():
            given[node.id] = self._values_on_sockets(node)
            rest = {name: value for name, value in node.inputs.items() if name not in given[node.id]}
            checked[node.id] = replace(node, inputs=rest)
            for value in rest.values():
                if type(value) is Link and value.node_id not in checked and value.node_id in known:
                    # Enough to look at its outputs; it was validated when the run began.
                    checked[value.node_id] = replace(known[value.node_id], inputs={})
        found = validate(Workflow(checked), self.registry, self.files, targets=nodes, settings=self.settings)
        errors = [
            error
            for error in found.errors
            if error.node_id in nodes
            and not (error.code == "required_input_missing" and error.input_name in given[error.node_id])
        ]
        if errors:
            raise WrongResultError(f"the sub-graph that it returned cannot run: {ValidationError(errors)}")
        return {
            name: replace(node, inputs={**node.inputs, **given[name]})
            for name, node in found.workflow.nodes.items()
            if name in nodes
        }

    def _values_on_sockets(self, node: Node) -> dict[str, Any]:
        """Values where a file could only hold a link: a node may hand on what it has at hand."""
        definition = self.registry.get(node.type)
        if definition is None:
            return {}
        return {
            declared.name: value
            for declared in definition.inputs
            if not declared.is_widget
            and (value := node.inputs.get(declared.name)) is not None
            and type(value) is not Link
        }


def shorten_id(node_id: str) -> str:
    """The id itself or, if it is long, its beginning and a hash: what ids inside begin with."""
    if len(node_id) <= _LONGEST_ID:
        return node_id
    return f"{node_id[: _LONGEST_ID // 2]}~{blake2b(node_id.encode(), digest_size=16).hexdigest()}"


def _rename_links(inputs: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: Link(names.get(value.node_id, value.node_id), value.output) if type(value) is Link else value
        for name, value in inputs.items()
    }


def _read_slot(slot: Any, names: Mapping[str, str], known: Mapping[str, Node]) -> Any:
    """An output: `[id, output]` with the id of a node is a link, everything else is a value."""
    if type(slot) is Link:
        return Link(names.get(slot.node_id, slot.node_id), slot.output)
    items = as_list(slot)
    if items is None or len(items) != 2 or not isinstance(items[0], str) or not is_integer(items[1]):
        return slot
    name = names.get(items[0], items[0])
    return Link(name, items[1]) if items[0] in names or name in known else slot


def _records(graph: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [(str(name), record) for name, value in graph.items() if (record := as_object(value)) is not None]
