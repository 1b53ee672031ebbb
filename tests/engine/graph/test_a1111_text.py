"""Parameters of A1111 taken apart: texts with any punctuation, settings with any values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.a1111_text import Lora, is_parameters, read_settings, split_parameters, take_loras, to_number, to_size

SETTINGS = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x768"


@pytest.mark.parametrize(
    ("positive", "negative"),
    [
        ("a cat", "ugly"),
        ("a cat", ""),
        ("", "ugly"),
        ("", ""),
        ("a cat: nice, (fur:1.2)\n\nSteps of stone, 3: 4", "ugly: very\nNegative: too\n"),
        ('say "hello, world"', "a\n\nb"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_texts_of_several_lines_with_colons(positive: str, negative: str, newline: str) -> None:
    text = "\n".join(filter(None, (positive, f"Negative prompt: {negative}" if negative else "", SETTINGS)))
    assert is_parameters(text)
    found = split_parameters(text.replace("\n", newline))
    assert (found.positive, found.negative) == (positive, negative.strip())
    assert found.settings["sampler"] == "Euler a"
    assert found.settings["size"] == "512x768"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a: 1, b: 2", [("a", "1"), ("b", "2")]),
        ('a: "x, y: z", b: 2', [("a", "x, y: z"), ("b", "2")]),
        (r'a: "say \"hi\", you", b: 2', [("a", 'say "hi", you'), ("b", "2")]),
        ('a: [{"k": "v, w"}, 1], b: {"x": {}}', [("a", '[{"k": "v, w"}, 1]'), ("b", '{"x": {}}')]),
        ('a: "never ends, b: 2', [("a", '"never ends'), ("b", "2")]),
        ("a: [not json], b: 2", [("a", "[not json]"), ("b", "2")]),
        ("a: x:y, b:, : c, d", [("a", "x:y"), ("b", "")]),
        ("ControlNet 0: on, Hires upscale: 2", [("ControlNet 0", "on"), ("Hires upscale", "2")]),
    ],
)
def test_settings(line: str, expected: list[tuple[str, str]]) -> None:
    assert read_settings(line) == expected


@given(st.dictionaries(st.text("abcXYZ 01", min_size=1).filter(lambda key: key == key.strip()), st.text("ab1. x()")))
def test_settings_come_back_as_they_were_written(settings: dict[str, str]) -> None:
    line = ", ".join(f"{key}: {value}" for key, value in settings.items())
    assert read_settings(line) == [(key, value.strip()) for key, value in settings.items()]


def test_only_the_last_line_has_settings() -> None:
    assert split_parameters(f"Steps: 3, Seed: 5\n{SETTINGS}").settings["steps"] == "20"
    assert split_parameters(f"a cat\n{SETTINGS}\nTemplate: x").rest == "Template: x"
    assert not is_parameters("a cat")
    assert not is_parameters("a cat, Steps: 20")
    assert not is_parameters("a: 1, b: 2, c: 3")
    assert is_parameters("a cat\nSampler: Euler, Seed: 3, Size: 8x8")
    assert not is_parameters("a cat\nNegative prompt: a, Seed: 3, Size: 8x8, Sampler: x")


@pytest.mark.parametrize(
    ("text", "lora"),
    [
        ("<lora:x>", Lora("x", 1.0, 1.0)),
        ("<lora:x:0.5>", Lora("x", 0.5, 0.5)),
        ("<lora:x:0.5:0.7>", Lora("x", 0.7, 0.5)),
        ("<lora:x:te=0.5>", Lora("x", 0.5, 0.5)),
        ("<lora:x:te=0.5:unet=0.2>", Lora("x", 0.2, 0.5)),
        ("<lora:x:0.5:unet=0.2:lbw=MIDD>", Lora("x", 0.2, 0.5)),
        ("<lyco:a b.safetensors:-1>", Lora("a b.safetensors", -1.0, -1.0)),
        ("<LORA:x:nan>", Lora("x", 1.0, 1.0)),
    ],
)
def test_loras(text: str, lora: Lora) -> None:
    assert take_loras(f"a, {text}, b") == ("a, b", [lora], [])


def test_a_text_without_loras_stays_as_it_is() -> None:
    for text in ("a,, b ,", "<b>x</b>", "a <lora:> b", "1 < 2 > 0", " <x:y>"):
        assert take_loras(text) == (text, [], [])
    assert take_loras("a <hypernet:h:1> b")[2] == ["<hypernet:h:1>"]


def test_numbers_and_sizes() -> None:
    assert (to_number(" 1.5 "), to_number("inf"), to_number("x"), to_number("")) == (1.5, None, None, None)
    assert (to_size("512 x 768"), to_size("512"), to_size("-1x3")) == ((512, 768), None, None)
