"""Classes with `define_schema` become declarations that run like our own nodes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from engine import Engine, Settings
from engine.compat import v3_io as io
from engine.compat.host import Host
from engine.compat.v3 import adapt_v3, is_v3
from engine.errors import NodeError, PackError, ValidationError
from engine.graph.object_info import object_info
from engine.graph.registry import Registry

Image = io.SOCKETS["Image"]


def _engine(*classes: type[io.ComfyNode]) -> Engine:
    registry = Registry()
    host = Host(Settings(device="cpu"), registry, lambda: engine.pool)
    for cls in classes:
        registry.add(adapt_v3(cls.__name__, cls, host, module="custom_nodes.test"))
    engine = Engine(Settings(device="cpu"), registry=registry)
    return engine


def _outputs(engine: Engine, type_name: str, **inputs: Any) -> Any:
    prompt = {"1": {"class_type": type_name, "inputs": inputs}}
    return engine.run(engine.load(prompt), targets=["1"]).outputs["1"]


class Everything(io.ComfyNode):
    """A node that uses most of the schema."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="Everything",
            display_name="All of it",
            category="test/v3",
            description="Does everything.",
            inputs=[
                Image.Input("image", optional=True, tooltip="a picture"),
                io.Int.Input("count", default=2, min=0, max=5, step=1, control_after_generate=True),
                io.Float.Input("strength", "Strength", default=0.5, round=0.01, display_mode="slider"),
                io.String.Input("text", multiline=True, default="x", dynamic_prompts=False),
                io.Boolean.Input("flag", default=True, label_on="yes"),
                io.Combo.Input("mode", options=["a", "b"], default="b"),
                io.MultiCombo.Input("several", options=["p", "q"], optional=True),
                io.MultiType.Input("either", types=[Image, io.Int], optional=True),
                io.Custom("MINE").Input("mine", optional=True, lazy=True),
            ],
            outputs=[
                io.Int.Output("number"),
                io.String.Output(display_name="words", is_output_list=True, tooltip="many"),
            ],
            hidden=[io.Hidden.unique_id, io.Hidden.prompt],
            is_output_node=True,
            is_experimental=True,
            search_aliases=["all"],
        )

    @classmethod
    def execute(cls, count: int, mode: str, **others: Any) -> io.NodeOutput:
        return io.NodeOutput(count, [mode, cls.hidden.unique_id, *others], ui={"text": [mode]})


def test_a_schema() -> None:
    engine = _engine(Everything)
    definition = engine.registry["Everything"]
    assert (definition.display_name, definition.category, definition.description) == (
        "All of it",
        "test/v3",
        "Does everything.",
    )
    assert [(declared.name, declared.type, declared.kind) for declared in definition.inputs] == [
        ("count", "INT", "required"),
        ("strength", "FLOAT", "required"),
        ("text", "STRING", "required"),
        ("flag", "BOOLEAN", "required"),
        ("mode", "COMBO", "required"),
        ("image", "IMAGE", "optional"),
        ("several", "COMBO", "optional"),
        ("either", "IMAGE,INT", "optional"),
        ("mine", "MINE", "optional"),
    ]
    assert definition.inputs[0].seed_control
    assert definition.inputs[-1].lazy
    assert [(output.name, output.type, output.is_list) for output in definition.outputs] == [
        ("number", "INT", False),
        ("words", "STRING", True),
    ]
    assert (definition.is_output, definition.experimental, definition.per_node) == (True, True, True)
    record = object_info(definition, lambda folder: [])
    assert record["input"]["required"]["strength"][1]["display"] == "slider"
    assert record["input"]["required"]["strength"][1]["display_name"] == "Strength"
    assert record["input"]["hidden"] == {"unique_id": "UNIQUE_ID", "prompt": "PROMPT"}


def test_a_call() -> None:
    number, words = _outputs(_engine(Everything), "Everything")
    assert number == 2
    assert words == ["b", "1", "strength", "text", "flag"]


def test_values_are_checked() -> None:
    with pytest.raises(ValidationError, match="'count' should be a whole number from 0 to 5"):
        _outputs(_engine(Everything), "Everything", count=9)


class _Small(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(node_id=cls.__name__, outputs=[io.Int.Output()])


def test_a_node_has_no_state() -> None:
    class Keeps(_Small):
        @classmethod
        def execute(cls, **inputs: Any) -> Any:
            cls.kept = 1
            return io.NodeOutput(1)

    with pytest.raises(NodeError, match="no state from one call to the next"):
        _outputs(_engine(Keeps), "Keeps")


def test_async_blocked_and_expanding_nodes() -> None:
    class Later(_Small):
        @classmethod
        async def execute(cls, **inputs: Any) -> Any:
            await asyncio.sleep(0)
            return io.NodeOutput(7)

    class Blocks(_Small):
        @classmethod
        def execute(cls, **inputs: Any) -> Any:
            return io.NodeOutput(block_execution="no")

    class Expands(_Small):
        @classmethod
        def execute(cls, **inputs: Any) -> Any:
            return io.NodeOutput(["x", 0], expand={"x": {"class_type": "Later", "inputs": {}}})

    engine = _engine(Later, Blocks, Expands)
    assert _outputs(engine, "Later") == (7,)
    assert _outputs(engine, "Expands") == (7,)
    prompt = {"1": {"class_type": "Blocks", "inputs": {}}}
    assert engine.run(engine.load(prompt), targets=["1"]).outputs == {}


def test_companions() -> None:
    calls: list[int] = []
    state = {"mark": 1}

    class Careful(io.ComfyNode):
        @classmethod
        def define_schema(cls) -> io.Schema:
            return io.Schema("Careful", inputs=[io.Int.Input("n", max=3)], outputs=[io.Int.Output()])

        @classmethod
        def validate_inputs(cls, n: int) -> bool | str:
            return "seven is too many" if n == 7 else True

        @classmethod
        def fingerprint_inputs(cls, n: int) -> int:
            return state["mark"]

        @classmethod
        def execute(cls, n: int) -> Any:
            calls.append(n)
            return io.NodeOutput(n)

    engine = _engine(Careful)
    assert _outputs(engine, "Careful", n=5) == (5,)  # what it checks itself has no bounds
    assert _outputs(engine, "Careful", n=5) == (5,)
    assert calls == [5]
    state["mark"] = 2
    _outputs(engine, "Careful", n=5)
    assert calls == [5, 5]
    with pytest.raises(ValidationError, match="seven is too many"):
        _outputs(engine, "Careful", n=7)


def test_a_schema_that_cannot_be_made_is_refused_by_name() -> None:
    class Broken(io.ComfyNode):
        @classmethod
        def define_schema(cls) -> io.Schema:
            raise ValueError("no schema today")

    with pytest.raises(PackError, match="'Broken': ValueError: no schema today"):
        _engine(Broken)


def test_kinds_of_classes() -> None:
    assert is_v3(Everything)
    assert not is_v3(object)
