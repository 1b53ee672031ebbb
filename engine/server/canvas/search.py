"""The search language of the gallery: `model:sd15 seed:42 "red fox" size:>=1024 after:2026-01 star`, made into SQL.

Words and phrases are looked for in prompts, names and models; `key:value` in what is known of a file, where
`model:="sd15.ckpt"` means the whole value and not a part of it; a `-` before any of them turns it round. All must hold.
Whatever a user types gives queries or a sentence about what is wrong with it. Each part is a query of its own for the
ids of files, through an index that holds all that it needs.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from engine.errors import EngineError
from engine.graph.json_values import show

_TERM = re.compile(r'(?P<no>-)?(?:(?P<key>[A-Za-z_]+):(?P<whole>=(?="))?)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_COMPARED = re.compile(r"(>=|<=|>|<|=)?(-?\d+(?:\.\d+)?)([km]?)", re.IGNORECASE)
_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)")
_SIZE = re.compile(r"(\d+)[xX×](\d+)")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
_MOST_TERMS = 50
_SHORTEST_BEGINNING = 3


class BadSearch(EngineError):
    """A search that cannot be understood."""


class Part(NamedTuple):
    """A query for the ids of files (also of some that went away), its values, and whether it is those that are wanted.

    Attributes:
        sql: A SELECT of ids.
        values: What stands for its question marks.
        is_not: All but these are wanted.
    """

    sql: str
    values: tuple[object, ...] = ()
    is_not: bool = False


def parse_search(text: str) -> list[Part]:
    """The parts of a search, all of which must hold; none for an empty one.

    Raises:
        BadSearch: if a key or a value is none.
    """
    parts: list[Part] = []
    words: list[str] = []
    for count, term in enumerate(_TERM.finditer(text)):
        if count >= _MOST_TERMS:
            raise BadSearch(f"A search may have {_MOST_TERMS} parts at most, a fixed limit.")
        value = term["phrase"] if term["phrase"] is not None else term["word"]
        key = (term["key"] or "").lower()
        if term["whole"] and key in _WHOLE:
            part = _WHOLE[key](key, value)
        else:
            part = _read_term(key, value, is_phrase=term["phrase"] is not None)
        if part is None:
            continue
        if part.sql == _MATCH and not term["no"]:
            words += map(str, part.values)
        else:
            parts.append(part._replace(is_not=bool(term["no"])))
    if words:
        parts.insert(0, Part(_MATCH, (" AND ".join(words),)))
    return parts


_MATCH = "SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rowid"  # which spares SQLite a ranking
_FLAGS = ("star", "rejected")


def _files(condition: str, *values: object) -> Part:
    return Part(f"SELECT id FROM gallery WHERE gone IS NULL AND ({condition})", values)


def _facts(condition: str, *values: object) -> Part:
    return Part(f"SELECT item FROM facts WHERE {condition}", values)


def _read_term(key: str, value: str, *, is_phrase: bool) -> Part | None:
    if not key:
        if value.lower() in _FLAGS and not is_phrase:
            flag = value.lower()
            return Part(f"SELECT id FROM gallery INDEXED BY gallery_{flag} WHERE gone IS NULL AND {flag} = 1")
        if not any(character.isalnum() for character in value):
            return None
        plain = value.replace('"', " ").replace("\0", " ")
        # The beginning of a word will do, but not of one or two letters: they begin half of all words.
        is_whole = is_phrase or len(plain) < _SHORTEST_BEGINNING
        return Part(_MATCH, (f'"{plain}"' if is_whole else f'"{plain}"*',))
    read = _KEYS.get(key)
    if read is None:
        raise BadSearch(
            f"There is no {show(key)} to search for; there are {', '.join(_KEYS)}, {', '.join(_FLAGS)}, words and"
            ' "phrases".'
        )
    if not value:
        raise BadSearch(f"{show(key)} has no value: expected `{key}:something`.")
    return read(key, value)


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _part_of_fact(key: str, value: str) -> Part:
    # There are few values of many files: they are found first, by skipping from one to the next in the index.
    return _facts(
        "kind = ? AND value IN (WITH RECURSIVE each (one) AS (SELECT MIN(value) FROM facts WHERE kind = ? UNION ALL"
        " SELECT (SELECT MIN(value) FROM facts WHERE kind = ? AND value > one) FROM each WHERE one IS NOT NULL)"
        " SELECT one FROM each WHERE one LIKE ? ESCAPE '\\')",
        *(key, key, key, f"%{_escape(value)}%"),
    )


def _exact_fact(key: str, value: str) -> Part:
    return _facts("kind = ? AND value = ?", key, value)


def _number_fact(key: str, value: str) -> Part:
    condition, values = _compare(key, value, "number")
    return _facts(f"kind = ? AND {condition}", key, *values)


def _column(column: str) -> Callable[[str, str], Part]:
    def read(key: str, value: str) -> Part:
        condition, values = _compare(key, value, column)
        return _files(condition, *values)

    return read


def _compare(key: str, value: str, column: str) -> tuple[str, tuple[float, ...]]:
    if found := _RANGE.fullmatch(value):
        return f"{column} BETWEEN ? AND ?", (float(found[1]), float(found[2]))
    found = _COMPARED.fullmatch(value)
    if found is None or len(value) > 30:
        raise BadSearch(
            f"{show(key)} should be a number such as `{key}:8`, `{key}:>=8` or `{key}:2..8`, not {show(value)}."
        )
    number = float(found[2]) * {"": 1, "k": 2**10, "m": 2**20}[found[3].lower()]
    return f"{column} {found[1] or '='} ?", (number,)


def _size(key: str, value: str) -> Part:
    if (found := _SIZE.fullmatch(value)) and len(value) < 20:
        return _files("width = ? AND height = ?", int(found[1]), int(found[2]))
    return _column("longer")(key, value)


def _after(key: str, value: str) -> Part:
    return _files("modified >= ?", _days(key, value)[0])


def _before(key: str, value: str) -> Part:
    return _files("modified < ?", _days(key, value)[0])


def _date(key: str, value: str) -> Part:
    return _files("modified >= ? AND modified < ?", *_days(key, value))


def _days(key: str, value: str) -> tuple[float, float]:
    """When a day, month or year begins and ends, in seconds since 1970; of the server's own clock."""
    found = _DATE.fullmatch(value)
    try:
        assert found is not None
        year, month, day = (int(part) if part else None for part in found.groups())
        assert year is not None
        begin = datetime.datetime(year, month or 1, day or 1)
        if day is not None:
            end = begin + datetime.timedelta(days=1)
        else:
            end = datetime.datetime(year + 1, 1, 1) if month in (None, 12) else datetime.datetime(year, month + 1, 1)
        return begin.timestamp(), end.timestamp()
    except (AssertionError, ValueError, OverflowError, OSError) as error:
        raise BadSearch(
            f"{show(key)} should be a day, month or year such as `{key}:2026-01-31`, not {show(value)}."
        ) from error


def _folder(_: str, value: str) -> Part:
    name = value.strip("/")
    # All that begins with `name/`: "0" is what follows "/".
    below = "SELECT id FROM gallery WHERE gone IS NULL AND folder > ? AND folder < ?"
    return Part(f"{_files('folder = ?').sql} UNION ALL {below}", (name, f"{name}/", f"{name}0"))


def _name(_: str, value: str) -> Part:
    return Part(
        "SELECT id FROM gallery INDEXED BY gallery_name WHERE gone IS NULL AND name LIKE ? ESCAPE '\\'",
        (f"%{_escape(value)}%",),
    )


def _path(_: str, value: str) -> Part:
    return _files("name = ?", value)


def _kind(key: str, value: str) -> Part:
    if value not in ("picture", "audio", "video"):
        raise BadSearch(f"{show(key)} should be picture, audio or video, not {show(value)}.")
    return _files("kind = ?", value)


_KEYS: Mapping[str, Callable[[str, str], Part]] = {
    "model": _part_of_fact,
    "seed": _exact_fact,
    "sampler": _part_of_fact,
    "scheduler": _part_of_fact,
    "steps": _number_fact,
    "cfg": _number_fact,
    "tag": _exact_fact,
    "source": _part_of_fact,
    "size": _size,
    "width": _column("width"),
    "height": _column("height"),
    "bytes": _column("size"),
    "rating": _column("rating"),
    "date": _date,
    "after": _after,
    "before": _before,
    "folder": _folder,
    "name": _name,
    "path": _path,
    "kind": _kind,
}


def _own_folder(_: str, value: str) -> Part:
    return _files("folder = ?", value.strip("/"))


_WHOLE: Mapping[str, Callable[[str, str], Part]] = {
    "model": _exact_fact,
    "sampler": _exact_fact,
    "scheduler": _exact_fact,
    "source": _exact_fact,
    "folder": _own_folder,
    "name": _path,
}
"""What a key means before `="..."`, where that is not what it means anyway."""
