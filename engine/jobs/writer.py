"""The one thread that writes to the file of jobs, so that many who write at once share one commit and one fsync.

Whoever writes hands over an action; the thread takes all that wait, runs them in one transaction, and answers all after
its commit. If the transaction fails (disk full, a broken action), each is tried again by itself, so that the error
reaches the request that caused it. What a run left must not be lost to a disk that was full for a while: such writes
are kept when they fail, and written in their order as soon as that is possible.
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
RETRY_S = 5.0
MAX_WAITING_EVENTS = 200_000
"""Beyond this (the disk hangs) the oldest events are forgotten; jobs and results never are."""


def describe(error: Exception, what: str = "jobs") -> str:
    """A sentence for whoever's request failed; names no path. For errors of SQLite, or in reading its messages."""
    if isinstance(error, UnicodeDecodeError):
        return f"The database of {what} cannot be used: its file is damaged."
    name = _name_of(error)
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
            return f"The database of {what} cannot be used: {reason}."
    return f"The database of {what} cannot be used: {error}."


class Write:
    """An action that waits for its transaction, and who is to be told."""

    __slots__ = ("action", "future", "is_durable", "is_kept")

    def __init__(
        self,
        action: Action,
        future: asyncio.Future[Any] | None = None,
        *,
        is_durable: bool = False,
        is_kept: bool = False,
    ) -> None:
        self.action = action
        self.future = future
        self.is_durable = is_durable
        self.is_kept = is_kept


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
        what: The file is called the database of this.
    """

    def __init__(self, connection: sqlite3.Connection, lock: AbstractContextManager[Any], what: str = "jobs") -> None:
        self._what = what
        self._connection = connection
        self._lock = lock
        self._waiting: deque[Write] = deque()
        self._events: deque[JobEvent] = deque()
        self._changed = threading.Condition()
        self._is_stopping = False
        self._events_dropped = 0
        self._events_appended = 0  # ever; and so many of them are written or given up:
        self._events_settled = 0
        self._kept: list[Write] = []
        self._thread = threading.Thread(target=self._work, name=f"{what}-writer", daemon=True)

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

    async def run(self, action: Callable[[sqlite3.Connection], T], *, durable: bool = False, kept: bool = False) -> T:
        """Run the action in a transaction; returns after the commit.

        Args:
            action: May be run more than once, after a rollback; so it must take all it knows from the connection.
            durable: The commit must survive a loss of power, not only the death of the process.
            kept: If it cannot be written now, it is tried again later, before all others that are kept.

        Raises:
            StoreError: It could not be written.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.put(Write(action, future, is_durable=durable, is_kept=kept))
        return await future

    def put(self, write: Write) -> None:
        """Let a write wait for its turn; never blocks."""
        with self._changed:
            if self._is_stopping:
                raise StoreError(f"The database of {self._what} is closed.")
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
            self._events_appended += 1
            self._changed.notify()

    async def settle(self) -> None:
        """Wait until all events that were appended are written."""
        appended = self._events_appended
        while self._events_settled < appended:
            await self.run(lambda _: None)  # answered together with the next events

    def _work(self) -> None:
        while self._wait():
            with self._changed:
                writes = [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_BATCH))]
                events = [self._events.popleft() for _ in range(min(len(self._events), MAX_BATCH))]
                dropped, self._events_dropped = self._events_dropped, 0
            if dropped:
                logger.warning("The disk does not keep up: %d events of jobs were not recorded", dropped)
            self._retry_kept()
            outcomes = self._commit(writes, events)
            self._events_settled += len(events) + dropped
            self._answer(outcomes)
        self._retry_kept()
        if self._kept:
            logger.error("%d changes of jobs could not be written and are lost", len(self._kept))

    def _wait(self) -> bool:
        """Until there is something to do; False when there never will be."""
        with self._changed:
            while not (self._waiting or self._events or self._is_stopping):
                if not self._changed.wait(RETRY_S if self._kept else None):
                    return True
            return bool(self._waiting or self._events)

    def _retry_kept(self) -> None:
        size = MAX_BATCH
        while self._kept:
            try:
                self._transact(self._kept[:size], [])
            except Exception as error:
                if _may_pass(error):
                    return
                if size > 1:
                    size = 1  # to find the one that is broken
                    continue
                logger.error("A change of a job cannot be written and is lost: %s", self._as_engine_error(error))
            del self._kept[:size]

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
        if not self._kept:
            try:
                return self._transact(writes, events)
            except Exception as error:  # whatever it is, this thread must live on
                if _is_busy(error):  # each would wait as long again
                    self._tell_lost(events, error)
                    return [self._fail(write, error) for write in writes]
        outcomes = [self._commit_alone(write) for write in writes]
        try:
            self._transact([], events)
        except Exception as error:
            self._tell_lost(events, error)
        return outcomes

    def _commit_alone(self, write: Write) -> Outcome:
        if write.is_kept and self._kept:  # it must not overtake those
            return self._fail(write, StoreError(f"The database of {self._what} cannot be written at present."))
        try:
            return self._transact([write], [])[0]
        except Exception as error:
            return self._fail(write, error)

    def _fail(self, write: Write, error: Exception) -> Outcome:
        if write.is_kept and (self._kept or _may_pass(error)):
            self._kept.append(write)
        return (write, None, self._as_engine_error(error))

    def _tell_lost(self, events: Sequence[JobEvent], error: Exception) -> None:
        if events:
            logger.error("%d events of jobs were not recorded: %s", len(events), self._as_engine_error(error))

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
                if events:
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

    def _as_engine_error(self, error: Exception) -> Exception:
        is_ours = isinstance(error, sqlite3.Error | UnicodeDecodeError)
        return StoreError(describe(error, self._what)) if is_ours else error

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


def _is_busy(error: Exception) -> bool:
    return _name_of(error).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def _may_pass(error: Exception) -> bool:
    """Whether the same write may succeed later."""
    passing = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_BUSY", "SQLITE_LOCKED")
    return _name_of(error).startswith(passing)


def _name_of(error: Exception) -> str:
    return getattr(error, "sqlite_errorname", None) or ""
