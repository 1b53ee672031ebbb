"""What a file of the output directory tells of how it was made: prompts, models, seeds, settings, size."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, TypeVar

from engine.errors import EngineError, FileError
from engine.files import MODEL_SUFFIXES, Folder, split_annotation
from engine.graph.a1111_text import is_parameters, split_parameters
from engine.graph.json_values import as_list, as_object
from engine.images.containers import MOST_PARTS, PNG_SIGNATURE
from engine.images.frames import measure_picture
from engine.images.metadata import MAX_FILE_BYTES, open_file, read_file, scan_texts
from engine.server.heavy import Heavy
from engine.server.media import find_medium
from engine.server.work import MUCH, THREAD_BYTES, Body, Known, Work

_MOST_TEXT = 16 * 2**20
_T = TypeVar("_T")
logger = logging.getLogger(__name__)
_MOST_PIXELS = 2**40
_MOST_WORDS = 20_000
_MOST_FACTS = 200
_MOST_INPUTS = 200
_MOST_WALKED = 20_000
"""So many inputs are followed from all samplers together, and so many inputs of a node, in search of prompts."""
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
_SKIPPED_CHUNKS = frozenset({b"IDAT", b"fdAT"})
_LONGEST_NAME = 500
_SETTINGS = {"sampler_name": "sampler", "sampler": "sampler", "scheduler": "scheduler", "steps": "steps", "cfg": "cfg"}


class Reach(NamedTuple):
    """How much of a file may be read.

    Attributes:
        text_bytes: Of texts, unpacked.
        file_bytes: Of a file that has to be read whole.
        parts: Of a PNG file.
    """

    text_bytes: int
    file_bytes: int
    parts: int


LITTLE = Reach(THREAD_BYTES, THREAD_BYTES, 10_000)
"""Where others wait meanwhile."""
ALL = Reach(_MOST_TEXT, MAX_FILE_BYTES, MOST_PARTS)

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


class ReadFacts(Work[list[Facts | None]], frozen=True, kw_only=True):
    """What pictures tell; what is damaged tells less. None: there is more than may be read.

    Attributes:
        paths: The pictures.
        reach: How much of each may be read.
    """

    uses_files: ClassVar[bool] = True
    paths: list[str]
    reach: Reach

    def do(self, known: Known, body: Body) -> list[Facts | None]:
        """See above."""
        del known, body
        return [self._facts(Path(path)) for path in self.paths]

    def _facts(self, path: Path) -> Facts | None:
        try:
            return read_facts(path, self.reach)
        except Exception as error:  # whatever a file holds, the others must be found
            logger.warning("%s tells nothing: %s", path.name, error)
            return Facts()


class _ReadTexts(Work[dict[str, str] | None], frozen=True, kw_only=True):
    """See `texts_in`."""

    uses_files: ClassVar[bool] = True
    path: str
    reach: Reach

    def do(self, known: Known, body: Body) -> dict[str, str] | None:
        """See above."""
        del known, body
        return texts_in(Path(self.path), self.reach)


async def read_texts(heavy: Heavy, path: Path) -> dict[str, str]:
    """The texts in a picture; empty if there are none, or they cannot be read.

    Raises:
        Refusal: 413, if that takes more time or memory than a request may take.
    """
    return await read_as_far_as_needed(heavy, lambda reach: _ReadTexts(path=str(path), reach=reach)) or {}


async def read_as_far_as_needed(heavy: Heavy, make: Callable[[Reach], Work[_T | None]]) -> _T | None:
    """Do work with a file that returns None if it may not read as much as it has to: then it is done elsewhere."""
    found = await heavy.do(make(LITTLE), weight=0)
    return found if found is not None else await heavy.do(make(ALL), weight=MUCH)


def texts_in(path: Path, reach: Reach) -> dict[str, str] | None:
    """The texts in a picture; empty if there are none, or they cannot be read. None: there is more than may be read."""
    try:
        read = _read(path, reach)
    except FileError:
        return {}
    return None if read is None else read[1]


async def read_all_facts(heavy: Heavy, paths: Sequence[Path]) -> list[Facts]:
    """What pictures tell; nothing if that takes more time or memory than anything may take."""
    found = await heavy.do(ReadFacts(paths=[*map(str, paths)], reach=LITTLE), weight=0)
    return [
        facts if facts is not None else await _read_patiently(heavy, path)
        for path, facts in zip(paths, found, strict=True)
    ]


async def _read_patiently(heavy: Heavy, path: Path) -> Facts:
    try:
        (facts,) = await heavy.do(ReadFacts(paths=[str(path)], reach=ALL), weight=MUCH)
    except EngineError as error:
        logger.warning("%s tells nothing: %s", path.name, error)
        facts = None
    return facts or Facts()


def read_facts(path: Path, reach: Reach) -> Facts | None:
    """What a picture tells; what is damaged tells less. None: there is more than may be read."""
    try:
        read = _read(path, reach)
    except FileError:
        return Facts()
    if read is None:
        return None
    data, texts = read
    width, height = _measure(data)
    positive, negative, found = facts_of(texts)
    return Facts(width, height, positive[:_MOST_WORDS], negative[:_MOST_WORDS], found)


def _read(path: Path, reach: Reach) -> tuple[bytes, dict[str, str]] | None:
    """A picture as far as it has to be read, and its texts; None if there is more than may be read, and that matters.

    Raises:
        FileError: It is not there, no file, or cannot be read.
    """
    data, is_whole = _read_head(path, reach)
    if not is_whole and reach != ALL:
        return None
    scanned = scan_texts(data, reach.text_bytes)
    if scanned is None:
        return data, {}
    return None if scanned.refused and reach != ALL else (data, scanned.texts)


def _measure(data: bytes) -> tuple[int | None, int | None]:
    if data.startswith(PNG_SIGNATURE):
        sides = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
        return sides if data[12:16] == b"IHDR" else (None, None)
    try:
        return measure_picture(data, _MOST_PIXELS)
    except FileError:
        return None, None


def _read_head(path: Path, reach: Reach) -> tuple[bytes, bool]:
    """A file, without what PNG files have most of: their pixels; and whether that is all that could be asked for."""
    with open_file(path) as file:
        if file.read(len(PNG_SIGNATURE)) != PNG_SIGNATURE:
            return (b"", False) if file.seek(0, os.SEEK_END) > reach.file_bytes else (read_file(path), True)
        parts, left = [PNG_SIGNATURE], reach.text_bytes
        for _ in range(reach.parts):
            head = file.read(8)
            if len(head) < 8:
                return b"".join(parts), True
            length = int.from_bytes(head[:4], "big") + 4
            if head[4:] in _SKIPPED_CHUNKS:
                file.seek(length, os.SEEK_CUR)
                continue
            left -= length
            if left < 0:
                break
            parts.append(head + file.read(length))
        return b"".join(parts), False


def facts_of(texts: Mapping[str, str]) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """Prompt, negative prompt, and models, seeds and settings as kind and value, from the texts of a picture."""
    prompt = as_object(json_in(texts, "prompt"))
    nodes = {key: node for key, value in (prompt or {}).items() if (node := as_object(value)) is not None}
    if nodes:
        return _facts_of_prompt(nodes)
    parameters = texts.get("parameters", "")
    return _facts_of_parameters(parameters) if is_parameters(parameters) else ("", "", ())


def json_in(texts: Mapping[str, str], key: str) -> Any:
    """The JSON value of one of the texts; None if it is none. Half characters become question marks."""
    text = texts.get(key, "null")
    try:
        value = json.loads(text)
        if _HALF_CHARACTER.search(text):
            value = json.loads(json.dumps(value, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError):
        return None
    return value


def _facts_of_parameters(text: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    parts = split_parameters(text)
    names = {"model": "model", "seed": "seed", "sampler": "sampler", "steps": "steps", "cfg scale": "cfg"}
    names["schedule type"] = "scheduler"
    found = tuple((kind, parts.settings[name]) for name, kind in names.items() if parts.settings.get(name))
    return parts.positive, parts.negative, found


def _facts_of_prompt(nodes: Mapping[str, Mapping[str, Any]]) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    found: dict[tuple[str, str], None] = {}
    texts: dict[str, dict[str, None]] = {"positive": {}, "negative": {}}
    budget = iter(range(_MOST_WALKED))
    for node in nodes.values():
        for name, value in (as_object(node.get("inputs")) or {}).items():
            if name in texts:
                texts[name].update(dict.fromkeys(_texts_above(nodes, value, budget)))
            if len(found) < _MOST_FACTS:
                found |= dict.fromkeys(_facts_of_input(name, value))
    if not any(texts.values()):
        texts["positive"] = dict.fromkeys(text for node in nodes.values() for text in _own_texts(node))
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


def _texts_above(nodes: Mapping[str, Mapping[str, Any]], link: Any, budget: Iterator[int]) -> Iterator[str]:
    left, seen = [link], set[str]()
    while left and len(seen) < 1000 and next(budget, None) is not None:
        parts = as_list(left.pop())
        key = str(parts[0]) if parts else ""
        if key in nodes and key not in seen:
            seen.add(key)
            # A sampler before this one has prompts of its own; what it makes is no text.
            others = ("positive", "negative", "model", "vae")
            left += (value for name, value in _inputs_of(nodes[key]) if name not in others)
            yield from _own_texts(nodes[key])


def _own_texts(node: Mapping[str, Any]) -> Iterator[str]:
    for name, value in _inputs_of(node):
        if isinstance(value, str) and value.strip() and ("text" in name or "prompt" in name or name == "string"):
            yield value


def _inputs_of(node: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return islice((as_object(node.get("inputs")) or {}).items(), _MOST_INPUTS)
