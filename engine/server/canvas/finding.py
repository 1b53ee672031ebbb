"""Which files a search finds, and which of them stand on a page.

The parts of a search are asked for one by one, each through an index of its own, and put together here: that takes
tens of milliseconds for 100,000 files, where one query for all of them has to look at each file in the table. Which
files those are is kept until something changes, so that scrolling through them costs only the page.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Literal, NamedTuple

from engine.server.canvas.search import parse_search

Order = Literal["modified", "name", "size", "rating", "pixels"]
_FEW = 3000
"""So many are sorted; of more, the index of the order is walked through."""


class Found(NamedTuple):
    """The files that a search finds.

    Attributes:
        only: Their ids; None for all there are but `but`.
        but: Ids of files that it does not find; empty unless `only` is None.
        total: How many it finds.
    """

    only: frozenset[int] | None
    but: frozenset[int]
    total: int


def find_files(connection: sqlite3.Connection, search: str) -> Found:
    """The files that a search finds.

    Raises:
        BadSearch: The search cannot be understood.
    """
    only: frozenset[int] | None = None
    but: frozenset[int] = frozenset()
    for part in sorted(parse_search(search), key=lambda part: part.is_not):
        ids = _ids(connection, part.sql, part.values)
        if part.is_not:
            only, but = (only, but | ids) if only is None else (only - ids, but)
        else:
            only = ids if only is None else only & ids
        if only is not None and not only:
            break
    (count,) = connection.execute("SELECT COUNT(*) FROM gallery WHERE gone IS NULL").fetchone()
    if only is None and not but:
        return Found(None, but, count)
    gone = _ids(connection, "SELECT id FROM gallery WHERE gone IS NOT NULL")
    if only is not None:
        only -= gone
        return Found(only if len(only) < count else None, frozenset(), len(only))
    but -= gone
    return Found(None, but, count - len(but))


def _ids(connection: sqlite3.Connection, query: str, values: Sequence[object] = ()) -> frozenset[int]:
    # In one row: between one row and the next, Python's other threads would have to be waited for.
    (text,) = connection.execute(
        f"WITH found (one) AS ({query}) SELECT group_concat(one) FROM found", tuple(values)
    ).fetchone()
    return frozenset(map(int, text.split(","))) if text else frozenset()


def ids_of(
    connection: sqlite3.Connection, found: Found, *, order: Order, descending: bool, offset: int, limit: int
) -> list[int]:
    """The ids of some of these files, in order."""
    way = "DESC" if descending else "ASC"
    ordered = f"ORDER BY {order} {way}, id {way}"
    if found.only is None and not found.but:
        query = f"SELECT id FROM gallery WHERE gone IS NULL {ordered} LIMIT ? OFFSET ?"
        return [row[0] for row in connection.execute(query, (limit, offset))]
    if found.only is not None and len(found.only) <= _FEW:
        # The `+` keeps SQLite from walking through the index of the order.
        query = f"SELECT id FROM gallery WHERE gone IS NULL AND id IN (SELECT value FROM json_each(?)) {ordered}"
        query = query.replace(f"BY {order}", f"BY +{order}")
        ids = (row[0] for row in connection.execute(query, (json.dumps(list(found.only)),)))
    else:
        ids = _walk(connection, found, f"SELECT id FROM gallery WHERE gone IS NULL {ordered}")
    return list(islice(ids, offset, offset + limit))


def _walk(connection: sqlite3.Connection, found: Found, query: str) -> Iterator[int]:
    only, but = found.only, found.but
    for (item,) in connection.execute(query):
        if item not in but if only is None else item in only:
            yield item
