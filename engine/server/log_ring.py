"""The last lines that server and workers logged, as clients may see them: without paths of this machine and tracebacks.

`Scrubber` takes out of a line what is nobody's business, `LogRing` keeps lines and hands them to who subscribed.
How they are asked for: `engine.server.system`.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from engine.files import PathHider

MAX_LINES = 2_000
MAX_LINE_CHARACTERS = 4_000
_TRACEBACK = re.compile(
    r"\s*(\+ )?(Exception Group )?Traceback \(most recent call last\):|.*\(most recent call first\):\s*$"
)
"""A stack begins: of an exception, or, as `faulthandler` writes it, of each thread of a process that crashed."""
_FRAME = re.compile(r"""\s+(\| +)?(Binary f|F)ile ".*",? (line \d+,? in|at) """)
"""Part of a stack also where lines of another process, or missing ones, have hidden where it begins."""


class Line(NamedTuple):
    """A line and when it was logged, in seconds since 1970."""

    at: float
    text: str

    def record(self) -> dict[str, str]:
        """As clients get it: `t` the time in ISO 8601, `m` the text with its line end."""
        return {"t": datetime.fromtimestamp(self.at, UTC).isoformat(), "m": self.text + "\n"}


class Scrubber:
    """Takes absolute paths, but for their last part, and the frames of tracebacks out of what is logged.

    Args:
        shows_internals: Leave everything as it is.
        roots: The first parts of absolute paths on this machine.
    """

    def __init__(self, *, shows_internals: bool = False, roots: Iterable[str] | None = None) -> None:
        self._shows_internals = shows_internals
        self._paths = PathHider(roots)
        self._in_traceback = False

    def scrub(self, text: str) -> list[str]:
        """The lines of a text that may be shown."""
        lines = text.splitlines() or [""]
        if not self._shows_internals:
            lines = [self._paths.hide(line) for line in lines if not self._is_of_traceback(line)]
        return [line if len(line) <= MAX_LINE_CHARACTERS else line[:MAX_LINE_CHARACTERS] + "..." for line in lines]

    def _is_of_traceback(self, line: str) -> bool:
        """Whether a line belongs to a stack; the line that ends one, the exception itself, does not."""
        if _TRACEBACK.match(line):
            self._in_traceback = True
        elif self._in_traceback and line.strip() and not line.startswith((" ", "\t")):
            self._in_traceback = False
        return self._in_traceback or _FRAME.match(line) is not None


class LogRing(logging.Handler):
    """Keeps the last lines. Takes what is logged in this process as a handler, and what workers say by `add`.

    May be written to from any thread; subscribers are called on the writer's.
    """

    def __init__(self, *, shows_internals: bool = False) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        self._shows_internals = shows_internals
        self._lines = deque[Line](maxlen=MAX_LINES)
        self._scrubbers = {name: Scrubber(shows_internals=shows_internals) for name in ("server", "workers")}
        self._subscribers: list[Callable[[list[Line]], None]] = []
        self._guard = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record of this process; its traceback only if internals are shown."""
        try:
            text = self.format(record) if self._shows_internals else self._format_message(record)
            self._take("server", record.created, text)
        except Exception:  # as logging has it: a record that cannot be formatted is no reason to fail
            self.handleError(record)

    def _format_message(self, record: logging.LogRecord) -> str:
        return f"{record.levelname} {record.name}: {record.getMessage()}"

    def add(self, at: float, text: str) -> None:
        """Take a line of a worker."""
        self._take("workers", at, text)

    def _take(self, source: str, at: float, text: str) -> None:
        with self._guard:
            lines = [Line(at, line) for line in self._scrubbers[source].scrub(text)]
            self._lines.extend(lines)
            subscribers = tuple(self._subscribers)
        for tell in subscribers if lines else ():
            tell(lines)

    def lines(self) -> list[Line]:
        """What is kept, the oldest first."""
        with self._guard:
            return list(self._lines)

    def subscribe(self, tell: Callable[[list[Line]], None]) -> Callable[[], None]:
        """Be told of new lines, on any thread. Returns how to end it."""
        with self._guard:
            self._subscribers.append(tell)

        def unsubscribe() -> None:
            with self._guard:
                if tell in self._subscribers:
                    self._subscribers.remove(tell)

        return unsubscribe
