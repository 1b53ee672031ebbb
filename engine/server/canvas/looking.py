"""Looks into workflow files where that holds up nobody: how many nodes they have, and what changed in them.

What is larger than a body of JSON may be is not looked into: it is no workflow.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from msgspec import Struct

from engine.server.canvas.documents import ChangeCounts, Changes, compare, count_nodes
from engine.server.heavy import Heavy
from engine.server.refusal import Refusal
from engine.server.work import Body, Known, Work

_MOST_KNOWN = 20_000
_READ_AT_ONCE_BYTES = 2**20


class Looked(Struct, frozen=True):
    """What a file is.

    Attributes:
        nodes: How many nodes it has; None if it is no workflow, or too large to be one.
        revision: Names its text.
    """

    nodes: int | None
    revision: str


class Look(Work[Looked | None], frozen=True, kw_only=True):
    """What a file is; None if it is not there.

    Attributes:
        path: The file; empty if the body is its text.
    """

    uses_files: ClassVar[bool] = True
    path: str = ""

    def do(self, known: Known, body: Body) -> Looked | None:
        """See above."""
        limit = known.server.max_json_bytes
        if not self.path:
            return Looked(count_nodes(body) if len(body) <= limit else None, revision_of(body))
        return _look(Path(self.path), limit)


def _look(path: Path, most_bytes: int) -> Looked | None:
    """What a file is; only one of so many bytes is kept in memory and looked into."""
    text, digest = bytearray(), hashlib.sha256()
    with suppress(OSError), path.open("rb") as file:
        while piece := file.read(_READ_AT_ONCE_BYTES):
            digest.update(piece)
            if len(text) <= most_bytes:
                text += piece
        return Looked(count_nodes(text) if len(text) <= most_bytes else None, _name(digest.hexdigest()))
    return None


class Compared(Struct, frozen=True):
    """What is in a text, and what changed from the one before."""

    nodes: int | None
    changes: Changes


class Compare(Work[Compared], frozen=True, kw_only=True):
    """How a text differs from the one before. What is larger than a body may be is not looked into.

    Attributes:
        before: The one before; None if this is the first.
    """

    before: bytes | None

    def weigh(self, body: Body) -> int:
        """Both."""
        return len(body) + len(self.before or b"")

    def do(self, known: Known, body: Body) -> Compared:
        """See above."""
        if max(len(body), len(self.before or b"")) > known.server.max_json_bytes:
            return NOT_COMPARED
        return Compared(count_nodes(body), compare(self.before, body))


NOT_COMPARED = Compared(None, Changes(text="too large to be compared", counts=ChangeCounts()))


def revision_of(text: Body) -> str:
    """The name of a text."""
    return _name(hashlib.sha256(text).hexdigest())


def _name(digest: str) -> str:
    return digest[:32]


class Looker:
    """Looks into files, and remembers what it found. Used from one event loop.

    Args:
        heavy: Finds a place for the work.
    """

    def __init__(self, heavy: Heavy) -> None:
        self._heavy = heavy
        self._known: dict[tuple[str, int, int], Looked] = {}

    async def look(self, path: Path, status: os.stat_result, text: Body | None = None) -> Looked | None:
        """What a file is; None if it went away.

        Args:
            path: Where it is.
            status: Of the file: what was found is good as long as this is the same.
            text: What it holds, if that is known already.
        """
        key = (str(path), status.st_mtime_ns, status.st_size)
        known = self._known.get(key) if text is None else None
        if known is None:
            known = await self._look(path, status.st_size, text)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            if known is not None:
                self._known[key] = known
        return known

    async def _look(self, path: Path, size: int, text: Body | None) -> Looked | None:
        try:
            if text is not None:
                return await self._heavy.do(Look(), text)
            return await self._heavy.do(Look(path=str(path)), weight=size)
        except Refusal:  # it takes more time or memory than any workflow
            if text is not None:
                return Looked(None, await asyncio.to_thread(revision_of, text))
            return await asyncio.to_thread(_look, path, 0)

    async def compare(self, before: bytes | None, after: Body) -> Compared:
        """How a text differs from the one before; None is none."""
        try:
            return await self._heavy.do(Compare(before=before), after)
        except Refusal:
            return NOT_COMPARED
