"""Assets: the files that jobs left, and where each comes from."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from aiohttp import web
from msgspec import Struct

from engine.files import Folder
from engine.graph.workflow import Link, Workflow
from engine.jobs.job import Asset
from engine.jobs.rows import decode_object, parts_of_result
from engine.provenance import Seed
from engine.server.api.job_records import AssetView, JobSummary
from engine.server.api.lineage import LoadedFile, loaded_files, maker_of, name_of, upstream_of
from engine.server.api.records import Limit, Offset, ShortText
from engine.server.api.route import Answer, Refused, route
from engine.server.api.views import find_texts, read_prompt, summarize, view_asset
from engine.server.api.writing import encode_json
from engine.server.delivery import find_regular, send_file
from engine.server.keys import HEAVY, SETTINGS, STORE
from engine.server.pieces import Pieces
from engine.server.refusal import not_found
from engine.server.work import Body, Known, Work

_MOST_PARENTS = 1000
_NO_SUCH_ASSET = Refused(404, "There is no such asset.")


class AssetListParams(Struct, frozen=True, kw_only=True):
    """Which assets, and how many.

    Attributes:
        job_id: Only those that this job showed.
        node_id: Only those that a node of this id showed.
        kind: Only those of this directory.
        offset: So many are skipped.
        limit: At most so many.
    """

    job_id: ShortText | None = None
    node_id: ShortText | None = None
    kind: Folder | None = None
    offset: Offset = 0
    limit: Limit = 100


class AssetPage(Struct, frozen=True, kw_only=True):
    """Some assets of a list, the newest first.

    Attributes:
        assets: Those of this page.
        total: How many the whole list has at present.
        next_offset: Give it as `offset` for the next page; null if this is the last.
    """

    assets: list[AssetView]
    total: int
    next_offset: int | None


@route(
    "GET",
    "/assets",
    answers=(Answer(200, AssetPage, "A page.", names={"asset_id": "/assets/0/id", "job_id": "/assets/0/job_id"}),),
)
async def list_assets(request: web.Request, params: AssetListParams) -> AssetPage:
    """The files that jobs left, the newest first, page by page.

    Each is there once, as what the job left that wrote it. Those of one job are all that it showed, each also as what
    the job left that wrote it: an earlier one, where nothing had to be computed.
    """
    assets, total = await request.app[STORE].assets(
        job_id=params.job_id, node_id=params.node_id, kind=params.kind, offset=params.offset, limit=params.limit
    )
    end = params.offset + len(assets)
    return AssetPage(
        assets=[view_asset(asset) for asset in assets], total=total, next_offset=end if assets and end < total else None
    )


class AssetPath(Struct, frozen=True, kw_only=True):
    """Which asset.

    Attributes:
        asset_id: Its id.
    """

    asset_id: ShortText


class UpstreamNode(Struct, frozen=True, kw_only=True):
    """A node that took part.

    Attributes:
        node_type: Its type.
        title: What the user called it; empty if nothing.
        values: Its inputs that are values, as the workflow has them.
        links: Its inputs that come from other nodes: node id and index of the output.
    """

    node_type: str
    title: str
    values: dict[str, Any]
    links: dict[str, tuple[str, int]]


class ParentAsset(Struct, frozen=True, kw_only=True):
    """An asset that the workflow read.

    Attributes:
        node_id: The node that read it.
        input_name: The input that named it.
        asset: The asset.
    """

    node_id: str
    input_name: str
    asset: AssetView


class AssetDetails(AssetView, frozen=True, kw_only=True):
    """A file that a job left, and where it comes from.

    Attributes:
        exists: Whether the file is still there.
        job: The job that made it.
        upstream: By node id, the node that showed it and all that it depends on, with their inputs.
        seeds: Every seed of these nodes as it was used, by `NODE.INPUT`.
        parents: Files of ours that the workflow read, as far as they are recognised by their names.
    """

    exists: bool
    job: JobSummary
    upstream: dict[str, UpstreamNode]
    seeds: dict[str, Seed]
    parents: list[ParentAsset]


@route(
    "GET",
    "/assets/{asset_id}",
    answers=(Answer(200, AssetDetails, "The asset."),),
    refusals=(_NO_SUCH_ASSET,),
)
async def show_asset(request: web.Request, params: AssetPath) -> web.StreamResponse:
    """An asset with its lineage: which job, which node, which inputs, which other assets."""
    asset = await _find_asset(request, params.asset_id)
    record = await find_texts(request, asset.job_id)
    work = _Trace(node_id=asset.node_id, result=record.result)
    traced = await request.app[HEAVY].do(work, record.prompt, weight=len(record.prompt) + len(record.result or b""))
    parents = await _find_parents(request, asset, traced.loaded)
    exists = await asyncio.to_thread(_file_exists, request, asset)
    pieces = Pieces(request)
    await pieces.add(encode_json(view_asset(asset))[:-1], b',"exists":', b"true" if exists else b"false")
    await pieces.add(b',"job":', encode_json(summarize(request, record.job)))
    await pieces.add(b',"upstream":', traced.upstream, b',"seeds":', traced.seeds)
    await pieces.add(b',"parents":', encode_json(parents), b"}")
    return await pieces.end()


class _Traced(Struct, frozen=True, kw_only=True):
    """What a workflow says of where a file comes from.

    Attributes:
        upstream: See `AssetDetails`; JSON text. So is `seeds`.
        loaded: Files of ours that were read.
    """

    upstream: bytes
    seeds: bytes
    loaded: list[LoadedFile]


class _Trace(Work[_Traced], frozen=True, kw_only=True):
    """Where what a node showed comes from; the body is the prompt of its job."""

    node_id: str
    result: bytes | None

    def do(self, known: Known, body: Body) -> _Traced:
        """See above."""
        workflow = read_prompt(decode_object(bytes(body)))
        upstream = upstream_of(workflow, [self.node_id])
        ids = [node_id for node_id in workflow.nodes if node_id in upstream]
        record = parts_of_result(self.result).record
        seeds = {} if record is None else record.seeds
        return _Traced(
            upstream=_write_object((node_id, _view_node(workflow, node_id)) for node_id in ids),
            seeds=_write_object((name, seed) for name, seed in seeds.items() if name.rpartition(".")[0] in upstream),
            loaded=list(islice(loaded_files(workflow, ids[:_MOST_PARENTS], known.registry), _MOST_PARENTS)),
        )


def _write_object(members: Iterable[tuple[str, Any]]) -> bytes:
    """JSON text, written member by member: others have their turn in between."""
    return b"{" + b",".join(encode_json(name) + b":" + encode_json(value) for name, value in members) + b"}"


@route(
    "GET",
    "/assets/{asset_id}/content",
    answers=(
        Answer(200, {"type": "string", "contentMediaType": "*/*"}, "The file, under its own media type.", "*/*"),
        Answer(206, {"type": "string", "contentMediaType": "*/*"}, "The part that `Range` asked for.", "*/*"),
        Answer(304, None, "The file has not changed."),
        Answer(416, None, "The file has no such part."),
    ),
    refusals=(Refused(404, "There is no such asset, or its file is gone."),),
)
async def read_asset(request: web.Request, params: AssetPath) -> web.StreamResponse:
    """The content of an asset; parts of it (`Range`) and changes (`ETag`) as for any file.

    What could run in a browser is sent as an attachment.
    """
    asset = await _find_asset(request, params.asset_id)
    path = await asyncio.to_thread(_path_of, request, asset)
    if path is None:
        raise not_found(f"The file of asset {asset.id!r} is not there any more.", "file_not_found")
    return send_file(path)


async def _find_asset(request: web.Request, asset_id: str) -> Asset:
    asset = await request.app[STORE].asset(asset_id)
    if asset is None:
        raise not_found(
            f"There is no asset {asset_id[:200]!r}; it never was, or its job was deleted.", "asset_not_found"
        )
    return asset.made


def _path_of(request: web.Request, asset: Asset) -> Path | None:
    """Where the file is; None if it is not there, or its name, which a node gave, leads out of its directory."""
    return find_regular(request.app[SETTINGS].directory(asset.kind), name_of(asset.subfolder, asset.filename))


def _file_exists(request: web.Request, asset: Asset) -> bool:
    return _path_of(request, asset) is not None


def _view_node(workflow: Workflow, node_id: str) -> UpstreamNode:
    node = workflow.nodes[node_id]
    links = {name: value for name, value in node.inputs.items() if isinstance(value, Link)}
    return UpstreamNode(
        node_type=node.type,
        title=node.title,
        values={name: value for name, value in node.inputs.items() if name not in links},
        links={name: (link.node_id, link.output) for name, link in links.items()},
    )


async def _find_parents(request: web.Request, asset: Asset, files: Iterable[LoadedFile]) -> list[ParentAsset]:
    """The files that were read as what made them, if they were there before this one."""
    parents: list[ParentAsset] = []
    for loaded in files:
        older = await maker_of(request, loaded.kind, loaded.subfolder, loaded.filename, before=asset)
        if older is not None:
            parents.append(ParentAsset(node_id=loaded.node_id, input_name=loaded.input_name, asset=view_asset(older)))
    return parents
