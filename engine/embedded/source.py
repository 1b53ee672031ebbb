"""A file as the readers of containers see it: any part by its place, within bounds."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import BinaryIO

_MOST_PARTS = 200_000
"""So many parts of a file are looked at: a film of a day has fewer, a file made to keep readers busy has more."""


class DamagedError(Exception):
    """The file is not built as its kind is; what was read before still counts."""


@dataclass(slots=True)
class Source:
    """An open file.

    Attributes:
        file: Can be read and sought in.
        left_bytes: How much text may still be taken.
        refused: The first text that was too long to be taken.
    """

    file: BinaryIO
    left_bytes: int
    refused: str = ""
    size_bytes: int = field(init=False)
    _parts: int = 0

    def __post_init__(self) -> None:
        self.size_bytes = self.file.seek(0, os.SEEK_END)

    def read(self, at: int, count: int) -> bytes:
        """So many bytes from a place, fewer at the end of the file: for headers, whose length the reader knows."""
        if at >= self.size_bytes:
            return b""
        self.file.seek(at)
        return self.file.read(min(count, self.size_bytes - at))

    def require(self, at: int, count: int) -> bytes:
        """So many bytes from a place.

        Raises:
            DamagedError: if the file ends before.
        """
        data = self.read(at, count)
        if len(data) < count:
            raise DamagedError(f"it ends at byte {self.size_bytes}, in the middle of a part")
        return data

    def take(self, at: int, count: int, name: str) -> bytes | None:
        """A text of the length that the file says; None, and remembered, if it is longer than may be taken.

        Raises:
            DamagedError: if the file ends before.
        """
        if at + count > self.size_bytes:
            raise DamagedError(f"{name!r} is said to be {count} bytes long, and the file ends before")
        if not self.allow(count, name):
            return None
        return self.require(at, count)

    def allow(self, count: int, name: str) -> bool:
        """Whether so much more text may be taken; counts it if so."""
        if count > self.left_bytes:
            self.refused = self.refused or name
            return False
        self.left_bytes -= count
        return True

    def count_part(self) -> None:
        """To be called for every part that is looked at.

        Raises:
            DamagedError: if there were too many.
        """
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise DamagedError(f"it has more than {_MOST_PARTS} parts, a fixed limit")
