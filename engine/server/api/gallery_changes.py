"""What is done with files of the gallery: marked, thrown away and brought back, fetched as one archive."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct, field

from engine.errors import FileError
from engine.files import resolve_inside
from engine.server.api.gallery_records import NO_SUCH_ITEM, GalleryItem, ItemId, path_of, view_item
from engine.server.api.route import Answer, Refused, route
from engine.server.canvas.archive import archive_parts
from engine.server.canvas.gallery import Item
from engine.server.canvas.state import CANVAS
from engine.server.canvas.trash import PLACE
from engine.server.keys import SETTINGS
from engine.server.profile import TRASH, profile_directory, trash_place
from engine.server.refusal import Refusal, not_found

_MOST_IN_A_LINK = 1000
_MOST_IN_A_BODY = 100_000
Ids = Annotated[list[ItemId], Meta(min_length=1, max_length=_MOST_IN_A_BODY)]
Tag = Annotated[str, Meta(min_length=1, max_length=100)]
_Rating = Annotated[int, Meta(ge=0, le=5)]
_OUTPUT = "output"
"""The folder below a place in the trash that files of the output directory are in."""
_ZIP = Answer(200, {"type": "string", "contentMediaType": "application/zip"}, "The archive.", "application/zip")


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

    ids: Annotated[list[ItemId], Meta(min_length=1, max_length=_MOST_IN_A_LINK)]


class MarkRequest(SomeItems, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the user says of files; what is not given stays as it is.

    Attributes:
        star: Whether they have a star.
        rejected: Whether they are sorted out.
        rating: 1 to 5; 0 takes it away.
        add_tags: Tags that they get.
        remove_tags: Tags that they lose.
    """

    star: bool | None = None
    rejected: bool | None = None
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
        deleted: Ids of the files that are not there any more.
        trash_id: Where they are in the trash, for 30 days; null if nothing was moved there.
    """

    deleted: list[int]
    trash_id: str | None


class RestoreRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to bring back.

    Attributes:
        trash_id: What the deletion answered.
    """

    trash_id: Annotated[str, Meta(max_length=100)]


class RestoredItems(Struct, frozen=True, kw_only=True):
    """What was brought back.

    Attributes:
        restored: Names of files that are where they were.
        left: Names of files that stay in the trash, as something else has their place.
    """

    restored: list[str]
    left: list[str]


@route("POST", "/gallery/mark")
async def mark_gallery_items(request: web.Request, body: MarkRequest) -> MarkedItems:
    """Give files a star, a rating, tags, sort them out, or take that back. Files keep it while they are away."""
    index, _ = await request.app[CANVAS].gallery()
    items = await index.mark(
        body.ids,
        star=body.star,
        rejected=body.rejected,
        rating=body.rating,
        added=body.add_tags,
        removed=body.remove_tags,
    )
    return MarkedItems(items=[view_item(item) for item in items])


@route("POST", "/gallery/delete")
async def delete_gallery_items(request: web.Request, body: SomeItems) -> DeletedItems:
    """Move files to the user's trash, where they stay for 30 days."""
    index, scanner = await request.app[CANVAS].gallery()
    items = await index.items(body.ids)
    place = trash_place(profile_directory(request.app[SETTINGS]))
    try:
        moved = await asyncio.to_thread(_throw_away, request, items, place / _OUTPUT)
        return DeletedItems(deleted=[item.id for item in items], trash_id=place.name if moved else None)
    finally:
        await scanner.look()


def _throw_away(request: web.Request, items: list[Item], place: Path) -> int:
    moved = 0
    for item in items:
        path = path_of(request, item)
        if path is None:
            continue
        target = place / item.name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)
        except OSError as error:
            message = f"{item.name!r} cannot be moved to the trash: {error.strerror or error}."
            raise Refusal(message, status=507, code="file_error") from error
        moved += 1
    return moved


@route(
    "POST",
    "/gallery/restore",
    refusals=(Refused(404, "There is nothing of the gallery in that place of the trash."),),
)
async def restore_gallery_items(request: web.Request, body: RestoreRequest) -> RestoredItems:
    """Bring deleted files back to where they were, with what the user said of them."""
    _, scanner = await request.app[CANVAS].gallery()
    place = profile_directory(request.app[SETTINGS]) / TRASH / body.trash_id / _OUTPUT
    if PLACE.fullmatch(body.trash_id) is None or not await asyncio.to_thread(place.is_dir):
        raise not_found("There is nothing of the gallery in that place of the trash.", "trash_not_found")
    try:
        return await asyncio.to_thread(_bring_back, place, request.app[SETTINGS].directory("output"))
    finally:
        await scanner.look()


def _bring_back(place: Path, output: Path) -> RestoredItems:
    restored: list[str] = []
    left: list[str] = []
    for folder, _, names in os.walk(place):
        for source in (Path(folder) / name for name in names):
            name = source.relative_to(place).as_posix()
            try:
                target = resolve_inside(output, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                if os.path.lexists(target):
                    left.append(name)
                    continue
                shutil.move(source, target)
            except FileError:  # a folder has become a link that leads out
                left.append(name)
                continue
            except OSError as error:
                message = f"{name!r} cannot be brought back: {error.strerror or error}."
                raise Refusal(message, status=507, code="file_error") from error
            restored.append(name)
    if not left:
        shutil.rmtree(place.parent, ignore_errors=True)
    return RestoredItems(restored=sorted(restored), left=sorted(left))


@route("GET", "/gallery/zip", answers=(_ZIP,), refusals=(NO_SUCH_ITEM,))
async def download_gallery_items(request: web.Request, params: ZipParams) -> web.StreamResponse:
    """Several files as one archive, for a link; as it is made while it is sent, nobody waits for it."""
    return await _send_zip(request, params.ids)


@route("POST", "/gallery/zip", answers=(_ZIP,), refusals=(NO_SUCH_ITEM,))
async def zip_gallery_items(request: web.Request, body: SomeItems) -> web.StreamResponse:
    """Several files as one archive."""
    return await _send_zip(request, body.ids)


async def _send_zip(request: web.Request, ids: list[int]) -> web.StreamResponse:
    index, _ = await request.app[CANVAS].gallery()
    items = await index.items(ids)
    files = [(item.name, path) for item in items if (path := path_of(request, item)) is not None]
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
