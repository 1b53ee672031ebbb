"""Picture files to tensors and back. Pillow decodes and encodes; what it must not see or decide is settled before.

Reading looks at the container first: how many frames, whether the end is there, which way is up. PNG and JPEG are
handed on without texts and EXIF, so that no oversized or damaged text can spoil a picture. Only the decoders named
here are ever used. The texts themselves: `engine.images.metadata`; files and names: `engine.files`.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, PngImagePlugin
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile
from torch import Tensor

from engine.errors import FileError, InputValueError
from engine.images.containers import (
    PNG_SIGNATURE,
    TruncatedError,
    jpeg_segments,
    measure_gif,
    png_chunks,
    sniff,
    webp_chunks,
)
from engine.images.exif import ORIENTATION, build_exif, read_exif
from engine.images.metadata import exif_texts, json_texts, read_file
from engine.images.pixels import to_uint8

MAX_FRAMES = 4096
MAX_WEBP_SIDE = 16383

_PNG_STILL = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_PNG_ANIMATION = frozenset({b"acTL", b"fcTL", b"fdAT"})
_TIFF_WIDTH, _TIFF_HEIGHT = 256, 257
_JPEG_LEFT_OUT = frozenset({0xFE, *range(0xE0, 0xF0)}) - {0xE0, 0xEE}  # comments, all of APPn but JFIF and Adobe
_NOT_IN_PNG_KEYS = re.compile(r"[^\x20-\x7e\xa1-\xff]")
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


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded file.

    Attributes:
        image: `[b, h, w, 3]` float32, 0..1; b is more than 1 for animations.
        alpha: `[b, h, w]` float32, 1 is opaque; None if the file has no transparency.
    """

    image: Tensor
    alpha: Tensor | None

    @property
    def mask(self) -> Tensor:
        """`[b, h, w]`, 1 is transparent; `[1, 64, 64]` of zeros without transparency."""
        return torch.zeros(1, 64, 64) if self.alpha is None else 1.0 - self.alpha


# -- reading ---------------------------------------------------------------------------------------------------------


def read_image(path: Path, max_pixels: int) -> Picture:
    """Decode PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF: upright, with every frame that has the first one's size.

    Grey of 16 bits keeps its precision; colour has 8 bits a channel.

    Args:
        path: The file; its content counts, not its extension.
        max_pixels: Largest width x height x frames; checked before anything is decoded.

    Raises:
        FileError: if the file is missing, no picture, damaged, truncated or too large.
    """
    data = read_file(path)
    name = repr(path.name)
    try:
        source = _open(data, max_pixels)
        with source.file:
            frames = _allowed_frames(source, max_pixels)
            image, alpha = _decode_frames(source.file, frames)
    except TruncatedError as error:
        raise FileError(f"{name} is truncated: the end of the picture is missing.") from error
    except _RefusedError as error:
        raise FileError(f"{name} {error}.") from error
    except Image.DecompressionBombError as error:
        raise FileError(f"{name} has more pixels than Pillow decodes.") from error
    except _PILLOW_ERRORS as error:
        raise FileError(f"{name} is damaged or cannot be decoded: {error or type(error).__name__}.") from error
    if turn := _TURNS.get(source.orientation):
        image, alpha = _turn(image, *turn), None if alpha is None else _turn(alpha, *turn)
    return Picture(image, alpha)


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
            data, exif = _strip_png(data)
            file = PngImageFile(io.BytesIO(data))
            frames = _frames_of(file)
        case "JPEG":
            data, exif = _strip_jpeg(data)
            file = JpegImageFile(io.BytesIO(data))
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


def _strip_png(data: bytes) -> tuple[bytes, bytes]:
    """The file with what decoding needs and nothing else, and its EXIF block."""
    chunks = list(png_chunks(data))
    headers = [bytes(content) for kind, content, _ in chunks if kind == b"acTL"]
    is_animated = len(headers) == 1 and len(headers[0]) == 8 and any(headers[0][:4])
    needed = _PNG_STILL | _PNG_ANIMATION if is_animated else _PNG_STILL
    exif = b"".join(bytes(content) for kind, content, _ in chunks if kind == b"eXIf")
    return b"".join([PNG_SIGNATURE, *(whole for kind, _, whole in chunks if kind in needed)]), exif


def _strip_jpeg(data: bytes) -> tuple[bytes, bytes]:
    """The first picture of the file with what decoding needs and nothing else, and its EXIF block."""
    segments = list(jpeg_segments(data))
    blocks = [bytes(content) for marker, content, _ in segments if marker == 0xE1]
    exif = next((block for block in blocks if block.startswith(b"Exif")), b"")
    return b"".join([b"\xff\xd8", *(whole for marker, _, whole in segments if marker not in _JPEG_LEFT_OUT)]), exif


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
        raise _RefusedError(f"has {frames} frames; at most {MAX_FRAMES} are allowed")
    return frames


def _refuse_beyond(max_pixels: int, width: int, height: int, frames: int = 1) -> None:
    if width * height * max(frames, 1) > max_pixels:
        size = f"{width} x {height} pixels{f' in {frames} frames' if frames > 1 else ''}"
        raise _RefusedError(f"has {size}; at most {max_pixels} pixels are allowed")


def _count_pages(file: ImageFile, most: int) -> int:
    for index in range(1, most):
        try:
            file.seek(index)
        except EOFError:
            return index
    return most


def _decode_frames(file: ImageFile, frames: int) -> tuple[Tensor, Tensor | None]:
    file.seek(0)
    size = file.size
    decoded: list[tuple[np.ndarray, np.ndarray | None]] = []
    for index in range(frames):
        file.seek(index)
        if file.size == size:
            decoded.append(_channels(file))
    if not decoded:
        raise _RefusedError("has no frame")
    image = torch.empty(len(decoded), size[1], size[0], 3)
    alpha = torch.ones(image.shape[:3]) if any(a is not None for _, a in decoded) else None
    for index, (colors, transparency) in enumerate(decoded):
        image[index] = _unit_range(colors)
        if alpha is not None and transparency is not None:
            alpha[index] = _unit_range(transparency)
    return image, alpha


def _channels(frame: Image.Image) -> tuple[np.ndarray, np.ndarray | None]:
    """Colours `[h, w, 3]` and, if there is transparency, alpha `[h, w]`: uint8, or float32 in 0..1."""
    if frame.mode.startswith("I") or frame.mode == "F":
        values = np.array(frame).astype(np.float32)
        grey = np.nan_to_num(values / (1.0 if frame.mode == "F" else 65535.0)).clip(0.0, 1.0)
        key: object = frame.info.get("transparency")
        alpha = (values != key).astype(np.float32) if isinstance(key, int) else None
        return np.repeat(grey[..., None], 3, axis=-1), alpha
    if not frame.has_transparency_data:
        return np.array(frame.convert("RGB")), None
    pixels = np.array(frame.convert("RGBA"))
    return pixels[..., :3], pixels[..., 3]


def _unit_range(values: np.ndarray) -> Tensor:
    tensor = torch.as_tensor(values)
    return tensor if tensor.is_floating_point() else tensor.float().div_(255.0)


def _turn(pixels: Tensor, swap: bool, mirror_x: bool, mirror_y: bool) -> Tensor:
    if swap:
        pixels = pixels.transpose(1, 2)
    mirrored = [dim for dim, wanted in ((1, mirror_y), (2, mirror_x)) if wanted]
    return pixels.flip(mirrored).contiguous()


# -- writing ---------------------------------------------------------------------------------------------------------


def encode_png(image: Tensor, metadata: Mapping[str, Any] | None = None, *, compress_level: int = 4) -> bytes:
    """A PNG file of one image.

    Args:
        image: `[h, w, c]`, 0..1; c is 1 (grey), 3 or 4 (with alpha).
        metadata: JSON values; each becomes a text chunk in ASCII.
        compress_level: 0 (none) to 9.

    Raises:
        InputValueError: if the shape is not that of an image.
    """
    texts = PngImagePlugin.PngInfo()
    for key, text in _png_texts(metadata).items():
        texts.add_text(key, text)
    return _encode([_to_pillow(image)], "PNG", pnginfo=texts, compress_level=compress_level)


def encode_apng(
    images: Tensor, metadata: Mapping[str, Any] | None = None, *, fps: float = 6.0, compress_level: int = 4
) -> bytes:
    """An animated PNG of `[b, h, w, c]`; metadata go into private `comf` chunks after the first picture."""
    texts = PngImagePlugin.PngInfo()
    for key, text in _png_texts(metadata).items():
        texts.add(b"comf", key.encode("latin-1") + b"\0" + text.encode("ascii"), after_idat=True)
    frames = [_to_pillow(image) for image in images]
    return _encode(frames, "PNG", pnginfo=texts, compress_level=compress_level, duration=_duration_ms(fps), loop=0)


def encode_webp(
    images: Tensor,
    metadata: Mapping[str, Any] | None = None,
    *,
    fps: float = 6.0,
    lossless: bool = True,
    quality: int = 80,
    method: int = 4,
) -> bytes:
    """A WebP file of `[b, h, w, c]`, animated if b is more than 1; metadata go into EXIF.

    Args:
        images: Frames, 0..1.
        metadata: JSON values by key.
        fps: Frames in a second.
        lossless: Keep every pixel; then `quality` is the effort.
        quality: 0 to 100.
        method: 0 (fast) to 6 (small).

    Raises:
        InputValueError: if a side is longer than the format allows, or the shape is not that of images.
    """
    if max(images.shape[1:3]) > MAX_WEBP_SIDE:
        width, height = images.shape[2], images.shape[1]
        raise InputValueError(f"WebP holds at most {MAX_WEBP_SIDE} pixels a side; this picture has {width} x {height}.")
    options: dict[str, Any] = {"lossless": lossless, "exact": lossless, "quality": quality, "method": method}
    texts = json_texts(metadata or {})
    if texts:
        options["exif"] = build_exif(exif_texts(texts))
    frames = [_to_pillow(image) for image in images]
    return _encode(frames, "WEBP", duration=_duration_ms(fps), loop=0, **options)


def _encode(frames: Sequence[Image.Image], kind: str, **options: Any) -> bytes:
    if len(frames) > 1:
        options |= {"save_all": True, "append_images": list(frames[1:])}
    file = io.BytesIO()
    frames[0].save(file, kind, **options)
    return file.getvalue()


def _to_pillow(image: Tensor) -> Image.Image:
    if image.ndim != 3 or image.shape[-1] not in (1, 3, 4) or not image.numel():
        raise InputValueError(f"A picture has the shape [h, w, 1, 3 or 4]; this one has {list(image.shape)}.")
    pixels = to_uint8(image)
    return Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)


def _png_texts(metadata: Mapping[str, Any] | None) -> dict[str, str]:
    """Texts under keys that PNG takes: 1 to 79 printable Latin-1 characters."""
    named = {_NOT_IN_PNG_KEYS.sub("_", key)[:79]: value for key, value in (metadata or {}).items() if key}
    return json_texts(named)


def _duration_ms(fps: float) -> int:
    return max(1, round(1000.0 / fps))
