"""Output: what a process writes to its standard streams, as lines, without letting it flood its reader. No torch.

A thread reads all the time, so the writer never waits, also where it holds Python's lock while it prints. Lines beyond
a rate are counted and dropped, long ones are cut, and a note says how much is missing. What was written before a crash
is read to the end.
"""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from time import monotonic
from typing import Final

LONGEST_LINE: Final = 4_000
"""Characters of a line that are kept."""
LINES_PER_S: Final = 200
MOST_LINES_AT_ONCE: Final = 2_000
"""So many may come at once after a time of silence."""

_CHUNK_BYTES = 256 * 1024
_PARTIAL_LINE_S = 0.2
"""After so long without an end, the beginning of a line is told as one: a prompt, or a progress bar."""


class OutputReader:
    """Reads a pipe until its end, in a thread of its own.

    Args:
        descriptor: The end to read; a copy of it is read, and closed at the end.
        tell: Told of some lines; called in the thread.
        clock: Seconds.
    """

    def __init__(
        self, descriptor: int, tell: Callable[[list[str]], None], clock: Callable[[], float] = monotonic
    ) -> None:
        self._descriptor = os.dup(descriptor)
        self._tell = tell
        self._clock = clock
        self._rest = b""
        self._cut_bytes = 0
        self._allowance = float(MOST_LINES_AT_ONCE)
        self._refilled_at = clock()
        self._dropped_lines = 0
        self._dropped_bytes = 0
        self._thread = threading.Thread(target=self._work, name="output", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def join(self, timeout_s: float) -> bool:
        """Wait until all was read and told; whether that is so."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # -- the thread -------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        try:
            while True:
                ready = poll.poll(_PARTIAL_LINE_S * 1000 if self._rest or self._dropped_lines else None)
                if not ready:
                    self._read(b"\n" if self._rest else b"")
                    continue
                chunk = os.read(self._descriptor, _CHUNK_BYTES)
                if not chunk:
                    break
                self._read(chunk)
            self._allowance = max(self._allowance, 2.0)
            self._read(b"\n" if self._rest else b"")
        finally:
            os.close(self._descriptor)

    def _read(self, chunk: bytes) -> None:
        self._refill()
        told: list[str] = []
        if self._dropped_lines and self._allowance >= 1.0:
            told.append(self._note())
        newlines = chunk.count(b"\n")
        if newlines > self._allowance:
            chunk = self._shorten(chunk, newlines)
        *lines, rest = chunk.replace(b"\r\n", b"\n").split(b"\n")
        if lines:
            told.append(_as_text(self._rest + lines[0], self._cut_bytes))
            told.extend(_as_text(line, 0) for line in lines[1:])
            self._rest, self._cut_bytes = b"", 0
        room = LONGEST_LINE - len(self._rest)
        self._rest += rest[: max(room, 0)]
        self._cut_bytes += max(len(rest) - max(room, 0), 0)
        self._allowance -= len(lines)
        if told:
            self._tell(told)

    def _shorten(self, chunk: bytes, newlines: int) -> bytes:
        """As many lines from the beginning as may be told, and what the last line break leaves open."""
        end = 0
        for _ in range(int(self._allowance)):
            end = chunk.index(b"\n", end) + 1
        start = chunk.rindex(b"\n") + 1
        self._dropped_lines += newlines - int(self._allowance)
        self._dropped_bytes += start - end
        if end == 0:
            self._dropped_bytes += len(self._rest)
            self._rest, self._cut_bytes = b"", 0
        return chunk[:end] + chunk[start:]

    def _refill(self) -> None:
        now = self._clock()
        self._allowance = min(MOST_LINES_AT_ONCE, self._allowance + (now - self._refilled_at) * LINES_PER_S)
        self._refilled_at = now

    def _note(self) -> str:
        lines, size = self._dropped_lines, self._dropped_bytes
        self._dropped_lines = self._dropped_bytes = 0
        self._allowance -= 1
        return f"[{lines} lines ({size} bytes) were left out here: more was written than anybody reads.]"


def _as_text(line: bytes, cut_bytes: int) -> str:
    missing = cut_bytes + max(len(line) - LONGEST_LINE, 0)
    text = line[:LONGEST_LINE].decode(errors="replace").rstrip("\r")
    text = text.rpartition("\r")[2]  # a progress bar that was drawn over itself: its last state
    return f"{text}... ({missing} bytes more)" if missing else text
