"""What a file of the output directory tells of how it was made: prompts, models, seeds, settings, size."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from engine.errors import FileError
from engine.files import MODEL_SUFFIXES, Folder, split_annotation
from engine.graph.a1111_text import is_parameters, split_parameters
from engine.graph.json_values import as_list, as_object
from engine.images.containers import PNG_SIGNATURE
from engine.images.frames import measure_picture
from engine.images.metadata import open_file, read_file, scan_texts
from engine.server.media import find_medium

_MOST_TEXT = 16 * 2**20
_MOST_PIXELS = 2**40
_MOST_WORDS = 20_000
_MOST_FACTS = 200
_SKIPPED_CHUNKS = frozenset({b"IDAT", b"fdAT"})
_LONGEST_NAME = 500
_SETTINGS = {"sampler_name": "sampler", "sampler": "sampler", "scheduler": "scheduler", "steps": "steps", "cfg": "cfg"}


READER = 1
"""Counted up when more is read than before: then every file is read again."""


class Facts(NamedTuple):
    """What a file tells.

    Attributes:
        width: In pixels; None if it is no picture.
        height: In pixels.
        positive: The prompt.
        negative: What the picture should not show.
        found: Models, seeds, settings and files that it was made from, as kind and value.
    """

    width: int | None = None
    height: int | None = None
    positive: str = ""
    negative: str = ""
    found: tuple[tuple[str, str], ...] = ()


def read_texts(path: Path) -> dict[str, str]:
    """The texts in a picture; empty if there are none, or they cannot be read."""
    try:
        scanned = scan_texts(_read_head(path), _MOST_TEXT)
    except FileError:
        return {}
    return {} if scanned is None else scanned.texts


def read_facts(path: Path) -> Facts:
    """What a picture tells; what is damaged tells less."""
    try:
        data = _read_head(path)
    except FileError:
        return Facts()
    scanned = scan_texts(data, _MOST_TEXT)
    width, height = _measure(data)
    positive, negative, found = facts_of(scanned.texts if scanned is not None else {})
    return Facts(width, height, positive[:_MOST_WORDS], negative[:_MOST_WORDS], found)


def _measure(data: bytes) -> tuple[int | None, int | None]:
    if data.startswith(PNG_SIGNATURE):
        sides = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
        return sides if data[12:16] == b"IHDR" else (None, None)
    try:
        return measure_picture(data, _MOST_PIXELS)
    except FileError:
        return None, None


def _read_head(path: Path) -> bytes:
    """A file without what PNG files have most of: their pixels."""
    with open_file(path) as file:
        if file.read(len(PNG_SIGNATURE)) == PNG_SIGNATURE:
            return PNG_SIGNATURE + b"".join(_chunks(file))
    return read_file(path)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    left = _MOST_TEXT
    while len(head := file.read(8)) == 8:
        length = int.from_bytes(head[:4], "big") + 4
        if head[4:] in _SKIPPED_CHUNKS:
            file.seek(length, 1)
        elif (left := left - length) > 0:
            yield head + file.read(length)
        else:
            return


def facts_of(texts: Mapping[str, str]) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """Prompt, negative prompt, and models, seeds and settings as kind and value, from the texts of a picture."""
    try:
        prompt = as_object(json.loads(texts.get("prompt", "null")))
    except (ValueError, RecursionError):
        prompt = None
    nodes = {key: node for key, value in (prompt or {}).items() if (node := as_object(value)) is not None}
    if nodes:
        return _facts_of_prompt(nodes)
    parameters = texts.get("parameters", "")
    return _facts_of_parameters(parameters) if is_parameters(parameters) else ("", "", ())


def _facts_of_parameters(text: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    parts = split_parameters(text)
    names = {"model": "model", "seed": "seed", "sampler": "sampler", "steps": "steps", "cfg scale": "cfg"}
    names["schedule type"] = "scheduler"
    found = tuple((kind, parts.settings[name]) for name, kind in names.items() if parts.settings.get(name))
    return parts.positive, parts.negative, found


def _facts_of_prompt(nodes: Mapping[str, Mapping[str, Any]]) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    found: dict[tuple[str, str], None] = {}
    texts: dict[str, list[str]] = {"positive": [], "negative": []}
    for node in nodes.values():
        for name, value in (as_object(node.get("inputs")) or {}).items():
            if name in texts:
                texts[name] += (text for text in _texts_above(nodes, value) if text not in texts[name])
            if len(found) < _MOST_FACTS:
                found |= dict.fromkeys(_facts_of_input(name, value))
    if not any(texts.values()):
        texts["positive"] = [text for node in nodes.values() for text in _own_texts(node)]
    return "\n".join(texts["positive"]), "\n".join(texts["negative"]), tuple(found)


def _facts_of_input(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and Path(value[-20:]).suffix.lower() in MODEL_SUFFIXES:
        yield "model", value[:500]
    elif name in ("seed", "noise_seed") and type(value) is int:
        yield "seed", str(value)[:40]
    elif name in _SETTINGS and isinstance(value, str | int | float) and not isinstance(value, bool):
        yield _SETTINGS[name], str(value)[:100]
    elif (source := source_of(value)) is not None:
        yield "source", "/".join(source)


def source_of(value: object) -> tuple[Folder, str] | None:
    """Directory and name, with slashes, of the file that an input names; None if it names no picture, film or sound.

    By default it is in `input`; `fox.png [output]` says otherwise.
    """
    if not isinstance(value, str) or len(value) > _LONGEST_NAME or "\n" in value:
        return None
    name, folder = split_annotation(value.strip())
    medium = find_medium(name)
    if medium is None or medium.kind == "model":
        return None
    return folder or "input", name.replace("\\", "/").lstrip("/")


def _texts_above(nodes: Mapping[str, Mapping[str, Any]], link: Any) -> Iterator[str]:
    left, seen = [link], set[str]()
    while left and len(seen) < 1000:
        parts = as_list(left.pop())
        key = str(parts[0]) if parts else ""
        if key in nodes and key not in seen:
            seen.add(key)
            inputs = as_object(nodes[key].get("inputs")) or {}
            # A sampler before this one has prompts of its own; what it makes is no text.
            left += (value for name, value in inputs.items() if name not in ("positive", "negative", "model", "vae"))
            yield from _own_texts(nodes[key])


def _own_texts(node: Mapping[str, Any]) -> Iterator[str]:
    for name, value in (as_object(node.get("inputs")) or {}).items():
        if isinstance(value, str) and value.strip() and ("text" in name or "prompt" in name or name == "string"):
            yield value
