"""Texts that the canvas changes before it sends them: choices `{a|b}` with comments, and `%Node.widget%` in file names.

A choice is drawn once for a whole text, from the seeds of the workflow: the same file gives the same picture, another
seed another choice. What was drawn stands in the workflow that runs, so also in its pictures, and in a note.
`%date:...%` is left to the node that saves, which knows the time.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from engine.graph.canvas_records import Canvas
from engine.graph.core_types import core_registry
from engine.graph.json_values import is_integer, show
from engine.graph.registry import Registry
from engine.graph.schema import NodeDef
from engine.graph.workflow import Link, Node, Note

_NAMING_TYPES = frozenset(
    {"SaveImage", "SaveAnimatedWEBP", "SaveAnimatedPNG", "SaveWEBM", "SaveAudio", "SaveGLB", "SaveLatent"}
    | {"CLIPSave", "VAESave", "ModelSave", "LoraSave"}
)
"""Types whose `filename_prefix` may name widgets of other nodes."""

_VARIABLE = re.compile(r"%([^%.]+)\.([^%]+)%")
_NOT_IN_FILE_NAMES = re.compile(r'[/?<>\\:*|"\x00-\x1f\x7f]')
_LONGEST_IN_NAME = 255
"""No file system takes longer names; a text that stands in a name many times would fill the memory."""
_COMMENT = re.compile(r"/\*|//")
_MARK = re.compile(r"\\[{}|]|[{}|]|[^\\{}|]+|\\")


def resolve_texts(canvas: Canvas, nodes: Mapping[str, Node], registry: Registry) -> tuple[dict[str, Node], list[Note]]:
    """The nodes with plain texts, and what was resolved."""
    notes: list[Note] = []
    resolved = dict(nodes)
    names: dict[str, str] | None = None
    seeds = str(_digest(_seeds_of(nodes, registry)))
    for node in nodes.values():
        changed: dict[str, Any] = {}
        for name in _dynamic_texts(node, registry):
            text = node.inputs[name]
            plain = choose(text, random.Random(_digest(seeds, node.id, name)))
            if plain != text:
                changed[name] = plain
                notes.append(Note(node.id, f"its choices became {show(plain)}", name, kind="resolved"))
        prefix = node.inputs.get("filename_prefix")
        if node.type in _NAMING_TYPES and isinstance(prefix, str) and "%" in prefix:
            names = _names_of(canvas, nodes) if names is None else names
            plain = _fill_in(prefix, names, nodes)
            if plain != prefix:
                changed["filename_prefix"] = plain
                notes.append(Note(node.id, f"its variables became {show(plain)}", "filename_prefix", kind="resolved"))
        if changed:
            resolved[node.id] = replace(node, inputs={**node.inputs, **changed})
    return resolved, notes


def choose(text: str, rng: random.Random) -> str:
    r"""One of each `{a|b|c}`, nested ones included, without comments; `\{ \} \|` are plain characters.

    Args:
        text: As in the file. Braces that are never closed are closed at the end.
        rng: Draws each choice; the same state gives the same text.
    """
    if "{" not in text and "/" not in text and "\\" not in text:
        return text
    levels: list[list[str]] = [[""]]
    for mark in _MARK.findall(_without_comments(text)):
        options = levels[-1]
        if mark == "{":
            levels.append([""])
        elif mark == "}" and len(levels) > 1:
            chosen = rng.choice(levels.pop())
            levels[-1][-1] += chosen
        elif mark == "|" and len(levels) > 1:
            options.append("")
        else:
            options[-1] += mark[1:] if len(mark) == 2 and mark[0] == "\\" else mark
    while len(levels) > 1:
        chosen = rng.choice(levels.pop())
        levels[-1][-1] += chosen
    return levels[0][0]


def _without_comments(text: str) -> str:
    """The text without `/* ... */` and `// ...`; what is never closed is no comment."""
    kept: list[str] = []
    last_close = text.rfind("*/")
    start = at = 0
    while (found := _COMMENT.search(text, at)) is not None:
        begin = found.start()
        if found[0] == "//":
            end = text.find("\n", begin)
            end = len(text) if end < 0 else end
        elif last_close >= found.end():
            end = text.index("*/", found.end()) + 2
        else:
            at = begin + 1
            continue
        kept.append(text[start:begin])
        start = at = end
    return "".join((*kept, text[start:]))


def _dynamic_texts(node: Node, registry: Registry) -> Iterator[str]:
    definition = _definition_of(node, registry)
    for declared in definition.inputs if definition is not None else ():
        if (
            declared.text is not None
            and declared.text.dynamic_prompts
            and isinstance(node.inputs.get(declared.name), str)
        ):
            yield declared.name


def _definition_of(node: Node, registry: Registry) -> NodeDef | None:
    return registry.get(node.type) or core_registry().get(node.type)


def _seeds_of(nodes: Mapping[str, Node], registry: Registry) -> str:
    """Every seed of the workflow, as text: what decides the choices."""
    return ",".join(
        str(value)
        for node in nodes.values()
        if (definition := _definition_of(node, registry)) is not None
        for declared in definition.inputs
        if declared.seed_control and is_integer(value := node.inputs.get(declared.name))
    )


def _digest(*parts: str) -> int:
    text = "\0".join(parts).encode(errors="surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


def _names_of(canvas: Canvas, nodes: Mapping[str, Node]) -> dict[str, str]:
    """Node ids by the names under which file names may speak of them: the search name first, then the title."""
    names: dict[str, str] = {}
    for node_id in nodes:
        record = canvas.nodes[node_id]
        if record.title:
            names.setdefault(record.title, node_id)
    own = {
        name: node_id
        for node_id in reversed(list(nodes))
        if isinstance(name := canvas.nodes[node_id].properties.get("Node name for S&R"), str)
    }
    return {**names, **own}


def _fill_in(prefix: str, names: Mapping[str, str], nodes: Mapping[str, Node]) -> str:
    """Each `%Node.widget%` replaced by the widget's value; what names nothing stays."""

    def value_of(found: re.Match[str]) -> str:
        node_id = names.get(found[1])
        value = _value_of(nodes[node_id], found[2]) if node_id is not None else None
        if value is None or isinstance(value, Link | list | dict) or found[1].startswith("date:"):
            return found[0]
        return _NOT_IN_FILE_NAMES.sub("_", str(value)[:_LONGEST_IN_NAME])

    return _VARIABLE.sub(value_of, prefix)


def _value_of(node: Node, name: str) -> Any:
    """The widget's value; of a node whose values the file does not name, its first text."""
    if name in node.inputs:
        return node.inputs[name]
    unnamed = (value for key, value in node.inputs.items() if key.startswith("#") and isinstance(value, str))
    return next(unnamed, None)
