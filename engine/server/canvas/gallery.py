"""The index of the output directory in the database: pages of it, and what the user says of its files."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from engine.server.canvas.facts import READER, Facts

Kind = Literal["picture", "audio", "video"]
_GONE_FOR_GOOD_S = 30 * 86_400
"""So long the marks of a file that went away are kept: it may come back."""
_COLUMNS = (
    "id, name, folder, filename, kind, size, modified, modified_ns, width, height, star, rejected, rating, positive,"
    " negative"
)


class Seen(NamedTuple):
    """A file as it was seen in the directory: name with folders, size, and time of its last change."""

    name: str
    size: int
    modified_ns: int
    kind: Kind


class Item(NamedTuple):
    """A file of the index."""

    id: int
    name: str
    folder: str
    filename: str
    kind: Kind
    size: int
    modified: float
    modified_ns: int
    width: int | None
    height: int | None
    star: int
    rejected: int
    rating: int
    positive: str
    negative: str
    facts: Mapping[str, Sequence[str]]


def known_files(connection: sqlite3.Connection) -> dict[str, tuple[int, int]]:
    """Size and time of every file of the index that was there when it was last looked; no time if it has to be read
    again."""
    query = "SELECT name, size, CASE read_by WHEN ? THEN modified_ns ELSE -1 END FROM gallery WHERE gone IS NULL"
    return {name: (size, modified_ns) for name, size, modified_ns in connection.execute(query, (READER,))}


def store_files(connection: sqlite3.Connection, files: Sequence[tuple[Seen, Facts]]) -> None:
    """Record files that are new or changed. What the user said of them stays."""
    for seen, facts in files:
        folder, _, filename = seen.name.rpartition("/")
        longer = max(facts.width or 0, facts.height or 0) or None
        pixels = (facts.width or 0) * (facts.height or 0) or None
        values = (seen.name, folder, filename, seen.kind, seen.size, seen.modified_ns / 1e9, seen.modified_ns)
        values += (facts.width, facts.height, longer, pixels, READER)
        (item,) = connection.execute(
            "INSERT INTO gallery (name, folder, filename, kind, size, modified, modified_ns, width, height, longer,"
            " pixels, read_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE"
            " SET kind = excluded.kind, size = excluded.size, modified = excluded.modified,"
            " modified_ns = excluded.modified_ns, width = excluded.width, height = excluded.height,"
            " longer = excluded.longer, pixels = excluded.pixels,"
            " read_by = excluded.read_by, gone = NULL RETURNING id",
            values,
        ).fetchone()
        connection.execute("INSERT OR REPLACE INTO prompts VALUES (?, ?, ?)", (item, facts.positive, facts.negative))
        connection.execute("DELETE FROM facts WHERE item = ? AND kind <> 'tag'", (item,))
        connection.executemany(
            "INSERT OR IGNORE INTO facts VALUES (?, ?, ?, ?)",
            [(kind, value, item, _number(value)) for kind, value in facts.found],
        )
        models = " ".join(value for kind, value in facts.found if kind == "model")
        connection.execute("DELETE FROM texts WHERE rowid = ?", (item,))
        connection.execute(
            "INSERT INTO texts (rowid, words) VALUES (?, ?)",
            (item, f"{facts.positive}\n{facts.negative}\n{seen.name}\n{models}"),
        )


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def forget_files(connection: sqlite3.Connection, names: Sequence[str]) -> None:
    """Record that files are not there any more; those that went away long ago are forgotten."""
    now = time.time()
    connection.executemany("UPDATE gallery SET gone = ? WHERE name = ?", [(now, name) for name in names])
    old = "SELECT id FROM gallery WHERE gone < ?"
    connection.execute(f"DELETE FROM texts WHERE rowid IN ({old})", (now - _GONE_FOR_GOOD_S,))
    connection.execute(f"DELETE FROM gallery WHERE id IN ({old})", (now - _GONE_FOR_GOOD_S,))


def files_of(connection: sqlite3.Connection, ids: Sequence[int]) -> list[Item]:
    """Files by id, in this order; those that are not there are left out."""
    found: dict[int, Item] = {}
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        places = ", ".join("?" * len(some))
        query = f"SELECT {_COLUMNS} FROM gallery JOIN prompts ON item = id WHERE gone IS NULL AND id IN ({places})"
        found |= {item.id: item for item in _with_facts(connection, connection.execute(query, some).fetchall())}
    return [found[one] for one in dict.fromkeys(ids) if one in found]


def _with_facts(connection: sqlite3.Connection, rows: Sequence[tuple[object, ...]]) -> list[Item]:
    facts: dict[object, dict[str, list[str]]] = {row[0]: {} for row in rows}
    query = (
        f"SELECT item, kind, value FROM facts WHERE item IN ({', '.join('?' * len(rows))}) ORDER BY item, kind, value"
    )
    for item, kind, value in connection.execute(query, [row[0] for row in rows]):
        facts[item].setdefault(kind, []).append(value)
    return [Item(*row, facts=facts[row[0]]) for row in rows]  # pyright: ignore[reportArgumentType]


def mark_files(
    connection: sqlite3.Connection,
    ids: Sequence[int],
    *,
    star: bool | None = None,
    rejected: bool | None = None,
    rating: int | None = None,
    added: Sequence[str] = (),
    removed: Sequence[str] = (),
) -> list[Item]:
    """Record what the user says of files; None leaves it as it is. Returns them."""
    for one in files_of(connection, ids):
        if star is not None:
            connection.execute("UPDATE gallery SET star = ? WHERE id = ?", (int(star), one.id))
        if rejected is not None:
            connection.execute("UPDATE gallery SET rejected = ? WHERE id = ?", (int(rejected), one.id))
        if rating is not None:
            connection.execute("UPDATE gallery SET rating = ? WHERE id = ?", (rating, one.id))
        connection.executemany(
            "DELETE FROM facts WHERE kind = 'tag' AND value = ? AND item = ?", [(tag, one.id) for tag in removed]
        )
        connection.executemany(
            "INSERT OR IGNORE INTO facts VALUES ('tag', ?, ?, NULL)", [(tag, one.id) for tag in added]
        )
    return files_of(connection, ids)
