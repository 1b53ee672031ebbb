"""Small picture files of every kind, made by Pillow, for the tests of reading."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image, features

from engine.images.containers import PNG_SIGNATURE


def noise(width: int = 22, height: int = 17, channels: int = 3, seed: int = 0) -> Image.Image:
    """A picture that does not compress, so that a cut anywhere hits pixels."""
    shape = (height, width, channels) if channels > 1 else (height, width)
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8))


def encode(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def animate(kind: str, frames: int = 3, **options: Any) -> bytes:
    first, *rest = (noise(12, 9, seed=seed) for seed in range(frames))
    return encode(first, kind, save_all=True, append_images=rest, **options)


def every_kind() -> dict[str, bytes]:
    """By name, files of all kinds that are read, still and moving."""
    picture = noise()
    still = {
        "png": encode(picture, "PNG"),
        "interlaced": _interlaced_png(),
        "jpeg": encode(picture, "JPEG"),
        "progressive jpeg": encode(picture, "JPEG", progressive=True),
        "lossy webp": encode(picture, "WEBP"),
        "lossless webp": encode(picture, "WEBP", lossless=True),
        "gif": encode(picture, "GIF"),
        "bmp": encode(picture, "BMP"),
        "tiff": encode(picture, "TIFF"),
        "packed tiff": encode(picture, "TIFF", compression="tiff_deflate"),
    }
    if features.check("avif"):
        still["avif"] = encode(picture, "AVIF")
    moving = {f"moving {kind}": animate(kind) for kind in ("PNG", "WEBP", "GIF", "TIFF")}
    return still | moving


def _interlaced_png() -> bytes:
    """Pillow writes none: 2 x 2 pixels of grey in two of Adam7's passes and one more row."""
    header = struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 1)
    rows = b"\0\x10" + b"\0\x20" + b"\0\x30\x40"  # passes 1, 6 and 7
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    return PNG_SIGNATURE + b"".join(png_chunk(kind, content) for kind, content in chunks)


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def with_chunks(png: bytes, *chunks: tuple[bytes, bytes], at_end: bool = False) -> bytes:
    """A PNG with more chunks, after IHDR or before IEND."""
    cut = len(png) - 12 if at_end else len(PNG_SIGNATURE) + 25
    return png[:cut] + b"".join(png_chunk(kind, content) for kind, content in chunks) + png[cut:]


def png_of_size(width: int, height: int, frames: int | None = None) -> bytes:
    """A PNG whose header claims a size; its pixels are a few bytes."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))]
    if frames is not None:
        chunks.append((b"acTL", struct.pack(">II", frames, 0)))
    chunks += [(b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    return PNG_SIGNATURE + b"".join(png_chunk(kind, content) for kind, content in chunks)
