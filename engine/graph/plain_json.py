"""Values that code made, as JSON: plain lists, objects, texts and numbers that every client can read, or why not.

What nodes give to be shown, and what packs declare, may hold anything: arrays, NaN, objects that contain themselves.
Nothing is guessed here; only tuples become lists, and subclasses of plain types become plain.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final, cast

MOST_LEVELS: Final = 100
"""Deepest nesting; what contains itself ends here too."""
LEAST_INTEGER: Final = -(2**63)
MOST_INTEGER: Final = 2**64 - 1

_BYTES_OF_ITEM = 8
_ATOMS = frozenset({bool, type(None)})


class NotJsonError(Exception):
    """A value cannot be written as JSON. Its text says where what is: `ui['images'][0] is bytes`."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.steps: list[object] = []
        self.root = ""

    def __str__(self) -> str:
        return f"{self.root}{''.join(f'[{_short(step)}]' for step in reversed(self.steps))} {self.problem}"


def plain_json(value: Any, name: str, *, limit_bytes: int | None = None) -> Any:
    """A copy that holds only `dict`, `list`, `str`, `int`, `float`, `bool` and None.

    Args:
        value: Anything.
        name: What it is called in the error.
        limit_bytes: About how much it may be as text.

    Raises:
        NotJsonError: if some part is not JSON (also NaN, infinity, integers of more than 64 bits, lone surrogates), or
            it is too deep or too much.
    """
    try:
        return _Copy(limit_bytes).of(value, 0)
    except NotJsonError as error:
        error.root = name
        raise


class _Copy:
    """One conversion; `room` is how many bytes may still come."""

    __slots__ = ("limit", "room")

    def __init__(self, limit_bytes: int | None) -> None:
        self.limit = limit_bytes
        self.room = math.inf if limit_bytes is None else limit_bytes

    def of(self, value: Any, level: int) -> Any:
        kind = cast("type[Any]", type(value))  # not __class__, which an object may choose
        self.take(_BYTES_OF_ITEM)
        if kind in _ATOMS:
            return value
        if issubclass(kind, str):
            return self.text(str.__str__(value))
        if issubclass(kind, int):
            return _integer(int.__add__(value, 0))
        if issubclass(kind, float):
            return _number(float.__add__(value, 0.0))
        if level >= MOST_LEVELS:
            raise NotJsonError(f"is nested more than {MOST_LEVELS} levels deep")
        if issubclass(kind, list):
            return self.items(list[Any].__iter__(value), level + 1)
        if issubclass(kind, tuple):
            return self.items(tuple[Any, ...].__iter__(value), level + 1)
        if issubclass(kind, dict):
            return self.members(list(dict[Any, Any].items(value)), level + 1)
        raise NotJsonError(f"is {_kind(value)}, which cannot be written as JSON")

    def items(self, items: Iterable[Any], level: int) -> list[Any]:
        plain: list[Any] = []
        for index, item in enumerate(items):
            try:
                plain.append(self.of(item, level))
            except NotJsonError as error:
                error.steps.append(index)
                raise
        return plain

    def members(self, members: Iterable[tuple[Any, Any]], level: int) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        for key, item in members:
            name = self.key(key)
            try:
                plain[name] = self.of(item, level)
            except NotJsonError as error:
                error.steps.append(key)
                raise
        return plain

    def key(self, key: Any) -> str:
        if isinstance(key, str):
            return self.text(str.__str__(key))
        if type(key) is int:
            return str(_integer(key))
        raise NotJsonError(f"has a key that is {_kind(key)}, not a text")

    def take(self, size_bytes: int) -> None:
        self.room -= size_bytes
        if self.room < 0:
            raise NotJsonError(f"is more than the {self.limit} bytes allowed")

    def text(self, text: str) -> str:
        self.take(len(text))
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                raise NotJsonError("is a text with half a surrogate pair, which UTF-8 cannot hold") from None
        return text


def _integer(value: int) -> int:
    if not LEAST_INTEGER <= value <= MOST_INTEGER:
        raise NotJsonError("is a whole number of more than 64 bits")
    return value


def _number(value: float) -> float:
    if not math.isfinite(value):
        raise NotJsonError(f"is {value}, which JSON has no number for")
    return value


def _kind(value: object) -> str:
    name = type(value).__name__
    return name if type(value) in (bytes, bytearray, set, frozenset) else f"an object of type {name}"


def _short(step: object) -> str:
    if type(step) is int:
        return str(step) if -MOST_INTEGER <= step <= MOST_INTEGER else "..."
    if isinstance(step, str):
        text = str.__str__(step)
        return repr(text[:40]) if len(text) <= 40 else f"{text[:40]!r}..."
    return f"<{type(step).__name__}>"
