"""Looks for damage in SQLite's write-ahead log (`-wal`), over which SQLite itself passes in silence.

SQLite reads the log up to the first frame whose checksum is wrong and takes that for the end, because after a loss of
power it is one. If there is a later frame that ends a transaction of the same log, something was lost. Format:
https://www.sqlite.org/fileformat2.html#walformat
"""

from __future__ import annotations

import struct
from pathlib import Path

HEADER_BYTES = 32
FRAME_HEADER_BYTES = 24
LITTLE_ENDIAN_MAGIC = 0x377F0682
BIG_ENDIAN_MAGIC = 0x377F0683


class DamagedLog(Exception):
    """The log cannot be read at all."""


def committed_frames(path: Path) -> int:
    """How many frames the log should have: up to the last one that ends a transaction. Checksums are left to SQLite.

    Raises:
        DamagedLog: Its head is not that of a log.
    """
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES)
        if len(head) < HEADER_BYTES:
            return 0  # SQLite was stopped when it had just begun the log
        page_bytes, salts = _read_head(head)
        frame_bytes = FRAME_HEADER_BYTES + page_bytes
        count = last = 0
        while True:
            file.seek(HEADER_BYTES + count * frame_bytes)
            frame = file.read(FRAME_HEADER_BYTES)
            if len(frame) < FRAME_HEADER_BYTES:
                return last
            count += 1
            # Other salts: a frame of an earlier log, which is written over from the start again and again.
            (pages_after_commit,) = struct.unpack_from(">I", frame, 4)
            if frame[8:16] == salts and pages_after_commit:
                last = count


def _read_head(head: bytes) -> tuple[int, bytes]:
    magic, _, page_bytes, _, _, _, *checksum = struct.unpack(">8I", head)
    if magic not in (LITTLE_ENDIAN_MAGIC, BIG_ENDIAN_MAGIC):
        raise DamagedLog("it does not begin as a log of SQLite")
    words = struct.unpack("<6I" if magic == LITTLE_ENDIAN_MAGIC else ">6I", head[:24])
    first = second = 0
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    if [first, second] != checksum:
        raise DamagedLog("the checksum of its head is wrong")
    return page_bytes, head[16:24]
