"""Picture files to tensors and back. `engine.images.frames` decodes, Pillow encodes.

The texts that files carry: `engine.images.metadata`; files and names: `engine.files`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, PngImagePlugin
from torch import Tensor

from engine.errors import InputValueError
from engine.images.exif import build_exif
from engine.images.frames import read_frames
from engine.images.metadata import exif_texts, jpeg_segments_of, json_texts
from engine.images.pixels import to_uint8

MAX_WEBP_SIDE = 16383
MAX_JPEG_SIDE = 65500

_NOT_IN_PNG_KEYS = re.compile(r"[^\x20-\x7e\xa1-\xff]")


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
    frames = read_frames(path, max_pixels)
    image = torch.empty(len(frames), *frames[0].colors.shape)
    alpha = torch.ones(image.shape[:3]) if any(frame.alpha is not None for frame in frames) else None
    for index, frame in enumerate(frames):
        image[index] = _unit_range(frame.colors)
        if alpha is not None and frame.alpha is not None:
            alpha[index] = _unit_range(frame.alpha)
    return Picture(image, alpha)


def _unit_range(values: np.ndarray) -> Tensor:
    tensor = torch.as_tensor(values)
    return tensor if tensor.is_floating_point() else tensor.float().div_(255.0)


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
    for key, text in _named_texts(metadata).items():
        texts.add_text(key, text)
    return _encode([_to_pillow(image)], "PNG", pnginfo=texts, compress_level=compress_level)


def encode_apng(
    images: Tensor, metadata: Mapping[str, Any] | None = None, *, fps: float = 6.0, compress_level: int = 4
) -> bytes:
    """An animated PNG of `[b, h, w, c]`; metadata go into private `comf` chunks after the first picture."""
    texts = PngImagePlugin.PngInfo()
    for key, text in _named_texts(metadata).items():
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
    _refuse_sides(images.shape[1:3], "WebP", MAX_WEBP_SIDE)
    options: dict[str, Any] = {"lossless": lossless, "exact": lossless, "quality": quality, "method": method}
    texts = json_texts(metadata or {})
    if texts:
        options["exif"] = build_exif(exif_texts(texts))
    frames = [_to_pillow(image) for image in images]
    return _encode(frames, "WEBP", duration=_duration_ms(fps), loop=0, **options)


def encode_jpeg(image: Tensor, metadata: Mapping[str, Any] | None = None, *, quality: int = 90) -> bytes:
    """A JPEG file of one image; metadata go into EXIF, and into segments of ours where they are too long for it.

    Args:
        image: `[h, w, c]`, 0..1; c is 1 (grey), 3, or 4, of which the alpha is left out.
        metadata: JSON values by key.
        quality: 1 to 100; from 90 on colours keep their full resolution.

    Raises:
        InputValueError: if a side is longer than the format allows, or the shape is not that of an image.
    """
    _refuse_sides(image.shape[:2], "JPEG", MAX_JPEG_SIDE)
    picture = _to_pillow(image)
    if picture.mode == "RGBA":
        picture = picture.convert("RGB")
    data = _encode([picture], "JPEG", quality=quality, subsampling=0 if quality >= 90 else 2)
    # Behind the header (JFIF), which readers expect first.
    at = 4 + int.from_bytes(data[4:6], "big") if data[2:4] == b"\xff\xe0" else 2
    return data[:at] + jpeg_segments_of(_named_texts(metadata)) + data[at:]


def _refuse_sides(sides: Sequence[int], kind: str, most: int) -> None:
    if max(sides, default=0) > most:
        size = " x ".join(map(str, reversed(sides)))
        raise InputValueError(f"{kind} holds at most {most} pixels a side; this picture has {size}.")


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


def _named_texts(metadata: Mapping[str, Any] | None) -> dict[str, str]:
    """Texts under keys that PNG takes, and JPEG from us: 1 to 79 printable Latin-1 characters."""
    named = {_NOT_IN_PNG_KEYS.sub("_", key)[:79]: value for key, value in (metadata or {}).items() if key}
    return json_texts(named)


def _duration_ms(fps: float) -> int:
    return max(1, round(1000.0 / fps))
