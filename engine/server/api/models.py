"""Model files: what there is to choose from, what each is, and what it looks like."""

from __future__ import annotations

import asyncio
import contextlib
import os
from math import prod
from pathlib import Path

from aiohttp import web
from msgspec import Struct

from engine.errors import CheckpointError
from engine.graph.json_values import as_list, as_object, show
from engine.models.family import name_family
from engine.provenance import open_hashes
from engine.server.api.records import ShortText
from engine.server.api.route import Answer, Refused, route
from engine.server.keys import LISTINGS, SETTINGS
from engine.server.model_files import PREVIEWS, TENSOR_SUFFIXES, list_kinds, make_preview, read_head
from engine.server.refusal import not_found

_NO_SUCH_MODEL = Refused(404, "There is no such kind of model files, or no such file.")
_LONGEST_VALUE = 4_000
_MOST_VALUES = 200
_MOST_AXES = 16
_MOST_SIZE = 2**40


class ModelFileView(Struct, frozen=True, kw_only=True):
    """A model file.

    Attributes:
        name: As workflows name it: relative to its folder, with slashes.
        size_bytes: Its size.
        modified_at: When it was changed last, in seconds since 1970.
        has_picture: A picture of the same name stands beside it (`NAME.png`, `NAME.preview.jpg`, ...).
    """

    name: str
    size_bytes: int
    modified_at: float
    has_picture: bool


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


class ModelPath(Struct, frozen=True, kw_only=True):
    """Which model file.

    Attributes:
        kind: `checkpoints`, `loras`, `vae`, ...
        name: As workflows name it. Slashes are written as `%2F`.
    """

    kind: ShortText
    name: ShortText


class ModelDetails(ModelFileView, frozen=True, kw_only=True):
    """A model file, and what it says of itself.

    Attributes:
        kind: Of which it is.
        family: What it is, by its tensors: `Stable Diffusion 1`, `LoRA for Stable Diffusion XL`; empty if not known.
        tensors: How many it has; null if it is no .safetensors file, or damaged.
        parameters: How many numbers they have together.
        dtypes: Of its tensors: `F16`, `BF16`, ...
        metadata: What its header says: texts by name; long ones are cut short.
        sha256: Of the file, if a run that used it has computed it; null if not.
        problem: Why it cannot be looked into; empty if it can, or is of another format.
    """

    kind: str
    family: str
    tensors: int | None
    parameters: int | None
    dtypes: list[str]
    metadata: dict[str, str]
    sha256: str | None
    problem: str


@route("GET", "/models", refusals=(Refused(404, "There is no such kind of model files."),))
async def list_models(request: web.Request, params: ModelListParams) -> ModelList:
    """The model files that workflows can name, by kind."""
    return await asyncio.to_thread(_list, request.app, params)


def _list(app: web.Application, params: ModelListParams) -> ModelList:
    kinds = list_kinds(app[LISTINGS].settings)
    if params.kind is not None:
        _check_kind(app, params.kind)
        kinds = [params.kind]
    text = (params.text or "").casefold()
    return ModelList(folders=[ModelFolder(kind=kind, files=_files(app, kind, text)) for kind in kinds])


def _check_kind(app: web.Application, kind: str) -> None:
    kinds = list_kinds(app[LISTINGS].settings)
    if kind not in kinds:
        raise not_found(f"There is no kind {kind[:200]!r} of model files; there are {', '.join(kinds)}.")


def _files(app: web.Application, kind: str, text: str) -> list[ModelFileView]:
    found: dict[str, ModelFileView] = {}
    for directory, names in app[LISTINGS].models(kind):
        beside: dict[str, frozenset[str]] = {}
        for name in names:
            if name not in found and text in name.casefold():
                with contextlib.suppress(OSError):
                    found[name] = _view(directory, name, beside)
    return [found[name] for name in sorted(found)]


def _view(directory: Path, name: str, beside: dict[str, frozenset[str]]) -> ModelFileView:
    """A file's record. `beside` keeps the names in folders that were looked into, so that each is read once."""
    status = os.stat(f"{directory}/{name}")  # a `Path` for each of thousands would take longer
    folder, _, own = name.rpartition("/")
    if folder not in beside:
        beside[folder] = frozenset(os.listdir(directory / folder))
    stem = os.path.splitext(own)[0]
    has_picture = any(f"{stem}{ending}" in beside[folder] for ending in PREVIEWS)
    return ModelFileView(name=name, size_bytes=status.st_size, modified_at=status.st_mtime, has_picture=has_picture)


@route("GET", "/models/{kind}/{name}", refusals=(_NO_SUCH_MODEL,))
async def show_model(request: web.Request, params: ModelPath) -> ModelDetails:
    """A model file with what it says of itself. No tensor is read, and no hash is computed."""
    return await asyncio.to_thread(_show, request.app, params.kind, params.name)


def _find(app: web.Application, kind: str, name: str) -> Path:
    """The directory that a model file lies in; only what is listed is there."""
    _check_kind(app, kind)
    for directory, names in app[LISTINGS].models(kind):
        if name in names:
            return directory
    raise not_found(f"There is no model file {show(name)} among the {kind}.", "model_not_found")


def _show(app: web.Application, kind: str, name: str) -> ModelDetails:
    directory = _find(app, kind, name)
    try:
        view = _view(directory, name, {})
        tensors, metadata, problem = _look_inside(directory / name)
    except OSError as error:
        raise not_found(f"{show(name)} cannot be read: {error.strerror}.", "model_not_found") from error
    return ModelDetails(
        name=view.name,
        size_bytes=view.size_bytes,
        modified_at=view.modified_at,
        has_picture=view.has_picture,
        kind=kind,
        family=name_family({key: shape for key, (_, shape) in tensors.items()}),
        tensors=len(tensors) if tensors else None,
        parameters=sum(prod(shape) for _, shape in tensors.values()) if tensors else None,
        dtypes=sorted({dtype for dtype, _ in tensors.values()}),
        metadata=metadata,
        sha256=open_hashes(app[SETTINGS]).known(directory / name),
        problem=problem,
    )


_Tensors = dict[str, tuple[str, tuple[int, ...]]]


def _look_inside(path: Path) -> tuple[_Tensors, dict[str, str], str]:
    """Dtype and shape of each tensor, what the file says, and why it cannot be read.

    Raises:
        OSError: The disk does not give it.
    """
    if path.suffix.lower() not in TENSOR_SUFFIXES:
        return {}, {}, ""
    try:
        header, metadata = read_head(path)
    except CheckpointError as error:
        return {}, {}, f"{path.name}: {error.reason}"
    tensors: _Tensors = {}
    for name, value in header.items():
        record = as_object(value) or {}
        shape = as_list(record.get("shape")) or []
        if all(isinstance(size, int) and 0 <= size < _MOST_SIZE for size in shape):
            tensors[name] = str(record.get("dtype"))[:20], tuple(shape[:_MOST_AXES])
    shown = list(metadata.items())[:_MOST_VALUES]
    return tensors, {name[:200]: _cut(value) for name, value in shown}, ""


def _cut(value: str) -> str:
    return value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "…"


@route(
    "GET",
    "/models/{kind}/{name}/picture",
    answers=(
        Answer(
            200,
            {"type": "string", "contentMediaType": "image/webp"},
            "The picture, at most 512 px wide or high.",
            "image/webp",
        ),
    ),
    refusals=(_NO_SUCH_MODEL,),
)
async def show_model_picture(request: web.Request, params: ModelPath) -> web.StreamResponse:
    """What a model file looks like: the picture beside it, or the one in its header."""
    directory = await asyncio.to_thread(_find, request.app, params.kind, params.name)
    body = await make_preview(request, directory, params.name)
    if body is None:
        raise not_found(f"There is no picture of {show(params.name)}.", "model_not_found")
    return web.Response(body=body, content_type="image/webp", headers={"Cache-Control": "private, no-cache"})
