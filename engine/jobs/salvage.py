"""Carries what can be read of a damaged file of jobs over into a new one, job by job. Events are left behind."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import msgspec

from engine.errors import EngineError
from engine.jobs.head import repair
from engine.jobs.job import JobState
from engine.jobs.rows import JOB_COLUMNS, TEXT_COLUMNS, details_of
from engine.jobs.schema import MIGRATIONS, migrate

NUMBER_SOURCES = (
    "jobs NOT INDEXED",
    "jobs INDEXED BY jobs_waiting",
    "jobs INDEXED BY jobs_client",
    "jobs INDEXED BY jobs_finished",
    "jobs INDEXED BY jobs_duration",
)
"""Each of these trees on its own can say which jobs there are; hardly all of them are damaged."""
QUERY_WITHOUT_RESULT = f"""SELECT {JOB_COLUMNS}, {TEXT_COLUMNS}
    FROM jobs JOIN prompts ON prompts.job = jobs.n WHERE jobs.n = ?"""
# UnicodeError: SQLite quotes damaged names in its messages.
UNREADABLE = (sqlite3.Error, UnicodeError, msgspec.MsgspecError, EngineError)


def salvage(damaged: Path, new: sqlite3.Connection) -> str:
    """Copy every job whose prompt is whole. The damaged file is only read.

    Returns:
        A sentence that says how many.
    """
    with TemporaryDirectory(dir=damaged.parent) as scratch:
        copy = Path(scratch) / "copy.sqlite3"
        for ending in ("", "-wal"):  # a connection to the file itself would change it
            with suppress(FileNotFoundError):
                shutil.copy(f"{damaged}{ending}", f"{copy}{ending}")
        repair(copy, len(MIGRATIONS))
        with suppress(*UNREADABLE), closing(sqlite3.connect(copy, isolation_level=None)) as old:
            _repair_schema(old, new)
        with closing(sqlite3.connect(copy, isolation_level=None)) as old:
            with suppress(*UNREADABLE):
                migrate(old)
            numbers = set(_numbers_of_jobs(old))
            new.execute("BEGIN IMMEDIATE")
            with suppress(*UNREADABLE):
                new.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", old.execute("SELECT * FROM meta"))
            saved = sum(_carry_over(old, new, number) for number in sorted(numbers))
            new.execute("COMMIT")
    if not saved:
        return "No job could be read in it."
    lost = len(numbers) - saved
    return f"{saved} jobs could be read and were carried over{f', {lost} could not' if lost else ''}; events were not."


def _repair_schema(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    """Write the texts of the schema anew, of which a wrong letter makes the whole file unreadable."""
    old.execute("PRAGMA writable_schema = ON")  # also has SQLite pass over what it cannot parse
    if old.execute("PRAGMA user_version").fetchone() == new.execute("PRAGMA user_version").fetchone():
        texts = new.execute("SELECT sql, type, name FROM sqlite_master WHERE sql IS NOT NULL")
        old.executemany("UPDATE sqlite_master SET sql = ? WHERE type = ? AND name = ?", texts)


def _numbers_of_jobs(old: sqlite3.Connection) -> Iterator[int]:
    for source in NUMBER_SOURCES:
        for direction in ("ASC", "DESC"):  # from both ends up to the damage
            with suppress(*UNREADABLE):
                for (number,) in old.execute(f"SELECT n FROM {source} ORDER BY n {direction}"):
                    if isinstance(number, int):
                        yield number


def _carry_over(old: sqlite3.Connection, new: sqlite3.Connection, number: int) -> bool:
    """One job; False if it cannot be read."""
    new.execute("SAVEPOINT job")
    try:
        row = old.execute("SELECT * FROM jobs WHERE n = ?", (number,)).fetchone()
        details_row = old.execute(QUERY_WITHOUT_RESULT, (number,)).fetchone()
        if row is None or details_row is None:
            raise sqlite3.DatabaseError("no prompt")
        state, finished_at = row[3], row[10]
        if state not in get_args(JobState):
            state = "queued" if finished_at is None else "failed"
        details_of((*details_row, None))  # refuses a damaged prompt
        _insert(new, "jobs", (*row[:3], state, *row[4:]))
        _insert(new, "prompts", old.execute("SELECT * FROM prompts WHERE job = ?", (number,)).fetchone())
    except UNREADABLE:
        new.execute("ROLLBACK TO job")
        return False
    finally:
        new.execute("RELEASE job")
    with suppress(*UNREADABLE):
        result = old.execute("SELECT * FROM results WHERE job = ?", (number,)).fetchone()
        if result is not None:
            details_of((*details_row, result[1]))  # refuses what cannot be decoded
            _insert(new, "results", result)
    with suppress(*UNREADABLE):
        for asset in old.execute("SELECT * FROM assets WHERE job = ?", (number,)):
            _insert(new, "assets", asset)
    return True


def _insert(new: sqlite3.Connection, table: str, row: tuple[object, ...]) -> None:
    new.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
