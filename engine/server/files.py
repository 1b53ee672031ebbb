"""GET /view: the files of the input, output and temp directories, as they are or made smaller for looking at.

What is re-encoded is decoded by the rules of `engine.images.frames`, as work that `engine.server.heavy` finds a place
for: much of it is done without letting others have the interpreter.
Bringing files in: `engine.server.uploads`.
"""

from __future__ import annotations

import asyncio
import io
import os
import posixpath
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple, TypeVar

import numpy as np
from aiohttp import web
from PIL import Image

from engine.errors import FileError
from engine.files import FOLDERS, Folder, split_annotation
from engine.graph.json_values import show
from engine.images.frames import Frame, measure_picture, read_first_frame
from engine.server.bodies import int_param, text_param
from engine.server.delivery import LONGEST_NAME, file_headers, find_file, resolve_name, send_file
from engine.server.keys import HEAVY, SETTINGS
from engine.server.pieces import Pieces
from engine.server.refusal import Refusal, not_found
from engine.server.work import THREAD_BYTES, Body, Known, Work
from engine.settings import Settings

Encoding = Literal["PNG", "WEBP", "JPEG"]
Channel = Literal["rgba", "rgb", "a"]

_Result = TypeVar("_Result")
_QUALITY = 90
_LARGEST_SIDE = 16_383  # what a WebP can hold

routes = web.RouteTableDef()


class Look(NamedTuple):
    """How a picture is to be seen.

    Attributes:
        encoding: None is the file itself.
        quality: From 1 to 100.
        channel: What of it is seen.
        size: How many pixels its longer side has at most; None is as many as the file has.
    """

    encoding: Encoding | None
    quality: int
    channel: Channel
    size: int | None


@routes.get("/view")
async def view(request: web.Request) -> web.StreamResponse:
    """A file, or a look at its first frame.

    The look is re-encoded (`preview=webp;90`), reduced to some channels (`channel=rgb`), and smaller: with `size=512`,
    an extension of this server, its longer side has 512 pixels at most. Nothing is enlarged. `size` alone is a WebP.
    """
    filename = request.query.get("filename")
    if filename is None:
        raise not_found("The parameter 'filename' is missing.")
    settings, look = request.app[SETTINGS], _read_look(request)
    folder = text_param(request, "type", "output") or "output"
    subfolder = text_param(request, "subfolder", "", longest=LONGEST_NAME) or ""
    path = await asyncio.to_thread(find_viewed, settings, filename, folder, subfolder)
    if look.encoding is None:
        return send_file(path)
    return await _send_look(request, path, look)


def find_viewed(settings: Settings, filename: object, folder: str, subfolder: str) -> Path:
    """The file that `filename` (perhaps with ` [input]` at its end), `type` and `subfolder` name. Touches the disk.

    Raises:
        Refusal: 400 for what is no name or folder, 403 for a subfolder that leads outside, 404 for no such file.
    """
    if not isinstance(filename, str) or not filename.strip():
        raise Refusal(f"'filename' should be a file's name, but is {show(filename)}.", code="invalid_name")
    name, annotated = split_annotation(filename)
    root = settings.directory(check_folder(annotated or folder))
    if name.startswith("/") or ".." in name:
        raise Refusal(f"'filename' {show(name)} is not a file's name.", code="invalid_name")
    name = posixpath.basename(name.replace("\\", "/"))
    if subfolder.strip("/\\. "):
        root = resolve_name(root, subfolder, "'subfolder'", status=403)
    elif subfolder and (subfolder.startswith(("/", "\\")) or ".." in subfolder):
        raise Refusal(f"'subfolder' {show(subfolder)} is not a folder inside.", status=403, code="invalid_name")
    return find_file(root, name, "The file")


def check_folder(value: object, what: str = "'type'") -> Folder:
    """One of the three directories by its name.

    Raises:
        Refusal: if it is none.
    """
    if value not in FOLDERS:
        raise Refusal(f"{what} should be one of {', '.join(FOLDERS)}, but is {show(value)}.", code="invalid_type")
    return value


def _read_look(request: web.Request) -> Look:
    channel = text_param(request, "channel", "rgba") or "rgba"
    if channel not in ("rgba", "rgb", "a"):
        raise Refusal(f"'channel' should be rgba, rgb or a, but is {show(channel)}.")
    size = int_param(request, "size", 0, 1, _LARGEST_SIDE) or None
    preview = text_param(request, "preview")
    if preview is None and size is not None and channel == "rgba":
        preview = "webp"
    if preview is None:
        return Look(None if channel == "rgba" else "PNG", _QUALITY, channel, size)
    kind, _, quality = preview.partition(";")
    quality = quality.strip() or str(_QUALITY)
    if not (quality.isascii() and quality.isdigit() and len(quality) <= 3 and 1 <= int(quality) <= 100):
        raise Refusal(f"The quality in 'preview' should be a number from 1 to 100, but is {show(quality)}.")
    # A JPEG has no transparency, so a look at it, or at it alone, is always WebP; as is every format not known.
    is_jpeg = kind.strip().lower() in ("jpeg", "jpg") and channel != "a"
    return Look("JPEG" if is_jpeg else "WEBP", int(quality), channel, size)


async def _send_look(request: web.Request, path: Path, look: Look) -> web.StreamResponse:
    status = await asyncio.to_thread(os.stat, path)
    etag = f"{status.st_mtime_ns:x}-{status.st_size:x}-{'-'.join(map(str, look))}"
    headers = file_headers(path.name, is_shown=True)
    if request.if_none_match and any(known.value in (etag, "*") for known in request.if_none_match):
        return web.Response(status=304, headers=headers)
    encoding = look.encoding or "PNG"
    work = _EncodeLook(path=str(path), encoding=encoding, quality=look.quality, channel=look.channel, size=look.size)
    body = await do_picture(request, work, path)
    pieces = Pieces(request, headers={**headers, "ETag": f'"{etag}"'}, media_type=f"image/{work.encoding.lower()}")
    await pieces.add(body)
    return await pieces.end()


async def do_picture(request: web.Request, work: Work[_Result], *sources: Path | bytes) -> _Result:
    """Do some work with pictures where it does not keep others waiting; what fails is a refusal.

    Args:
        request: What is answered.
        work: Is given as its body what is no file.
        sources: The pictures, of which one may be no file; the larger they are, the heavier is the work.
    """
    limit = request.app[SETTINGS].max_image_pixels
    weight = await asyncio.to_thread(lambda: sum(_weigh(source, limit) for source in sources))
    body = next((source for source in sources if isinstance(source, bytes)), b"")
    return await do_with_files(request, work, weight, body)


def _weigh(source: Path | bytes, max_pixels: int) -> int:
    """How much a picture is: its bytes, or its pixels if these are more; nothing if it is none or will be refused."""
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size > THREAD_BYTES:  # even to look at so much takes a while
            return size
        width, height = measure_picture(source, max_pixels)
    except (OSError, FileError):
        return 0
    return max(size, width * height)


async def do_with_files(request: web.Request, work: Work[_Result], weight: int, body: bytes = b"") -> _Result:
    """Do some work with files; one that is not as it should be is a refusal, wherever that was found."""
    try:
        return await request.app[HEAVY].do(work, body, weight=weight)
    except FileError as error:
        raise Refusal(str(error), code="invalid_picture") from error
    except Refusal as refusal:
        if refusal.wire_type != FileError.wire_type:
            raise
        raise Refusal(str(refusal), code="invalid_picture") from refusal


class _EncodeLook(Work[bytes], frozen=True, kw_only=True):
    """The first frame of a picture as another file; the fields are those of `Look`."""

    uses_files: ClassVar[bool] = True
    path: str
    encoding: Encoding
    quality: int
    channel: Channel
    size: int | None

    def do(self, known: Known, body: Body) -> bytes:
        """See above.

        Raises:
            FileError: It is no picture, damaged or too large.
        """
        del body
        picture = as_pillow(read_first_frame(Path(self.path), known.settings.max_image_pixels))
        if self.encoding == "JPEG" or self.channel == "rgb":
            picture = picture.convert("RGB")
        if self.size is not None:
            reduce_picture(picture, self.size)
        if self.channel == "a" and self.encoding == "PNG":
            alpha = picture.convert("RGBA").getchannel("A")
            picture = Image.new("RGBA", picture.size)
            picture.putalpha(alpha)
        return encode_picture(picture, self.encoding, self.quality)


def reduce_picture(picture: Image.Image, size: int) -> None:
    """Make a picture smaller, in place, so that its longer side has `size` pixels at most; never larger."""
    picture.thumbnail((size, size), Image.Resampling.LANCZOS, reducing_gap=3.0)


def encode_picture(picture: Image.Image, encoding: Encoding, quality: int) -> bytes:
    """A picture as a file that is made fast rather than small.

    Raises:
        FileError: if the format cannot hold it.
    """
    file = io.BytesIO()
    options = {"PNG": {"compress_level": 1}, "WEBP": {"quality": quality, "method": 2}, "JPEG": {"quality": quality}}
    try:
        picture.save(file, encoding, **options[encoding])
    except (OSError, ValueError) as error:
        raise FileError(
            f"A picture of {picture.width} x {picture.height} pixels cannot be {encoding}: {error}."
        ) from error
    return file.getvalue()


def as_pillow(frame: Frame) -> Image.Image:
    """A frame as RGB, or RGBA with transparency, in 8 bits."""
    colors = _to_bytes(frame.colors)
    if frame.alpha is None:
        return Image.fromarray(colors)
    return Image.fromarray(np.dstack([colors, _to_bytes(frame.alpha)]))


def _to_bytes(values: np.ndarray) -> np.ndarray:
    return values if values.dtype == np.uint8 else np.rint(values * 255.0).astype(np.uint8)
