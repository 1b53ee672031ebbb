"""What model files there are, what they say about themselves, and what they look like.

`/models*`, `/embeddings`, `/experiment/models*`, `/view_metadata/<folder>`. Folders are named, never their place on
the disk. No tensor is read.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import json
import os
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar, NoReturn

from aiohttp import web

from engine.errors import CheckpointError
from engine.files import is_text, resolve_model_name
from engine.graph.json_values import as_list, show
from engine.images.frames import read_first_frame
from engine.models.tensor_header import read_header, take_metadata
from engine.server.bodies import check_text
from engine.server.delivery import LONGEST_NAME, answer_json
from engine.server.files import as_pillow, do_picture, encode_picture
from engine.server.keys import LISTINGS, SERVER_SETTINGS
from engine.server.refusal import Refusal, not_found
from engine.server.work import Body, Known, Work
from engine.settings import OLDER_FOLDERS, Settings

KINDS = (
    *("checkpoints", "configs", "loras", "vae", "text_encoders", "diffusion_models", "clip_vision", "style_models"),
    *("embeddings", "diffusers", "vae_approx", "controlnet", "gligen", "upscale_models", "hypernetworks"),
    *("photomaker", "classifiers", "model_patches", "audio_encoders"),
)
_MOST_HEADER_BYTES = 4 * 2**20
"""Of a header that is shown: parsing it keeps others waiting for the interpreter."""
_LONGEST_SIDE = 512
_MOST_INSIDE = 20
"""So many pictures of a header are tried."""
TENSOR_SUFFIXES = (".safetensors", ".sft")
PREVIEWS = tuple(f"{middle}{suffix}" for middle in (".preview", "") for suffix in (".png", ".jpg", ".jpeg", ".webp"))
"""What a picture beside a model file ends in, in place of the model's own ending; the first that is there counts."""

routes = web.RouteTableDef()


def list_kinds(settings: Settings) -> list[str]:
    """Every kind of model file: those known, those that the user named, those that have a folder. Touches the disk."""
    kinds = dict.fromkeys(KINDS)
    kinds.update(dict.fromkeys([*settings.first_model_directories, *settings.extra_model_directories]))
    with contextlib.suppress(OSError), os.scandir(settings.directory("models")) as entries:
        folders = sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))
        kinds.update(dict.fromkeys(folder for folder in folders if folder not in OLDER_FOLDERS))
    return [kind for kind in kinds if is_text(kind)]


async def _read_kind(request: web.Request) -> str:
    """The kind in the path, by its name of today."""
    kind = check_text(request.match_info["folder"], "The folder")
    kind = OLDER_FOLDERS.get(kind, kind)
    if kind not in await asyncio.to_thread(list_kinds, request.app[LISTINGS].settings):
        raise not_found(f"There is no folder {show(kind)} of model files.")
    return kind


@routes.get("/models")
async def models(request: web.Request) -> web.StreamResponse:
    """The kinds of model files."""
    return await answer_json(request, lambda: list_kinds(request.app[LISTINGS].settings))


@routes.get("/models/{folder}")
async def models_of_kind(request: web.Request) -> web.StreamResponse:
    """The names of the files of a kind."""
    kind = await _read_kind(request)
    return await answer_json(request, lambda: request.app[LISTINGS].choices(kind))


@routes.get("/embeddings")
async def embeddings(request: web.Request) -> web.StreamResponse:
    """The names of embeddings, as they are written in a text: without suffix."""
    listings = request.app[LISTINGS]
    return await answer_json(request, lambda: list(dict.fromkeys(map(_without_suffix, listings.choices("embeddings")))))


def _without_suffix(name: str) -> str:
    return os.path.splitext(name)[0]


@routes.get("/experiment/models")
async def model_folders(request: web.Request) -> web.Response:
    """The kinds with their folders, which `pathIndex` counts in the lists of files."""
    settings = request.app[LISTINGS].settings
    shows_paths = request.app[SERVER_SETTINGS].shows_internals
    kinds = [kind for kind in await asyncio.to_thread(list_kinds, settings) if kind != "configs"]
    return web.json_response([{"name": kind, "folders": name_folders(settings, kind, shows_paths)} for kind in kinds])


def name_folders(settings: Settings, kind: str, shows_paths: bool) -> list[str]:
    """The directories of a kind: where they are, or only their names."""
    directories = settings.model_directories(kind)
    return [str(directory) if shows_paths else directory.name for directory in directories]


@routes.get("/experiment/models/{folder}")
async def model_file_records(request: web.Request) -> web.StreamResponse:
    """The files of a kind with size and times."""
    kind = await _read_kind(request)
    listings = request.app[LISTINGS]

    def describe() -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = []
        for index, (directory, names) in enumerate(listings.models(kind)):
            for name in names:
                with contextlib.suppress(OSError):
                    status = os.stat(f"{directory}/{name}")  # a `Path` for each of thousands would take longer
                    record = {"name": name, "pathIndex": index, "size": status.st_size}
                    records.append({**record, "modified": status.st_mtime, "created": status.st_ctime})
        return records

    return await answer_json(request, describe)


@routes.get("/experiment/models/preview/{folder}/{path_index}/{filename:.*}")
async def model_preview(request: web.Request) -> web.Response:
    """A small WebP of the picture beside a model file, or in its header."""
    kind = await _read_kind(request)
    directories = request.app[LISTINGS].settings.model_directories(kind)
    index = request.match_info["path_index"]
    if not (index.isascii() and index.isdigit() and len(index) <= 4 and int(index) < len(directories)):
        raise not_found(f"{show(kind)} has {len(directories)} folders, none with the number {show(index)}.")
    name = check_text(request.match_info["filename"], "The file name", longest=LONGEST_NAME)
    body = await make_preview(request, directories[int(index)], name)
    if body is None:
        raise not_found(f"There is no picture of {show(name)}.")
    return web.Response(body=body, content_type="image/webp", headers={"Cache-Control": "private, no-cache"})


async def make_preview(request: web.Request, directory: Path, name: str) -> bytes | None:
    """A small WebP of the picture beside a model file, or in its header; None if there is none.

    Args:
        request: What is answered.
        directory: One of the kind.
        name: Of the model file, as workflows name it.
    """
    path = await asyncio.to_thread(resolve_model_name, directory, name)
    if path is None or PurePosixPath(name).name.startswith("."):
        return None
    for find in (_find_beside, _find_inside):
        for source in await asyncio.to_thread(find, path):
            try:
                return await do_picture(request, _Shrink(path="" if isinstance(source, bytes) else str(source)), source)
            except Refusal as refusal:
                if refusal.wire_type != "invalid_picture":  # the next may be better
                    raise
    return None


def _find_beside(path: Path) -> list[Path]:
    """The pictures beside a model file, the first that counts first."""
    return [source for ending in PREVIEWS if (source := path.with_suffix(ending)).is_file()]


def _find_inside(path: Path) -> list[bytes]:
    """The pictures in the header of a model file: a data URI by modelspec, or a list of them in base 64."""
    metadata: dict[str, str] = {}
    with contextlib.suppress(CheckpointError, OSError):
        metadata = read_head(path)[1]
    texts = [metadata.get("modelspec.thumbnail", "").partition(",")[2]]
    with contextlib.suppress(ValueError, RecursionError):
        texts += [text for text in as_list(json.loads(metadata.get("ssmd_cover_images", "[]"))) or [] if text]
    pictures: list[bytes] = []
    for text in texts[:_MOST_INSIDE]:
        with contextlib.suppress(binascii.Error, ValueError, TypeError):
            pictures.append(base64.b64decode(text))
    return [picture for picture in pictures if picture]


class _Shrink(Work[bytes], frozen=True, kw_only=True):
    """A picture as a small WebP.

    Attributes:
        path: The file; empty if the body is the picture.
    """

    uses_files: ClassVar[bool] = True
    path: str

    def do(self, known: Known, body: Body) -> bytes:
        """See above.

        Raises:
            FileError: It is no picture, damaged or too large.
        """
        source = Path(self.path) if self.path else bytes(body)
        picture = as_pillow(read_first_frame(source, known.settings.max_image_pixels))
        picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
        return encode_picture(picture, "WEBP", 85)


@routes.get("/view_metadata/{folder}")
async def view_metadata(request: web.Request) -> web.Response:
    """What a .safetensors file says about itself."""
    kind = await _read_kind(request)
    name = check_text(request.query.get("filename", ""), "'filename'", longest=LONGEST_NAME)

    def refuse() -> NoReturn:
        raise not_found(f"There is no .safetensors file {show(name)} with metadata among the {kind}.")

    def read() -> dict[str, str]:
        for directory in request.app[LISTINGS].settings.model_directories(kind):
            path = resolve_model_name(directory, name)
            if path is not None and name.lower().endswith(TENSOR_SUFFIXES):
                return read_head(path)[1]
        refuse()

    try:
        metadata = await asyncio.to_thread(read)
    except (CheckpointError, OSError):
        refuse()
    if not metadata:
        refuse()
    return web.json_response(metadata)


def read_head(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """What the header of a .safetensors file says: of its tensors, by name, and about the file.

    Raises:
        CheckpointError: It is none, or damaged.
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        header, _, _ = read_header(path, file, _MOST_HEADER_BYTES)
    metadata = take_metadata(path, header)
    return header, metadata
