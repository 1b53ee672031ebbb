"""Node packs: which there are, and what became of each when it was loaded."""

from __future__ import annotations

from aiohttp import web
from msgspec import Struct

from engine.server.api.route import route
from engine.server.keys import DISPATCHER
from engine.workers.messages import PackInfo


class PackList(Struct, frozen=True, kw_only=True):
    """Every pack below `custom_nodes`.

    Attributes:
        packs: In the order in which they were loaded; empty until a worker was ready.
    """

    packs: list[PackInfo]


@route("GET", "/packs")
async def list_packs(request: web.Request) -> PackList:
    """The node packs: what each brings, why one could not be loaded, and what to install."""
    return PackList(packs=list(request.app[DISPATCHER].catalog.packs))
