"""The search language of the gallery: `model:sd15 seed:42 "red fox" size:>=1024 after:2026-01 star`, made into SQL.

Words and phrases are looked for in prompts, names and models; `key:value` in what is known of a file; a `-` before any
of them turns it round. All must hold. Whatever a user types gives a query or a sentence about what is wrong with it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from engine.errors import EngineError
from engine.graph.json_values import show

_TERM = re.compile(r'(?P<no>-)?(?:(?P<key>[A-Za-z_]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_COMPARED = re.compile(r"(>=|<=|>|<|=)?(-?\d+(?:\.\d+)?)([km]?)", re.IGNORECASE)
_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)")
_SIZE = re.compile(r"(\d+)[xX×](\d+)")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_MOST_TERMS = 50
_SHORTEST_BEGINNING = 3


class BadSearch(EngineError):
    """A search that cannot be understood."""


class Condition(NamedTuple):
    """A part of a WHERE clause, and its values."""

    sql: str
    values: tuple[object, ...]


def parse_search(text: str) -> Condition:
    """The condition that a search stands for; it always holds for an empty one.

    Raises:
        BadSearch: if a key or a value is none.
    """
    conditions: list[Condition] = []
    words: list[str] = []
    for count, term in enumerate(_TERM.finditer(text)):
        if count >= _MOST_TERMS:
            raise BadSearch(f"A search may have {_MOST_TERMS} parts at most.")
        value = term["phrase"] if term["phrase"] is not None else term["word"]
        condition = _read_term((term["key"] or "").lower(), value, is_phrase=term["phrase"] is not None)
        if condition is None:
            continue
        if condition.sql == _MATCH and not term["no"]:
            words += map(str, condition.values)
        else:
            conditions.append(Condition(f"NOT ({condition.sql})", condition.values) if term["no"] else condition)
    if words:
        conditions.insert(0, Condition(_MATCH, (" AND ".join(words),)))
    if not conditions:
        return Condition("1", ())
    return Condition(
        " AND ".join(f"({one.sql})" for one in conditions), tuple(value for one in conditions for value in one.values)
    )


_MATCH = "id IN (SELECT rowid FROM texts WHERE texts MATCH ?)"


def _read_term(key: str, value: str, *, is_phrase: bool) -> Condition | None:
    if not key:
        if value.lower() == "star" and not is_phrase:
            return Condition("star = 1", ())
        if not any(character.isalnum() for character in value):
            return None
        plain = value.replace('"', " ").replace("\0", " ")
        # The beginning of a word will do, but not of one or two letters: they begin half of all words.
        is_whole = is_phrase or len(plain) < _SHORTEST_BEGINNING
        return Condition(_MATCH, (f'"{plain}"' if is_whole else f'"{plain}"*',))
    read = _KEYS.get(key)
    if read is None:
        raise BadSearch(
            f'There is no {show(key)} to search for; there are {", ".join(_KEYS)}, star, words and "phrases".'
        )
    if not value:
        raise BadSearch(f"{show(key)} has no value: expected `{key}:something`.")
    return read(key, value)


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _part_of_fact(key: str, value: str) -> Condition:
    # There are few values of many files: they are found first, by skipping from one to the next in the index.
    sql = (
        "id IN (SELECT item FROM facts WHERE kind = ? AND value IN (WITH RECURSIVE each (one) AS (SELECT MIN(value)"
        " FROM facts WHERE kind = ? UNION ALL SELECT (SELECT MIN(value) FROM facts WHERE kind = ? AND value > one)"
        " FROM each WHERE one IS NOT NULL) SELECT one FROM each WHERE one LIKE ? ESCAPE '\\'))"
    )
    return Condition(sql, (key, key, key, f"%{_escape(value)}%"))


def _exact_fact(key: str, value: str) -> Condition:
    return Condition("id IN (SELECT item FROM facts WHERE kind = ? AND value = ?)", (key, value))


def _number_fact(key: str, value: str) -> Condition:
    compared = _compare(key, value, "number")
    return Condition(f"id IN (SELECT item FROM facts WHERE kind = ? AND {compared.sql})", (key, *compared.values))


def _column(column: str) -> Callable[[str, str], Condition]:
    return lambda key, value: _compare(key, value, column)


def _compare(key: str, value: str, column: str) -> Condition:
    if found := _RANGE.fullmatch(value):
        return Condition(f"{column} BETWEEN ? AND ?", (float(found[1]), float(found[2])))
    found = _COMPARED.fullmatch(value)
    if found is None or len(value) > 30:
        raise BadSearch(
            f"{show(key)} should be a number such as `{key}:8`, `{key}:>=8` or `{key}:2..8`, not {show(value)}."
        )
    number = float(found[2]) * {"": 1, "k": 2**10, "m": 2**20}[found[3].lower()]
    return Condition(f"{column} {found[1] or '='} ?", (number,))


def _size(key: str, value: str) -> Condition:
    if (found := _SIZE.fullmatch(value)) and len(value) < 20:
        return Condition("width = ? AND height = ?", (int(found[1]), int(found[2])))
    return _compare(key, value, "longer")


def _date(operator: str) -> Callable[[str, str], Condition]:
    def read(key: str, value: str) -> Condition:
        found = _DATE.fullmatch(value)
        try:
            assert found is not None
            date = datetime.datetime(int(found[1]), int(found[2] or 1), int(found[3] or 1))
            return Condition(f"modified {operator} ?", (date.timestamp(),))
        except (AssertionError, ValueError, OverflowError, OSError) as error:
            raise BadSearch(
                f"{show(key)} should be a day, month or year such as `{key}:2026-01-31`, not {show(value)}."
            ) from error

    return read


def _folder(_: str, value: str) -> Condition:
    name = value.strip("/")
    return Condition("folder = ? OR folder LIKE ? ESCAPE '\\'", (name, f"{_escape(name)}/%"))


def _name(_: str, value: str) -> Condition:
    return Condition("name LIKE ? ESCAPE '\\'", (f"%{_escape(value)}%",))


def _kind(key: str, value: str) -> Condition:
    if value not in ("picture", "audio", "video"):
        raise BadSearch(f"{show(key)} should be picture, audio or video, not {show(value)}.")
    return Condition("kind = ?", (value,))


_KEYS: Mapping[str, Callable[[str, str], Condition]] = {
    "model": _part_of_fact,
    "seed": _exact_fact,
    "sampler": _part_of_fact,
    "scheduler": _part_of_fact,
    "steps": _number_fact,
    "cfg": _number_fact,
    "tag": _exact_fact,
    "size": _size,
    "width": _column("width"),
    "height": _column("height"),
    "bytes": _column("size"),
    "rating": _column("rating"),
    "after": _date(">="),
    "before": _date("<"),
    "folder": _folder,
    "name": _name,
    "kind": _kind,
}
