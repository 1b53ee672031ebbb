"""Bodies: whatever is accepted can be written again by anything; whatever is not says why, and names the limit."""

from __future__ import annotations

import json
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.server.bodies import check_text, field_of, list_field, object_field, parse_json
from engine.server.refusal import Refusal

_FINITE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


def _refused(body: bytes, **limits: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        parse_json(body, **limits)
    assert 400 <= caught.value.status < 500
    return caught.value


# -- laws ------------------------------------------------------------------------------------------------------------


@given(_FINITE, st.booleans())
def test_what_json_can_say_is_read_as_it_is(value: Any, is_ascii: bool) -> None:
    text = json.dumps(value, ensure_ascii=is_ascii).encode()
    assert parse_json(text) == value


@given(st.binary(max_size=60) | st.text('[]{}",:0123456789eE+-.\\untrfalsd NaIiy', max_size=40).map(str.encode))
def test_any_bytes_are_refused_or_can_be_written_by_anything(body: bytes) -> None:
    try:
        value = parse_json(body)
    except Refusal:
        return
    assert json.loads(json.dumps(value, allow_nan=False)) == value
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(value)) == value
    assert msgspec.json.decode(msgspec.json.encode(value)) == value


@given(st.integers())
def test_integers_are_exact_within_64_bits_and_floats_beyond(value: int) -> None:
    read = parse_json(b"%d" % value)
    if -(2**63) <= value < 2**64:
        assert read == value
        assert isinstance(read, int)
    else:
        assert read == pytest.approx(float(value), rel=1e-12)


@given(st.integers(1, 30), st.integers(1, 30), st.booleans())
def test_nesting_is_counted_in_levels(depth: int, limit: int, of_objects: bool) -> None:
    opening, closing = (b'{"a":', b"}") if of_objects else (b"[", b"]")
    body = opening * depth + b"1" + closing * depth
    if depth <= limit:
        parse_json(body, max_depth=limit)
    else:
        refusal = _refused(body, max_depth=limit)
        assert "--max-json-depth" in str(refusal)
        assert str(limit) in str(refusal)


# -- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"NaN", b"[Infinity]", b'{"a": -Infinity}', b"1e400", b"[-1e999]", b"9" * 500])
def test_numbers_that_no_json_can_hold(body: bytes) -> None:
    assert _refused(body).wire_type == "invalid_json"


@pytest.mark.parametrize("depth", [201, 1_000, 100_000])
@pytest.mark.parametrize("part", [b"[", b'{"a":', b'[{"a":'])
def test_deep_nesting(part: bytes, depth: int) -> None:
    closing = b"}]" if part[:1] == b"[" and len(part) > 1 else b"]" if part == b"[" else b"}"
    assert "200 levels" in str(_refused(part * depth + b"1" + closing * depth))


def test_integers_of_thousands_of_digits() -> None:
    said = str(_refused(b'{"a": ' + b"7" * 5_000 + b"}"))
    assert "5000 digits; at most 400 are read, a fixed limit" in said


def test_repeated_keys_are_named() -> None:
    assert "'a'" in str(_refused(b'{"b": {"a": 1, "a": 2}}'))


@pytest.mark.parametrize("body", [rb'"\ud800"', rb'{"\udfff": 1}', rb'["a\ud83dz"]'])
def test_half_characters(body: bytes) -> None:
    assert "surrogate" in str(_refused(body))


def test_whole_characters_written_as_pairs() -> None:
    assert parse_json(rb'"\ud83d\ude00"') == "😀"


@pytest.mark.parametrize("body", [b"", b" ", b"{", b'{"a"}', b"{} {}", b"'a'", b"\x00", b"[1,]", b'"\t"'])
def test_malformed(body: bytes) -> None:
    assert _refused(body).wire_type == "invalid_json"


def test_a_byte_order_mark_is_no_harm() -> None:
    assert parse_json(b"\xef\xbb\xbf{}") == {}


@pytest.mark.parametrize("body", [b'"\xff"', "ä".encode("latin-1"), "[1]".encode("utf-16")])
def test_other_encodings(body: bytes) -> None:
    assert _refused(body).wire_type == "invalid_json"


@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "no-such", "a\x00b", "zlib", ""])
def test_other_charsets(charset: str) -> None:
    assert _refused(b"{}", charset=charset).status == 415


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "us-ascii"])
def test_charsets_that_mean_utf_8(charset: str) -> None:
    assert parse_json(b"{}", charset=charset) == {}


@pytest.mark.parametrize("part", [b"{},", b"[],", b"1,", b'"a",'])
def test_too_many_values_are_refused_before_they_are_parsed(part: bytes) -> None:
    refusal = _refused(b"[" + part * 2_000_000 + b"1]")
    assert refusal.status == 413
    assert "1,000,000 lists and objects, or 2,000,000 values, fixed limits" in str(refusal)
    assert "--max-nodes" in str(refusal)


# -- fields ----------------------------------------------------------------------------------------------------------


@given(_FINITE)
def test_fields_are_of_their_type_or_refused(value: Any) -> None:
    record = {"x": value}
    for read, kind in ((object_field, dict), (list_field, list)):
        if value is None or isinstance(value, kind):
            assert read(record, "x") == value
        else:
            with pytest.raises(Refusal, match="'x' should be"):
                read(record, "x")
    if isinstance(value, bool):
        assert field_of(record, "x", bool) is value


@given(st.text())
def test_texts_for_names_hold_no_control_characters(text: str) -> None:
    is_fine = len(text) <= 20 and not any(ord(sign) < 32 or ord(sign) == 127 for sign in text)
    is_fine = is_fine and not any(0xD800 <= ord(sign) < 0xE000 for sign in text)
    if is_fine:
        assert check_text(text, "'x'", longest=20) == text
    else:
        with pytest.raises(Refusal, match=r"^'x' "):
            check_text(text, "'x'", longest=20)


def test_texts_that_are_too_long_are_told_the_limit() -> None:
    with pytest.raises(Refusal, match=r"'x' should have at most 20 characters, a fixed limit, but has 21\."):
        check_text("a" * 21, "'x'", longest=20)


@pytest.mark.parametrize("value", [1, None, [], {}, 1.5, True, math.inf])
def test_what_is_no_text_is_no_name(value: object) -> None:
    with pytest.raises(Refusal, match="should be a text"):
        check_text(value, "'x'")
