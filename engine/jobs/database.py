"""Opens the file of jobs: locks its directory, checks it, sets it aside if it is damaged, brings it to our version."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from filelock import FileLock, Timeout

from engine.errors import StoreError
from engine.jobs.head import problem_of
from engine.jobs.job import Job
from engine.jobs.reading import unfinished_jobs
from engine.jobs.rows import DETAILS_QUERY
from engine.jobs.salvage import salvage
from engine.jobs.schema import APPLICATION_ID, migrate
from engine.jobs.wal import DamagedLog, committed_frames
from engine.jobs.writer import describe

FILE_NAME = "jobs.sqlite3"
ENDINGS = ("", "-wal", "-shm")
"""Of the file itself and of those that SQLite keeps beside it."""
SALVAGED_NAME = "jobs.salvaged.sqlite3"
LOCK_NAME = "jobs.lock"
BUSY_TIMEOUT_S = 2.0
"""How long we wait for another program (a backup, a browser of databases) that holds the file."""
CHECKED_BYTES = 2**30
"""Beyond this a file is checked only if the server did not end in peace: it takes a second for each gigabyte."""
PRIVATE_MODE = 0o600
"""Prompts are nobody else's business."""


class OpenFile(NamedTuple):
    """A file that is ready for use.

    Attributes:
        connection: For writing.
        unfinished: Jobs that had not ended.
        notices: What the owner of the server should be told about how the file was found.
    """

    connection: sqlite3.Connection
    unfinished: list[Job]
    notices: list[str]


def lock_directory(directory: Path) -> FileLock:
    """Keep other servers away from the directory until the lock is released or this process ends.

    Raises:
        StoreError: Another server is there, or the directory cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = FileLock(directory / LOCK_NAME, timeout=0, mode=PRIVATE_MODE, thread_local=False)
        lock.acquire()
    except Timeout as error:
        raise StoreError(
            f"Another server uses {directory}: stop it, or give this one another directory (--user-directory)."
        ) from error
    except (OSError, NotImplementedError) as error:
        raise StoreError(f"The directory {directory} cannot be used for the database of jobs: {error}") from error
    return lock


def connect(path: Path | None, *, reads_only: bool = False) -> sqlite3.Connection:
    """A connection with our settings, for use by one thread at a time; None: a new database in memory."""
    connection = sqlite3.connect(
        path or ":memory:", timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    # Damaged bytes shall spoil the text that they are in, not the list that it is in.
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA fullfsync = ON")  # on macOS a plain fsync leaves data in the disk's own cache
        connection.execute(f"PRAGMA journal_size_limit = {64 * 2**20}")
        if reads_only:
            connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def check_owner(connection: sqlite3.Connection, application_id: int, what: str) -> None:
    """See to it that a file is empty, or one of ours for `what`.

    Raises:
        sqlite3.DatabaseError: It is something else, or damaged.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    if tables and application != application_id:
        raise sqlite3.DatabaseError(f"it holds something else than {what}")


def check_pages(connection: sqlite3.Connection, check: Literal["quick_check", "integrity_check"]) -> None:
    """Have SQLite look through a file; the quick check leaves out whether indexes fit their tables.

    Raises:
        sqlite3.DatabaseError: It is damaged.
    """
    problems = [row[0] for row in connection.execute(f"PRAGMA {check}(1)")]
    if problems != ["ok"]:
        raise sqlite3.DatabaseError(problems[0])


def open_file(path: Path) -> OpenFile:
    """Open the file of jobs, or make it. Its directory is locked already.

    A damaged file is set aside under another name, what can be read of it is carried over, and a notice says so.

    Raises:
        StoreError: The file is of a newer version, or cannot be read or written.
    """
    salvaged = path.with_name(SALVAGED_NAME)
    try:
        if salvaged.exists() and not path.exists():
            salvaged.rename(path)  # `_replace` was cut short
        make_private(path)
        try:
            return _open_checked(path)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            if not is_damage(error):
                raise
            problem = " ".join(str(error).split())
        notice = _replace(path, problem)
        opened = _open_checked(path)
        return opened._replace(notices=[notice, *opened.notices])
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {describe(error)}") from error
    except OSError as error:
        raise StoreError(f"The database of jobs cannot be opened: {error}") from error


def _replace(path: Path, problem: str) -> str:
    """Put a new file with what can be read of the damaged one in its place. Returns a notice.

    The new file is complete before the damaged one is touched, so that a kill or a full disk in between loses nothing.
    """
    unfinished = path.with_name("jobs.unfinished.sqlite3")
    for ending in ENDINGS:
        Path(f"{unfinished}{ending}").unlink(missing_ok=True)
    make_private(unfinished)
    with closing(_open_checked(unfinished).connection) as connection:
        saved = salvage(path, connection)
    unfinished.replace(path.with_name(SALVAGED_NAME))
    aside = set_aside(path)
    path.with_name(SALVAGED_NAME).rename(path)
    return f"The database {path} was damaged ({problem}) and is kept as {aside.name}. {saved}"


def make_private(path: Path) -> None:
    """Make the file if it is not there, for its owner alone."""
    # SQLite's own files beside it (-wal, -shm) take over this mode.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, PRIVATE_MODE))


def is_damage(error: Exception) -> bool:
    """Told apart from a full disk or a file that is locked: those are left alone."""
    name = getattr(error, "sqlite_errorname", None)  # None: the text of SQLite's message is damaged, or it is ours
    return name is None or name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def _open_checked(path: Path) -> OpenFile:
    log = path.with_name(f"{path.name}-wal")
    log_copy = path.with_name(f"{path.name}-wal.unchecked")
    has_log = log.exists() and log.stat().st_size > 0  # a server that ends in peace leaves none
    problem = problem_of(path, is_at_rest=not has_log)
    if problem:
        raise sqlite3.DatabaseError(problem)
    if has_log:
        shutil.copy(log, log_copy)
    is_checked = has_log or path.stat().st_size <= CHECKED_BYTES
    connection = connect(path)
    try:
        check_owner(connection, APPLICATION_ID, "jobs")
        connection.execute("PRAGMA journal_mode = WAL")  # from here on the file may change
        notices = _check_log(connection, log_copy) if has_log else []
        if is_checked:
            check_pages(connection, "integrity_check")
        migrate(connection)
        try:
            connection.execute(DETAILS_QUERY + "FALSE")  # all columns are there, under their names
            unfinished = unfinished_jobs(connection)
        except (StoreError, sqlite3.OperationalError) as error:
            raise sqlite3.DatabaseError(str(error)) from error
    except BaseException:
        connection.close()
        raise
    finally:
        log_copy.unlink(missing_ok=True)
    return OpenFile(connection, unfinished, notices)


def _check_log(connection: sqlite3.Connection, log_copy: Path) -> list[str]:
    """Whether SQLite found all that the log held when it was opened; if not, the log is kept."""
    _, found, _ = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    try:
        lost = committed_frames(log_copy) - max(found, 0)
        if lost <= 0:
            return []
        problem = f"{lost} pages cannot be read"
    except DamagedLog as error:
        problem = str(error)
    aside = log_copy.with_name(f"{_free_name(log_copy.parent, 'jobs')}-wal")
    log_copy.rename(aside)
    return [
        f"The log of the newest changes in {log_copy.parent} was damaged ({problem}) and is kept as {aside.name}."
        " The newest jobs and results may be missing."
    ]


def _free_name(directory: Path, stem: str) -> str:
    stem = f"{stem}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"
    taken = {path.name for path in directory.glob(f"{stem}*")}
    names = (f"{stem}{ending}.sqlite3" for ending in ("", *(f"-{count}" for count in range(2, 10_000))))
    return next(name for name in names if not any(other.startswith(name) for other in taken))


def set_aside(path: Path) -> Path:
    """Rename the file and SQLite's files beside it to a name that says so; returns that of the file."""
    aside = path.with_name(_free_name(path.parent, path.stem))
    for ending in ENDINGS:
        with suppress(FileNotFoundError):
            os.replace(f"{path}{ending}", f"{aside}{ending}")
    return aside
