"""Literals become values of the declared type, or are refused; what was guessed is said."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.schema import SEED_MAX, Input, Number
from engine.graph.values import Choices, Coerced, UnusableValueError, coerce, default_of, describe_expected
from tests.engine.graph.examples import json_values

_PYTHON_TYPES: dict[str, type] = {"INT": int, "FLOAT": float, "STRING": str, "BOOLEAN": bool}


@given(st.sampled_from(sorted(_PYTHON_TYPES)), json_values.filter(lambda value: value is not None))
def test_what_comes_out_is_of_the_declared_type_and_stays_as_it_is(type_name: str, value: Any) -> None:
    declared = Input("x", type_name, is_widget=True)
    try:
        coerced = coerce(declared, value, None)
    except UnusableValueError:
        return
    assert type(coerced.value) is _PYTHON_TYPES[type_name]
    assert coerce(declared, coerced.value, None) == Coerced(coerced.value)
    assert type_name != "FLOAT" or math.isfinite(float(coerced.value))


@given(st.integers(-(10**30), 10**30), st.integers(-100, 100), st.integers(0, 100))
def test_bounds_include_their_ends(value: int, low: int, width: int) -> None:
    declared = Input("x", "INT", is_widget=True, number=Number(min=low, max=low + width))
    if low <= value <= low + width:
        assert coerce(declared, value, None).value == value
    else:
        with pytest.raises(UnusableValueError, match=f"from {low} to {low + width}") as caught:
            coerce(declared, value, None)
        assert caught.value.code == ("value_smaller_than_min" if value < low else "value_bigger_than_max")
        if abs(value) <= SEED_MAX:
            assert coerce(declared, value, None, check=False).value == value


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("a/x.pt", "a/x.pt"),
        ("a\\x.pt", "a/x.pt"),
        ("b/y.pt", "b\\y.pt"),
        ("y.pt", "b\\y.pt"),
        ("other/y.pt", "b\\y.pt"),
        ("z.pt", None),
        ("elsewhere/twice.pt", None),
        ("sample_euler", "euler"),
        ("sample_", None),
        (1, "1"),
        (True, None),
        (["a/x.pt"], None),
    ],
)
def test_choices_in_the_ways_that_files_write_them(written: Any, found: str | None) -> None:
    choices = Choices(["a/x.pt", "b\\y.pt", "c/twice.pt", "d/twice.pt", "euler", "1"])
    answer = choices.find(written)
    assert (answer[0] if answer else None) == found


def test_a_number_that_python_does_not_write_is_no_choice() -> None:
    assert Choices(["1"]).find(10**5000) is None


@pytest.mark.parametrize("option", [{"multiselect": True}, {"multi_select": {"placeholder": "Pick"}}])
def test_several_choices_at_once(option: dict[str, Any]) -> None:
    declared = Input("x", "COMBO", is_widget=True, choices=("a", "b"), options=option)
    assert default_of(declared) == []
    assert coerce(declared, ["b", "a"], Choices("ab")).value == ["b", "a"]
    with pytest.raises(UnusableValueError):
        coerce(declared, ["b", "c"], Choices("ab"))


def test_words_for_yes_and_no() -> None:
    declared = Input("x", "BOOLEAN", is_widget=True, options={"label_on": "enable", "label_off": "disable"})
    answers = [coerce(declared, word, None).value for word in ("enable", "disable", "Yes", "off", "", 0.0)]
    assert answers == [True, False, True, False, False, False]


def test_expectations_in_words() -> None:
    texts = [
        describe_expected(Input("x", type_name, number=number))
        for type_name, number in [
            ("INT", None),
            ("FLOAT", Number(min=1)),
            ("INT", Number(max=2)),
            ("INT", Number(step=2)),
            ("STRING", None),
            ("MESH", None),
        ]
    ]
    assert texts == [
        *("a whole number", "a number of 1 or more", "a whole number up to 2", "a whole number", "a text"),
        "a MESH value",
    ]


def test_defaults() -> None:
    assert default_of(Input("x", "INT", default=3)) == 3
    assert default_of(Input("x", "COMBO", choices=("a", "b"))) == "a"
    assert default_of(Input("x", "COMBO", choices=("a", "b"), default="b")) == "b"
