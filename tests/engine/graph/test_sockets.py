"""Which socket types fit together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.sockets import types_fit


@given(st.text(max_size=8))
def test_every_type_fits_itself_in_any_case_and_the_wildcard(name: str) -> None:
    assert types_fit(name, name)
    assert types_fit(name, "*")
    assert types_fit("*", name)


@pytest.mark.parametrize(
    ("given_type", "wanted"),
    [
        ("IMAGE", "image"),
        ("INT", "INT,FLOAT"),
        ("IMAGE,MASK", "MASK"),
        ("A, B", "C,b"),
        ("INT", "FLOAT"),
        ("COMBO", "STRING"),
        ("STRING", "COMBO"),
        ("", "IMAGE"),
    ],
)
def test_types_that_fit(given_type: str, wanted: str) -> None:
    assert types_fit(given_type, wanted)


@pytest.mark.parametrize(
    ("given_type", "wanted"), [("IMAGE", "MASK"), ("FLOAT", "INT"), ("INT", "STRING"), ("A,B", "C,D"), ("INT", "IMAGE")]
)
def test_types_that_do_not(given_type: str, wanted: str) -> None:
    assert not types_fit(given_type, wanted)
