"""Which files stand on a page, whichever way they are found; and what is kept is kept no longer than it holds."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.jobs.database import connect
from engine.jobs.schema import migrate
from engine.server.canvas import finding
from engine.server.canvas.database import Database
from engine.server.canvas.facets import count_facets
from engine.server.canvas.facts import Facts, source_of
from engine.server.canvas.finding import Order, find_files, ids_of
from engine.server.canvas.gallery import Seen, forget_files, known_files, mark_files, store_files
from engine.server.canvas.index import Index
from engine.server.canvas.schema import MIGRATIONS

COUNT = 40


def file(number: int) -> tuple[Seen, Facts]:
    """A file whose properties follow from its number; some share their time, size or sides."""
    facts = Facts(
        64 * (number % 5), 64, f"{'fox' if number % 3 else 'whale'} {number}", "", (("steps", str(number % 4)),)
    )
    return Seen(f"d{number % 3}/{number * 7 % COUNT:02}.png", number % 6, (number // 2) * 10**9, "picture"), facts


def filled() -> sqlite3.Connection:
    """A database of files, some of which went away again."""
    connection = connect(None)
    migrate(connection, MIGRATIONS)
    store_files(connection, [file(number) for number in range(COUNT)])
    mark_files(connection, list(range(1, COUNT, 3)), rating=3, star=True, added=["best"])
    forget_files(connection, [file(number)[0].name for number in range(0, COUNT, 10)])
    return connection


SEARCHES = ("", "fox", "-fox", "whale -star", "star", "steps:2", "-steps:2 -tag:best", "folder:d1", "size:>=128 fox")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(SEARCHES),
    st.sampled_from(["modified", "name", "size", "rating", "pixels"]),
    st.booleans(),
    st.integers(0, COUNT),
    st.integers(1, COUNT),
    st.sampled_from([0, 3000]),
)
def test_pages_are_parts_of_one_order(
    search: str, order: Order, descending: bool, offset: int, limit: int, few: int
) -> None:
    with closing(filled()) as connection, pytest.MonkeyPatch.context() as patch:
        found = find_files(connection, search)
        wanted = [
            row[0]
            for row in connection.execute(
                f"SELECT id FROM gallery WHERE gone IS NULL ORDER BY {order} {'DESC' if descending else 'ASC'}, id"
                f" {'DESC' if descending else 'ASC'}"
            )
            if (row[0] in found.only if found.only is not None else row[0] not in found.but)
        ]
        patch.setattr(finding, "_FEW", few)
        page = ids_of(connection, found, order=order, descending=descending, offset=offset, limit=limit)
        assert page == wanted[offset : offset + limit]
        assert len(wanted) == found.total


def test_facets_count_what_is_there() -> None:
    with closing(filled()) as connection:
        facets = count_facets(connection)
        there = [number for number in range(COUNT) if number % 10]
        best = sum(1 for number in there if (number + 1) in range(1, COUNT, 3))
        assert facets["tag"] == [("best", best)]
        assert dict(facets["mark"]) == {"star": best, "rejected": 0}
        assert dict(facets["rating"]) == {"3": best, "0": len(there) - best}
        assert sum(count for _, count in facets["folder"]) == sum(count for _, count in facets["month"]) == len(there)


def test_files_that_an_older_reader_read_are_read_again() -> None:
    with closing(filled()) as connection:
        connection.execute("UPDATE gallery SET read_by = 0 WHERE id = 2")
        known = known_files(connection)
        assert known[file(1)[0].name] == (file(1)[0].size, -1)
        assert known[file(2)[0].name] == (file(2)[0].size, file(2)[0].modified_ns)


def test_what_is_kept_is_asked_again_after_a_change() -> None:
    async def ask() -> None:
        database = Database.open(None)
        try:
            index = Index(database)
            await database.run(lambda connection: store_files(connection, [file(1), file(2)]))
            assert (await index.find("fox")).total == 2
            assert (await index.facets())["rating"] == [("0", 2)]
            assert await index.find("fox") is await index.find("fox")
            assert await index.facets() is await index.facets()
            await index.mark([1], rating=5)
            assert (await index.facets())["rating"] == [("5", 1), ("0", 1)]
            assert (await index.find("rating:5")).total == 1
            await database.run(lambda connection: store_files(connection, [file(4)]))
            index.changed()
            assert (await index.find("fox")).total == 3
        finally:
            database.close()

    asyncio.run(ask())


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("fox.png", ("input", "fox.png")),
        ("cats/fox.png [output]", ("output", "cats/fox.png")),
        ("cats\\fox.webp[temp]", ("temp", "cats/fox.webp")),
        ("film.mp4 [input]", ("input", "film.mp4")),
        ("fox.png [elsewhere]", None),
        ("model.safetensors", None),
        ("a red fox", None),
        ("two\nlines.png", None),
        (12, None),
        ("x" * 600 + ".png", None),
    ],
)
def test_inputs_that_name_files(value: object, place: tuple[str, str] | None) -> None:
    assert source_of(value) == place
