"""Every built-in node declares what workflow files expect: the published names, types, order, bounds and outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from engine.graph.core_types import core_records
from engine.graph.registry import Registry
from engine.graph.schema import MISSING, Input, ModelFile, NodeDef, Number
from tests.engine.graph.shared_files import documents

_IMPLEMENTED_CHOICES = {"sampler_name", "scheduler"}
"""Inputs whose choices are those that are implemented, in the published order."""
_OUR_OWN = {"SaveImageAs"}
"""Types that nobody else has."""
_FROM_FILES = {"ImageCompare"}
"""Types that workflow files name, though no record of them is published: held against the files below."""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.collect("nodes")


def test_built_in_nodes_are_declared_as_published(registry: Registry) -> None:
    differences = [
        f"{definition.type}: {difference}"
        for definition in registry
        for difference in _differences(definition, core_records().get(definition.type))
    ]
    assert "\n".join(differences) == ""


def test_built_in_nodes_have_help(registry: Registry) -> None:
    without = [definition.type for definition in registry if not definition.description]
    without += [
        f"{definition.type}.{declared.name}"
        for definition in registry
        for declared in definition.inputs
        if not declared.tooltip
    ]
    assert "\n".join(without) == ""


def test_types_known_by_files_have_the_slots_that_the_files_give_them(registry: Registry) -> None:
    seen: dict[str, set[tuple[tuple[str, str, str], ...]]] = {}
    for _, document in documents("ui"):
        graphs = [document, *document.get("definitions", {}).get("subgraphs", [])]
        for node in (node for graph in graphs for node in graph["nodes"] if node["type"] in _FROM_FILES):
            slots = node["inputs"]
            # The shape 7 marks what need not be linked.
            kinds = ["optional" if slot.get("shape") == 7 else "required" for slot in slots]
            found = tuple((slot["name"], slot["type"], kind) for slot, kind in zip(slots, kinds, strict=True))
            seen.setdefault(node["type"], set()).add(found)
            assert node["outputs"] == []
    assert seen == {
        definition.type: {tuple((declared.name, declared.type, declared.kind) for declared in definition.inputs)}
        for definition in registry
        if definition.type in _FROM_FILES and not definition.outputs
    }


def _differences(definition: NodeDef, record: Mapping[str, Any] | None) -> Iterator[str]:
    if record is None:
        if definition.type not in _OUR_OWN | _FROM_FILES:
            yield "is no published type"
        return
    yield from _compare("category", definition.category, record["category"])
    yield from _compare("display_name", definition.display_name, record["display_name"] or definition.type)
    yield from _compare("output_node", definition.is_output, record["output_node"])
    yield from _compare("deprecated", definition.deprecated, record.get("deprecated", False))
    yield from _compare("experimental", definition.experimental, record.get("experimental", False))
    outputs = [{"type": output.type, "name": output.name, "is_list": output.is_list} for output in definition.outputs]
    yield from _compare("outputs", outputs, record["outputs"])
    entries = [entry for entry in record["inputs"] if entry["kind"] != "hidden"]
    names = [declared.name for declared in definition.inputs]
    yield from _compare("inputs", names, [entry["name"] for entry in entries])
    for declared in definition.inputs:
        entry = next((entry for entry in entries if entry["name"] == declared.name), None)
        if entry is not None:
            yield from (f"{declared.name}: {difference}" for difference in _input_differences(declared, entry))


def _input_differences(declared: Input, entry: Mapping[str, Any]) -> Iterator[str]:
    yield from _compare("type", declared.type, entry["type"])
    yield from _compare("kind", declared.kind, entry["kind"])
    number = declared.number or Number()
    for key in ("min", "max", "step", "round", "display"):
        yield from _compare(key, getattr(number, key), entry.get(key))
    if declared.type == "STRING" and declared.is_widget:
        text = declared.text
        yield from _compare("multiline", bool(text and text.multiline), entry.get("multiline", False))
        yield from _compare("dynamicPrompts", bool(text and text.dynamic_prompts), entry.get("dynamicPrompts", False))
    yield from _compare("control_after_generate", declared.seed_control, entry.get("control_after_generate", False))
    for key in ("forceInput", "advanced", "image_folder", "remote"):
        yield from _compare(key, declared.options.get(key), entry.get(key))
    yield from _default_differences(declared, entry)
    if declared.type == "COMBO":
        yield from _choice_differences(declared, entry)


def _default_differences(declared: Input, entry: Mapping[str, Any]) -> Iterator[str]:
    first_choice = entry["options"][0] if entry.get("options") else MISSING
    if "default" in entry:
        yield from _compare("default", declared.default, entry["default"])
        if isinstance(declared.default, bool) != isinstance(entry["default"], bool):
            yield f"default: {declared.default!r} and {entry['default']!r} differ in type"
    elif declared.default not in (MISSING, first_choice):
        yield f"default: {declared.default!r}, but none is published"


def _choice_differences(declared: Input, entry: Mapping[str, Any]) -> Iterator[str]:
    choices = declared.choices
    if "files" in entry:
        is_file = isinstance(choices, ModelFile)
        yield from _compare("files", choices.folder if is_file else choices, entry.get("image_folder", entry["files"]))
        yield from _compare("image_upload", is_file and choices.image_upload, entry.get("image_upload", False))
        return
    published = list(dict.fromkeys(entry["options"]))  # one record says "bilinear" twice
    given = list(choices) if isinstance(choices, tuple) else []
    if declared.name in _IMPLEMENTED_CHOICES:
        yield from _compare("choices", given, [choice for choice in published if choice in given])
    else:
        yield from _compare("choices", given, published)


def _compare(what: str, declared: Any, published: Any) -> Iterator[str]:
    if declared != published:
        yield f"{what} is {declared!r}, published is {published!r}"
