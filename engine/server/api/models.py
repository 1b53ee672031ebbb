"""Model files: what there is to choose from."""

from __future__ import annotations

import asyncio
import contextlib
import os

from aiohttp import web
from msgspec import Struct

from engine.server.api.records import ShortText
from engine.server.api.route import Refused, route
from engine.server.keys import LISTINGS
from engine.server.model_files import list_kinds
from engine.server.refusal import not_found


class ModelFileView(Struct, frozen=True, kw_only=True):
    """A model file.

    Attributes:
        name: As workflows name it: relative to its folder, with slashes.
        size_bytes: Its size.
        modified_at: When it was changed last, in seconds since 1970.
    """

    name: str
    size_bytes: int
    modified_at: float


class ModelFolder(Struct, frozen=True, kw_only=True):
    """Model files of a kind.

    Attributes:
        kind: `checkpoints`, `loras`, `vae`, ...
        files: In the order of their names; of two of the same name, the one that is used.
    """

    kind: str
    files: list[ModelFileView]


class ModelList(Struct, frozen=True, kw_only=True):
    """Model files by kind.

    Attributes:
        folders: One for each kind.
    """

    folders: list[ModelFolder]


class ModelListParams(Struct, frozen=True, kw_only=True):
    """Which model files.

    Attributes:
        kind: Only those of this kind.
        text: Only those whose name holds this text.
    """

    kind: ShortText | None = None
    text: ShortText | None = None


@route("GET", "/models", refusals=(Refused(404, "There is no such kind of model files."),))
async def list_models(request: web.Request, params: ModelListParams) -> ModelList:
    """The model files that workflows can name, by kind."""
    return await asyncio.to_thread(_list, request.app, params)


def _list(app: web.Application, params: ModelListParams) -> ModelList:
    kinds = list_kinds(app[LISTINGS].settings)
    if params.kind is not None:
        if params.kind not in kinds:
            raise not_found(f"There is no kind {params.kind[:200]!r} of model files; there are {', '.join(kinds)}.")
        kinds = [params.kind]
    text = (params.text or "").casefold()
    return ModelList(folders=[ModelFolder(kind=kind, files=_files(app, kind, text)) for kind in kinds])


def _files(app: web.Application, kind: str, text: str) -> list[ModelFileView]:
    found: dict[str, ModelFileView] = {}
    for directory, names in app[LISTINGS].models(kind):
        for name in names:
            if name not in found and text in name.casefold():
                with contextlib.suppress(OSError):
                    status = os.stat(directory / name)
                    found[name] = ModelFileView(name=name, size_bytes=status.st_size, modified_at=status.st_mtime)
    return [found[name] for name in sorted(found)]
