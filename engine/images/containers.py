"""How picture files are built: the parts of PNG, JPEG, WebP and GIF, in order, without decoding any pixel.

`engine.images.metadata` looks for texts in the parts, `engine.images.codec` for what must not reach the decoder and
for the end of the file. Sources: PNG (third edition) 5.3; ITU-T T.81 B.1.1; RFC 9649 (WebP) 2.3; GIF89a specification.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Final, TypeVar

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_PARTS: Final = 200_000
"""So many parts of a file are looked at. The largest picture has fewer; a file made of empty ones has millions."""

_T = TypeVar("_T")

_JPEG_MARKER = re.compile(rb"\xff+([^\x00\xff])")
_JPEG_MARKER_AFTER_SCAN = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")  # D0-D7 restart inside a scan
_JPEG_SCAN, _JPEG_END = 0xDA, 0xD9
_JPEG_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})


class TruncatedError(ValueError):
    """The file ends before its parts do."""


class TooManyPartsError(TruncatedError):
    """The file has more than `MOST_PARTS`; what comes after them might as well be missing."""


def _bounded(read: Callable[[bytes], Iterator[_T]]) -> Callable[[bytes], Iterator[_T]]:
    """Have a reader of parts end after `MOST_PARTS`, by `TooManyPartsError`."""

    @wraps(read)
    def read_some(data: bytes) -> Iterator[_T]:
        for count, part in enumerate(read(data)):
            if count == MOST_PARTS:
                raise TooManyPartsError
            yield part

    return read_some


def sniff(data: bytes) -> str | None:
    """The format by the first bytes: `PNG JPEG WEBP GIF BMP TIFF AVIF` (or another file of its family), or None."""
    if data.startswith(PNG_SIGNATURE):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "TIFF"
    if data[4:8] == b"ftyp":
        return "AVIF"
    return "BMP" if data.startswith(b"BM") else None


@_bounded
def png_chunks(data: bytes) -> Iterator[tuple[bytes, memoryview, memoryview]]:
    """Type, content and whole of each chunk, IEND included. Checksums are not looked at.

    Raises:
        TruncatedError: after the last whole chunk, if the file ends before IEND does, or after `MOST_PARTS`.
    """
    view = memoryview(data)
    start = len(PNG_SIGNATURE)
    while start + 12 <= len(data):
        end = start + 12 + int.from_bytes(view[start : start + 4], "big")
        kind = bytes(view[start + 4 : start + 8])
        if end > len(data):
            break
        yield kind, view[start + 8 : end - 4], view[start:end]
        if kind == b"IEND":
            return
        start = end
    raise TruncatedError


@_bounded
def jpeg_segments(data: bytes) -> Iterator[tuple[int, memoryview, memoryview]]:
    """Marker, content and whole of each segment up to the end marker; a scan's data belong to its segment.

    Raises:
        TruncatedError: after the last whole segment, if the file ends before the end marker, or after `MOST_PARTS`.
    """
    view = memoryview(data)
    found = _JPEG_MARKER.search(data, 2)
    while found:
        marker, start = found[1][0], found.start()
        end = after = found.end()
        if marker not in _JPEG_WITHOUT_LENGTH and marker != _JPEG_END:
            end = after = found.end() + int.from_bytes(view[found.end() : found.end() + 2], "big")
        following = (_JPEG_MARKER_AFTER_SCAN if marker == _JPEG_SCAN else _JPEG_MARKER).search(data, after)
        if marker == _JPEG_SCAN and following:
            end = following.start()
        if end > len(data) or (marker != _JPEG_END and following is None):
            break
        yield marker, view[found.end() + 2 : end], view[start:end]
        if marker == _JPEG_END:
            return
        found = following
    raise TruncatedError


@_bounded
def webp_chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Four-letter code and content of each chunk.

    Raises:
        TruncatedError: after the last whole chunk, if the file is shorter than its header says, or after `MOST_PARTS`.
    """
    view = memoryview(data)
    size = 8 + int.from_bytes(view[4:8], "little")
    start = 12
    while start + 8 <= min(size, len(data)):
        length = int.from_bytes(view[start + 4 : start + 8], "little")
        if start + 8 + length > len(data):
            raise TruncatedError
        yield bytes(view[start : start + 4]), view[start + 8 : start + 8 + length]
        start += 8 + length + length % 2
    if len(data) < size:
        raise TruncatedError


@dataclass(frozen=True, slots=True)
class GifExtent:
    """What decoding a GIF comes to: its number of frames and the smallest canvas that holds them all."""

    frames: int
    width: int
    height: int


def measure_gif(data: bytes) -> GifExtent:
    """Count the frames of a GIF.

    Raises:
        TruncatedError: if the file ends before its trailer, or has too many parts.
    """
    width, height = _u16(data, 6), _u16(data, 8)
    frames = parts = 0
    at = 13 + _color_table_bytes(data, 10)
    while at < len(data):
        parts += 1
        if parts > MOST_PARTS:
            raise TooManyPartsError
        block = data[at]
        if block == 0x3B:
            return GifExtent(frames, width, height)
        if block == 0x2C:
            frames += 1
            width = max(width, _u16(data, at + 1) + _u16(data, at + 5))
            height = max(height, _u16(data, at + 3) + _u16(data, at + 7))
            at = _skip_sub_blocks(data, at + 11 + _color_table_bytes(data, at + 9))
        elif block == 0x21:
            at = _skip_sub_blocks(data, at + 2)
        else:
            at += 1  # readers skip what they don't know
    raise TruncatedError


def _color_table_bytes(data: bytes, flags_at: int) -> int:
    flags = data[flags_at] if flags_at < len(data) else 0
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skip_sub_blocks(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1


def _u16(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")
