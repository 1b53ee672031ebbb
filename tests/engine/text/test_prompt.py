"""Weights and chunks: the rules case by case, then that every text is a prompt and nothing of it is lost."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.text.prompt import MAX_WEIGHT, Piece, Segment, make_chunks, parse_weights, split_embeddings

MARKUP = st.text(st.sampled_from(list("ab ():\\.12-")), max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a cat", [("a cat", 1.0)]),
        ("(a)", [("a", 1.1)]),
        ("((a))", [("a", 1.21)]),
        ("(((a)))", [("a", 1.331)]),
        ("(a:1.3)", [("a", 1.3)]),
        ("(a:0)", [("a", 0.0)]),
        ("(a:-1)", [("a", -1.0)]),
        ("(a: 1.5 )", [("a", 1.5)]),
        ("(a:1e-1)", [("a", 0.1)]),
        ("x (a:1.3) y", [("x ", 1.0), ("a", 1.3), (" y", 1.0)]),
        # a number replaces the weight around it, brackets without a number multiply it
        ("((a:1.2) b:1.5)", [("a", 1.2), (" b", 1.5)]),
        ("(a (b) c:1.5)", [("a ", 1.5), ("b", 1.65), (" c", 1.5)]),
        ("(a (b:1.2))", [("a ", 1.1), ("b", 1.2)]),
        # the last colon counts, and only with a number behind it
        ("(a:b:1.2)", [("a:b", 1.2)]),
        ("(12:30)", [("12", 30.0)]),
        ("(a:)", [("a:", 1.1)]),
        ("(a:b)", [("a:b", 1.1)]),
        ("(a:1.2:)", [("a:1.2:", 1.1)]),
        ("(:1.2)", [(":1.2", 1.1)]),
        ("(::1.2)", [(":", 1.2)]),
        ("(a:nan)", [("a:nan", 1.1)]),
        ("(a:inf)", [("a:inf", 1.1)]),
        ("(a:1,2)", [("a:1,2", 1.1)]),
        ("a:1.2", [("a:1.2", 1.0)]),
        # escapes
        (r"\(a\) (b\):1.4)", [("(a) ", 1.0), ("b)", 1.4)]),
        (r"\(a\)", [("(a)", 1.0)]),
        (r"(a\(b\))", [("a(b)", 1.1)]),
        (r"a\b \\(c)", [(r"a\b \(c)", 1.0)]),
        ("a\\", [("a\\", 1.0)]),
        # brackets without a partner
        ("a)", [("a)", 1.0)]),
        ("(a", [("(a", 1.0)]),
        (")(", [(")(", 1.0)]),
        ("a) (b)", [("a) ", 1.0), ("b", 1.1)]),
        ("(a (b)", [("(a ", 1.0), ("b", 1.1)]),
        # nothing in them
        ("()", []),
        ("(())", []),
        ("a()b", [("a", 1.0), ("b", 1.0)]),
        # words like any other
        ("[a] BREAK AND <lora:x:1> {b}", [("[a] BREAK AND <lora:x:1> {b}", 1.0)]),
    ],
)
def test_weights(text: str, expected: list[tuple[str, float]]) -> None:
    segments = parse_weights(text)
    assert [(segment.text, round(segment.weight, 9)) for segment in segments] == expected


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_every_text_is_a_prompt(text: str) -> None:
    for segment in parse_weights(text):
        assert segment.text
        assert abs(segment.weight) <= MAX_WEIGHT
        assert "".join(piece.text for piece in split_embeddings(segment)) == segment.text.replace("embedding:", "")


@settings(max_examples=100)
@given(st.text(st.characters(exclude_characters="()\\"), max_size=100))
def test_a_text_without_brackets_is_left_alone(text: str) -> None:
    assert parse_weights(text) == ([Segment(text, 1.0)] if text else [])


@settings(max_examples=150)
@given(MARKUP)
def test_letters_are_kept_in_order(text: str) -> None:
    assert re.sub(r"[^ab]", "", "".join(s.text for s in parse_weights(text))) == re.sub(r"[^ab]", "", text)


@settings(max_examples=100)
@given(MARKUP)
def test_an_escaped_text_is_text(text: str) -> None:
    text = text.replace("\\", "")
    escaped = text.replace("(", r"\(").replace(")", r"\)")
    assert parse_weights(escaped) == ([Segment(text, 1.0)] if text else [])


@dataclass(frozen=True)
class Bracket:
    """A part of a prompt in brackets."""

    parts: list[str | Bracket]
    weight: float | None


WORDS = st.text(st.sampled_from(list("ab ,[")), min_size=1, max_size=4)
WEIGHTS = st.none() | st.floats(-3, 3).map(lambda weight: round(weight, 2))
PARTS = st.recursive(
    WORDS, lambda parts: st.builds(Bracket, st.lists(parts, min_size=1, max_size=4), WEIGHTS), max_leaves=8
)


def write(part: str | Bracket) -> str:
    if isinstance(part, str):
        return part
    number = "" if part.weight is None else f":{part.weight}"
    return f"({''.join(map(write, part.parts))}{number})"


def weigh(part: str | Bracket, around: float = 1.0) -> list[tuple[str, float]]:
    if isinstance(part, str):
        return [(letter, around) for letter in part]
    own = around * 1.1 if part.weight is None else part.weight
    return [letter for inner in part.parts for letter in weigh(inner, own)]


@settings(max_examples=100)
@given(st.lists(PARTS, max_size=4))
def test_nested_brackets_weigh_every_letter(parts: list[str | Bracket]) -> None:
    segments = parse_weights("".join(map(write, parts)))
    letters = [(letter, segment.weight) for segment in segments for letter in segment.text]
    assert letters == [letter for part in parts for letter in weigh(part)]


DEEP = 100_000


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        pytest.param("(" * DEEP + "a" + ")" * DEEP, {MAX_WEIGHT}, id="closed brackets"),
        pytest.param("(" * DEEP + "a" + ":0.5)" * DEEP, {0.5}, id="numbers"),
        pytest.param("(" * DEEP + "a:x" + ")" * DEEP, {MAX_WEIGHT}, id="a colon"),
        pytest.param("(" * DEEP + "a", {1.0}, id="open brackets"),
        pytest.param("(a:" + "9" * DEEP + ")", {1.1}, id="digits"),
        pytest.param("(" + "a:" * DEEP + ")", {1.1}, id="colons"),
    ],
)
def test_no_depth_and_no_length_is_too_much(text: str, weights: set[float]) -> None:
    assert {segment.weight for segment in parse_weights(text)} == weights


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("embedding:a", [("a", True)]),
        ("x embedding:a y", [("x ", False), ("a", True), (" y", False)]),
        ("x\nembedding:dir/a.pt\ny", [("x\n", False), ("dir/a.pt", True), ("\ny", False)]),
        ("embedding:a, b", [("a,", True), (" b", False)]),
        ("embedding:a embedding:b", [("a", True), (" ", False), ("b", True)]),
        ("xembedding:a", [("xembedding:a", False)]),
        ("x,embedding:a", [("x,embedding:a", False)]),
        ("embedding: a", [("embedding: a", False)]),
        ("embedding:", [("embedding:", False)]),
    ],
)
def test_embeddings(text: str, expected: list[tuple[str, bool]]) -> None:
    assert list(split_embeddings(Segment(text, 1.2))) == [Piece(words, 1.2, named) for words, named in expected]


def test_an_embedding_is_weighed_by_the_brackets_around_it() -> None:
    (segment,) = parse_weights("(embedding:a:1.4)")
    assert list(split_embeddings(segment)) == [Piece("a", 1.4, is_embedding=True)]


# -- chunks ------------------------------------------------------------------------------------------------------------


def chunk_lengths(*groups: int, size: int = 75) -> list[int]:
    return [len(chunk.tokens) for chunk in make_chunks(((range(length), 1.0) for length in groups), size)]


def test_nothing_is_one_empty_chunk() -> None:
    assert chunk_lengths() == [0]
    assert chunk_lengths(0, 0) == [0]


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ((75,), [75]),
        ((76,), [75, 1]),
        ((200,), [75, 75, 50]),
        ((70, 5), [75]),
        ((70, 6), [70, 6]),
        ((70, 7), [70, 7]),
        ((70, 8), [75, 3]),
        ((75, 1), [75, 1]),
        ((74, 7, 60, 8), [74, 75]),
        ((74, 7, 61, 8), [74, 75, 1]),
        ((150, 3), [75, 75, 3]),
    ],
)
def test_short_groups_move_and_long_ones_are_cut(groups: tuple[int, ...], expected: list[int]) -> None:
    assert chunk_lengths(*groups) == expected


def test_groups_larger_than_a_small_chunk_are_cut() -> None:
    assert chunk_lengths(7, 2, size=5) == [5, 4]


@settings(max_examples=100)
@given(st.lists(st.tuples(st.lists(st.integers(), max_size=30), st.floats(-2, 2)), max_size=12), st.integers(1, 20))
def test_chunks_hold_every_token_once_with_its_weight(groups: list[tuple[list[int], float]], size: int) -> None:
    chunks = make_chunks(groups, size)
    assert [token for chunk in chunks for token in chunk.tokens] == [token for tokens, _ in groups for token in tokens]
    assert [weight for chunk in chunks for weight in chunk.weights] == [w for tokens, w in groups for _ in tokens]
    assert all(len(chunk.tokens) <= size for chunk in chunks)
    assert all(chunk.tokens for chunk in chunks) or len(chunks) == 1
