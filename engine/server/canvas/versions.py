"""The versions of workflow files: every text that was ever saved under a name, packed, each only once.

Bounded: of each file the newest `KEPT_WHOLE` stay, and those that the user gave a name; older ones are thinned out
where they lie closest together, so that what is left reaches far back; and when all together take too much, the oldest
go first, the newest of a file never.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import time
from collections.abc import Iterable
from typing import Literal

import msgspec
from msgspec import Struct

from engine.server.canvas.documents import Changes
from engine.server.canvas.looking import Compared, revision_of
from engine.server.work import Body

Origin = Literal["saved", "found", "restored"]
KEPT_WHOLE = 50
MOST_OF_A_FILE = 200
MOST_BYTES = 512 * 2**20
"""Of all versions together, packed."""


class Version(Struct, frozen=True, kw_only=True):
    """A text that was saved under a name.

    Attributes:
        id: Names it in addresses.
        saved_at: When, in seconds since 1970.
        size: Of its text, in bytes.
        nodes: How many nodes it has; null if it is no workflow.
        revision: Names the text: the same text has the same revision.
        origin: `saved` by Save, `restored` from an older version, or `found`: something else had written the file, and
            it was kept before it was replaced.
        changes: What changed from the version before.
        label: What the user calls it; empty if nothing.
    """

    id: int
    saved_at: float
    size: int
    nodes: int | None
    revision: str
    origin: Origin
    changes: Changes
    label: str


_COLUMNS = "id, saved_at, size, nodes, revision, origin, changes, label"


def list_versions(connection: sqlite3.Connection, file: str, limit: int = 1000) -> list[Version]:
    """The versions of a file, the newest first."""
    query = f"SELECT {_COLUMNS} FROM versions WHERE file = ? ORDER BY id DESC LIMIT ?"
    return [_version(row) for row in connection.execute(query, (file, limit))]


def newest(connection: sqlite3.Connection, file: str) -> Version | None:
    """The last version of a file."""
    return next(iter(list_versions(connection, file, 1)), None)


def text_of_newest(connection: sqlite3.Connection, file: str) -> bytes | None:
    """The text of the last version of a file; None if there is none."""
    last = newest(connection, file)
    return None if last is None else _text(connection, last.revision)


def read_version(connection: sqlite3.Connection, file: str, version_id: int) -> tuple[Version, bytes] | None:
    """A version of a file and its text; None if there is none."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM versions WHERE file = ? AND id = ?", (file, version_id)
    ).fetchone()
    if row is None:
        return None
    version = _version(row)
    return version, _text(connection, version.revision)


def find_revision(connection: sqlite3.Connection, file: str, revision: str) -> tuple[Version, bytes, bool] | None:
    """The last version of a file with this text, the text, and whether it is the newest; None if there is none."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM versions WHERE file = ? AND revision = ? ORDER BY id DESC LIMIT 1", (file, revision)
    ).fetchone()
    if row is None:
        return None
    version, last = _version(row), newest(connection, file)
    return version, _text(connection, revision), last is not None and last.id == version.id


def _text(connection: sqlite3.Connection, revision: str) -> bytes:
    (packed,) = connection.execute("SELECT packed FROM contents WHERE revision = ?", (revision,)).fetchone()
    return gzip.decompress(packed)


def _version(row: tuple[object, ...]) -> Version:
    record = dict(zip(_COLUMNS.split(", "), row, strict=True))
    return msgspec.convert({**record, "changes": json.loads(str(record["changes"]))}, Version)


def keep_version(connection: sqlite3.Connection, file: str, text: Body, origin: Origin, compared: Compared) -> Version:
    """Record a text as the newest version of a file. The same text as the newest one is no new version.

    Args:
        connection: To the database.
        file: The name of the file.
        text: What it holds.
        origin: How it came to that.
        compared: What is in it, and how it differs from the newest version.
    """
    last = newest(connection, file)
    revision = revision_of(text)
    if last is not None and last.revision == revision:
        return last
    nodes, changes = compared.nodes, msgspec.json.encode(compared.changes).decode()
    connection.execute("INSERT OR IGNORE INTO contents VALUES (?, ?)", (revision, gzip.compress(text, 6, mtime=0)))
    values = (file, revision, time.time(), len(text), nodes, origin, changes)
    connection.execute(
        "INSERT INTO versions (file, revision, saved_at, size, nodes, origin, changes) VALUES (?, ?, ?, ?, ?, ?, ?)",
        values,
    )
    kept = newest(connection, file)
    assert kept is not None
    _thin_out(connection, file)
    _bound_bytes(connection)
    return kept


def label_version(connection: sqlite3.Connection, file: str, version_id: int, label: str) -> Version | None:
    """Give a version a name, or with an empty one take it away; None if there is no such version."""
    connection.execute("UPDATE versions SET label = ? WHERE file = ? AND id = ?", (label, file, version_id))
    found = read_version(connection, file, version_id)
    return None if found is None else found[0]


def forget_versions(connection: sqlite3.Connection, files: Iterable[str]) -> None:
    """Forget all versions of some files."""
    connection.executemany("DELETE FROM versions WHERE file = ?", [(file,) for file in files])
    _forget_contents(connection)


def move_versions(connection: sqlite3.Connection, file: str, target: str) -> None:
    """Have the versions of a file be those of another name. Those that the name had are forgotten."""
    connection.execute("DELETE FROM versions WHERE file = ?", (target,))
    connection.execute("UPDATE versions SET file = ? WHERE file = ?", (target, file))
    _forget_contents(connection)


def _thin_out(connection: sqlite3.Connection, file: str) -> None:
    query = "SELECT id, saved_at FROM versions WHERE file = ? AND label = '' ORDER BY id"
    rows = connection.execute(query, (file,)).fetchall()
    while len(rows) > MOST_OF_A_FILE:
        # The first one stays as well: how it began. A version goes if those around it are close together.
        at = min(range(1, len(rows) - KEPT_WHOLE), key=lambda index: rows[index + 1][1] - rows[index - 1][1])
        connection.execute("DELETE FROM versions WHERE id = ?", (rows.pop(at)[0],))
    _forget_contents(connection)


def _bound_bytes(connection: sqlite3.Connection) -> None:
    (total,) = connection.execute("SELECT COALESCE(SUM(LENGTH(packed)), 0) FROM contents").fetchone()
    while total > MOST_BYTES:
        deleted = connection.execute(
            "DELETE FROM versions WHERE id IN (SELECT id FROM versions AS old WHERE id <"
            " (SELECT MAX(id) FROM versions WHERE file = old.file) ORDER BY label != '', id LIMIT 10)"
        ).rowcount
        _forget_contents(connection)
        (total,) = connection.execute("SELECT COALESCE(SUM(LENGTH(packed)), 0) FROM contents").fetchone()
        if not deleted:
            return


def _forget_contents(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM contents WHERE revision NOT IN (SELECT revision FROM versions)")
