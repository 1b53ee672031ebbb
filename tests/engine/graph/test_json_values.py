"""JSON values narrowed, and shown in messages."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from engine.graph.json_values import as_list, as_object, as_text, is_integer, kind_of, show
from tests.engine.graph.examples import json_values


@given(json_values)
def test_every_value_is_shown_in_a_few_words(value: Any) -> None:
    assert 0 < len(show(value)) < 1000
    assert kind_of(value).split()[0] in ("a", "an", "nothing")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("cat", "'cat'"),
        ("x" * 5000, f"'{'x' * 80}'... (5000 characters)"),
        (1, "1"),
        (1.5, "1.5"),
        (float("nan"), "nan"),
        (True, "true"),
        (None, "null"),
        ([1], "a list of 1 value"),
        ([[1], 2], "a list of 2 values"),
        ({"a": 1}, "an object with 1 key"),
    ],
)
def test_values_in_messages(value: Any, shown: str) -> None:
    assert show(value) == shown


def test_a_number_that_python_does_not_write_is_shown() -> None:
    assert show(10**6000) == "a number of more than 90 digits"


def test_a_deep_value_is_shown_without_being_entered() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert show(deep) == "a list of 1 value"


def test_narrowing() -> None:
    assert (as_object({"a": 1}), as_object([]), as_list([1]), as_list("x")) == ({"a": 1}, None, [1], None)
    assert (as_text("x"), as_text(None), as_text(3)) == ("x", "", "")
    assert [is_integer(value) for value in (1, True, 1.0, "1")] == [True, False, False, False]
