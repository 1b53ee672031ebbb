"""Choices in texts, drawn once and repeatably, and variables in names of files."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.canvas import read_canvas
from engine.graph.canvas_texts import choose
from engine.graph.core_types import core_registry
from engine.graph.workflow import Workflow

_CORE = core_registry()


def _all(text: str) -> set[str]:
    return {choose(text, random.Random(seed)) for seed in range(200 if len(text) < 1000 else 1)}


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a cat", {"a cat"}),
        ("a {cat|dog}", {"a cat", "a dog"}),
        ("{a|{b|c}d}", {"a", "bd", "cd"}),
        ("{a}{|b}", {"a", "ab"}),
        (r"\{a\|b\} (x:1.2) \(y\)", {r"{a|b} (x:1.2) \(y\)"}),
        ("a | b", {"a | b"}),
        ("a } b", {"a } b"}),
        ("never {closed|open", {"never closed", "never open"}),
        ("a // not this\nb /* nor\nthis */c", {"a \nb c"}),
        ("a /* open // gone\nb", {"a /* open \nb"}),
        ("a /*/ b */c */ /* d", {"a c */ /* d"}),
        ("a // x */ y", {"a "}),
        ("a /* // */b", {"a b"}),
        ("/*//*/*/", {"*/"}),
        ("{a|a} " + "/* " * 100_000, {"a " + "/* " * 100_000}),
    ],
)
def test_choices(text: str, plain: set[str]) -> None:
    assert _all(text) == plain


def test_each_choice_is_as_likely_as_any_other() -> None:
    drawn = [choose("{a|b|c}", random.Random(seed)) for seed in range(3000)]
    assert all(850 < drawn.count(option) < 1150 for option in "abc")


@given(st.text(alphabet="/*\na"))
def test_comments_are_what_the_plain_rule_says(text: str) -> None:
    assert choose(text, random.Random(0)) == re.sub(r"/\*[\s\S]*?\*/|//[^\n]*", "", text)


@given(st.text(alphabet="ab{}|\\/* \n"), st.integers(0, 99))
def test_any_text_is_resolved_and_repeatable(text: str, seed: int) -> None:
    assert choose(text, random.Random(seed)) == choose(text, random.Random(seed))


def test_depth_and_length_are_no_obstacle() -> None:
    assert choose("{" * 50_000 + "x" + "}" * 50_000, random.Random(0)) == "x"
    assert choose("{a|b" * 50_000, random.Random(0))


def _document(text: str, prefix: str = "x", seed: int = 5) -> Workflow:
    nodes: list[dict[str, Any]] = [
        {"id": 1, "type": "CLIPTextEncode", "widgets_values": [text]},
        {"id": 2, "type": "KSampler", "widgets_values": [seed, "fixed", 20, 8, "euler", "normal", 1], "title": "First"},
        {"id": 3, "type": "SaveImage", "widgets_values": [prefix]},
        {"id": 4, "type": "EmptyLatentImage", "widgets_values": [512, 768, 1]},
        {"id": 5, "type": "Load a/b", "widgets_values": [3, "na:me"], "properties": {"Node name for S&R": "Name"}},
    ]
    nodes[3]["properties"] = {"Node name for S&R": "Size"}
    return read_canvas({"nodes": nodes, "links": []}, _CORE)


def test_the_choice_follows_the_seed_and_is_recorded() -> None:
    text = "{" + "|".join(map(str, range(100))) + "}"
    drawn = [_document(text, seed=seed).nodes["1"].inputs["text"] for seed in (1, 1, 2, 3)]
    assert drawn[0] == drawn[1]
    assert len({*drawn}) > 1
    notes = [note for note in _document(text, seed=1).notes if note.kind == "resolved"]
    assert [(note.node_id, note.input_name) for note in notes] == [("1", "text")]
    assert repr(drawn[0]) in notes[0].message


@pytest.mark.parametrize(
    ("prefix", "plain"),
    [
        ("%Size.width%x%Size.height%", "512x768"),
        ("a/%First.sampler_name%", "a/euler"),
        ("%Name.anything%", "na_me"),
        ("%Nobody.width% %Size.nothing% %date:yyyy% 100%", "%Nobody.width% %Size.nothing% %date:yyyy% 100%"),
    ],
)
def test_variables_in_names_of_files(prefix: str, plain: str) -> None:
    assert _document("a", prefix).nodes["3"].inputs["filename_prefix"] == plain
