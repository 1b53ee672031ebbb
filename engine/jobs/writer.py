"""The one thread that writes to the file of jobs, so that many who write at once share one commit and one fsync.

Whoever writes hands over an action; the thread takes all that wait, runs them in one transaction, and answers all after
its commit. If the transaction fails (disk full, a broken action), each is tried again by itself, so that the error
reaches the request that caused it.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import msgspec

from engine.errors import EngineError, StoreError
from engine.jobs.events import JobEvent

logger = logging.getLogger(__name__)
T = TypeVar("T")
Action = Callable[[sqlite3.Connection], Any]

MAX_BATCH = 1000
MAX_WAITING_EVENTS = 200_000
"""Beyond this (the disk hangs) the oldest events are forgotten; jobs and results never are."""


def describe(error: sqlite3.Error) -> str:
    """A sentence for whoever's request failed; names no path."""
    name = getattr(error, "sqlite_errorname", None) or ""
    reasons = {
        "SQLITE_FULL": "the disk is full",
        "SQLITE_READONLY": "its file is read-only",
        "SQLITE_CANTOPEN": "its file cannot be opened (are file and directory writable?)",
        "SQLITE_BUSY": "another program holds it locked",
        "SQLITE_LOCKED": "another program holds it locked",
        "SQLITE_CORRUPT": "its file is damaged",
        "SQLITE_NOTADB": "its file is damaged",
        "SQLITE_IOERR": "the disk reports an error",
    }
    for prefix, reason in reasons.items():
        if name.startswith(prefix):
            return f"The database of jobs cannot be used: {reason}."
    return f"The database of jobs cannot be used: {error}."


class Write:
    """An action that waits for its transaction, and who is to be told."""

    __slots__ = ("action", "future", "is_durable")

    def __init__(self, action: Action, is_durable: bool, future: asyncio.Future[Any] | None) -> None:
        self.action = action
        self.is_durable = is_durable
        self.future = future


Outcome = tuple[Write, Any, BaseException | None]


def _resolve(outcomes: Sequence[Outcome]) -> None:
    for write, result, error in outcomes:
        if write.future is None or write.future.done():  # done: the request was cancelled while it waited
            continue
        if error is None:
            write.future.set_result(result)
        else:
            write.future.set_exception(error)


class Writer:
    """Owns the connection that writes, from `start` to `stop`.

    Args:
        connection: Used by nobody else without `lock`.
        lock: Held during each transaction.
    """

    def __init__(self, connection: sqlite3.Connection, lock: AbstractContextManager[Any]) -> None:
        self._connection = connection
        self._lock = lock
        self._waiting: deque[Write] = deque()
        self._events: deque[JobEvent] = deque()
        self._changed = threading.Condition()
        self._is_stopping = False
        self._events_dropped = 0
        self._thread = threading.Thread(target=self._work, name="jobs-writer", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write all that waits, then end. The connection stays open."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    async def run(self, action: Callable[[sqlite3.Connection], T], *, durable: bool = False) -> T:
        """Run the action in a transaction; returns after the commit.

        Args:
            action: May be run more than once, after a rollback; so it must take all it knows from the connection.
            durable: The commit must survive a loss of power, not only the death of the process.

        Raises:
            StoreError: It could not be written.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.put(Write(action, durable, future))
        return await future

    def put(self, write: Write) -> None:
        """Let a write wait for its turn; never blocks."""
        with self._changed:
            if self._is_stopping:
                raise StoreError("The database of jobs is closed.")
            self._waiting.append(write)
            self._changed.notify()

    def append(self, event: JobEvent) -> None:
        """Let an event wait for the next transaction; never blocks. Too late (after `stop`) it is forgotten."""
        with self._changed:
            if self._is_stopping:
                return
            if len(self._events) >= MAX_WAITING_EVENTS:
                self._events.popleft()
                self._events_dropped += 1
            self._events.append(event)
            self._changed.notify()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not (self._waiting or self._events or self._is_stopping):
                    self._changed.wait()
                if not (self._waiting or self._events):
                    return
                writes = [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_BATCH))]
                events = [self._events.popleft() for _ in range(min(len(self._events), MAX_BATCH))]
                dropped, self._events_dropped = self._events_dropped, 0
            if dropped:
                logger.warning("The disk does not keep up: %d events of jobs were not recorded", dropped)
            self._answer(self._commit(writes, events))

    def _answer(self, outcomes: Sequence[Outcome]) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[Outcome]] = {}
        for outcome in outcomes:
            future = outcome[0].future
            if future is not None:
                by_loop.setdefault(future.get_loop(), []).append(outcome)
            elif outcome[2] is not None:
                logger.error("%s", outcome[2])
        for loop, its_outcomes in by_loop.items():
            try:
                loop.call_soon_threadsafe(_resolve, its_outcomes)  # one wake-up for all of them
            except RuntimeError:  # that loop was closed: nobody waits any more
                logger.debug("Nobody waited for %d writes", len(its_outcomes))

    def _commit(self, writes: Sequence[Write], events: Sequence[JobEvent]) -> list[Outcome]:
        try:
            return self._transact(writes, events)
        except Exception as error:  # whatever it is, this thread must live on
            if isinstance(error, sqlite3.Error) and _is_busy(error):
                # Each retry would wait as long again.
                self._tell_lost(events, error)
                return [(write, None, _as_engine_error(error)) for write in writes]
        outcomes: list[Outcome] = []
        for write in writes:
            try:
                outcomes += self._transact([write], [])
            except Exception as error:
                outcomes.append((write, None, _as_engine_error(error)))
        try:
            self._transact([], events)
        except Exception as error:
            self._tell_lost(events, error)
        return outcomes

    def _tell_lost(self, events: Sequence[JobEvent], error: Exception) -> None:
        if events:
            logger.error("%d events of jobs were not recorded: %s", len(events), _as_engine_error(error))

    def _transact(self, writes: Sequence[Write], events: Sequence[JobEvent]) -> list[Outcome]:
        connection = self._connection
        with self._lock:
            # FULL waits until the disk has the log: an accepted job must outlive a loss of power, because its client
            # was told that it is safe. With NORMAL a commit outlives the death of the process; after a loss of power
            # the file is whole but may be some seconds old: then a job is run again or an event is missing, which costs
            # less than an fsync at every step of every run.
            level = "FULL" if any(write.is_durable for write in writes) else "NORMAL"
            connection.execute(f"PRAGMA synchronous = {level}")
            connection.execute("BEGIN IMMEDIATE")
            try:
                outcomes = [self._attempt(write) for write in writes]
                self._insert(events)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        return outcomes

    def _attempt(self, write: Write) -> Outcome:
        try:
            return (write, write.action(self._connection), None)
        except EngineError as error:  # a refusal; actions refuse before they write
            return (write, None, error)

    def _insert(self, events: Sequence[JobEvent]) -> None:
        # By way of `jobs`: of a job that was deleted meanwhile, events are dropped.
        self._connection.executemany(
            "INSERT OR IGNORE INTO events SELECT ?, n, ?, CAST(? AS TEXT) FROM jobs WHERE id = ?", _rows_of(events)
        )


def _rows_of(events: Sequence[JobEvent]) -> Iterator[tuple[int, float, bytes, str]]:
    for event in events:
        try:
            yield event.seq, event.at, msgspec.json.encode(event.event), event.job_id
        except (TypeError, ValueError) as error:  # not JSON, or not Unicode
            logger.error("Event %d of job %s cannot be recorded: %s", event.seq, event.job_id, error)


def _is_busy(error: sqlite3.Error) -> bool:
    return (getattr(error, "sqlite_errorname", None) or "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _as_engine_error(error: Exception) -> Exception:
    return StoreError(describe(error)) if isinstance(error, sqlite3.Error) else error
