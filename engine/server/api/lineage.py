"""Where a file comes from: what its node was given, all the way up, and which files of ours went in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from engine.graph.registry import Registry
from engine.graph.schema import ModelFile
from engine.graph.workflow import Link, Node, Workflow

_FOLDERS = ("input", "output", "temp")


class LoadedFile(NamedTuple):
    """A file that a node of a workflow read.

    Attributes:
        node_id: The node.
        input_name: The input that named it.
        kind: The directory it is in.
        subfolder: Below that directory; may be empty.
        filename: Without its folder.
    """

    node_id: str
    input_name: str
    kind: str
    subfolder: str
    filename: str


def upstream_of(workflow: Workflow, node_ids: Iterable[str]) -> set[str]:
    """These nodes and all that they depend on."""
    found: set[str] = set()
    left = [node_id for node_id in node_ids if node_id in workflow.nodes]
    while left:
        node_id = left.pop()
        if node_id not in found:
            found.add(node_id)
            inputs = workflow.nodes[node_id].inputs.values()
            left.extend(value.node_id for value in inputs if type(value) is Link and value.node_id in workflow.nodes)
    return found


def loaded_files(workflow: Workflow, node_ids: Iterable[str], registry: Registry | None) -> Iterator[LoadedFile]:
    """The files of the input, output and temp directories that these nodes read, as far as their types say so.

    Args:
        workflow: Where the nodes are.
        node_ids: Which of them.
        registry: Says which inputs name files; None if no worker has said it yet, which gives nothing.
    """
    for node_id in node_ids:
        node = workflow.nodes[node_id]
        definition = registry.get(node.type) if registry is not None else None
        for declared in definition.inputs if definition is not None else ():
            if isinstance(declared.choices, ModelFile) and declared.choices.folder in _FOLDERS:
                yield from _loaded(node, declared.name, declared.choices.folder)


def _loaded(node: Node, input_name: str, folder: str) -> Iterator[LoadedFile]:
    name = node.inputs.get(input_name)
    if not isinstance(name, str):
        return
    stem, _, ending = name.rpartition("[")
    if stem and ending.endswith("]") and ending[:-1] in _FOLDERS:  # `name.png [output]`
        name, folder = stem.rstrip(), ending[:-1]
    subfolder, _, filename = name.replace("\\", "/").rpartition("/")
    yield LoadedFile(node.id, input_name, folder, subfolder, filename)
