"""`canvas.sqlite3`: one writer, some readers, a file that outlives a kill; all as the database of jobs has it.

The directory is locked by the store of jobs, which lives in it, too. A damaged file is set aside and a new one begun:
workflow files and pictures are not in it.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TypeVar

from engine.errors import StoreError
from engine.jobs.database import check_owner, check_pages, connect, is_damage, make_private, set_aside
from engine.jobs.reading import Readers
from engine.jobs.schema import migrate
from engine.jobs.writer import Writer, describe
from engine.server.canvas.schema import APPLICATION_ID, MIGRATIONS

FILE_NAME = "canvas.sqlite3"
WHAT = "the canvas"
_READERS = 2
T = TypeVar("T")
logger = logging.getLogger(__name__)


class Database:
    """The database of the canvas. Made by `open`; used from one event loop."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None) -> None:
        self._connection = connection
        # In memory there is one connection for all, since no other one can see that database.
        guard = threading.Lock() if path is None else nullcontext()
        connections = [connection] if path is None else [connect(path, reads_only=True) for _ in range(_READERS)]
        self._readers = Readers(connections, guard, WHAT)
        self._writer = Writer(connection, guard, WHAT)
        self._writer.start()

    @classmethod
    def open(cls, directory: Path | None) -> Database:
        """Open the file in this directory, or make it; None: in memory, forgotten at the end.

        Raises:
            StoreError: The directory cannot be written, or the file is of a newer version.
        """
        if directory is None:
            connection = connect(None)
            migrate(connection, MIGRATIONS, application_id=APPLICATION_ID, what=WHAT)
            return cls(connection, None)
        path = directory / FILE_NAME
        try:
            directory.mkdir(parents=True, exist_ok=True)
            make_private(path)
            try:
                return cls(_open_file(path), path)
            except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
                if not is_damage(error):
                    raise
                problem = " ".join(str(error).split())
            aside = set_aside(path)
            logger.warning("%s was damaged (%s) and is kept as %s. A new one was begun.", path, problem, aside.name)
            make_private(path)
            return cls(_open_file(path), path)
        except sqlite3.Error as error:
            raise StoreError(describe(error, WHAT)) from error
        except OSError as error:
            raise StoreError(f"The database of the canvas cannot be opened: {error.strerror or error}.") from error

    def close(self) -> None:
        """Write what waits, then let go of the file."""
        self._writer.stop()
        self._readers.close()
        with suppress(sqlite3.Error):
            self._connection.close()

    async def run(self, action: Callable[[sqlite3.Connection], T], *, durable: bool = False) -> T:
        """Run an action in a transaction; returns after the commit. It may be run again after a rollback.

        Args:
            action: Takes all it knows from the connection.
            durable: The commit must survive a loss of power, not only the death of the process.

        Raises:
            StoreError: It could not be written.
        """
        return await self._writer.run(action, durable=durable)

    async def ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Run a question in a thread.

        Raises:
            StoreError: The database cannot be read.
        """
        return await self._readers.ask(question)


def _open_file(path: Path) -> sqlite3.Connection:
    connection = connect(path)
    try:
        check_owner(connection, APPLICATION_ID, "what the canvas keeps")
        connection.execute("PRAGMA journal_mode = WAL")
        check_pages(connection, "quick_check")
        migrate(connection, MIGRATIONS, application_id=APPLICATION_ID, what=WHAT)
    except BaseException:
        connection.close()
        raise
    return connection
