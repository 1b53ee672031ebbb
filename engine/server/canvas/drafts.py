"""Drafts: documents that are open in a browser and not saved. They outlive browser and server; a quota bounds them."""

from __future__ import annotations

import gzip
import sqlite3
import time

from msgspec import Struct

from engine.graph.json_values import show
from engine.server.canvas.versions import revision_of
from engine.server.refusal import Refusal, not_found

MOST_DRAFTS = 500
MOST_BYTES = 256 * 2**20
"""Of the texts of all drafts together."""
_COLUMNS = "id, name, file, base, window, saved_at, size, revision"


class Draft(Struct, frozen=True, kw_only=True):
    """A document that is not saved.

    Attributes:
        id: As the client named it.
        name: What the user sees it as.
        file: The workflow file that it is of; null if of none yet.
        base: The revision of that file that was opened.
        window: The browser window that has it open; as the client named it.
        saved_at: When it was stored, in seconds since 1970.
        size: Of its text, in bytes.
        revision: Names its text; `ETag` and `If-Match` have it in quotes.
    """

    id: str
    name: str
    file: str | None
    base: str | None
    window: str | None
    saved_at: float
    size: int
    revision: str


def list_drafts(connection: sqlite3.Connection) -> list[Draft]:
    """All of them, the newest first."""
    return [_draft(row) for row in connection.execute(f"SELECT {_COLUMNS} FROM drafts ORDER BY saved_at DESC, id")]


def read_draft(connection: sqlite3.Connection, draft_id: str) -> tuple[Draft, bytes]:
    """A draft and its text.

    Raises:
        Refusal: There is none.
    """
    row = connection.execute(f"SELECT {_COLUMNS}, packed FROM drafts WHERE id = ?", (draft_id,)).fetchone()
    if row is None:
        raise not_found(f"There is no draft {show(draft_id)}.", "draft_not_found")
    return _draft(row[:-1]), gzip.decompress(row[-1])


def _draft(row: tuple[object, ...]) -> Draft:
    return Draft(**dict(zip(_COLUMNS.split(", "), row, strict=True)))  # pyright: ignore[reportArgumentType]


def store_draft(
    connection: sqlite3.Connection,
    draft_id: str,
    text: bytes,
    packed: bytes,
    *,
    name: str,
    file: str | None,
    base: str | None,
    window: str | None,
    expected: str | None,
) -> Draft:
    """Store a draft, in place of what it was.

    Raises:
        Refusal: 412 if another revision is there than was expected, 507 if there are too many, or too large ones.
    """
    there = connection.execute("SELECT revision, size FROM drafts WHERE id = ?", (draft_id,)).fetchone()
    revision, size = there or (None, 0)
    if expected is not None and revision is not None and expected not in (revision, "*"):
        raise Refusal(
            f"The draft {show(draft_id)} was changed by another window meanwhile.",
            status=412,
            code="revision_conflict",
            extra_info={"revision": revision},
        )
    count, total = connection.execute("SELECT COUNT(*), COALESCE(SUM(size), 0) FROM drafts").fetchone()
    if there is None and count >= MOST_DRAFTS:
        raise _full(f"There are {count} drafts already, which is the most that are kept, a fixed limit")
    if total - size + len(text) > MOST_BYTES:
        raise _full(f"With this draft all would take more than {MOST_BYTES / 2**20:g} MiB, a fixed limit")
    values = (draft_id, name, file, base, window, time.time(), len(text), revision_of(text), packed)
    connection.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    return read_draft(connection, draft_id)[0]


def _full(why: str) -> Refusal:
    return Refusal(f"{why}: close or save some, and delete those that are not needed.", status=507, code="draft_quota")


def take_draft(connection: sqlite3.Connection, draft_id: str, new_id: str, window: str | None) -> Draft:
    """Give a draft another id and window, at once or not at all: of two who want it one is given it.

    Raises:
        Refusal: 404 if there is none (any more), 409 if another draft has the new id.
    """
    ids = {row[0] for row in connection.execute("SELECT id FROM drafts WHERE id IN (?, ?)", (draft_id, new_id))}
    if draft_id not in ids:
        raise not_found(f"There is no draft {show(draft_id)}.", "draft_not_found")
    if new_id in ids - {draft_id}:
        raise Refusal(f"Another draft has the id {show(new_id)}.", status=409, code="draft_id_in_use")
    connection.execute("UPDATE drafts SET id = ?, window = ? WHERE id = ?", (new_id, window, draft_id))
    return read_draft(connection, new_id)[0]


def delete_draft(connection: sqlite3.Connection, draft_id: str) -> None:
    """Forget a draft; none is no matter."""
    connection.execute("DELETE FROM drafts WHERE id = ?", (draft_id,))
