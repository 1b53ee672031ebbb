"""Workflows to begin with: our own, and the examples of packs. Their files are served at `/workflow_templates/`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from aiohttp import web
from msgspec import Struct

from engine.server.api.route import route
from engine.server.keys import PACK_FILES
from engine.server.static import OUR_PACK, WORKFLOWS


class TemplateView(Struct, frozen=True, kw_only=True):
    """A workflow to begin with.

    Attributes:
        pack: Where it comes from; our own are of `skein`.
        name: Of its file, without ending: `/workflow_templates/PACK/NAME.json`.
        has_picture: Whether `NAME.jpg` shows what it makes.
    """

    pack: str
    name: str
    has_picture: bool


class TemplateList(Struct, frozen=True, kw_only=True):
    """Workflows to begin with.

    Attributes:
        templates: Our own first, then those of packs; by name.
    """

    templates: list[TemplateView]


@route("GET", "/templates", tag="workflows")
async def list_templates(request: web.Request) -> TemplateList:
    """The workflows to begin with."""
    return await asyncio.to_thread(_list, {OUR_PACK: WORKFLOWS, **request.app[PACK_FILES].examples()})


def _list(places: Mapping[str, Path]) -> TemplateList:
    return TemplateList(
        templates=[
            TemplateView(pack=pack, name=path.stem, has_picture=path.with_suffix(".jpg").is_file())
            for pack, directory in places.items()
            for path in sorted(directory.glob("*.json"))
        ]
    )
