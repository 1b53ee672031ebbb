"""Questions to the file of jobs: a few threads with connections of their own, so that no answer waits for a writer."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from queue import SimpleQueue
from typing import Any, Literal, TypeVar

import msgspec

from engine.errors import StoreError, UnknownJob
from engine.jobs.job import ENDED, Asked, Asset, Job, JobState, JobTexts
from engine.jobs.rows import (
    ASSETS_QUERY,
    DETAILS_QUERY,
    JOB_COLUMNS,
    JOB_WIDTH,
    SAME_PLACE,
    TEXT_COLUMNS,
    asked_of,
    asset_of,
    job_of,
    texts_of,
)
from engine.jobs.schema import DURATION_KEY, FINISHED_KEY, NOT_FINISHED
from engine.jobs.writer import describe

logger = logging.getLogger(__name__)
T = TypeVar("T")
Order = Literal["created", "finished", "duration"]
ORDER_KEYS: dict[Order, str] = {"created": "n", "finished": FINISHED_KEY, "duration": DURATION_KEY}

ENOUGH_BYTES = 2**20
"""Texts of so many bytes are enough for one answer; who wants more asks again."""


class Readers:
    """Threads that ask.

    Args:
        connections: One for each thread.
        lock: Held during each question.
        what: The file is called the database of this.
    """

    def __init__(
        self, connections: Collection[sqlite3.Connection], lock: AbstractContextManager[Any], what: str = "jobs"
    ) -> None:
        self._what = what
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._connections = tuple(connections)
        for connection in connections:
            self._idle.put(connection)
        self._lock = lock
        self._threads = ThreadPoolExecutor(len(self._connections), thread_name_prefix=f"{what}-reader")

    async def ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Run the question in a thread.

        Raises:
            StoreError: The database cannot be read.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, question)
        except RuntimeError as error:
            raise StoreError(f"The database of {self._what} is closed.") from error

    def _ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._idle.get()
        try:
            with self._lock:
                return question(connection)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise StoreError(describe(error, self._what)) from error
        finally:
            self._idle.put(connection)

    def close(self) -> None:
        """Answer what was asked, then close the connections."""
        self._threads.shutdown()
        for connection in self._connections:
            with suppress(sqlite3.Error):
                connection.close()


def unfinished_jobs(connection: sqlite3.Connection) -> list[Job]:
    """Jobs that have not ended: running ones first, by when they began, then those that wait, in order."""
    rows = connection.execute(
        f"SELECT {JOB_COLUMNS} FROM jobs WHERE state IN ('running', 'queued')"
        " ORDER BY state DESC, CASE state WHEN 'running' THEN started_at END, number, position, n"
    )
    return [job_of(row) for row in rows]


def ids_of_ended(connection: sqlite3.Connection) -> list[str]:
    """All that is history."""
    query = f"SELECT id FROM jobs WHERE state IN ({', '.join('?' * len(ENDED))})"
    return [row[0] for row in connection.execute(query, tuple(ENDED))]


def _readable(convert: Callable[[tuple[Any, ...]], T], rows: Iterable[tuple[Any, ...] | None]) -> list[T]:
    """Records of the rows; one that is damaged does not hide the others."""
    records: list[T] = []
    for row in rows:
        if row is None:
            continue  # deleted meanwhile
        try:
            records.append(convert(row))
        except StoreError as error:
            logger.warning("Job %s is left out of a list: %s", row[0], error)
    return records


def page_of_jobs(
    connection: sqlite3.Connection,
    *,
    states: Collection[JobState] | None = None,
    client_id: str | None = None,
    after: str | None = None,
    offset: int = 0,
    limit: int = 100,
    order: Order = "created",
    descending: bool = True,
    text: str | None = None,
    created_after: float | None = None,
    created_before: float | None = None,
) -> tuple[list[Job], int]:
    """Some jobs, and how many there are in all; see `Store.jobs`."""
    conditions: list[str] = []
    values: list[Any] = []
    if states is not None:
        # The plus keeps SQLite from using the index of states: it shall walk along the index that gives the order.
        conditions.append(f"+state IN ({','.join('?' * len(states))})")
        values += sorted(states)
    if client_id is not None:
        conditions.append("+client_id = ?")
        values.append(client_id)
    for sign, time_s in ((">=", created_after), ("<", created_before)):
        if time_s is not None:
            conditions.append(f"+created_at {sign} ?")
            values.append(time_s)
    if text:
        pattern = _pattern_of(text)
        conditions.append(
            "(id LIKE ? ESCAPE '!' OR client_id LIKE ? ESCAPE '!' OR name LIKE ? ESCAPE '!' OR error LIKE ? ESCAPE '!'"
            " OR EXISTS (SELECT 1 FROM prompts WHERE job = n AND prompt LIKE ? ESCAPE '!'))"
        )
        values += [pattern] * 5
    where = " AND ".join(conditions) or "TRUE"
    (total,) = connection.execute(f"SELECT COUNT(*) FROM jobs WHERE {where.replace('+', '')}", values).fetchone()
    key, direction = ORDER_KEYS[order], "DESC" if descending else "ASC"
    if after is not None:
        row = connection.execute(f"SELECT {key}, n FROM jobs WHERE id = ?", (after,)).fetchone()
        if row is None:
            raise UnknownJob(f"No job has the id {after}, after which the page should begin.")
        sign = "<" if descending else ">"
        where += f" AND {key} {sign}= ? AND ({key} {sign} ? OR n {sign} ?)"
        values += [row[0], row[0], row[1]]
    query = f"SELECT {JOB_COLUMNS} FROM jobs WHERE {where} ORDER BY {key} {direction}, n {direction} LIMIT ? OFFSET ?"
    rows = connection.execute(query, [*values, limit, offset])
    return _readable(job_of, rows), total


def _pattern_of(text: str) -> str:
    written = msgspec.json.encode(text).decode()[1:-1]  # as it stands in JSON texts
    for special in "!%_":
        written = written.replace(special, "!" + special)
    return f"%{written}%"


def texts_of_states(
    connection: sqlite3.Connection, states: Collection[JobState], limit: int | None, offset: int, newest_last: bool
) -> tuple[list[JobTexts], int]:
    """See `Store.texts_of`."""
    if ENDED.issuperset(states):
        keys = (FINISHED_KEY, "n")
        condition = f"{FINISHED_KEY} < {NOT_FINISHED} AND +state IN ({','.join('?' * len(states))})"
    else:
        keys = ("number", "position", "n")
        condition = f"state IN ({','.join('?' * len(states))})"
    order = ", ".join(keys if newest_last else [f"{key} DESC" for key in keys])
    numbers = connection.execute(
        f"SELECT n FROM jobs WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?",
        [*sorted(states), -1 if limit is None else limit, offset],
    ).fetchall()
    # One by one: whatever is sorted is sorted without the texts, and other threads have their turn in between.
    rows: list[tuple[Any, ...] | None] = []
    size = 0
    for number in numbers:
        row = connection.execute(DETAILS_QUERY + "jobs.n = ?", number).fetchone()
        rows.append(row)
        size += 0 if row is None else sum(len(part) for part in row[JOB_WIDTH:] if isinstance(part, bytes))
        if size > ENOUGH_BYTES:
            break
    return _readable(texts_of, rows), len(rows)


def texts_of_job(connection: sqlite3.Connection, job_id: str) -> Asked | None:
    """See `Store.texts`."""
    row = connection.execute(
        f"SELECT {TEXT_COLUMNS} FROM jobs JOIN prompts ON prompts.job = jobs.n WHERE jobs.id = ?", (job_id,)
    ).fetchone()
    return None if row is None else asked_of(job_id, *row)


def texts_of_some(connection: sqlite3.Connection, job_ids: Sequence[str]) -> list[Asked | None]:
    """See `Store.texts_of_jobs`."""
    found: list[Asked | None] = []
    size = 0
    for job_id in job_ids:
        try:
            texts = texts_of_job(connection, job_id)
        except StoreError as error:
            logger.warning("Job %s is left out of a list: %s", job_id, error)
            texts = None
        found.append(texts)
        size += 0 if texts is None else sum(map(len, texts))
        if size > ENOUGH_BYTES:
            break
    return found


_LISTED_ONCE = f"""CASE asset.cached
    WHEN 0 THEN NOT EXISTS
        (SELECT 1 FROM assets AS other WHERE {SAME_PLACE.format("other")} AND other.n > asset.n AND other.cached = 0)
    ELSE NOT EXISTS
        (SELECT 1 FROM assets AS other
            WHERE {SAME_PLACE.format("other")} AND (other.n < asset.n OR other.cached = 0))
END"""
"""Of all assets of a file, that of the job that wrote it last, or, if that was deleted, the first that shows it."""


def page_of_assets(
    connection: sqlite3.Connection, job_id: str | None, node_id: str | None, kind: str | None, offset: int, limit: int
) -> tuple[list[Asset], int]:
    """Some assets, the newest first, and how many there are in all; see `Store.assets`."""
    conditions: list[str] = [_LISTED_ONCE if job_id is None else "asset.job = (SELECT n FROM jobs WHERE id = ?)"]
    values: list[Any] = [] if job_id is None else [job_id]
    for column, value in (("node_id", node_id), ("kind", kind)):
        if value is not None:
            conditions.append(f"asset.{column} = ?")
            values.append(value)
    where = " AND ".join(conditions)
    (total,) = connection.execute(f"SELECT COUNT(*) FROM assets AS asset WHERE {where}", values).fetchone()
    rows = connection.execute(
        f"{ASSETS_QUERY} {where} ORDER BY asset.n DESC LIMIT ? OFFSET ?", [*values, limit, offset]
    )
    return _readable(asset_of, rows), total


_TICK = 0.1
"""By how much, in seconds, the time of a file may lie behind the clock: systems take it from their last tick."""


def maker_of_file(
    connection: sqlite3.Connection,
    kind: str,
    subfolder: str,
    filename: str,
    modified: float | None,
    before: Asset | None,
) -> Asset | None:
    """See `Store.maker_of`."""
    conditions = "asset.filename = ? AND asset.subfolder = ? AND asset.kind = ?"
    values: list[Any] = [filename, subfolder, kind]
    if before is not None:
        conditions += " AND asset_job.id <> ? AND asset.created_at <= ?"
        values += [before.job_id, before.created_at]
    # No job wrote a file before it began; one that did so later only shows it. Times are not to be relied upon, though:
    # files are copied, and clocks are set.
    row = connection.execute(
        f"{ASSETS_QUERY} {conditions} ORDER BY asset.cached, COALESCE(asset_job.started_at > ? + {_TICK}, 0),"
        " CASE asset.cached WHEN 0 THEN -asset.n ELSE asset.n END LIMIT 1",
        [*values, modified],
    ).fetchone()
    return None if row is None else asset_of(row).made
