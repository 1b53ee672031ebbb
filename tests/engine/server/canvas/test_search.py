"""The search language: any text gives a query that SQLite takes, or a sentence; and it finds what it says."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.jobs.database import connect
from engine.jobs.schema import migrate
from engine.server.canvas.facts import Facts
from engine.server.canvas.finding import find_files, ids_of
from engine.server.canvas.gallery import Item, Seen, files_of, store_files
from engine.server.canvas.schema import MIGRATIONS
from engine.server.canvas.search import BadSearch

WORDS = ("red", "fox", "blue", "whale", "redder")
KEYS = ("model", "seed", "size", "after", "before", "rating", "tag", "folder", "name", "kind", "steps", "bytes", "what")


def database(files: list[tuple[Seen, Facts]]) -> sqlite3.Connection:
    connection = connect(None)
    migrate(connection, MIGRATIONS)
    store_files(connection, files)
    return connection


def file(number: int, *words: str, width: int = 512) -> tuple[Seen, Facts]:
    facts = Facts(width, 512, " ".join(words), "", (("seed", str(number)), ("model", f"m/sd_{number % 3}.ckpt")))
    return Seen(f"d{number % 2}/{number}.png", number, number * 10**17, "picture"), facts


FILES = [file(number, WORDS[number % 5], WORDS[(number + 1) % 5], width=256 * (number % 5)) for number in range(20)]
_part = st.one_of(
    st.text(max_size=12),
    st.builds(
        "{}{}:{}{}".format,
        st.sampled_from(["", "-"]),
        st.sampled_from(KEYS),
        st.sampled_from(["", ">=", '"']),
        st.text(max_size=8),
    ),
    st.builds(
        "{}:{}".format, st.sampled_from(KEYS), st.sampled_from(["1", "2024-01", "1..5", "5x5", "9" * 40, "-1", "a%_\\"])
    ),
)


def _first(connection: sqlite3.Connection, search: str, limit: int) -> tuple[list[Item], int]:
    """The first files that a search finds, and how many it finds."""
    found = find_files(connection, search)
    ids = ids_of(connection, found, order="modified", descending=True, offset=0, limit=limit)
    return files_of(connection, ids), found.total


@settings(max_examples=300, deadline=None)
@given(st.lists(_part, max_size=6).map(" ".join))
def test_any_text_is_a_query_or_a_sentence(text: str) -> None:
    with closing(database(FILES)) as connection:
        try:
            items, total = _first(connection, text, 5)
        except BadSearch as error:
            sentence = str(error)
        else:
            sentence = "."
            assert len(items) == min(total, 5)
    assert sentence.endswith(".")


_term = st.one_of(
    st.tuples(st.just("word"), st.sampled_from(WORDS)),
    st.tuples(st.just("phrase"), st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS))),
    st.tuples(st.just("seed"), st.integers(0, 25)),
    st.tuples(st.just("model"), st.integers(0, 3)),
    st.tuples(st.just("width"), st.integers(0, 1300)),
    st.tuples(st.just("folder"), st.integers(0, 2)),
)


def _written(kind: str, value: object) -> str:
    if kind == "phrase":
        assert isinstance(value, tuple)
        return f'"{value[0]} {value[1]}"'
    texts = {"word": f"{value}", "seed": f"seed:{value}", "model": f"model:SD_{value}", "folder": f"folder:d{value}"}
    return texts.get(kind, f"width:>={value}")


def _holds(kind: str, value: object, one: tuple[Seen, Facts]) -> bool:
    seen, facts = one
    words = facts.positive.split()
    if kind == "word":
        return any(word.startswith(str(value)) for word in words)
    if kind == "phrase":
        return tuple(words) == value
    if kind == "model":
        return f"sd_{value}" in dict(facts.found)["model"]
    if kind == "folder":
        return seen.name.startswith(f"d{value}/")
    return seen.size == value if kind == "seed" else (facts.width or 0) >= int(str(value))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.booleans(), _term), max_size=4))
def test_all_terms_hold_of_what_is_found(terms: list[tuple[bool, tuple[str, object]]]) -> None:
    search = " ".join(("-" if no else "") + _written(*term) for no, term in terms)
    expected = {one[0].name for one in FILES if all(_holds(*term, one) != no for no, term in terms)}
    with closing(database(FILES)) as connection:
        items, total = _first(connection, search, 100)
    assert ({item.name for item in items}, total) == (expected, len(expected))
