"""Plain JSON: JSON values come out as they went in, everything else is refused with the place where it stands."""

from __future__ import annotations

import json
import math
from collections import OrderedDict
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.plain_json import LEAST_INTEGER, MOST_INTEGER, MOST_LEVELS, NotJsonError, plain_json

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(LEAST_INTEGER, MOST_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


class _Level(IntEnum):
    LOW = 1


class _Liar(dict[str, Any]):
    """Says nothing true of itself."""

    def items(self) -> Any:
        raise RuntimeError

    def __iter__(self) -> Any:
        raise RuntimeError


@given(_JSON)
def test_json_comes_out_as_it_went_in(value: Any) -> None:
    plain = plain_json(value, "it")
    assert json.dumps(plain) == json.dumps(value)
    assert plain_json(plain, "it") == plain


@given(_JSON, st.lists(st.text(max_size=5) | st.integers(0, 3), max_size=5))
def test_the_place_of_what_is_no_json_is_named(value: Any, path: list[str | int]) -> None:
    wrong: Any = b"x"
    for step in reversed(path):
        wrong = {step: wrong, "other": value} if isinstance(step, str) else [*[value] * step, wrong]
    with pytest.raises(NotJsonError) as caught:
        plain_json(wrong, "ui")
    assert str(caught.value) == f"ui{''.join(f'[{step!r}]' for step in path)} is bytes, which cannot be written as JSON"


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ((1, (2, ())), [1, [2, []]]),
        ({1: "a"}, {"1": "a"}),
        (_Level.LOW, 1),
        (OrderedDict(a=1), {"a": 1}),
        (_Liar(a=1), {"a": 1}),
    ],
)
def test_relatives_of_json_become_plain(value: Any, plain: Any) -> None:
    found = plain_json(value, "it")
    assert found == plain
    assert type(found) is type(plain)


def _nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        -math.inf,
        MOST_INTEGER + 1,
        LEAST_INTEGER - 1,
        "\ud800",
        {"\ud800": 1},
        {None: 1},
        {1.5: 1},
        {1},
        object(),
        1j,
        _nested(MOST_LEVELS + 1),
    ],
)
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises(NotJsonError, match=r"^it"):
        plain_json(value, "it")
    assert plain_json(_nested(MOST_LEVELS), "it") == _nested(MOST_LEVELS)


def test_what_is_too_much_is_refused_early() -> None:
    with pytest.raises(NotJsonError, match="more than the 1000 bytes allowed"):
        plain_json([1] * 10**6, "it", limit_bytes=1000)
    with pytest.raises(NotJsonError, match="more than the 1000 bytes allowed"):
        plain_json("x" * 1001, "it", limit_bytes=1000)
    assert plain_json(["x" * 100] * 5, "it", limit_bytes=1000) == ["x" * 100] * 5
