"""The file in which accepted jobs, their events, results and history survive: SQLite, one writer, some readers.

Reading and writing happen in threads of the store; its coroutines only wait for them. See `writer` for what a commit
promises, `schema` for the tables, `database` for how the file is opened and what happens to a damaged one.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Collection, Sequence
from contextlib import ExitStack, nullcontext, suppress
from functools import partial
from pathlib import Path

from filelock import FileLock

from engine.errors import StoreError
from engine.jobs.database import FILE_NAME, OpenFile, connect, lock_directory, open_file
from engine.jobs.events import TRANSIENT, JobEvent
from engine.jobs.job import ENDED, Asked, Asset, Job, JobDetails, JobResult, JobState, JobTexts, Submission
from engine.jobs.reading import (
    Order,
    Readers,
    ids_of_ended,
    maker_of_file,
    page_of_assets,
    page_of_jobs,
    texts_of_job,
    texts_of_some,
    texts_of_states,
)
from engine.jobs.rows import (
    ASSETS_QUERY,
    DETAILS_QUERY,
    JOB_COLUMNS,
    asset_of,
    details_of,
    event_of,
    job_of,
    texts_of,
)
from engine.jobs.schema import migrate
from engine.jobs.writer import Write, Writer, describe
from engine.jobs.writing import Accepted, accept, forget, forget_oldest, remember, store_result, update

logger = logging.getLogger(__name__)
READERS = 3
SEQ_BLOCK = 1_000_000
DELETED_AT_ONCE = 200


class Store:
    """The database of jobs. Made by `open`; used from one event loop.

    Attributes:
        notices: What the owner of the server should be told about the file: damage, what was saved from it.
    """

    def __init__(self, opened: OpenFile, *, path: Path | None, lock: FileLock | None, history_limit: int) -> None:
        self.notices = opened.notices
        self._unfinished = opened.unfinished
        self._connection = opened.connection
        self._file_lock = lock
        self._history_limit = history_limit
        self._begin()
        # In memory there is one connection for all, since no other one can see that database.
        guard = threading.Lock() if path is None else nullcontext()
        connections = [self._connection] if path is None else [connect(path, reads_only=True) for _ in range(READERS)]
        self._readers = Readers(connections, guard)
        self._writer = Writer(self._connection, guard)
        self._writer.start()

    @classmethod
    def open(cls, directory: Path | None, *, history_limit: int = 10_000) -> Store:
        """Open the file of jobs in this directory, or make it; None: in memory, forgotten at the end.

        Raises:
            StoreError: The directory cannot be written, another server uses it, or its file is of a newer version.
        """
        if directory is None:
            connection = connect(None)
            migrate(connection)
            return cls(OpenFile(connection, [], []), path=None, lock=None, history_limit=history_limit)
        path = directory / FILE_NAME
        with ExitStack() as on_failure:
            lock = lock_directory(directory)
            on_failure.callback(lock.release)
            opened = open_file(path)
            on_failure.callback(opened.connection.close)
            try:
                store = cls(opened, path=path, lock=lock, history_limit=history_limit)
            except sqlite3.Error as error:
                raise StoreError(f"{path}: {describe(error)}") from error
            on_failure.pop_all()
        for notice in store.notices:
            logger.warning("%s", notice)
        return store

    def _begin(self) -> None:
        """Read what is kept in memory; done before any thread runs."""
        meta = dict(self._connection.execute("SELECT key, value FROM meta"))
        self._paused = bool(meta.get("paused", 0))
        # A new file begins at the milliseconds since 1970: so sequence numbers grow even after a file was deleted, set
        # aside, or never was (in memory). Blocks are reserved on disk before they are used; so they grow also where an
        # event was told and never stored.
        stored = meta.get("seq")  # of any type and size, if its bits have rotted
        self._seq = stored if isinstance(stored, int) and 0 <= stored < 2**52 else int(time.time() * 1000)
        self._reserved = self._seq + SEQ_BLOCK
        self._connection.execute("PRAGMA synchronous = FULL")
        remember(self._connection, "seq", self._reserved)
        forget_oldest(self._connection, self._history_limit)

    def close(self) -> None:
        """Write what waits, then let go of file and directory. May take some milliseconds; may be called twice."""
        self._writer.stop()
        self._readers.close()
        with suppress(sqlite3.Error):
            self._connection.close()  # the last one: SQLite moves the log into the file
        if self._file_lock is not None:
            self._file_lock.release()

    # Accepting and changing

    async def accept(self, submission: Submission) -> Accepted:
        """Store a job; when this returns it is on the disk and outlives a loss of power.

        The same id or idempotency key with the same prompt, targets and extra data gives the job of then.
        Whoever is cancelled while it waits may have stored the job all the same: shield it.

        Raises:
            JobConflict: The id or the key is in use for something else.
            StoreError: The disk is full or read-only, or the file is locked or damaged.
        """
        return await self._writer.run(lambda connection: accept(connection, submission), durable=True)

    async def add(self, submission: Submission) -> Job:
        """As `accept`; returns only the job."""
        return (await self.accept(submission)).job

    async def save(self, job: Job, result: JobResult | None = None) -> None:
        """Record the new state of a job, and what it left if that is given. Unknown jobs (deleted ones) are ignored.

        Raises:
            StoreError: It could not be written yet; the store goes on trying, whoever called need not.
        """
        await self._writer.run(lambda connection: self._save(connection, [job], result), kept=True)

    async def save_all(self, jobs: Sequence[Job]) -> None:
        """As `save` for each, in one transaction."""
        await self._writer.run(lambda connection: self._save(connection, jobs, None), kept=True)

    def _save(self, connection: sqlite3.Connection, jobs: Sequence[Job], result: JobResult | None) -> None:
        for job in jobs:
            update(connection, job)
            if result is not None:
                store_result(connection, job, result)
        if any(job.state in ENDED for job in jobs):
            forget_oldest(connection, self._history_limit)

    async def delete(self, job_ids: Collection[str] | None) -> int:
        """Forget ended jobs with all they left; None: all ended ones. Returns how many there were.

        Raises:
            StoreError: It could not be written.
        """
        if job_ids is None:
            job_ids = await self._readers.ask(ids_of_ended)
        count = 0
        rest = list(job_ids)
        while rest:  # not all at once: submissions shall not wait for it
            some, rest = rest[:DELETED_AT_ONCE], rest[DELETED_AT_ONCE:]
            count += await self._writer.run(partial(forget, job_ids=some))
        return count

    # Events

    def next_seq(self) -> int:
        """A number greater than any before, also before a restart. For the event loop's thread only."""
        self._seq += 1
        if self._reserved - self._seq < SEQ_BLOCK // 2:
            self._reserved += SEQ_BLOCK
            reserve = partial(remember, key="seq", value=self._reserved)
            with suppress(StoreError):  # closed: nothing is stored any more
                self._writer.put(Write(reserve, is_kept=True))
        return self._seq

    def append(self, event: JobEvent) -> None:
        """Record an event soon; never blocks. Transient ones are not recorded."""
        if not isinstance(event.event, TRANSIENT):
            self._writer.append(event)

    async def events(self, *, since: int, job_id: str | None = None, limit: int = 1000) -> list[JobEvent]:
        """Recorded events with greater sequence numbers, in order; those appended before are among them.

        Raises:
            StoreError: They could not be read.
        """
        await self._writer.settle()
        condition, values = ("", [since, limit]) if job_id is None else (" AND jobs.id = ?", [since, job_id, limit])
        query = (
            "SELECT seq, jobs.id, client_id, at, CAST(event AS TEXT) FROM events JOIN jobs ON jobs.n = events.job"
            f" WHERE seq > ?{condition} ORDER BY seq LIMIT ?"
        )
        return await self._readers.ask(lambda connection: [event_of(row) for row in connection.execute(query, values)])

    # Reading

    def unfinished(self) -> list[Job]:
        """Jobs that had not ended when the store was opened: those that ran first, then those that waited, in order."""
        return self._unfinished

    async def job(self, job_id: str) -> Job | None:
        """A job without its large parts; None if it is unknown.

        Raises:
            StoreError: It could not be read, or is damaged.
        """

        def read(connection: sqlite3.Connection) -> Job | None:
            row = connection.execute(f"SELECT {JOB_COLUMNS} FROM jobs WHERE id = ?", (job_id,)).fetchone()
            return None if row is None else job_of(row)

        return await self._readers.ask(read)

    async def details(self, job_id: str) -> JobDetails | None:
        """All that is known of a job; None if it is unknown.

        Raises:
            StoreError: It could not be read.
        """

        def read(connection: sqlite3.Connection) -> JobDetails | None:
            row = connection.execute(DETAILS_QUERY + "jobs.id = ?", (job_id,)).fetchone()
            return None if row is None else details_of(row)

        return await self._readers.ask(read)

    async def record(self, job_id: str) -> JobTexts | None:
        """As `details`, its large parts as texts.

        Raises:
            StoreError: It could not be read, or is damaged.
        """

        def read(connection: sqlite3.Connection) -> JobTexts | None:
            row = connection.execute(DETAILS_QUERY + "jobs.id = ?", (job_id,)).fetchone()
            return None if row is None else texts_of(row)

        return await self._readers.ask(read)

    async def texts(self, job_id: str) -> Asked | None:
        """What was asked for, as JSON texts, for a worker; None if the job is unknown.

        Raises:
            StoreError: They could not be read, or are damaged.
        """

        return await self._readers.ask(lambda connection: texts_of_job(connection, job_id))

    async def texts_of_jobs(self, job_ids: Sequence[str]) -> list[Asked | None]:
        """As `texts`, of the first of these jobs: as many as are not too much at once. Damaged ones are None, too.

        Raises:
            StoreError: They could not be read.
        """
        return await self._readers.ask(lambda connection: texts_of_some(connection, job_ids))

    async def jobs(
        self,
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
        """A page of jobs, and how many fit the filters in all.

        Args:
            states: Only jobs in one of them.
            client_id: Only jobs of this client.
            after: Id of the last job of the page before.
            offset: So many are skipped (after `after`).
            limit: At most so many.
            order: By time of acceptance, of the end (those without one are the last), or by the time a run took (those
                that did not run are the shortest).
            descending: The newest or longest first.
            text: Only jobs whose id, client, error or prompt contains it.
            created_after: Only jobs accepted at this time or later, in seconds since 1970.
            created_before: Only jobs accepted earlier.

        Raises:
            UnknownJob: There is no job `after`.
            StoreError: They could not be read.
        """
        return await self._readers.ask(
            lambda connection: page_of_jobs(
                connection,
                states=states,
                client_id=client_id,
                after=after,
                offset=offset,
                limit=limit,
                order=order,
                descending=descending,
                text=text,
                created_after=created_after,
                created_before=created_before,
            )
        )

    async def texts_of(
        self, *, states: Collection[JobState], limit: int | None = None, offset: int = 0, newest_last: bool = True
    ) -> tuple[list[JobTexts], int]:
        """Jobs in these states, whole: ended ones by the time of their end, others by their place in the queue.

        Returns:
            The jobs, and how far to go on with `offset`: large jobs are given a few at a time, damaged ones left out.
            0 means that there are no more.

        Raises:
            StoreError: They could not be read.
        """
        return await self._readers.ask(
            lambda connection: texts_of_states(connection, states, limit, offset, newest_last)
        )

    async def counts(self) -> dict[JobState, int]:
        """How many jobs are in each state.

        Raises:
            StoreError: They could not be read.
        """
        return await self._readers.ask(
            lambda connection: dict(connection.execute("SELECT state, COUNT(*) FROM jobs GROUP BY state").fetchall())
        )

    async def assets(
        self,
        *,
        job_id: str | None = None,
        node_id: str | None = None,
        kind: str | None = None,
        offset: int = 0,
        limit: int = 100,
    ) -> tuple[list[Asset], int]:
        """A page of files that jobs left, the newest first, and how many there are in all.

        Each file is there once, as what the job left that wrote it last.

        Args:
            job_id: Only, and all, that this job showed, also where it did not have to write it.
            node_id: Only those that a node of this id showed.
            kind: Only those of this directory.
            offset: So many are skipped.
            limit: At most so many.

        Raises:
            StoreError: They could not be read.
        """
        return await self._readers.ask(
            lambda connection: page_of_assets(connection, job_id, node_id, kind, offset, limit)
        )

    async def maker_of(
        self, kind: str, subfolder: str, filename: str, *, modified: float | None = None, before: Asset | None = None
    ) -> Asset | None:
        """A file as what the job left that wrote it; None if no job that is known showed such a file.

        Jobs that only showed it again, as nothing had to be computed, did not write it. If the one that did was
        deleted, it is the first of these.

        Args:
            kind: The directory it is in.
            subfolder: Below that; may be empty.
            filename: Without its folder.
            modified: When it was written, in seconds since 1970: jobs that began later come last.
            before: Only jobs other than this asset's that ended no later than that one.

        Raises:
            StoreError: It could not be read.
        """
        return await self._readers.ask(
            lambda connection: maker_of_file(connection, kind, subfolder, filename, modified, before)
        )

    async def asset(self, asset_id: str) -> Asset | None:
        """One of them; None if it is unknown.

        Raises:
            StoreError: It could not be read.
        """
        query = f"{ASSETS_QUERY} asset.id = ?"

        def read(connection: sqlite3.Connection) -> Asset | None:
            row = connection.execute(query, (asset_id,)).fetchone()
            return None if row is None else asset_of(row)

        return await self._readers.ask(read)

    # The rest

    @property
    def paused(self) -> bool:
        """Whether the queue was paused, by whoever ran this server last."""
        return self._paused

    async def set_paused(self, paused: bool) -> None:
        """Remember it beyond a restart.

        Raises:
            StoreError: It could not be written.
        """
        await self._writer.run(partial(remember, key="paused", value=int(paused)))
        self._paused = paused

    async def check(self) -> None:
        """Write and read something small.

        Raises:
            StoreError: The server can accept nothing at present.
        """
        await self._writer.run(partial(remember, key="checked", value=int(time.time())))
        await self._readers.ask(lambda connection: connection.execute("SELECT value FROM meta").fetchone())
