"""Steps from one version of the file to the next."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from engine.errors import StoreError
from engine.jobs.database import FILE_NAME, connect, lock_directory
from engine.jobs.rows import checksum_of
from engine.jobs.schema import DURATION_KEY, FINISHED_KEY, MIGRATIONS, migrate
from engine.jobs.store import Store
from tests.engine.jobs.samples import submission

NEXT = (*MIGRATIONS, ("ALTER TABLE jobs ADD COLUMN note TEXT", "UPDATE jobs SET note = 'old'"))
BROKEN = (*MIGRATIONS, ("ALTER TABLE jobs ADD COLUMN note TEXT", "UPDATE nothing SET note = 1"))


def version_of(connection: sqlite3.Connection) -> int:
    return connection.execute("PRAGMA user_version").fetchone()[0]


def test_steps_are_taken_once_and_keep_what_is_there(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    asyncio.run(store.add(submission("x")))
    store.close()
    for _ in range(2):
        with closing(connect(tmp_path / FILE_NAME)) as connection:
            migrate(connection, NEXT)
            assert version_of(connection) == len(NEXT)
            assert connection.execute("SELECT id, note FROM jobs").fetchall() == [("x", "old")]


def test_jobs_of_an_older_file_have_no_name(tmp_path: Path) -> None:
    with closing(connect(tmp_path / FILE_NAME)) as connection:
        migrate(connection, MIGRATIONS[:1])
        connection.execute(
            "INSERT INTO jobs VALUES (1, 'old', NULL, 'queued', 1, 1, '', '[]', 0, NULL, NULL, 0, 0, NULL)"
        )
        connection.execute("INSERT INTO prompts VALUES (1, '{}', '{}', ?)", (checksum_of(b"{}", b"{}"),))
    store = Store.open(tmp_path)
    job = asyncio.run(store.job("old"))
    assert job is not None
    assert (job.id, job.name, job.state) == ("old", "", "queued")
    store.close()


def test_a_step_is_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    with closing(connect(tmp_path / FILE_NAME)) as connection:
        migrate(connection)
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, BROKEN)
        assert version_of(connection) == len(MIGRATIONS)
        assert "note" not in {row[1] for row in connection.execute("PRAGMA table_info(jobs)")}


def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    with closing(connect(tmp_path / FILE_NAME)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection, NEXT)
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(StoreError, match=rf"version {len(NEXT)}.*up to {len(MIGRATIONS)}.*newer Skein"):
        Store.open(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == before
    assert not list(tmp_path.glob("*damaged*"))
    lock_directory(tmp_path).release()  # it was let go


def test_the_keys_of_the_order_are_spelled_as_in_the_indexes() -> None:
    assert f"({FINISHED_KEY})" in str(MIGRATIONS)
    assert f"({DURATION_KEY})" in str(MIGRATIONS)
