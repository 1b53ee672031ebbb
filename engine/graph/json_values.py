"""JSON values whose shape is not known yet: narrowing them, and naming them in messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard, cast

_LONGEST_SHOWN = 80
_KINDS = {"NoneType": "nothing", "str": "a text", "bool": "a boolean", "int": "a number", "float": "a number"}


def as_object(value: object) -> Mapping[str, Any] | None:
    """The value if it is an object, else None."""
    # The first is what JSON gives, and much faster to see.
    return cast("Mapping[str, Any]", value) if type(value) is dict or isinstance(value, Mapping) else None


def as_list(value: object) -> list[Any] | None:
    """The value if it is a list, else None."""
    return cast("list[Any]", value) if isinstance(value, list) else None


def as_text(value: object) -> str:
    """The value if it is a text, else the empty text."""
    return value if isinstance(value, str) else ""


def is_integer(value: object) -> TypeGuard[int]:
    """Whether it is a whole number; booleans are not numbers in JSON."""
    return isinstance(value, int) and not isinstance(value, bool)


def kind_of(value: object) -> str:
    """What it is, in two words."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return _KINDS.get(type(value).__name__, f"a {type(value).__name__}")


def show(value: object) -> str:
    """The value in a message: short whatever its size or depth."""
    if isinstance(value, str):
        short = repr(value[:_LONGEST_SHOWN])
        return short if len(value) <= _LONGEST_SHOWN else f"{short}... ({len(value)} characters)"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, int | float):
        is_huge = isinstance(value, int) and value.bit_length() > 4 * _LONGEST_SHOWN
        return "a number of more than 90 digits" if is_huge else repr(value)
    if (items := as_list(value)) is not None:
        return f"a list of {len(items)} value{'' if len(items) == 1 else 's'}"
    if (record := as_object(value)) is not None:
        return f"an object with {len(record)} key{'' if len(record) == 1 else 's'}"
    return kind_of(value)
