"""Tells what happens to jobs: gives every event its number, stores it, keeps it for replays, hands it to listeners."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from engine.jobs.events import TRANSIENT, Event, JobEvent
from engine.jobs.job import Job
from engine.jobs.store import Store
from engine.workers.notices import Listener, Notice
from engine.workers.recent import RecentEvents

_log = logging.getLogger(__name__)


class Announcer:
    """Where events of jobs go. One listener's exception is nobody else's business."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._recent = RecentEvents(complete_since=store.next_seq())
        self._listeners: dict[int, Listener] = {}
        self._next_listener = 0

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have a function called with every notice from now on; returns how to end that."""
        number = self._next_listener
        self._next_listener += 1
        self._listeners[number] = listener
        return lambda: void(self._listeners.pop(number, None))

    def tell(self, job: Job, event: Event) -> int:
        """Something happened to a job. Returns the event's number."""
        told = JobEvent(self._store.next_seq(), job.id, job.client_id, time.time(), event)
        if not isinstance(event, TRANSIENT):
            self._store.append(told)
        self._recent.add(told)
        self.notify(told)
        return told.seq

    def notify(self, notice: Notice) -> None:
        """Hand something to all listeners."""
        for listener in tuple(self._listeners.values()):
            try:
                listener(notice)
            except Exception:
                _log.exception("A listener failed on %s.", type(notice).__name__)

    async def events(self, since: int, job_id: str | None, limit: int) -> list[JobEvent]:
        """The first `limit` events after `since`; of those that are no longer in memory, only what was stored."""
        border = self._recent.complete_since
        if since >= border:
            return self._recent.since(since, job_id, limit)
        stored = [
            event for event in await self._store.events(since=since, job_id=job_id, limit=limit) if event.seq <= border
        ]
        return stored + self._recent.since(border, job_id, limit - len(stored))


def void(_: object) -> None:
    """Nothing, whatever is given."""
