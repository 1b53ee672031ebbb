"""Where a file comes from: what its node was given, all the way up, and which files of ours went in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from aiohttp import web

from engine.files import FOLDERS, Folder, split_annotation
from engine.graph.registry import Registry
from engine.graph.schema import ModelFile
from engine.graph.workflow import Link, Node, Workflow
from engine.jobs.job import Asset
from engine.server.canvas.facts import source_of
from engine.server.delivery import find_regular
from engine.server.keys import SETTINGS, STORE


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


async def maker_of(
    request: web.Request, kind: Folder, subfolder: str, filename: str, *, before: Asset | None = None
) -> Asset | None:
    """A file as what the job left that wrote it; with `before`, another job that had ended when that one did."""
    directory = request.app[SETTINGS].directory(kind)
    modified = await asyncio.to_thread(_modified, directory, name_of(subfolder, filename))
    if modified is not None and before is not None and modified > before.created_at:
        modified = None  # it was written anew since
    return await request.app[STORE].maker_of(kind, subfolder, filename, modified=modified, before=before)


def name_of(subfolder: str, filename: str) -> str:
    """A file's name below the directory of its kind."""
    return f"{subfolder}/{filename}" if subfolder else filename


def _modified(root: Path, name: str) -> float | None:
    """When a file was written; None if it is not there. Touches the disk."""
    path = find_regular(root, name)
    try:
        return None if path is None else path.stat().st_mtime
    except OSError:
        return None
