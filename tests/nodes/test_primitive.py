"""Plain values, and the node that shows any value."""

from __future__ import annotations

from typing import Any

import pytest

from nodes import primitive


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        (primitive.integer, 2**63 - 1),
        (primitive.number, -0.5),
        (primitive.text, "a"),
        (primitive.multiline_text, "a\nb"),
        (primitive.boolean, True),
    ],
)
def test_a_primitive_gives_its_value(definition: Any, value: Any) -> None:
    assert definition(value=value) == value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain", "plain"),
        (1.5, "1.5"),
        (True, "true"),
        (None, "null"),
        ([1, {"a": "ü"}], '[\n  1,\n  {\n    "a": "ü"\n  }\n]'),
        ({"a": {1}}, "{'a': {1}}"),
        (frozenset({1}), "frozenset({1})"),
    ],
)
def test_any_value_is_shown(value: Any, shown: str) -> None:
    result = primitive.preview_any(source=value)
    assert result.ui == {"text": [shown]}
    assert result.outputs is None
