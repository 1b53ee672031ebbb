"""The `parameters` text of A1111 and of programs that write it the same way, taken apart: texts, settings, LoRAs.

    a cat, <lora:fur:0.8>
    Negative prompt: ugly
    Steps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 1, Size: 512x768, Model: some_name

Only what it says; what nodes that makes is the business of `a1111`. Source: texts that such programs wrote.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.graph.json_values import as_text

LONGEST_TEXT = 2**20
"""Longer texts are none of these."""

_NEGATIVE = "Negative prompt:"
_STEPS = re.compile(r"\s*Steps: *\d")
_KEY = re.compile(r"\s*([^\s:,\"{\[][^:,\"{\[\n]{0,79}?)\s*:\s*")
_LEAST_SETTINGS = 3
"""A last line with fewer belongs to the texts."""
_EXTRA_NETWORK = re.compile(r" ?<(\w+):([^<>:\n]{1,300})((?::[^<>:\n]{0,300}){0,12})>")
_LORA_KINDS = frozenset({"lora", "lyco", "locon"})
_SIZE = re.compile(r"\s*(\d{1,6})\s*[xX×]\s*(\d{1,6})\s*")


@dataclass(frozen=True, slots=True)
class Parameters:
    """A text, taken apart.

    Attributes:
        positive: What shall be seen.
        negative: What shall not.
        settings: By name in small letters; their names as written are in `names`.
        names: Names as written.
        rest: Lines after the settings, which are none.
    """

    positive: str
    negative: str
    settings: Mapping[str, str]
    names: Mapping[str, str]
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Lora:
    """`<lora:name:weight>` in a text.

    Attributes:
        name: As written, mostly without ending.
        model: Weight for the network.
        clip: Weight for the text encoder.
    """

    name: str
    model: float
    clip: float


def is_parameters(text: str) -> bool:
    """Whether a text is of this form: it has a line of settings."""
    return len(text) <= LONGEST_TEXT and _find_settings(text.splitlines()) is not None


def split_parameters(text: str) -> Parameters:
    """Take a text apart. Nothing is an error: what is no setting is part of a text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").split("\n")
    place = _find_settings(lines)
    found = read_settings(lines[place]) if place is not None else []
    before = lines if place is None else lines[:place]
    rest = [] if place is None else lines[place + 1 :]
    at = next((index for index, line in enumerate(before) if line.lstrip().startswith(_NEGATIVE)), len(before))
    negative = before[at:]
    if negative:
        negative[0] = negative[0].lstrip().removeprefix(_NEGATIVE)
    return Parameters(
        positive="\n".join(before[:at]).strip(),
        negative="\n".join(negative).strip(),
        settings={name.lower(): value for name, value in reversed(found)},
        names={name.lower(): name for name, _ in reversed(found)},
        rest="\n".join(rest).strip(),
    )


def _find_settings(lines: list[str]) -> int | None:
    """The number of the line with settings: the last that begins with the steps, else the last line of all."""
    for place in range(len(lines) - 1, -1, -1):
        if _STEPS.match(lines[place]):
            return place
    place = next((place for place in range(len(lines) - 1, -1, -1) if lines[place].strip()), None)
    if place is None or lines[place].lstrip().startswith(_NEGATIVE):
        return None
    found = read_settings(lines[place])
    is_known = any(name.lower() in ("seed", "sampler", "cfg scale", "size") for name, _ in found)
    return place if is_known and len(found) >= _LEAST_SETTINGS else None


def read_settings(line: str) -> list[tuple[str, str]]:
    """`name: value` pairs between commas; a value may be quoted, or be JSON, and hold commas then."""
    found: list[tuple[str, str]] = []
    decoder = json.JSONDecoder()
    at = 0
    while at < len(line):
        key = _KEY.match(line, at)
        if key is None:
            at = _after_comma(line, at)
            continue
        at = key.end()
        value: Any = None
        if line[at : at + 1] in ('"', "{", "["):
            try:
                value, end = decoder.raw_decode(line, at)
            except (ValueError, RecursionError):
                end = -1
            if end >= 0 and line[end : end + 1].strip() in ("", ","):
                text = as_text(value) if isinstance(value, str) else line[at:end]
                found.append((key[1].strip(), text))
                at = _after_comma(line, end)
                continue
        end = _after_comma(line, at)
        found.append((key[1].strip(), line[at:end].rstrip(", \t")))
        at = end
    return found


def _after_comma(line: str, at: int) -> int:
    comma = line.find(",", at)
    return len(line) if comma < 0 else comma + 1


def take_loras(text: str) -> tuple[str, list[Lora], list[str]]:
    """The text without `<kind:name:...>`, the LoRAs of these, and the others as written.

    The first weight is that of the text encoder and, unless a second is given, of the network; `te=` and `unet=` say
    which is which.
    """
    loras: list[Lora] = []
    others: list[str] = []

    def take(found: re.Match[str]) -> str:
        kind, name = found[1].lower(), found[2].strip()
        if kind in _LORA_KINDS:
            loras.append(_read_lora(name, found[3].split(":")[1:]))
        elif kind in ("hypernet", "lyca"):
            others.append(found[0].lstrip())
        else:
            return found[0]
        return ""

    plain = _EXTRA_NETWORK.sub(take, text)
    if loras or others:
        plain = re.sub(r",(?:[ \t]*,)+", ",", plain)
        plain = "\n".join(line.strip(" \t") for line in plain.split("\n")).strip(", \t\n")
    return plain, loras, others


def _read_lora(name: str, arguments: list[str]) -> Lora:
    plain = [number for text in arguments if "=" not in text and (number := to_number(text)) is not None]
    named = {key.strip(): to_number(value) for key, _, value in (text.partition("=") for text in arguments)}
    clip = plain[0] if plain else 1.0
    model = plain[1] if len(plain) > 1 else clip
    told_clip, told_model = named.get("te"), named.get("unet")
    clip = told_clip if told_clip is not None else clip
    if told_model is None and len(plain) < 2 and told_clip is not None:
        model = clip
    return Lora(name, told_model if told_model is not None else model, clip)


def to_number(text: str) -> float | None:
    """A finite number, or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def to_size(text: str) -> tuple[int, int] | None:
    """Width and height of `512x768`, or None."""
    found = _SIZE.fullmatch(text)
    return None if found is None else (int(found[1]), int(found[2]))
