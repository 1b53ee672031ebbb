"""What the routes of the gallery read and show, and how a file of it is found."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Literal

from aiohttp import web
from msgspec import Meta, Struct

from engine.server.api.job_records import AssetView
from engine.server.api.records import Limit, Offset
from engine.server.api.route import PREFIX, Refused
from engine.server.canvas.finding import Order
from engine.server.canvas.gallery import Item, Kind
from engine.server.canvas.state import CANVAS
from engine.server.delivery import find_regular
from engine.server.keys import SETTINGS
from engine.server.media import describe_delivery
from engine.server.refusal import not_found

ItemId = Annotated[int, Meta(ge=0, le=2**53)]
NO_SUCH_ITEM = Refused(404, "There is no such file in the gallery.")
_LONGEST_PROMPT = 500


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
        rejected: Whether the user sorted it out.
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
    rejected: bool
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


class SearchParams(Struct, frozen=True, kw_only=True):
    """Which files, and in which order.

    Attributes:
        q: A search: words, `"phrases"`, `model:x seed:1 sampler:x scheduler:x steps:20 cfg:>=7 tag:x size:>=1024
            size:512x768 width:512 height:512 bytes:>1m rating:>=3 date:2026-01 after:2026-01 before:2026-02-15
            folder:x name:x path:folder/name.png source:x kind:video star rejected`. All must hold; `-` before one turns
            it round, and `model:="x"` means the whole value.
        sort: By what; `size` is in bytes.
        descending: The newest, largest, ... first.
        offset: So many are skipped.
    """

    q: Annotated[str, Meta(max_length=2000)] = ""
    sort: Order = "modified"
    descending: bool = True
    offset: Offset = 0


class GalleryParams(SearchParams, frozen=True, kw_only=True):
    """Which files, and in which order.

    Attributes:
        limit: At most so many.
    """

    limit: Limit = 100


class IdsParams(SearchParams, frozen=True, kw_only=True):
    """Which files, and in which order.

    Attributes:
        limit: At most so many.
    """

    limit: Annotated[int, Meta(ge=1, le=1_000_000)] = 100_000


class GalleryIds(Struct, frozen=True, kw_only=True):
    """Ids of files.

    Attributes:
        ids: In order.
        total: How many the search finds.
    """

    ids: list[int]
    total: int


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


class ContentParams(ItemPath, frozen=True, kw_only=True):
    """Which file.

    Attributes:
        at: When it was modified; means nothing here, but makes another address of a file that was written anew.
    """

    at: float | None = None


class ThumbnailParams(ContentParams, frozen=True, kw_only=True):
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
    """By what the files can be told apart; of each at most 500 (of folders 5000), the most frequent first.

    Attributes:
        folders: Folders; empty is the output directory itself.
        kinds: Pictures, films, sounds.
        models: Model files.
        tags: The user's tags.
        sizes: Widths and heights of pictures: `512x768`.
        months: When they were written: `2026-01`; the newest first.
        ratings: The user's ratings, 5 first; 0 is none.
        marks: `star` and `rejected`.
    """

    folders: list[FacetValue]
    kinds: list[FacetValue]
    models: list[FacetValue]
    tags: list[FacetValue]
    sizes: list[FacetValue]
    months: list[FacetValue]
    ratings: list[FacetValue]
    marks: list[FacetValue]


async def find_item(request: web.Request, item_id: int) -> Item:
    """A file of the gallery.

    Raises:
        Refusal: 404 if there is none.
    """
    index, _ = await request.app[CANVAS].gallery()
    found = await index.items([item_id])
    if not found:
        raise not_found(f"There is no file {item_id} in the gallery; it never was, or was deleted.", "item_not_found")
    return found[0]


async def find_path(request: web.Request, item: Item) -> Path:
    """Where a file of the gallery is.

    Raises:
        Refusal: 404 if it went away.
    """
    path = await asyncio.to_thread(path_of, request, item)
    if path is None:
        raise not_found(f"The file {item.name!r} is not there any more.", "file_not_found")
    return path


def path_of(request: web.Request, item: Item) -> Path | None:
    """Where a file of the gallery is; None if it went away. Touches the disk."""
    return find_regular(request.app[SETTINGS].directory("output"), item.name)


def view_item(item: Item) -> GalleryItem:
    """A file as it is shown."""
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
        rejected=bool(item.rejected),
        rating=item.rating,
        tags=list(item.facts.get("tag", ())),
        url=f"{address}/content",
        thumbnail_url=f"{address}/thumbnail" if item.kind == "picture" else None,
        models=list(item.facts.get("model", ())),
        seeds=list(item.facts.get("seed", ())),
        prompt=item.positive[:_LONGEST_PROMPT],
    )
