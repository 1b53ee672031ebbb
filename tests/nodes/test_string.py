"""The nodes for texts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputValueError
from nodes import string


def test_texts_do_not_grow_without_bound() -> None:
    half = "x" * (string.MOST_CHARACTERS // 2)
    assert len(string.concatenate(string_a=half, string_b=half)) == string.MOST_CHARACTERS
    with pytest.raises(InputValueError, match="string_b: together, 67108865 characters are more than"):
        string.concatenate(string_a=half, string_b=half, delimiter="-")


@given(st.text(), st.text(), st.text())
def test_joining_and_measuring(a: str, b: str, delimiter: str) -> None:
    joined = string.concatenate(string_a=a, string_b=b, delimiter=delimiter)
    assert string.length(string=joined) == len(a) + len(b) + len(delimiter)
    assert string.compare(string_a=joined, string_b=a, mode="Starts With", case_sensitive=True)
    assert string.compare(string_a=joined, string_b=b, mode="Ends With", case_sensitive=True)
    assert string.contains(string=joined, substring=delimiter, case_sensitive=False)
    assert string.substring(string=joined, start=0, end=len(a)) == a


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("UPPERCASE", "AB CD"), ("lowercase", "ab cd"), ("Capitalize", "Ab cd"), ("Title Case", "Ab Cd")],
)
def test_cases(mode: str, expected: str) -> None:
    assert string.convert_case(string="aB cD", mode=mode) == expected


@pytest.mark.parametrize(("mode", "expected"), [("Both", "a"), ("Left", "a \n"), ("Right", "\t a")])
def test_trimming(mode: str, expected: str) -> None:
    assert string.trim(string="\t a \n", mode=mode) == expected


def test_replacing_letter_by_letter() -> None:
    assert string.replace(string="a.b.c", find=".", replace="-") == "a-b-c"


def test_comparing_without_regard_to_case() -> None:
    assert string.compare(string_a="CAT", string_b="cat", mode="Equal", case_sensitive=False)
    assert not string.compare(string_a="CAT", string_b="cat", mode="Equal", case_sensitive=True)
    assert not string.contains(string="CAT", substring="a", case_sensitive=True)


def _flags(**changes: bool) -> dict[str, bool]:
    return {"case_insensitive": False, "multiline": False, "dotall": False, **changes}


@pytest.mark.parametrize(
    ("pattern", "flags", "found"),
    [
        ("^b", {}, False),
        ("^b", {"multiline": True}, True),
        ("a.b", {}, False),
        ("a.b", {"dotall": True}, True),
        ("A", {}, False),
        ("A", {"case_insensitive": True}, True),
    ],
)
def test_flags_of_regular_expressions(pattern: str, flags: dict[str, bool], found: bool) -> None:
    assert string.match_regex(string="a\nb", regex_pattern=pattern, **_flags(**flags)) is found


@pytest.mark.parametrize(
    ("mode", "group", "expected"),
    [
        ("First Match", 1, "a1"),
        ("All Matches", 1, "a1\nb2"),
        ("First Group", 2, "1"),
        ("All Groups", 2, "1\n2"),
        ("All Groups", 0, "a1\nb2"),
        ("All Groups", 3, "\n"),
    ],
)
def test_extracting(mode: str, group: int, expected: str) -> None:
    given: dict[str, Any] = {"string": "a1 b2", "regex_pattern": r"(\w)(\d)(x)?", "mode": mode}
    assert string.extract_regex(**given, group_index=group, **_flags()) == expected


def test_extracting_nothing() -> None:
    given: dict[str, Any] = {"string": "abc", "regex_pattern": "x", "mode": "All Matches"}
    assert string.extract_regex(**given, group_index=1, **_flags()) == ""


def test_replacing_with_groups() -> None:
    given: dict[str, Any] = {"string": "a1 b2", "regex_pattern": r"(\w)(\d)", "replace": r"\2\1"}
    assert string.replace_regex(**given, **_flags(), count=0) == "1a 2b"
    assert string.replace_regex(**given, **_flags(), count=1) == "1a b2"


def test_what_is_no_regular_expression_is_refused_in_words() -> None:
    with pytest.raises(InputValueError, match="regex_pattern"):
        string.match_regex(string="", regex_pattern="(", **_flags())
    with pytest.raises(InputValueError, match="replace"):
        string.replace_regex(string="a", regex_pattern="a", replace=r"\9", **_flags(), count=0)
    with pytest.raises(InputValueError, match="group_index is 2, but regex_pattern has 1 groups"):
        string.extract_regex(string="a", regex_pattern="(a)", mode="First Group", group_index=2, **_flags())
