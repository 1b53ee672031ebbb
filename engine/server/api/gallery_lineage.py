"""Where a picture comes from and what was made of it: its run, the workflow file, the files that went in, those that
came of it. Works for whatever lies in the output, input and temp directories, known to the gallery or not."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Annotated, ClassVar

from aiohttp import web
from msgspec import Meta, Struct

from engine.errors import WorkflowError
from engine.files import Folder
from engine.graph.registry import Registry
from engine.graph.workflow import Workflow
from engine.jobs.job import Asset
from engine.jobs.rows import decode_object
from engine.server.api.gallery_records import GalleryItem, view_item
from engine.server.api.job_records import AssetView, JobSummary
from engine.server.api.lineage import LoadedFile, loaded_files, maker_of, name_of, upstream_of
from engine.server.api.records import ShortText
from engine.server.api.route import Refused, route
from engine.server.api.views import summarize, view_asset
from engine.server.canvas.facts import Reach, json_in, read_as_far_as_needed, texts_in
from engine.server.canvas.gallery import Item, files_of
from engine.server.canvas.looking import Looker
from engine.server.canvas.origins import SaidOrigin, WorkflowOrigin, find_origin, read_origin
from engine.server.canvas.state import CANVAS
from engine.server.delivery import find_regular
from engine.server.keys import DISPATCHER, HEAVY, SETTINGS, STORE
from engine.server.refusal import not_found
from engine.server.work import Body, Known, Work

_MOST_PARENTS = 100
_MOST_CHILDREN = 200


class FilePlace(Struct, frozen=True, kw_only=True):
    """Which file.

    Attributes:
        kind: The directory that it is in.
        subfolder: Below that; may be empty.
        filename: Without its folder.
    """

    filename: Annotated[str, Meta(min_length=1, max_length=1000)]
    kind: Folder = "output"
    subfolder: ShortText = ""


class LineageFile(Struct, frozen=True, kw_only=True):
    """A file.

    Attributes:
        kind: The directory that it is in.
        subfolder: Below that; may be empty.
        filename: Without its folder.
        exists: Whether it is there.
        item: The file as the gallery has it; null if it does not.
        asset: The file as what a job left; null if none of the history made it.
    """

    kind: Folder
    subfolder: str
    filename: str
    exists: bool
    item: GalleryItem | None
    asset: AssetView | None


class ParentFile(Struct, frozen=True, kw_only=True):
    """A file that went in.

    Attributes:
        node_id: The node that read it.
        node_type: Its type.
        input_name: The input that named it.
        file: The file.
    """

    node_id: str
    node_type: str
    input_name: str
    file: LineageFile


class Lineage(Struct, frozen=True, kw_only=True):
    """Where a file comes from, and what was made of it.

    Attributes:
        file: The file.
        run: The job that made it; null if none of the history did.
        workflow: The workflow file that ran; null if it is not known.
        parents: Files that went in, as far as the workflow of the run, or else that in the file, says.
        children: Files of the gallery that it went into, the newest first, at most 200.
        children_total: How many there are.
    """

    file: LineageFile
    run: JobSummary | None
    workflow: WorkflowOrigin | None
    parents: list[ParentFile]
    children: list[GalleryItem]
    children_total: int


@route("GET", "/gallery/lineage", refusals=(Refused(404, "Nothing is known of such a file."),))
async def show_lineage(request: web.Request, params: FilePlace) -> Lineage:
    """Where a file of the output, input or temp directory comes from, and which files of the gallery came of it."""
    index, _ = await request.app[CANVAS].gallery()
    kind, subfolder, filename = params.kind, params.subfolder, params.filename
    file, asset = await _describe(request, kind, subfolder, filename)
    place = f"{kind}/{name_of(subfolder, filename)}"
    child_ids, total = await index.database.ask(partial(_children_of, place=place))
    if not file.exists and asset is None and not child_ids:
        raise not_found(f"Nothing is known of a file {params.filename!r} in {params.kind!r}.", "file_not_found")
    job = None if asset is None else request.app[DISPATCHER].job(asset.job_id)
    if asset is not None and job is None:
        job = await request.app[STORE].job(asset.job_id)
    asked = None if job is None else await request.app[STORE].texts(job.id)
    if asset is not None and asked is not None:
        read = await request.app[HEAVY].do(_ReadRun(node_id=asset.node_id, extra_data=asked.extra_data), asked.prompt)
    else:
        read = await _read_picture(request, kind, subfolder, filename)
    parents = [
        ParentFile(
            node_id=each.node_id,
            node_type=node_type,
            input_name=each.input_name,
            file=(await _describe(request, each.kind, each.subfolder, each.filename, before=asset))[0],
        )
        for node_type, each in read.loaded
        if (each.kind, each.subfolder, each.filename) != (kind, subfolder, filename)
    ]
    looker = Looker(request.app[HEAVY])
    return Lineage(
        file=file,
        run=None if job is None or asked is None else summarize(request, job),
        workflow=None if read.origin is None else await find_origin(index.database, looker, read.origin),
        parents=[parent for parent in parents if parent.file.exists or parent.file.asset is not None],
        children=[view_item(item) for item in await index.items(child_ids)],
        children_total=total,
    )


def _children_of(connection: sqlite3.Connection, place: str) -> tuple[list[int], int]:
    query = (
        "SELECT gallery.id, name FROM facts CROSS JOIN gallery ON gallery.id = item WHERE facts.kind = 'source'"
        " AND value = ? AND gone IS NULL ORDER BY modified DESC, gallery.id DESC"
    )
    ids = [item for item, name in connection.execute(query, (place,)) if f"output/{name}" != place]
    return ids[:_MOST_CHILDREN], len(ids)


class _Read(Struct, frozen=True):
    """What a workflow says of where a file comes from.

    Attributes:
        loaded: Files that its nodes read, each after the type of the node.
        origin: The workflow file, if something says which.
    """

    loaded: list[tuple[str, LoadedFile]]
    origin: SaidOrigin | None = None


class _ReadRun(Work[_Read], frozen=True, kw_only=True):
    """What a job says of a file that one of its nodes made; the body is its prompt."""

    node_id: str
    extra_data: bytes

    def weigh(self, body: Body) -> int:
        """Both."""
        return len(body) + len(self.extra_data)

    def do(self, known: Known, body: Body) -> _Read:
        """See above."""
        workflow = _workflow_of(decode_object(bytes(body)))
        upstream = upstream_of(workflow, [self.node_id])
        ids = [node_id for node_id in workflow.nodes if node_id in upstream]
        return _Read(_loaded(workflow, ids, known.registry), read_origin(decode_object(self.extra_data)))


class _ReadPicture(Work[_Read | None], frozen=True, kw_only=True):
    """What a picture itself says; None if there is more in it than may be read."""

    uses_files: ClassVar[bool] = True
    path: str
    reach: Reach

    def do(self, known: Known, body: Body) -> _Read | None:
        """See above."""
        del body
        texts = texts_in(Path(self.path), self.reach)
        if texts is None:
            return None
        workflow = _workflow_of(json_in(texts, "prompt"))
        return _Read(_loaded(workflow, workflow.nodes, known.registry))


async def _read_picture(request: web.Request, kind: Folder, subfolder: str, filename: str) -> _Read:
    path = await asyncio.to_thread(_path_of, request, kind, subfolder, filename)
    if path is None:
        return _Read([])
    make = partial(_ReadPicture, path=str(path))
    return await read_as_far_as_needed(request.app[HEAVY], lambda reach: make(reach=reach)) or _Read([])


def _workflow_of(prompt: object) -> Workflow:
    """A workflow; empty if it cannot be read."""
    try:
        return Workflow.from_api(prompt)
    except WorkflowError:
        return Workflow()


def _loaded(workflow: Workflow, node_ids: Iterable[str], registry: Registry) -> list[tuple[str, LoadedFile]]:
    found = islice(loaded_files(workflow, node_ids, registry), _MOST_PARENTS)
    return [(workflow.nodes[each.node_id].type, each) for each in found]


async def _describe(
    request: web.Request, kind: Folder, subfolder: str, filename: str, *, before: Asset | None = None
) -> tuple[LineageFile, Asset | None]:
    """A file, and what made it; with `before`, another job that had ended when that one did."""
    asset = await maker_of(request, kind, subfolder, filename, before=before)
    item = None
    if kind == "output":
        index, _ = await request.app[CANVAS].gallery()
        item = await index.database.ask(partial(_item_of, name=name_of(subfolder, filename)))
    return LineageFile(
        kind=kind,
        subfolder=subfolder,
        filename=filename,
        exists=await asyncio.to_thread(_path_of, request, kind, subfolder, filename) is not None,
        item=None if item is None else view_item(item),
        asset=None if asset is None else view_asset(asset),
    ), asset


def _item_of(connection: sqlite3.Connection, name: str) -> Item | None:
    row = connection.execute("SELECT id FROM gallery WHERE name = ? AND gone IS NULL", (name,)).fetchone()
    return None if row is None else next(iter(files_of(connection, [row[0]])), None)


def _path_of(request: web.Request, kind: Folder, subfolder: str, filename: str) -> Path | None:
    return find_regular(request.app[SETTINGS].directory(kind), name_of(subfolder, filename))
