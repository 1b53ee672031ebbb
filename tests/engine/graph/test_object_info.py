"""The records of GET /object_info."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.graph.core_types import core_records, core_registry
from engine.graph.object_info import object_info
from engine.graph.schema import Input, ModelFile, NodeDef, Text
from tests.engine.graph.examples import REGISTRY, files


def test_the_whole_record() -> None:
    assert object_info(REGISTRY["Draw"], files) == {
        "input": {
            "required": {
                "seed": ["INT", {"default": 0, "min": 0, "max": 2**64 - 1, "control_after_generate": True}],
                "steps": ["INT", {"default": 20, "min": 1, "max": 100}],
                "cfg": ["FLOAT", {"default": 8.0, "min": 0.0, "max": 30.0, "step": 0.1}],
                "sampler": [["euler", "heun", "dpmpp_2m"], {"default": "euler"}],
                "text": ["STRING", {"multiline": True, "dynamicPrompts": True}],
                "tiled": ["BOOLEAN", {"default": False}],
                "model": [["v1/small.safetensors", "large.safetensors"], {}],
            },
            "optional": {"mask": ["MASK", {}], "scale": ["FLOAT", {"default": 1.0}]},
        },
        "input_order": {
            "required": ["seed", "steps", "cfg", "sampler", "text", "tiled", "model"],
            "optional": ["mask", "scale"],
        },
        "is_input_list": False,
        "output": ["IMAGE"],
        "output_is_list": [False],
        "output_name": ["IMAGE"],
        "output_tooltips": [""],
        "name": "Draw",
        "display_name": "Draw",
        "description": "",
        "python_module": "tests.engine.graph.examples",
        "category": "test",
        "output_node": False,
        "search_aliases": [],
    }


def test_options_of_all_kinds() -> None:
    picture = Input("image", "COMBO", is_widget=True, choices=ModelFile("input", True, ("none",)), tooltip="Which.")
    text = Input("text", "STRING", is_widget=True, text=Text(placeholder="say"), options={"advanced": True})
    lazy = Input("x", "IMAGE", kind="optional", lazy=True)
    definition = NodeDef("T", "T", "t", (picture, text, lazy), (), print, deprecated=True, experimental=True)
    record = object_info(definition, lambda folder: [folder])
    assert record["input"] == {
        "required": {
            "image": [["none", "input"], {"image_upload": True, "tooltip": "Which."}],
            "text": ["STRING", {"multiline": False, "placeholder": "say", "advanced": True}],
        },
        "optional": {"x": ["IMAGE", {"lazy": True}]},
    }
    assert (record["deprecated"], record["experimental"]) == (True, True)


@pytest.mark.parametrize("name", sorted(core_records()))
def test_every_published_declaration_survives(name: str) -> None:
    """Bounds, steps and defaults come out as they were published, and as JSON."""
    record = object_info(core_registry()[name], lambda folder: [])
    json.dumps(record, allow_nan=False)
    for entry in core_records()[name]["inputs"]:
        if entry["kind"] == "hidden":
            continue
        type_name, options = record["input"][entry["kind"]][entry["name"]]
        expected: Any = entry.get("options", []) if entry["type"] == "COMBO" else entry["type"]
        assert type_name == expected
        left_out = {"name", "kind", "type", "options", "files"}
        assert {**options, **{k: v for k, v in entry.items() if k not in left_out}} == options
