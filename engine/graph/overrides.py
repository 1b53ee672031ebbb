"""Setting inputs of a workflow by name, `NODE.INPUT`: the command line's `--set` and `Engine.run(inputs=...)`.

NODE is an id, a title or a type name, in this order; the first two as they are written, then without regard to case.
Whether the value may stand there is for `engine.graph.validate`.
"""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from engine.errors import WorkflowError
from engine.graph.json_values import show
from engine.graph.registry import Registry
from engine.graph.values import UnusableValueError, coerce
from engine.graph.workflow import Node, Workflow

_MOST_SHOWN = 12
_LONGEST_NAME_COMPARED = 100


def set_inputs(workflow: Workflow, registry: Registry, inputs: Mapping[str, Any]) -> Workflow:
    """A copy of the workflow in which some inputs hold other values.

    Args:
        workflow: As read.
        registry: Says which inputs a type has.
        inputs: By `NODE.INPUT`. A text becomes a value of the declared type where it can; a link that stood there is
            replaced.

    Raises:
        WorkflowError: if a name means no node, several, or no input; says what there is, the nearest first.
    """
    values: dict[tuple[str, str], Any] = {}
    for name, value in inputs.items():
        node, input_name = _find_input(workflow, registry, name)
        values[node.id, input_name] = _read_value(registry, node, input_name, value)
    return workflow.with_inputs(values)


def _find_input(workflow: Workflow, registry: Registry, name: str) -> tuple[Node, str]:
    # Titles and input names may have dots themselves: the last dot that makes sense divides.
    for node_name, input_name in _divisions(name):
        nodes = _find_nodes(workflow, node_name)
        if len(nodes) > 1:
            which = _list(show(node.id) for node in nodes)
            raise WorkflowError(f"{show(name)}: {show(node_name)} is the name of several nodes; use an id: {which}.")
        if nodes:
            _check_input(registry, nodes[0], input_name, name)
            return nodes[0], input_name
    if "." not in name:
        raise WorkflowError(f"{show(name)}: expected NODE.INPUT, such as 3.seed or KSampler.seed.")
    node_name = name.rpartition(".")[0]
    names = dict.fromkeys(text for node in workflow.nodes.values() for text in (node.title or node.type, node.id))
    near = _nearest_first(node_name, names)
    raise WorkflowError(f"{show(name)}: there is no node {show(node_name)}. The workflow has {_list(map(show, near))}.")


def _divisions(name: str) -> Iterator[tuple[str, str]]:
    end = len(name)
    while (end := name.rfind(".", 0, end)) >= 0:
        yield name[:end], name[end + 1 :]


def _find_nodes(workflow: Workflow, name: str) -> list[Node]:
    if (node := workflow.nodes.get(name)) is not None:
        return [node]
    if not name:  # most nodes have an empty title
        return []
    folded = name.casefold()
    tests: list[Callable[[Node], bool]] = [
        lambda node: node.title == name,
        lambda node: node.type == name,
        lambda node: folded in (node.title.casefold(), node.type.casefold()),
    ]
    for test in tests:
        if found := list(filter(test, workflow.nodes.values())):
            return found
    return []


def _check_input(registry: Registry, node: Node, input_name: str, name: str) -> None:
    definition = registry.get(node.type)
    known = [declared.name for declared in definition.inputs] if definition is not None else list(node.inputs)
    if input_name not in known:
        near = _list(_nearest_first(input_name, known)) if known else "none"
        raise WorkflowError(f"{show(name)}: node {node.label} has no input {show(input_name)}. Its inputs: {near}.")


def _read_value(registry: Registry, node: Node, input_name: str, value: Any) -> Any:
    definition = registry.get(node.type)
    declared = definition.input(input_name) if definition is not None else None
    if declared is not None and isinstance(value, str):
        with contextlib.suppress(UnusableValueError):  # validation says what is wrong with it
            return coerce(declared, value, None, check=False).value
    return value


def _nearest_first(wanted: str, names: Iterable[str]) -> list[str]:
    def distance(name: str) -> float:
        return -difflib.SequenceMatcher(None, wanted[:_LONGEST_NAME_COMPARED], name[:_LONGEST_NAME_COMPARED]).ratio()

    return sorted(names, key=distance)


def _list(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - _MOST_SHOWN} more" if len(every) > _MOST_SHOWN else ""
    return ", ".join(every[:_MOST_SHOWN]) + more
