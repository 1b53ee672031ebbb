"""The tables of the file of jobs, and the steps that lead an older file to them.

The version of a file is its `user_version`: how many of `MIGRATIONS` were applied. Steps are only ever added; a file
with more of them than we know was written by a newer Skein and is left alone.

Rows of `jobs` are small; the large texts (prompt, result) have tables of their own, so that no list ever reads them.
Rows name their job by `n`, the order of acceptance, which never comes twice (AUTOINCREMENT).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from engine.errors import StoreError

APPLICATION_ID = 0x536B656E
"""Written into the head of the file: "Sken"."""

NOT_FINISHED = "9e99"
"""What sorts in place of the end of a job that has not ended: after all others."""
FINISHED_KEY = f"COALESCE(finished_at, {NOT_FINISHED})"
DURATION_KEY = "COALESCE(finished_at - started_at, -1)"
"""Sorting keys, spelled exactly as in the indexes: SQLite does not use these otherwise."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
        """CREATE TABLE jobs (
            n INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            idempotency_key TEXT UNIQUE,
            state TEXT NOT NULL,
            number REAL NOT NULL,
            position REAL NOT NULL,
            client_id TEXT NOT NULL,
            targets TEXT NOT NULL,
            created_at REAL NOT NULL,
            started_at REAL,
            finished_at REAL,
            deaths INTEGER NOT NULL,
            restarted INTEGER NOT NULL,
            error TEXT
        )""",
        "CREATE INDEX jobs_waiting ON jobs (state, number, position)",
        "CREATE INDEX jobs_client ON jobs (client_id)",
        "CREATE INDEX jobs_finished ON jobs (COALESCE(finished_at, 9e99))",
        "CREATE INDEX jobs_duration ON jobs (COALESCE(finished_at - started_at, -1))",
        """CREATE TABLE prompts (
            job INTEGER PRIMARY KEY REFERENCES jobs ON DELETE CASCADE,
            prompt TEXT NOT NULL,
            extra_data TEXT NOT NULL,
            checksum INTEGER NOT NULL
        )""",
        """CREATE TABLE results (
            job INTEGER PRIMARY KEY REFERENCES jobs ON DELETE CASCADE,
            result TEXT NOT NULL
        )""",
        """CREATE TABLE events (
            seq INTEGER PRIMARY KEY,
            job INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
            at REAL NOT NULL,
            event TEXT NOT NULL
        )""",
        "CREATE INDEX events_job ON events (job, seq)",
        """CREATE TABLE assets (
            n INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            job INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
            node_id TEXT NOT NULL,
            key TEXT NOT NULL,
            place INTEGER NOT NULL,
            filename TEXT NOT NULL,
            subfolder TEXT NOT NULL,
            kind TEXT NOT NULL,
            created_at REAL NOT NULL
        )""",
        "CREATE INDEX assets_job ON assets (job)",
        "CREATE INDEX assets_kind ON assets (kind)",
    ),
    ("ALTER TABLE jobs ADD COLUMN name TEXT NOT NULL DEFAULT ''",),
    # Whether the node did not run, and showed again what it had written for an earlier job. By itself: of a damaged
    # file this step can be taken, and its assets be read, where the next one fails.
    ("ALTER TABLE assets ADD COLUMN cached INTEGER NOT NULL DEFAULT 0",),
    (
        # Bits may have rotted in any text: nothing here may fail for that.
        """UPDATE assets SET cached = 1 WHERE (job, node_id) IN (
            SELECT results.job, node.key FROM results, json_each(
                CASE WHEN typeof(result) = 'text' AND json_valid(result) THEN result ELSE '{}' END, '$.nodes'
            ) AS node WHERE CASE node.type WHEN 'object' THEN json_extract(node.value, '$.cached') END = 1
        )""",
        "CREATE INDEX assets_place ON assets (filename, subfolder, kind, n)",
    ),
)


def migrate(
    connection: sqlite3.Connection,
    migrations: Sequence[Sequence[str]] = MIGRATIONS,
    *,
    application_id: int = APPLICATION_ID,
    what: str = "jobs",
) -> None:
    """Bring the file to the newest version, step by step, each whole or not at all.

    Args:
        connection: To the file.
        migrations: The steps, from an empty file on.
        application_id: What marks the file as one of its kind.
        what: The file is called the database of this.

    Raises:
        StoreError: The file was written by a newer version.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(migrations):
        raise StoreError(
            f"The database of {what} has version {version}, this Skein knows versions up to {len(migrations)}: it was"
            " written by a newer Skein. Use that one, or give another --user-directory."
        )
    for step in range(version, len(migrations)):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in migrations[step]:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {application_id}")
            connection.execute(f"PRAGMA user_version = {step + 1}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
