"""By what the files of the gallery can be told apart, each value with the number of its files."""

from __future__ import annotations

import datetime
import sqlite3
from typing import Any

Facet = list[tuple[str, int]]
_MOST_FOLDERS = 5000
_MOST_MONTHS = 600


def count_facets(connection: sqlite3.Connection, limit: int = 500) -> dict[str, Facet]:
    """The values of each facet, the most frequent first, months the newest first.

    Args:
        connection: To the database.
        limit: At most so many of each; of folders, which make a tree, more.

    Returns:
        By name: folder, kind, model, tag, size (`512x768`), month (`2026-01`), rating (`0` to `5`), mark (`star`,
        `rejected`).
    """
    there = "FROM gallery WHERE gone IS NULL"
    facets: dict[str, Facet] = {}
    for name, most in (("folder", _MOST_FOLDERS), ("kind", limit)):
        query = f"SELECT {name}, COUNT(*) AS n {there} GROUP BY {name} ORDER BY n DESC LIMIT ?"
        facets[name] = connection.execute(query, (most,)).fetchall()
    query = f"SELECT rating, COUNT(*) {there} GROUP BY rating ORDER BY rating DESC"
    facets["rating"] = [(str(rating), count) for rating, count in connection.execute(query)]
    query = f"SELECT width, height, COUNT(*) AS n {there} GROUP BY width, height ORDER BY n DESC LIMIT ?"
    facets["size"] = [
        (f"{width}x{height}", count)
        for width, height, count in connection.execute(query, (limit,))
        if width is not None and height is not None
    ]
    for kind in ("model", "tag"):
        facets[kind] = _count_facts(connection, kind)[:limit]
    facets["month"] = _count_months(connection)
    facets["mark"] = []
    for mark in ("star", "rejected"):
        # Without statistics SQLite would take another index, and look at each file.
        query = f"SELECT COUNT(*) FROM gallery INDEXED BY gallery_{mark} WHERE gone IS NULL AND {mark} = 1"
        (count,) = connection.execute(query).fetchone()
        facets["mark"].append((mark, count))
    return facets


def _count_facts(connection: sqlite3.Connection, kind: str) -> Facet:
    """All that there ever were, less those of files that are gone, which are few: so the table is left alone."""
    counts: dict[str, int] = dict(
        connection.execute("SELECT value, COUNT(*) FROM facts WHERE kind = ? GROUP BY value", (kind,)).fetchall()
    )
    # The spelling of a value may be that of either, so it is the value without case that counts.
    keys = {value.casefold(): value for value in counts}
    query = (
        "SELECT value, COUNT(*) FROM gallery CROSS JOIN facts ON item = gallery.id"
        " WHERE gone IS NOT NULL AND facts.kind = ? GROUP BY value"
    )
    for value, count in connection.execute(query, (kind,)):
        if (known := keys.get(value.casefold())) is not None:
            counts[known] -= count
    return sorted(((value, n) for value, n in counts.items() if n > 0), key=lambda one: (-one[1], one[0]))


def _count_months(connection: sqlite3.Connection) -> Facet:
    """From the newest file back, month by month, counted in the index of times."""
    months: Facet = []
    before = float("inf")
    while len(months) < _MOST_MONTHS:
        row: tuple[Any, ...] = connection.execute(
            "SELECT MAX(modified) FROM gallery WHERE gone IS NULL AND modified < ?", (before,)
        ).fetchone()
        if row[0] is None:
            break
        try:
            begin = datetime.datetime.fromtimestamp(row[0]).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
            start = begin.timestamp()
        except (ValueError, OverflowError, OSError):  # a time that no calendar has
            before = row[0]
            continue
        (count,) = connection.execute(
            "SELECT COUNT(*) FROM gallery WHERE gone IS NULL AND modified >= ? AND modified < ?", (start, before)
        ).fetchone()
        months.append((f"{begin:%Y-%m}", count))
        before = start
    return months
