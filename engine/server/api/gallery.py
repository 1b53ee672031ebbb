"""The gallery: every picture, film and sound of the output directory, made here or not: found, marked, fetched."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Annotated, Any, Literal

from aiohttp import web
from msgspec import Meta, Struct, field

from engine.errors import FileError
from engine.files import resolve_inside
from engine.server.api.job_records import AssetView
from engine.server.api.records import Limit, Offset
from engine.server.api.route import PREFIX, Answer, Refused, route
from engine.server.api.views import view_asset
from engine.server.canvas.archive import archive_parts
from engine.server.canvas.facts import read_texts
from engine.server.canvas.gallery import (
    Item,
    Kind,
    Order,
    count_facets,
    files_of,
    mark_files,
    page_of_files,
)
from engine.server.canvas.search import BadSearch
from engine.server.canvas.state import CANVAS
from engine.server.canvas.thumbnails import make_thumbnail, thumbnail_of
from engine.server.delivery import is_regular, send_file
from engine.server.files import in_pictures_thread
from engine.server.keys import SERVER_SETTINGS, SETTINGS, STORE
from engine.server.media import describe_delivery
from engine.server.profile import profile_directory, trash_place
from engine.server.refusal import Refusal, not_found

ItemId = Annotated[int, Meta(ge=0, le=2**53)]
Ids = Annotated[list[ItemId], Meta(min_length=1, max_length=1000)]
Tag = Annotated[str, Meta(min_length=1, max_length=100)]
_Rating = Annotated[int, Meta(ge=0, le=5)]
_NO_SUCH_ITEM = Refused(404, "There is no such file in the gallery.")
_LONGEST_PROMPT = 500
_FILE = {"type": "string", "contentMediaType": "*/*"}
_ZIP = Answer(200, {"type": "string", "contentMediaType": "application/zip"}, "The archive.", "application/zip")


class GalleryItem(Struct, frozen=True, kw_only=True):
    """A file of the output directory.

    Attributes:
        id: Names it in addresses; stays while the file has its name.
        name: With its folders.
        folder: Its folder; empty for the output directory itself.
        filename: Without its folder.
        kind: What it is.
        media_type: As HTTP names it.
        size: In bytes.
        modified: When it was written last, in seconds since 1970.
        width: In pixels; null if that is not known.
        height: In pixels.
        star: Whether the user starred it.
        rating: By the user, 1 to 5; 0 is none.
        tags: By the user.
        url: Its content.
        thumbnail_url: A small picture of it, `?size=256` or `512`; null if it is no picture.
        models: Model files that were used.
        seeds: Seeds that were used; texts, as they may be too large for a number of JavaScript.
        prompt: The beginning of the prompt.
    """

    id: int
    name: str
    folder: str
    filename: str
    kind: Kind
    media_type: str
    size: int
    modified: float
    width: int | None
    height: int | None
    star: bool
    rating: int
    tags: list[str]
    url: str
    thumbnail_url: str | None
    models: list[str]
    seeds: list[str]
    prompt: str


class GalleryDetails(GalleryItem, frozen=True, kw_only=True):
    """A file of the output directory, and what it tells.

    Attributes:
        prompt: The whole prompt.
        negative: What the picture should not show.
        settings: Other settings, by `sampler`, `scheduler`, `steps`, `cfg`: each value that was used.
        texts: The texts in the file by name: `workflow`, `prompt`, `parameters`, ...
        asset: The file as what a job left, which leads to the job; null if none of the history made it.
    """

    negative: str
    settings: dict[str, list[str]]
    texts: dict[str, str]
    asset: AssetView | None


class GalleryParams(Struct, frozen=True, kw_only=True):
    """Which files, and in which order.

    Attributes:
        q: A search: words, `"phrases"`, `model:x seed:1 sampler:x scheduler:x steps:20 cfg:>=7 tag:x size:>=1024
            size:512x768 width:512 height:512 bytes:>1m rating:>=3 after:2026-01 before:2026-02-15 folder:x name:x
            kind:video star`. All must hold; `-` before one turns it round.
        sort: By what; `size` is in bytes.
        descending: The newest, largest, ... first.
        offset: So many are skipped.
        limit: At most so many.
    """

    q: Annotated[str, Meta(max_length=2000)] = ""
    sort: Order = "modified"
    descending: bool = True
    offset: Offset = 0
    limit: Limit = 100


class GalleryPage(Struct, frozen=True, kw_only=True):
    """Some files of a list.

    Attributes:
        items: Those of this page.
        total: How many the search finds.
        next_offset: Give it as `offset` for the next page; null if this is the last.
        indexing: Whether files are being looked at that are not in the list yet.
    """

    items: list[GalleryItem]
    total: int
    next_offset: int | None
    indexing: bool


class ItemPath(Struct, frozen=True, kw_only=True):
    """Which file.

    Attributes:
        item_id: Its id.
    """

    item_id: ItemId


class ThumbnailParams(ItemPath, frozen=True, kw_only=True):
    """Which file, how large.

    Attributes:
        size: Of the longer side, at most, in pixels.
    """

    size: Literal["256", "512"] = "256"


class FacetValue(Struct, frozen=True, kw_only=True):
    """A value, and how many files have it.

    Attributes:
        value: The value.
        count: How many files have it.
    """

    value: str
    count: int


class GalleryFacets(Struct, frozen=True, kw_only=True):
    """By what the files can be told apart; of each at most 500, the most frequent first.

    Attributes:
        folders: Folders; empty is the output directory itself.
        kinds: Pictures, films, sounds.
        models: Model files.
        tags: The user's tags.
    """

    folders: list[FacetValue]
    kinds: list[FacetValue]
    models: list[FacetValue]
    tags: list[FacetValue]


class SomeItems(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which files.

    Attributes:
        ids: Their ids; those that are not there are left out.
    """

    ids: Ids


class ZipParams(Struct, frozen=True, kw_only=True):
    """Which files.

    Attributes:
        ids: Their ids; those that are not there are left out.
    """

    ids: Ids


class MarkRequest(SomeItems, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the user says of files; what is not given stays as it is.

    Attributes:
        star: Whether they have a star.
        rating: 1 to 5; 0 takes it away.
        add_tags: Tags that they get.
        remove_tags: Tags that they lose.
    """

    star: bool | None = None
    rating: _Rating | None = None
    add_tags: Annotated[list[Tag], Meta(max_length=50)] = field(default_factory=list[Tag])
    remove_tags: Annotated[list[Tag], Meta(max_length=50)] = field(default_factory=list[Tag])


class MarkedItems(Struct, frozen=True, kw_only=True):
    """Files as they are now.

    Attributes:
        items: In the order in which they were named.
    """

    items: list[GalleryItem]


class DeletedItems(Struct, frozen=True, kw_only=True):
    """What was deleted.

    Attributes:
        deleted: Ids of the files that are in the trash now.
    """

    deleted: list[int]


@route(
    "GET",
    "/gallery",
    answers=(Answer(200, GalleryPage, "A page.", names={"item_id": "/items/0/id"}),),
)
async def list_gallery(request: web.Request, params: GalleryParams) -> GalleryPage:
    """The files of the output directory that a search finds, page by page."""
    database, scanner = await request.app[CANVAS].gallery()
    try:
        items, total = await database.ask(
            lambda connection: page_of_files(
                connection,
                search=params.q,
                order=params.sort,
                descending=params.descending,
                offset=params.offset,
                limit=params.limit,
            )
        )
    except BadSearch as error:
        raise Refusal(str(error), code="invalid_search") from error
    end = params.offset + len(items)
    return GalleryPage(
        items=[_view(item) for item in items],
        total=total,
        next_offset=end if items and end < total else None,
        indexing=scanner.is_indexing,
    )


@route("GET", "/gallery/facets")
async def list_gallery_facets(request: web.Request) -> GalleryFacets:
    """The folders, models and tags that there are, with the number of their files."""
    database, _ = await request.app[CANVAS].gallery()
    found = await database.ask(count_facets)
    shown = {name: [FacetValue(value=value, count=count) for value, count in facet] for name, facet in found.items()}
    return GalleryFacets(folders=shown["folder"], kinds=shown["kind"], models=shown["model"], tags=shown["tag"])


@route("GET", "/gallery/{item_id}", refusals=(_NO_SUCH_ITEM,))
async def show_gallery_item(request: web.Request, params: ItemPath) -> GalleryDetails:
    """A file with all that it tells, and the job that made it."""
    item = await _find(request, params.item_id)
    view = _view(item)
    path = _path_of(request, item)
    assets, _ = await request.app[STORE].assets(kind="output", subfolder=item.folder, filename=item.filename, limit=1)
    record: dict[str, Any] = {name: getattr(view, name) for name in GalleryItem.__struct_fields__}
    record["prompt"] = item.positive
    return GalleryDetails(
        **record,
        negative=item.negative,
        settings={kind: list(values) for kind, values in item.facts.items() if kind not in ("model", "seed", "tag")},
        texts={} if path is None or item.kind != "picture" else await asyncio.to_thread(read_texts, path),
        asset=view_asset(assets[0]) if assets else None,
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
    refusals=(_NO_SUCH_ITEM,),
)
async def read_gallery_item(request: web.Request, params: ItemPath) -> web.StreamResponse:
    """The content of a file; parts of it (`Range`) and changes (`ETag`) as for any file."""
    return send_file(await _find_path(request, await _find(request, params.item_id)))


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
    item = await _find(request, params.item_id)
    if item.kind != "picture":
        raise not_found(f"{item.name!r} is no picture, so it has no thumbnail.")
    settings = request.app[SETTINGS]
    path = await _find_path(request, item)
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
    response.body = await in_pictures_thread(
        request, lambda: make_thumbnail(path, target, size, settings.max_image_pixels)
    )
    return response


@route("POST", "/gallery/mark")
async def mark_gallery_items(request: web.Request, body: MarkRequest) -> MarkedItems:
    """Give files a star, a rating, tags, or take them away."""
    database, _ = await request.app[CANVAS].gallery()
    items = await database.run(
        lambda connection: mark_files(
            connection,
            body.ids,
            star=body.star,
            rating=body.rating,
            added=body.add_tags,
            removed=body.remove_tags,
        )
    )
    return MarkedItems(items=[_view(item) for item in items])


@route("POST", "/gallery/delete")
async def delete_gallery_items(request: web.Request, body: SomeItems) -> DeletedItems:
    """Move files to the user's trash."""
    database, scanner = await request.app[CANVAS].gallery()
    items = await database.ask(lambda connection: files_of(connection, body.ids))
    profile = profile_directory(request.app[SETTINGS])

    def delete() -> list[int]:
        deleted: list[int] = []
        place = trash_place(profile) / "output"
        for item in items:
            path = _path_of(request, item)
            if path is not None:
                target = place / item.name
                try:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.move(path, target)
                except OSError as error:
                    message = f"{item.name!r} cannot be moved to the trash: {error.strerror or error}."
                    raise Refusal(message, status=507, code="file_error") from error
            deleted.append(item.id)
        return deleted

    try:
        return DeletedItems(deleted=await asyncio.to_thread(delete))
    finally:
        await scanner.look()


@route("GET", "/gallery/zip", answers=(_ZIP,), refusals=(_NO_SUCH_ITEM,))
async def download_gallery_items(request: web.Request, params: ZipParams) -> web.StreamResponse:
    """Several files as one archive, for a link; as it is made while it is sent, nobody waits for it."""
    return await _send_zip(request, params.ids)


@route("POST", "/gallery/zip", answers=(_ZIP,), refusals=(_NO_SUCH_ITEM,))
async def zip_gallery_items(request: web.Request, body: SomeItems) -> web.StreamResponse:
    """Several files as one archive."""
    return await _send_zip(request, body.ids)


async def _send_zip(request: web.Request, ids: list[int]) -> web.StreamResponse:
    database, _ = await request.app[CANVAS].gallery()
    items = await database.ask(lambda connection: files_of(connection, ids))
    files = [(item.name, path) for item in items if (path := _path_of(request, item)) is not None]
    if not files:
        raise not_found("None of these files is in the gallery.")
    headers = {"Content-Disposition": 'attachment; filename="skein.zip"', "Content-Type": "application/zip"}
    response = web.StreamResponse(headers=headers)
    if request.method == "HEAD":
        return web.Response(headers=headers)
    await response.prepare(request)
    parts = archive_parts(files)
    while (part := await asyncio.to_thread(next, parts, None)) is not None:
        await response.write(part)
    await response.write_eof()
    return response


async def _find(request: web.Request, item_id: int) -> Item:
    database, _ = await request.app[CANVAS].gallery()
    found = await database.ask(lambda connection: files_of(connection, [item_id]))
    if not found:
        raise not_found(f"There is no file {item_id} in the gallery; it never was, or was deleted.", "item_not_found")
    return found[0]


async def _find_path(request: web.Request, item: Item) -> Path:
    path = await asyncio.to_thread(_path_of, request, item)
    if path is None:
        raise not_found(f"The file {item.name!r} is not there any more.", "file_not_found")
    return path


def _path_of(request: web.Request, item: Item) -> Path | None:
    try:
        path = resolve_inside(request.app[SETTINGS].directory("output"), item.name)
    except FileError:
        return None
    return path if is_regular(path) else None


def _view(item: Item) -> GalleryItem:
    address = f"{PREFIX}/gallery/{item.id}"
    return GalleryItem(
        id=item.id,
        name=item.name,
        folder=item.folder,
        filename=item.filename,
        kind=item.kind,
        media_type=describe_delivery(item.filename)[0],
        size=item.size,
        modified=item.modified,
        width=item.width,
        height=item.height,
        star=bool(item.star),
        rating=item.rating,
        tags=list(item.facts.get("tag", ())),
        url=f"{address}/content",
        thumbnail_url=f"{address}/thumbnail" if item.kind == "picture" else None,
        models=list(item.facts.get("model", ())),
        seeds=list(item.facts.get("seed", ())),
        prompt=item.positive[:_LONGEST_PROMPT],
    )
