"""The first hundred bytes of a file of SQLite, which say how all the rest is to be read.

SQLite believes some of them without looking further: a file of one byte passes for an empty one, and a wrong format
number makes a file read-only. Format: https://www.sqlite.org/fileformat2.html#the_database_header
"""

from __future__ import annotations

import struct
from pathlib import Path

HEAD_BYTES = 100
MAGIC = b"SQLite format 3\0"
USUAL_PAGE_BYTES = 4096
FRACTIONS = bytes((64, 32, 32))
"""Constants of the format."""
FREE_PAGES = slice(32, 40)
SCHEMA_FORMAT = slice(44, 48)
ENCODING = slice(56, 60)
VERSION = slice(60, 64)
HIGHEST_VERSION = 1000
"""No file will ever have gone through so many steps: a number beyond it is damage."""


def problem_of(path: Path, *, is_at_rest: bool) -> str | None:
    """What is wrong with the head of the file; None if nothing is, or the file is empty (a new one).

    Args:
        path: The file.
        is_at_rest: There is no log that holds newer pages, so the size must be right.
    """
    size = path.stat().st_size
    if not size:
        return None
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if len(head) < HEAD_BYTES or not head.startswith(MAGIC):
        return "it is no database of SQLite"
    page_bytes = _page_bytes(head)
    if page_bytes is None or not {head[18], head[19]} <= {1, 2} or head[21:24] != FRACTIONS:
        return "its head is damaged"
    if int.from_bytes(head[VERSION]) > HIGHEST_VERSION:
        return "its head is damaged"
    (pages,) = struct.unpack_from(">I", head, 28)
    if is_at_rest and (size % page_bytes or size < pages * page_bytes):
        return f"it has {size} bytes where {pages} pages of {page_bytes} were expected"
    return None


def repair(path: Path, version: int) -> None:
    """Write a head with which our file can be read as far as its pages are whole.

    Args:
        path: A copy of the damaged file.
        version: Its version, if its own cannot be true.
    """
    size = path.stat().st_size
    with path.open("r+b") as file:
        head = bytearray(file.read(HEAD_BYTES).ljust(HEAD_BYTES, b"\0"))
        page_bytes = _page_bytes(head) or USUAL_PAGE_BYTES
        head[:16] = MAGIC
        struct.pack_into(">H", head, 16, page_bytes % 65535)
        head[18:24] = bytes((2, 2, 0)) + FRACTIONS  # 2: with a log
        struct.pack_into(">I", head, 28, -(-size // page_bytes))
        head[92:96] = head[24:28]  # the number of pages counts
        head[FREE_PAGES] = bytes(8)
        head[SCHEMA_FORMAT] = (4).to_bytes(4)
        head[ENCODING] = (1).to_bytes(4)  # UTF-8
        if int.from_bytes(head[VERSION]) > HIGHEST_VERSION:
            head[VERSION] = version.to_bytes(4)
        file.seek(0)
        file.write(head)


def _page_bytes(head: bytes | bytearray) -> int | None:
    (page_bytes,) = struct.unpack_from(">H", head, 16)
    page_bytes = 65536 if page_bytes == 1 else page_bytes
    return page_bytes if page_bytes >= 512 and page_bytes.bit_count() == 1 else None
