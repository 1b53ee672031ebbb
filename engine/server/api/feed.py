"""The events after a number, from the past into the present: each once, in order, however slow the reader is.

A `Feed` listens first and then reads what was, so nothing falls between. It holds a bounded number of events; a reader
that falls behind further is given the rest from where they are kept, as if it had come back after a while.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from engine.jobs.events import JobEvent
from engine.workers.notices import Listener, Notice

PAGE = 500
_MOST_WAITING = 1000


class Source(Protocol):
    """What a feed needs of the dispatcher."""

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """See `Dispatcher.subscribe`."""
        ...

    async def events(self, since: int, job_id: str | None = None, limit: int = 1000) -> list[JobEvent]:
        """See `Dispatcher.events`."""
        ...


class Feed:
    """Gives the events of one job or of all, page by page. A context manager: it listens while it is open.

    Args:
        source: The dispatcher.
        since: Events of greater numbers are given.
        job_id: Of this job only; None for all.

    Attributes:
        seq: The number of the last event that was given.
    """

    def __init__(self, source: Source, since: int, job_id: str | None = None) -> None:
        self.seq = since
        self._source = source
        self._job_id = job_id
        self._waiting: deque[JobEvent] = deque()
        self._is_behind = True
        self._heard = asyncio.Event()
        self._unsubscribe: Callable[[], None] | None = None

    def __enter__(self) -> Self:
        self._unsubscribe = self._source.subscribe(self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()

    def _hear(self, notice: Notice) -> None:
        if not isinstance(notice, JobEvent) or self._job_id not in (None, notice.job_id):
            return
        if len(self._waiting) >= _MOST_WAITING:
            self._waiting.clear()
            self._is_behind = True
        self._waiting.append(notice)
        self._heard.set()

    def wake(self) -> None:
        """Have `read` return, empty if nothing happened."""
        self._heard.set()

    async def read(self, timeout_s: float) -> list[JobEvent]:
        """The next events; empty if none came in this time, or somebody called `wake`."""
        events = await self._read_past() if self._is_behind else []
        if not events:
            if not self._waiting:
                try:
                    await asyncio.wait_for(self._heard.wait(), timeout_s)
                except TimeoutError:
                    return []
            events = [event for event in self._waiting if event.seq > self.seq]
            self._heard.clear()
            if self._is_behind:  # meanwhile more was told than is kept here
                return await self._read_past()
            self._waiting.clear()
        if events:
            self.seq = events[-1].seq
        return events

    async def _read_past(self) -> list[JobEvent]:
        """A page of what was told before; what is told from here on is waiting."""
        self._is_behind = False
        events = await self._source.events(self.seq, self._job_id, PAGE)
        if events:
            self._is_behind = True  # only an empty page says that there is no more
            self.seq = events[-1].seq
        return events
