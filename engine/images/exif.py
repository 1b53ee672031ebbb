"""EXIF blocks as far as workflows need them: texts and the orientation read, texts written. Knows no picture format.

A block is a small TIFF file: a header and lists of tagged values. Reading never fails, whatever the bytes: what cannot
be read is left out. Source: TIFF 6.0 section 2; EXIF 2.32 section 4.6.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

MAKE, MODEL, ORIENTATION, USER_COMMENT = 0x010F, 0x0110, 0x0112, 0x9286

_HEADER = b"Exif\0\0"
_EXIF_FOLDER = 0x8769
_BYTE, _ASCII, _SHORT, _LONG, _UNDEFINED = 1, 2, 3, 4, 7
_SIZES = {_BYTE: 1, _ASCII: 1, _SHORT: 2, _LONG: 4, _UNDEFINED: 1}
_MAX_FOLDERS = 16


def read_exif(block: bytes) -> dict[int, bytes | int]:
    """The texts (as bytes) and single integers of a block, by tag; a tag's first value counts.

    Args:
        block: With or without `Exif\\0\\0` in front.
    """
    while block.startswith(_HEADER):
        block = block[len(_HEADER) :]
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None or len(block) < 8:
        return {}
    values: dict[int, bytes | int] = {}
    budget = len(block)  # values may overlap: together they may not be longer than the block
    folders, seen = [struct.unpack_from(f"{order}I", block, 4)[0]], set[int]()
    while folders and len(seen) < _MAX_FOLDERS:
        folder = folders.pop(0)
        if folder in seen or folder + 2 > len(block):
            continue
        seen.add(folder)
        count = min(struct.unpack_from(f"{order}H", block, folder)[0], (len(block) - folder - 2) // 12)
        for index in range(count):
            entry = folder + 2 + 12 * index
            tag, kind, length = struct.unpack_from(f"{order}HHI", block, entry)
            size = _SIZES.get(kind, 0) * length
            at = entry + 8 if size <= 4 else struct.unpack_from(f"{order}I", block, entry + 8)[0]
            if not size or size > budget or at + size > len(block):
                continue
            budget -= size
            if kind not in (_SHORT, _LONG):
                values.setdefault(tag, block[at : at + size])
            elif length == 1:
                number: int = struct.unpack_from(order + ("H" if kind == _SHORT else "I"), block, at)[0]
                values.setdefault(tag, number)
                if tag == _EXIF_FOLDER:
                    folders.append(number)
        after = folder + 2 + 12 * count
        if after + 4 <= len(block):
            folders.append(struct.unpack_from(f"{order}I", block, after)[0])
    return values


def build_exif(texts: Mapping[int, str]) -> bytes:
    """A block, `Exif\\0\\0` in front, with one text for each tag; characters beyond ASCII become `?`."""
    entries = [(tag, text.encode("ascii", "replace") + b"\0") for tag, text in sorted(texts.items())]
    at = 8 + 2 + 12 * len(entries) + 4
    table, heap = b"", b""
    for tag, value in entries:
        inline = len(value) <= 4
        table += struct.pack("<HHI", tag, _ASCII, len(value))
        table += value.ljust(4, b"\0") if inline else struct.pack("<I", at + len(heap))
        heap += b"" if inline else value + b"\0" * (len(value) % 2)
    return _HEADER + struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + table + struct.pack("<I", 0) + heap
