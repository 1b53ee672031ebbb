"""Large JSON read without keeping other threads waiting: the same values as any other way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from engine.graph.patient_json import gather_pairs, read_patiently
from tests.engine.graph.examples import json_values


@given(json_values)
def test_values_are_those_of_any_parser(value: Any) -> None:
    text = json.dumps(value)
    assert json.dumps(read_patiently(text)) == text


@pytest.mark.parametrize("count", [0, 1, 4_999, 5_000, 5_001, 12_345])
def test_an_object_holds_all_members_in_their_order(count: int) -> None:
    pairs = [(str(place), place) for place in range(count)]
    assert list(gather_pairs(pairs).items()) == pairs
    assert gather_pairs([*pairs, ("0", -1)]) == {**dict(pairs), "0": -1}


def test_what_is_no_json() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        read_patiently("{")
