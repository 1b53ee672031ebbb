"""GET /object_info: the node types with the choices that they have at the moment, as one JSON text.

The text is large and asked for at every opening of the page, so it is written once for each state of declarations and
folders, off the event loop, and sent again, or not at all to those who have it (ETag).
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

import msgspec
from aiohttp import web

from engine.server.bodies import check_text
from engine.server.keys import DISPATCHER, LISTINGS, SETTINGS
from engine.server.listings import Listings
from engine.server.pieces import send_json
from engine.server.validation import renew_registry
from engine.workers.catalog import Catalog

_WORTH_PACKING_BYTES = 2_000
_PACK_LEVEL = 5

routes = web.RouteTableDef()


class _Text(NamedTuple):
    """A JSON text, as it is and packed, and what it was written from."""

    body: bytes
    packed: bytes
    etag: str
    catalog_etag: str
    folders: dict[str, Sequence[str]]


class ObjectInfoText:
    """The JSON text of all node types; written anew when a declaration or a folder that one lists has changed."""

    def __init__(self, catalog: Catalog, listings: Listings) -> None:
        self._catalog = catalog
        self._listings = listings
        self._text: _Text | None = None
        self._lock = asyncio.Lock()

    async def current(self) -> _Text:
        """The text as of now; whoever asks while it is being written waits for the same one."""
        async with self._lock:
            if self._text is None or not await asyncio.to_thread(self._is_current, self._text):
                self._text = await asyncio.to_thread(self._write)
            return self._text

    def _is_current(self, text: _Text) -> bool:
        return text.catalog_etag == self._catalog.etag and all(
            self._listings.choices(folder) == names for folder, names in text.folders.items()
        )

    def _write(self) -> _Text:
        catalog_etag, folders = self._catalog.etag, dict[str, Sequence[str]]()

        def list_folder(folder: str) -> Sequence[str]:
            folders[folder] = self._listings.choices(folder)
            return folders[folder]

        body = msgspec.json.encode(self._catalog.object_info(None, list_folder))
        packed = gzip.compress(body, _PACK_LEVEL, mtime=0)
        return _Text(body, packed, _etag_of(body), catalog_etag, folders)


_TEXT: web.AppKey[ObjectInfoText] = web.AppKey("object_info_text")


def set_up(app: web.Application) -> None:
    """Give the application its lists of files and the text over them."""
    app[LISTINGS] = Listings(app[SETTINGS], app[DISPATCHER].catalog)
    app[_TEXT] = ObjectInfoText(app[DISPATCHER].catalog, app[LISTINGS])


@routes.get("/object_info")
async def object_info(request: web.Request) -> web.StreamResponse:
    """Every node type by its name."""
    await renew_registry(request)
    text = await request.app[_TEXT].current()
    return await _send(request, text.body, text.packed, text.etag)


@routes.get("/object_info/{type:[^/]+}")
async def object_info_of_type(request: web.Request) -> web.StreamResponse:
    """One node type by its name; nothing if there is none."""
    name = check_text(request.match_info["type"], "The node type")
    catalog = request.app[DISPATCHER].catalog
    await renew_registry(request)
    listings = request.app[LISTINGS]
    body = await asyncio.to_thread(lambda: msgspec.json.encode(catalog.object_info(name, listings.choices)))
    return await _send(request, body, None, _etag_of(body))


def _etag_of(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()


async def _send(request: web.Request, body: bytes, packed: bytes | None, etag: str) -> web.StreamResponse:
    # Weak: packed or not, it is the same text, but not the same bytes.
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding", "ETag": f'W/"{etag}"'}
    known = request.if_none_match
    if known and any(one.value in (etag, "*") for one in known):
        return web.Response(status=304, headers=headers)
    if packed and len(body) >= _WORTH_PACKING_BYTES and "gzip" in request.headers.get("Accept-Encoding", ""):
        return await send_json(request, packed, headers={**headers, "Content-Encoding": "gzip"})
    return await send_json(request, body, headers=headers)
