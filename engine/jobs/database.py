"""Opens the file of jobs: locks its directory, checks it, sets it aside if it is damaged, brings it to our version."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from engine.errors import StoreError
from engine.jobs.schema import APPLICATION_ID, migrate
from engine.jobs.writer import describe

FILE_NAME = "jobs.sqlite3"
LOCK_NAME = "jobs.lock"
BUSY_TIMEOUT_S = 2.0
"""How long we wait for another program (a backup, a browser of databases) that holds the file."""
PRIVATE_MODE = 0o600
"""Prompts are nobody else's business."""


class OpenFile(NamedTuple):
    """A file that is ready for use, and what its owner should be told about how it was found."""

    connection: sqlite3.Connection
    lock: FileLock
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
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA fullfsync = ON")  # on macOS a plain fsync leaves data in the disk's own cache
        connection.execute(f"PRAGMA journal_size_limit = {64 * 2**20}")
        if reads_only:
            connection.execute("PRAGMA query_only = ON")
        else:
            connection.execute("PRAGMA journal_mode = WAL")
    except BaseException:
        connection.close()
        raise
    return connection


def open_file(directory: Path) -> OpenFile:
    """Open the file of jobs in this directory, or make it.

    A damaged file is set aside under another name, what can be read of it is carried over, and a notice says so.

    Raises:
        StoreError: Another server uses the directory; the file is of a newer version, or cannot be read or written.
    """
    lock = lock_directory(directory)
    path = directory / FILE_NAME
    notices: list[str] = []
    try:
        # SQLite's own files beside it (-wal, -shm) take over this mode.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, PRIVATE_MODE))
        try:
            connection = _open_checked(path)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            aside = set_aside(path)
            notices.append(f"{path} is damaged ({error}) and was set aside as {aside.name}; a new one was begun.")
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, PRIVATE_MODE))
            connection = _open_checked(path)
        return OpenFile(connection, lock, notices)
    except sqlite3.Error as error:
        lock.release()
        raise StoreError(f"{path}: {describe(error)}") from error
    except OSError as error:
        lock.release()
        raise StoreError(f"The database of jobs cannot be opened: {error}") from error
    except BaseException:
        lock.release()
        raise


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Told apart from a full disk or a file that is locked: those are left alone."""
    name = getattr(error, "sqlite_errorname", None)
    return name is None or name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def _open_checked(path: Path) -> sqlite3.Connection:
    connection = connect(path)
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        if tables and application != APPLICATION_ID:
            raise sqlite3.DatabaseError("it holds something else than jobs")
        problems = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
        if problems != ["ok"]:
            raise sqlite3.DatabaseError(problems[0])
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def set_aside(path: Path) -> Path:
    """Rename the file and SQLite's files beside it to a name that says so; returns that of the file."""
    aside = path.with_name(f"jobs.damaged-{time.strftime('%Y%m%d-%H%M%S')}.sqlite3")
    count = 1
    while aside.exists():
        count += 1
        aside = path.with_name(f"jobs.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{count}.sqlite3")
    for ending in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.replace(f"{path}{ending}", f"{aside}{ending}")
    return aside
