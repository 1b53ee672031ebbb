"""Workflow files that the user wants to stand first."""

from __future__ import annotations

import sqlite3


def list_favourites(connection: sqlite3.Connection) -> list[str]:
    """Their names, sorted."""
    return [name for (name,) in connection.execute("SELECT file FROM favourites ORDER BY file")]


def mark_favourite(connection: sqlite3.Connection, file: str, is_favourite: bool) -> None:
    """Have a file be one, or not."""
    query = "INSERT OR IGNORE INTO favourites VALUES (?)" if is_favourite else "DELETE FROM favourites WHERE file = ?"
    connection.execute(query, (file,))


def move_favourite(connection: sqlite3.Connection, file: str, target: str) -> None:
    """The file has another name: whether it is one goes along, and what the name had before is forgotten."""
    mark_favourite(connection, target, False)
    connection.execute("UPDATE favourites SET file = ? WHERE file = ?", (target, file))
