"""The gallery: every picture, film and sound of the output directory, made here or not: found and shown."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from engine.server.api.gallery_records import (
    NO_SUCH_ITEM,
    ContentParams,
    FacetValue,
    GalleryDetails,
    GalleryFacets,
    GalleryIds,
    GalleryItem,
    GalleryPage,
    GalleryParams,
    IdsParams,
    ItemPath,
    SearchParams,
    ThumbnailParams,
    find_item,
    find_path,
    path_of,
    view_item,
)
from engine.server.api.route import Answer, Refused, route
from engine.server.api.views import view_asset
from engine.server.canvas.facts import read_texts
from engine.server.canvas.finding import Found
from engine.server.canvas.index import Index
from engine.server.canvas.search import BadSearch
from engine.server.canvas.state import CANVAS
from engine.server.canvas.thumbnails import MakeThumbnail, find_thumbnail, thumbnail_of
from engine.server.delivery import send_file
from engine.server.files import do_picture
from engine.server.keys import HEAVY, SERVER_SETTINGS, SETTINGS, STORE
from engine.server.refusal import Refusal, not_found

_FILE = {"type": "string", "contentMediaType": "*/*"}
_SETTINGS = ("sampler", "scheduler", "steps", "cfg")


@route(
    "GET",
    "/gallery",
    answers=(Answer(200, GalleryPage, "A page.", names={"item_id": "/items/0/id"}),),
)
async def list_gallery(request: web.Request, params: GalleryParams) -> GalleryPage:
    """The files of the output directory that a search finds, page by page.

    That one of these was written anew since is found soon, and told as `gallery_changed`.
    """
    index, scanner = await request.app[CANVAS].gallery()
    found, ids = await _find(index, params, params.limit)
    items = await index.items(ids)
    await scanner.doubt(items)
    end = params.offset + len(ids)
    return GalleryPage(
        items=[view_item(item) for item in items],
        total=found.total,
        next_offset=end if ids and end < found.total else None,
        indexing=scanner.is_indexing,
    )


@route("GET", "/gallery/ids")
async def list_gallery_ids(request: web.Request, params: IdsParams) -> GalleryIds:
    """The ids of the files that a search finds: to mark, fetch or delete them all."""
    index, _ = await request.app[CANVAS].gallery()
    found, ids = await _find(index, params, params.limit)
    return GalleryIds(ids=ids, total=found.total)


async def _find(index: Index, params: SearchParams, limit: int) -> tuple[Found, list[int]]:
    try:
        found = await index.find(params.q)
    except BadSearch as error:
        raise Refusal(str(error), code="invalid_search") from error
    ids = await index.ids(found, order=params.sort, descending=params.descending, offset=params.offset, limit=limit)
    return found, ids


@route("GET", "/gallery/facets")
async def list_gallery_facets(request: web.Request) -> GalleryFacets:
    """The folders, models, tags, ... that there are, with the number of their files."""
    index, _ = await request.app[CANVAS].gallery()
    found = await index.facets()
    return GalleryFacets(
        **{f"{name}s": [FacetValue(value=value, count=n) for value, n in facet] for name, facet in found.items()}
    )


@route("GET", "/gallery/{item_id}", refusals=(NO_SUCH_ITEM,))
async def show_gallery_item(request: web.Request, params: ItemPath) -> GalleryDetails:
    """A file with all that it tells, and the job that made it."""
    item = await find_item(request, params.item_id)
    view = view_item(item)
    path = path_of(request, item)
    asset = await request.app[STORE].maker_of("output", item.folder, item.filename, modified=item.modified)
    record: dict[str, Any] = {name: getattr(view, name) for name in GalleryItem.__struct_fields__}
    record["prompt"] = item.positive
    return GalleryDetails(
        **record,
        negative=item.negative,
        settings={kind: list(values) for kind, values in item.facts.items() if kind in _SETTINGS},
        texts={} if path is None or item.kind != "picture" else await read_texts(request.app[HEAVY], path),
        asset=None if asset is None else view_asset(asset),
    )


@route(
    "GET",
    "/gallery/{item_id}/content",
    answers=(
        Answer(200, _FILE, "The file, under its own media type.", "*/*"),
        Answer(206, _FILE, "The part that `Range` asked for.", "*/*"),
        Answer(304, None, "The file has not changed."),
        Answer(416, None, "The file has no such part."),
    ),
    refusals=(NO_SUCH_ITEM,),
)
async def read_gallery_item(request: web.Request, params: ContentParams) -> web.StreamResponse:
    """The content of a file; parts of it (`Range`) and changes (`ETag`) as for any file."""
    return send_file(await find_path(request, await find_item(request, params.item_id)))


@route(
    "GET",
    "/gallery/{item_id}/thumbnail",
    answers=(
        Answer(200, {"type": "string", "contentMediaType": "image/webp"}, "The thumbnail.", "image/webp"),
        Answer(304, None, "It has not changed."),
    ),
    refusals=(Refused(404, "There is no such file in the gallery, or it is no picture."),),
)
async def read_thumbnail(request: web.Request, params: ThumbnailParams) -> web.StreamResponse:
    """A small picture of a picture, made when it is first asked for."""
    item = await find_item(request, params.item_id)
    if item.kind != "picture":
        raise not_found(f"{item.name!r} is no picture, so it has no thumbnail.")
    settings = request.app[SETTINGS]
    path = await find_path(request, item)
    size = int(params.size)
    in_memory = request.app[SERVER_SETTINGS].in_memory
    cache = settings.directory("temp") if in_memory else settings.directory("user") / "cache"
    target = thumbnail_of(cache / "thumbnails", item, size)
    response = web.Response(content_type="image/webp")
    response.etag = target.stem
    response.headers["Cache-Control"] = "private, no-cache"
    if request.if_none_match and any(known.value == target.stem for known in request.if_none_match):
        response.set_status(304)
        return response
    body = await asyncio.to_thread(find_thumbnail, target)
    if body is None:
        body = await do_picture(request, MakeThumbnail(path=str(path), target=str(target), size=size), path)
    response.body = body
    return response
