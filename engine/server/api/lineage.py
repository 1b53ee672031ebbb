"""Where a file comes from: what its node was given, all the way up, and which files of ours went in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from aiohttp import web

from engine.files import FOLDERS, Folder, split_annotation
from engine.graph.registry import Registry
from engine.graph.schema import ModelFile
from engine.graph.workflow import Link, Node, Workflow
from engine.jobs.job import Asset
from engine.server.canvas.facts import source_of
from engine.server.keys import STORE

_MOST_ASSETS = 100
"""So many of one name are looked through for one that is older than another."""


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
    kind: Folder
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
    """The files of the input, output and temp directories that these nodes read.

    That is what their types say of an input; where they say nothing of files, what looks like the name of a picture,
    film or sound.

    Args:
        workflow: Where the nodes are.
        node_ids: Which of them.
        registry: Says which inputs name files; None if no worker has said it yet.
    """
    for node_id in node_ids:
        node = workflow.nodes[node_id]
        folders = _folders_of(node, registry)
        for input_name, value in node.inputs.items():
            place = _place_of(value, folders.get(input_name))
            if place is not None:
                kind, name = place
                subfolder, _, filename = name.rpartition("/")
                yield LoadedFile(node_id, input_name, kind, subfolder, filename)


def _folders_of(node: Node, registry: Registry | None) -> dict[str, str]:
    """By input, the folder whose files it names, as the node's type says it."""
    definition = registry.get(node.type) if registry is not None else None
    inputs = definition.inputs if definition is not None else ()
    return {each.name: each.choices.folder for each in inputs if isinstance(each.choices, ModelFile)}


def _place_of(value: object, folder: str | None) -> tuple[Folder, str] | None:
    """Directory and name, with slashes, of the file that a value names; None if it is none of ours."""
    if folder is None:
        return None if isinstance(value, Link) else source_of(value)
    if folder not in FOLDERS or not isinstance(value, str):
        return None
    name, annotated = split_annotation(value)
    return annotated or folder, name.replace("\\", "/")


async def newest_asset(
    request: web.Request, kind: Folder, subfolder: str, filename: str, *, before: Asset | None = None
) -> Asset | None:
    """The newest asset of a name; with `before`, the newest of another job that was there no later than that one."""
    assets, _ = await request.app[STORE].assets(
        kind=kind, subfolder=subfolder, filename=filename, limit=1 if before is None else _MOST_ASSETS
    )
    if before is not None:
        assets = [one for one in assets if one.job_id != before.job_id and one.created_at <= before.created_at]
    return assets[0] if assets else None
