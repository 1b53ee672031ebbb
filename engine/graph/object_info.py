"""NodeDef -> the JSON record of GET /object_info: what a canvas must know to draw a node."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine.graph.schema import MISSING, Input, ModelFile, NodeDef, Number


def object_info(definition: NodeDef, files: Callable[[str], Sequence[str]]) -> dict[str, Any]:
    """The record of one node type; JSON values only.

    Args:
        definition: The node type.
        files: The choices of `ModelFile(folder)`, by folder.
    """
    inputs: dict[str, dict[str, Any]] = {"required": {}, "optional": {}}
    for declared in definition.inputs:
        inputs[declared.kind][declared.name] = describe_input(declared, choices_of(declared, files))
    if definition.hidden:
        inputs["hidden"] = dict(definition.hidden)
    record: dict[str, Any] = {
        "input": inputs,
        "input_order": {kind: list(named) for kind, named in inputs.items()},
        "is_input_list": definition.takes_lists,
        "output": [output.type for output in definition.outputs],
        "output_is_list": [output.is_list for output in definition.outputs],
        "output_name": [output.name for output in definition.outputs],
        "output_tooltips": [output.tooltip for output in definition.outputs],
        "name": definition.type,
        "display_name": definition.display_name,
        "description": definition.description,
        "python_module": definition.module,
        "category": definition.category,
        "output_node": definition.is_output,
        "search_aliases": list(definition.search_aliases),
    }
    for flag in ("deprecated", "experimental"):
        if getattr(definition, flag):
            record[flag] = True
    return record


def choices_of(declared: Input, files: Callable[[str], Sequence[str]]) -> Sequence[Any]:
    """The choices of a COMBO; empty for other types."""
    if isinstance(declared.choices, ModelFile):
        return [*declared.choices.extra, *files(declared.choices.folder)]
    return declared.choices or ()


def describe_input(declared: Input, choices: Sequence[Any]) -> list[Any]:
    """One entry of `input`: `[type, options]`, the type of a COMBO being the list of its choices."""
    options: dict[str, Any] = {}
    if declared.default is not MISSING:
        options["default"] = declared.default
    if declared.number is not None:
        options.update(_describe_number(declared.number))
    if declared.type == "STRING" and declared.is_widget:
        text = declared.text
        options["multiline"] = text is not None and text.multiline
        if text is not None and text.dynamic_prompts:
            options["dynamicPrompts"] = True
        if text is not None and text.placeholder:
            options["placeholder"] = text.placeholder
    if declared.seed_control:
        options["control_after_generate"] = True
    if isinstance(declared.choices, ModelFile) and declared.choices.image_upload:
        options["image_upload"] = True
    if declared.lazy:
        options["lazy"] = True
    if declared.tooltip:
        options["tooltip"] = declared.tooltip
    return [list(choices) if declared.type == "COMBO" else declared.type, {**options, **declared.options}]


def _describe_number(number: Number) -> dict[str, Any]:
    given = {name: getattr(number, name) for name in ("min", "max", "step", "round", "display")}
    return {name: value for name, value in given.items() if value is not None}
