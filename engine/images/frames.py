"""Picture files to upright frames, decoded by Pillow. What Pillow must not see or decide is settled before.

Reading looks at the container first: how many frames, whether the end is there, which way is up. PNG and JPEG are
handed on without texts and EXIF, so that no oversized or damaged text can spoil a picture. Only the decoders named
here are ever used. No torch, so that the server may show pictures; tensors: `engine.images.codec`; the texts
themselves: `engine.images.metadata`; files and names: `engine.files`.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from engine.errors import FileError
from engine.images.containers import (
    MOST_PARTS,
    PNG_SIGNATURE,
    TooManyPartsError,
    TruncatedError,
    jpeg_segments,
    measure_gif,
    png_chunks,
    sniff,
    webp_chunks,
)
from engine.images.exif import ORIENTATION, read_exif
from engine.images.metadata import read_file

MAX_FRAMES = 4096
_STEP_BYTES = 2**20

_Result = TypeVar("_Result")

_PNG_STILL = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_PNG_ANIMATION = frozenset({b"acTL", b"fcTL", b"fdAT"})
_PNG_KEPT = _PNG_STILL | _PNG_ANIMATION | {b"eXIf"}
_TIFF_WIDTH, _TIFF_HEIGHT = 256, 257
_JPEG_LEFT_OUT = frozenset({0xFE, *range(0xE0, 0xF0)}) - {0xE0, 0xEE}  # comments, all of APPn but JFIF and Adobe
_PILLOW_ERRORS = (  # what its decoders raise on damaged files; Warning is for those who make warnings errors
    *(OSError, EOFError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError),
    *(RuntimeError, MemoryError, struct.error, zlib.error, Warning),
)
_TURNS = {  # orientation: whether to swap the axes, then to mirror left-right, then top-bottom
    2: (False, True, False),
    3: (False, True, True),
    4: (False, False, True),
    5: (True, False, False),
    6: (True, True, False),
    7: (True, True, True),
    8: (True, False, True),
}


class Frame(NamedTuple):
    """One decoded picture.

    Attributes:
        colors: `[h, w, 3]`, uint8; float32 in 0..1 for grey of more than 8 bits.
        alpha: `[h, w]` of the same range, opaque at its top; None without transparency.
    """

    colors: np.ndarray
    alpha: np.ndarray | None


def read_frames(path: Path, max_pixels: int) -> list[Frame]:
    """Decode PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF: upright, with every frame that has the first one's size.

    Grey of 16 bits keeps its precision; colour has 8 bits a channel.

    Args:
        path: The file; its content counts, not its extension.
        max_pixels: Largest width x height x frames; checked before anything is decoded.

    Raises:
        FileError: if the file is missing, no picture, damaged, truncated or too large.
    """
    return _decode(path, max_pixels, lambda source: _decode_frames(source, _allowed_frames(source, max_pixels)))


def read_first_frame(source: Path | bytes, max_pixels: int, name: str | None = None) -> Frame:
    """The first frame that `read_frames` gives; only its own pixels count against the limit.

    Args:
        source: The file's path or its bytes.
        max_pixels: As for `read_frames`.
        name: What to call it in messages, if not by its own name.

    Raises:
        FileError: as there.
    """

    def decode(opened: _Source) -> list[Frame]:
        _refuse_beyond(max_pixels, opened.width, opened.height)
        return _decode_frames(opened, 1)

    return _decode(source, max_pixels, decode, name)[0]


def check_picture(path: Path, max_pixels: int, name: str | None = None) -> str:
    """The format of a picture file whose container is whole and whose size is allowed. Nothing is decoded.

    Args:
        path: The file.
        max_pixels: As for `read_frames`.
        name: What to call it in messages, if not by its own name.

    Raises:
        FileError: as `read_frames`, but for damage that only decoding finds.
    """

    def measure(source: _Source) -> str:
        _allowed_frames(source, max_pixels)
        return source.file.format or ""

    return _decode(path, max_pixels, measure, name)


def measure_picture(source: Path | bytes, max_pixels: int, name: str | None = None) -> tuple[int, int]:
    """Width and height of a picture as it is seen, upright. Nothing is decoded.

    Args:
        source: The file's path or its bytes.
        max_pixels: As for `read_frames`.
        name: What to call it in messages, if not by its own name.

    Raises:
        FileError: as `check_picture`.
    """

    def measure(opened: _Source) -> tuple[int, int]:
        is_turned = opened.orientation in _TURNS and _TURNS[opened.orientation][0]
        return (opened.height, opened.width) if is_turned else (opened.width, opened.height)

    return _decode(source, max_pixels, measure, name)


def _decode(
    source: Path | bytes, max_pixels: int, use: Callable[[_Source], _Result], called: str | None = None
) -> _Result:
    """Open a file and do something with it; whatever goes wrong is a `FileError` that names the file."""
    data = source if isinstance(source, bytes) else read_file(source)
    name = repr(called or ("the picture" if isinstance(source, bytes) else source.name))
    try:
        opened = _open(data, max_pixels)
        with opened.file:
            return use(opened)
    except TooManyPartsError as error:
        raise FileError(f"{name} has more than {MOST_PARTS} parts; no more are allowed, a fixed limit.") from error
    except TruncatedError as error:
        raise FileError(f"{name} is truncated: the end of the picture is missing.") from error
    except _RefusedError as error:
        raise FileError(f"{name} {error}.") from error
    except Image.DecompressionBombError as error:
        raise FileError(f"{name} has more pixels than Pillow decodes.") from error
    except _PILLOW_ERRORS as error:
        raise FileError(f"{name} is damaged or cannot be decoded: {error or type(error).__name__}.") from error


class _RefusedError(Exception):
    """Why a file is not decoded: the rest of a sentence that starts with its name."""


@dataclass(frozen=True, slots=True)
class _Source:
    """An opened file: nothing is decoded. `frames` is None if only seeking tells."""

    file: ImageFile
    width: int
    height: int
    frames: int | None
    orientation: int


def _open(data: bytes, max_pixels: int) -> _Source:
    frames: int | None = 1
    exif = b""
    extent = (0, 0)
    pillow_limit = min(max_pixels, Image.MAX_IMAGE_PIXELS or max_pixels)  # of those of its decoders that look at it
    match sniff(data):
        case "PNG":
            stripped, exif = _strip_png(data)
            file = PngImageFile(stripped)
            frames = _frames_of(file)
        case "JPEG":
            stripped, exif = _strip_jpeg(data)
            file = JpegImageFile(stripped)
        case "WEBP":
            exif = b"".join(bytes(content) for kind, content in webp_chunks(data) if kind == b"EXIF")
            file = WebPImageFile(io.BytesIO(data))
            frames = _frames_of(file)
        case "GIF":
            measured = measure_gif(data)
            extent, frames = (measured.width, measured.height), measured.frames
            _refuse_beyond(pillow_limit, *extent)
            file = GifImageFile(io.BytesIO(data))
        case "BMP":
            file = BmpImageFile(io.BytesIO(data))
        case "TIFF":
            _refuse_beyond(pillow_limit, *(_tiff_number(data, tag) for tag in (_TIFF_WIDTH, _TIFF_HEIGHT)))
            file, frames = TiffImageFile(io.BytesIO(data)), None
        case "AVIF":
            file = _open_avif(data)
            frames, exif = _frames_of(file), file.info.get("exif", b"")
        case _:
            raise _RefusedError("is empty" if not data else "is not a picture of a known format (PNG, JPEG, WebP, ...)")
    orientation = read_exif(exif).get(ORIENTATION, 1)
    width, height = max(file.width, extent[0]), max(file.height, extent[1])
    return _Source(file, width, height, frames, orientation if isinstance(orientation, int) else 1)


def _open_avif(data: bytes) -> ImageFile:
    try:
        from PIL.AvifImagePlugin import AvifImageFile
    except ImportError as error:  # Pillow before 11.3
        raise _RefusedError("is an AVIF picture, which this version of Pillow cannot decode") from error
    return AvifImageFile(io.BytesIO(data))


def _frames_of(file: ImageFile) -> int:
    return getattr(file, "n_frames", 1)


def _strip_png(data: bytes) -> tuple[io.BytesIO, bytes]:
    """The file with what decoding needs and nothing else, and its EXIF block."""
    chunks = [chunk for chunk in png_chunks(data) if chunk[0] in _PNG_KEPT]
    headers = [bytes(content) for kind, content, _ in chunks if kind == b"acTL"]
    is_animated = len(headers) == 1 and len(headers[0]) == 8 and any(headers[0][:4])
    needed = _PNG_STILL | _PNG_ANIMATION if is_animated else _PNG_STILL
    exif = b"".join(bytes(content) for kind, content, _ in chunks if kind == b"eXIf")
    return _join([PNG_SIGNATURE, *(whole for kind, _, whole in chunks if kind in needed)]), exif


def _strip_jpeg(data: bytes) -> tuple[io.BytesIO, bytes]:
    """The first picture of the file with what decoding needs and nothing else, and its EXIF block."""
    segments = list(jpeg_segments(data))
    blocks = [bytes(content) for marker, content, _ in segments if marker == 0xE1]
    exif = next((block for block in blocks if block.startswith(b"Exif")), b"")
    return _join([b"\xff\xd8", *(whole for marker, _, whole in segments if marker not in _JPEG_LEFT_OUT)]), exif


def _join(parts: Iterable[bytes | memoryview]) -> io.BytesIO:
    """The parts as one file, joined in steps between which other threads may run."""
    file = io.BytesIO()
    for part in parts:
        for start in range(0, len(part), _STEP_BYTES):
            file.write(part[start : start + _STEP_BYTES])
    file.seek(0)
    return file


def _tiff_number(data: bytes, tag: int) -> int:
    number = read_exif(data).get(tag, 1)
    return number if isinstance(number, int) else 1


def _allowed_frames(source: _Source, max_pixels: int) -> int:
    """How many frames to decode. Refuses what is too large."""
    pixels = source.width * source.height
    frames = source.frames
    if frames is None:
        frames = _count_pages(source.file, most=min(MAX_FRAMES, max_pixels // max(pixels, 1)) + 1)
    _refuse_beyond(max_pixels, source.width, source.height, frames)
    if frames > MAX_FRAMES:
        raise _RefusedError(f"has {frames} frames; at most {MAX_FRAMES} are allowed, a fixed limit")
    return frames


def _refuse_beyond(max_pixels: int, width: int, height: int, frames: int = 1) -> None:
    if width * height * max(frames, 1) > max_pixels:
        size = f"{width} x {height} pixels{f' in {frames} frames' if frames > 1 else ''}"
        raise _RefusedError(f"has {size}; at most {max_pixels} pixels are allowed (--max-image-size)")


def _count_pages(file: ImageFile, most: int) -> int:
    for index in range(1, most):
        try:
            file.seek(index)
        except EOFError:
            return index
    return most


def _decode_frames(source: _Source, frames: int) -> list[Frame]:
    file = source.file
    file.seek(0)
    size = file.size
    decoded: list[Frame] = []
    for index in range(frames):
        file.seek(index)
        if file.size == size:
            decoded.append(_turn(_channels(file), source.orientation))
    if not decoded:
        raise _RefusedError("has no frame")
    return decoded


def _channels(frame: Image.Image) -> Frame:
    if frame.mode.startswith("I") or frame.mode == "F":
        values = np.array(frame).astype(np.float32)
        grey = np.nan_to_num(values / (1.0 if frame.mode == "F" else 65535.0)).clip(0.0, 1.0)
        key: object = frame.info.get("transparency")
        alpha = (values != key).astype(np.float32) if isinstance(key, int) else None
        return Frame(np.repeat(grey[..., None], 3, axis=-1), alpha)
    if not frame.has_transparency_data:
        return Frame(np.array(frame.convert("RGB")), None)
    pixels = np.array(frame.convert("RGBA"))
    return Frame(pixels[..., :3], pixels[..., 3])


def _turn(frame: Frame, orientation: int) -> Frame:
    turn = _TURNS.get(orientation)
    if turn is None:
        return frame
    return Frame(_turn_array(frame.colors, *turn), None if frame.alpha is None else _turn_array(frame.alpha, *turn))


def _turn_array(pixels: np.ndarray, swap: bool, mirror_x: bool, mirror_y: bool) -> np.ndarray:
    if swap:
        pixels = pixels.swapaxes(0, 1)
    return np.ascontiguousarray(pixels[:: -1 if mirror_y else 1, :: -1 if mirror_x else 1])
