"""Large JSON texts to values without keeping other threads waiting.

A parser in C holds the interpreter from the first byte to the last: a quarter second for 20 MB, in which a server
answers nobody. Called back for every number and object, it lets go of it now and then. That is slower; small texts are
better read by `msgspec`.
"""

from __future__ import annotations

import json
from typing import Any

_AT_ONCE = 5_000


def read_patiently(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: It is none.
        RecursionError: It is nested too deep.
    """
    return json.loads(text, object_pairs_hook=gather_pairs, parse_int=_read_int, parse_float=_read_float)


def gather_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of its members, of which the last of a name counts; many of them piece by piece."""
    if len(pairs) <= _AT_ONCE:
        return dict(pairs)
    record: dict[str, Any] = {}
    for start in range(0, len(pairs), _AT_ONCE):
        record.update(pairs[start : start + _AT_ONCE])
    return record


# Functions of Python, which the parser cannot call without others having their turn.


def _read_int(digits: str) -> int:
    return int(digits)


def _read_float(digits: str) -> float:
    return float(digits)
