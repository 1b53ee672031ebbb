"""What workflow files expect of the 249 core node types, whether they are built in here or not.

A file of the canvas format names no values; whoever wants to read it must know in which order a node's widgets stand.
The declarations here serve for that, and for checking our own. They cannot be called. The table is package data, read
when it is first needed: see `data/README.md`.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NoReturn

from engine.errors import WorkflowError
from engine.graph.registry import Registry
from engine.graph.schema import MISSING, Input, ModelFile, NodeDef, Number, Output, Text

_NUMBER = ("min", "max", "step", "round", "display")
_KNOWN = frozenset({"name", "kind", "type", "default", "options", "files", "image_upload", "tooltip"}) | {
    *("multiline", "dynamicPrompts", "control_after_generate")
}
_WIDGETS = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"})


@cache
def core_records() -> Mapping[str, Mapping[str, Any]]:
    """By type name, the record: category, display_name, output_node, inputs, outputs."""
    return json.loads(gzip.decompress((files("engine.graph") / "data" / "core_nodes.json.gz").read_bytes()))


@cache
def core_registry() -> Registry:
    """Every core type as a declaration; calling one raises `WorkflowError`."""
    return Registry(_definition(name, record) for name, record in core_records().items())


def _definition(type_name: str, record: Mapping[str, Any]) -> NodeDef:
    return NodeDef(
        type=type_name,
        display_name=record["display_name"] or type_name,
        category=record["category"],
        inputs=tuple(_input(entry) for entry in record["inputs"] if entry["kind"] != "hidden"),
        outputs=tuple(Output(**output) for output in record["outputs"]),
        call=_refuse_to_run,
        is_output=record["output_node"],
        module="core",
    )


def _input(entry: Mapping[str, Any]) -> Input:
    type_name = entry["type"]
    has_number = type_name in ("INT", "FLOAT") and "min" in entry
    choices = ModelFile(entry["files"], entry.get("image_upload", False)) if "files" in entry else None
    known = _KNOWN.union(_NUMBER if has_number else ())
    return Input(
        name=entry["name"],
        type=type_name,
        kind=entry["kind"],
        is_widget=type_name in _WIDGETS and not entry.get("forceInput", False),
        default=entry.get("default", MISSING),
        choices=choices or (tuple(entry["options"]) if "options" in entry else None),
        number=Number(*(entry.get(key) for key in _NUMBER)) if has_number else None,
        text=Text(entry.get("multiline", False), entry.get("dynamicPrompts", False)) if type_name == "STRING" else None,
        seed_control=entry.get("control_after_generate", False),
        tooltip=entry.get("tooltip", ""),
        options={key: value for key, value in entry.items() if key not in known},
    )


def _refuse_to_run(**_: object) -> NoReturn:
    raise WorkflowError("This node type is known from files only; it is not built in.", code="missing_node_type")
