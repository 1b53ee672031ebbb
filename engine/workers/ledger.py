"""Writes down what happens to jobs and tells it: numbers events, stores them, keeps the last ones for replays.

Everything is written in the order in which it was said. If the disk fails, the server goes on: what then happens is
told all the same, the log says what could not be written, and it is tried again until it is.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from engine.errors import StoreError
from engine.jobs.events import Event, JobEvent
from engine.jobs.job import Job, JobResult
from engine.jobs.store import Store
from engine.workers.notices import Listener, Notice
from engine.workers.recent import RecentEvents

RETRY_S = 5.0

_log = logging.getLogger(__name__)


class Ledger:
    """Where everything about jobs goes: the store, and whoever listens."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._recent = RecentEvents(complete_since=store.next_seq())
        self._listeners: dict[int, Listener] = {}
        self._next_listener = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._owed: dict[str, tuple[Job, JobResult | None]] = {}
        self._payment: asyncio.Task[None] | None = None

    # -- telling ---------------------------------------------------------------------------------------------------

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have a function called with every notice from now on; returns how to end that."""
        number = self._next_listener
        self._next_listener += 1
        self._listeners[number] = listener

        def unsubscribe() -> None:
            self._listeners.pop(number, None)

        return unsubscribe

    def tell(self, job: Job, event: Event) -> int:
        """Something happened to a job. Returns the event's number."""
        told = JobEvent(self._store.next_seq(), job.id, job.client_id, time.time(), event)
        self._store.append(told)
        self._recent.add(told)
        self.notify(told)
        return told.seq

    def notify(self, notice: Notice) -> None:
        """Hand something to all listeners; the exception of one is nobody else's business."""
        for listener in tuple(self._listeners.values()):
            try:
                listener(notice)
            except Exception:
                _log.exception("A listener failed on %s.", type(notice).__name__)

    async def events(self, since: int, job_id: str | None, limit: int) -> list[JobEvent]:
        """The first `limit` events after `since`; of those that are no longer in memory, only what was stored.

        Raises:
            StoreError: They could not be read.
        """
        while True:
            border = self._recent.complete_since
            if since >= border:
                return self._recent.since(since, job_id, limit)
            stored = await self._store.events(since=since, job_id=job_id, limit=limit)
            if border == self._recent.complete_since:  # else some left the memory meanwhile: nothing may fall between
                break
        older = [event for event in stored if event.seq <= border]
        left = limit - len(older)
        return older + self._recent.since(border, job_id, left) if left > 0 else older

    # -- writing ---------------------------------------------------------------------------------------------------

    def save(self, job: Job, result: JobResult | None = None) -> asyncio.Task[None]:
        """Write down the new state of a job; done when the task is, or when it has to be tried again."""
        return self.spawn(self._save([job], result))

    def save_all(self, jobs: Sequence[Job]) -> asyncio.Task[None]:
        """The same for several jobs at once."""
        return self.spawn(self._save(jobs, None))

    def spawn(self, writing: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin to write, after all that was begun before. The task fails in no other way than by being cancelled."""
        task = asyncio.create_task(_write(writing))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def settle(self) -> None:
        """Wait until all is written that can be."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))
        if self._payment is not None:
            self._payment.cancel()
            await asyncio.wait({self._payment})
            await self._pay()

    async def _save(self, jobs: Sequence[Job], result: JobResult | None) -> None:
        try:
            await (self._store.save_all(jobs) if result is None else self._store.save(jobs[0], result))
        except StoreError:
            self._owed.update((job.id, (job, result)) for job in jobs)
            if self._payment is None or self._payment.done():
                self._payment = asyncio.create_task(self._pay_later())
            raise
        for job in jobs:
            self._owed.pop(job.id, None)

    async def _pay_later(self) -> None:
        while self._owed:
            await asyncio.sleep(RETRY_S)
            await self._pay()

    async def _pay(self) -> None:
        """Write what could not be written, as far as it can be now."""
        for owed in list(self._owed.values()):
            job, result = owed
            try:
                await self._store.save(job, result)
            except StoreError:
                return
            if self._owed.get(job.id) is owed:
                del self._owed[job.id]


async def _write(writing: Coroutine[Any, Any, None]) -> None:
    try:
        await writing
    except StoreError as error:
        _log.error("What happened to a job could not be written: %s", error)
