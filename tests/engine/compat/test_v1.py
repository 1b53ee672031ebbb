"""Classes of packs become declarations that run like our own nodes: the contract, line by line."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Any

import pytest

from engine import Engine, Settings
from engine.compat.file_list import FileList
from engine.compat.host import Host, current_run
from engine.compat.v1 import adapt
from engine.context import Submitter
from engine.errors import NodeError, PackError, ValidationError
from engine.graph.object_info import object_info
from engine.graph.registry import Registry
from engine.graph.schema import ExecutionBlocker, ModelFile, NodeDef
from engine.runtime import RunResult


class AnyType(str):
    """As packs write it."""

    __slots__ = ()

    def __ne__(self, other: object) -> bool:
        return False

    __eq__ = str.__eq__
    __hash__ = str.__hash__


class Anything(dict[str, Any]):
    """As packs write it, for optional inputs of any name."""

    def __contains__(self, key: object) -> bool:
        return True

    def __getitem__(self, key: str) -> Any:
        return (AnyType("*"),)


def _class(**attributes: Any) -> type[Any]:
    """A pack's class; `inputs` is what INPUT_TYPES returns, `run` its method."""
    inputs = attributes.pop("inputs", {"required": {}})
    run: Callable[..., Any] = attributes.pop("run", lambda self, **_: ("done",))
    given = {"RETURN_TYPES": ("STRING",), "FUNCTION": "work", "CATEGORY": "test", "work": run, **attributes}
    return type("Node", (), {"INPUT_TYPES": classmethod(lambda cls: inputs), **given})


class Pack:
    """An engine with the classes of one pack."""

    def __init__(self, **classes: type[Any]) -> None:
        self.registry = Registry()
        self.host = Host(Settings(device="cpu"), self.registry, lambda: self.engine.pool)
        for name, cls in classes.items():
            self.registry.add(self.adapt(name, cls))
        self.engine = Engine(Settings(device="cpu"), registry=self.registry)

    def adapt(self, name: str, cls: type[Any]) -> NodeDef:
        return adapt(name, cls, self.host, module="custom_nodes.test")

    def run(self, prompt: dict[str, Any], *targets: str, **others: Any) -> RunResult:
        return self.engine.run(self.engine.load(prompt), targets=targets or None, **others)

    def outputs(self, prompt: dict[str, Any], target: str = "1") -> tuple[Any, ...]:
        return self.run(prompt, target).outputs[target]


def _node(type_name: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": type_name, "inputs": inputs}


def _define(**attributes: Any) -> NodeDef:
    return Pack().adapt("Test", _class(**attributes))


# -- declarations ----------------------------------------------------------------------------------------------------


def test_the_attributes_of_a_class() -> None:
    definition = _define(
        RETURN_TYPES=("IMAGE", ["a", "b"], AnyType("*"), "INT"),
        RETURN_NAMES=("picture", "choice"),
        OUTPUT_TOOLTIPS=("what it is",),
        OUTPUT_IS_LIST=(False, True),
        DESCRIPTION="Does it.",
        OUTPUT_NODE=True,
        INPUT_IS_LIST=True,
        NOT_IDEMPOTENT=True,
        DEPRECATED=True,
        EXPERIMENTAL=True,
        SEARCH_ALIASES=["other"],
    )
    assert [(output.name, output.type, output.is_list) for output in definition.outputs] == [
        ("picture", "IMAGE", False),
        ("choice", "COMBO", True),
        ("*", "*", False),
        ("INT", "INT", False),
    ]
    assert definition.outputs[0].tooltip == "what it is"
    assert (definition.is_output, definition.takes_lists, definition.per_node) == (True, True, True)
    assert (definition.deprecated, definition.experimental, definition.search_aliases) == (True, True, ("other",))
    assert (definition.description, definition.category) == ("Does it.", "test")


def test_what_a_class_leaves_out() -> None:
    cls = type("Node", (), {"INPUT_TYPES": classmethod(lambda cls: {}), "FUNCTION": "f", "f": lambda self: None})
    definition = Pack().adapt("Test", cls)
    assert (definition.category, definition.outputs, definition.inputs) == ("sd", (), ())
    assert not definition.is_output


@pytest.mark.parametrize("value", [1, "yes", None, False])
def test_only_true_makes_an_output_node(value: Any) -> None:
    assert not _define(OUTPUT_NODE=value).is_output


def test_input_types_without_a_decorator() -> None:
    cls = _class()
    cls.INPUT_TYPES = lambda s: {"required": {"a": ("INT",)}}
    assert Pack().adapt("Test", cls).inputs[0].name == "a"
    cls.INPUT_TYPES = staticmethod(lambda: {"required": {"b": ("INT",)}})
    assert Pack().adapt("Test", cls).inputs[0].name == "b"


def test_a_tuple_of_one_without_its_comma() -> None:
    definition = _define(RETURN_TYPES="IMAGE", RETURN_NAMES="picture")
    assert [(output.name, output.type) for output in definition.outputs] == [("picture", "IMAGE")]


_none = ["None"]
_with_none = _none + FileList(["x"], "loras")


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (("INT", {"default": 3, "min": 0, "max": 9, "step": 2}), {"type": "INT", "default": 3, "is_widget": True}),
        (("INT", {"control_after_generate": True}), {"seed_control": True}),
        (("FLOAT", {"round": False, "default": 1.5}), {"type": "FLOAT", "default": 1.5}),
        (("STRING", {"forceInput": True}), {"is_widget": False}),
        (("STRING", {"lazy": True, "tooltip": "help"}), {"lazy": True, "tooltip": "help"}),
        ((["a", "b"],), {"type": "COMBO", "choices": ("a", "b"), "is_widget": True}),
        ((("a", "b"), {"default": "gone"}), {"choices": ("a", "b")}),
        (("COMBO", {"options": ["a"]}), {"type": "COMBO", "choices": ("a",)}),
        ((["a"], {"remote": {"route": "/x"}}), {"choices": None}),
        ((FileList(["x"], "loras"),), {"choices": ModelFile("loras")}),
        ((_with_none,), {"choices": ModelFile("loras", extra=("None",))}),
        ((["a.png", "none"], {"image_upload": True}), {"choices": ModelFile("input", True, ("none",))}),
        ((AnyType("*"),), {"type": "*", "is_widget": False}),
        (("IMAGE",), {"type": "IMAGE", "is_widget": False}),
        (("A,B", {}), {"type": "A,B"}),
        (("INT", None), {"type": "INT"}),
        (["BOOLEAN", {"default": True, "label_on": "y"}], {"default": True, "type": "BOOLEAN"}),
    ],
)
def test_specifications(spec: Any, expected: dict[str, Any]) -> None:
    declared = _define(inputs={"required": {"x": spec}}).inputs[0]
    assert {name: getattr(declared, name) for name in expected} == expected


def test_options_go_to_the_canvas_as_they_are() -> None:
    options = {"default": 1, "my.option": [1, 2], "vhs_path_extensions": ["mp4"], "not_json": object()}
    definition = _define(inputs={"required": {"x": ("INT", options)}, "hidden": {"id": "UNIQUE_ID"}})
    record = object_info(definition, lambda folder: [])
    assert record["input"]["required"]["x"][1]["my.option"] == [1, 2]
    assert "not_json" not in record["input"]["required"]["x"][1]
    assert record["input"]["hidden"] == {"id": "UNIQUE_ID"}
    assert record["input_order"] == {"required": ["x"], "optional": [], "hidden": ["id"]}
    assert record["python_module"] == "custom_nodes.test"


@pytest.mark.parametrize(
    "attributes",
    [
        {"FUNCTION": "nothing"},
        {"FUNCTION": None},
        {"inputs": 5},
        {"inputs": {"required": {"x": "INT"}}},
        {"inputs": {"required": {"x": ()}}},
    ],
)
def test_a_class_that_cannot_be_read_is_refused_by_name(attributes: dict[str, Any]) -> None:
    with pytest.raises(PackError, match="node type 'Test'"):
        _define(**attributes)


def test_choices_are_looked_up_again_before_each_run() -> None:
    choices = ["a"]
    cls = _class(run=lambda self, x: (x,))
    cls.INPUT_TYPES = classmethod(lambda cls: {"required": {"x": (list(choices),)}})
    pack = Pack(Test=cls)
    with pytest.raises(ValidationError, match="'b'"):
        pack.outputs({"1": _node("Test", x="b")})
    choices.append("b")
    assert pack.outputs({"1": _node("Test", x="b")}) == ("b",)


# -- calls -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "outputs"),
    [
        (("a", 1), ("a", 1)),
        (["a", 1], ("a", 1)),
        (("a", 1, "more than declared"), ("a", 1)),
        ({"result": ("a", 1)}, ("a", 1)),
        ({"ui": {"text": ["x"]}, "result": ("a", 1)}, ("a", 1)),
        ({"ui": {"text": ["x"]}}, (None, None)),
        (None, (None, None)),
    ],
)
def test_forms_of_results(result: Any, outputs: Any) -> None:
    pack = Pack(Test=_class(RETURN_TYPES=("STRING", "INT"), run=lambda self: result))
    done = pack.run({"1": _node("Test")}, "1")
    assert done.outputs["1"] == outputs
    assert done.ui == ({"1": {"text": ["x"]}} if isinstance(result, dict) and "ui" in result else {})


@pytest.mark.parametrize(("result", "said"), [("text", "returned a str; expected a tuple"), (("a",), "1 outputs")])
def test_results_of_another_form_are_the_nodes_fault(result: Any, said: str) -> None:
    pack = Pack(Test=_class(RETURN_TYPES=("STRING", "INT"), run=lambda self: result))
    with pytest.raises(NodeError, match=said):
        pack.run({"1": _node("Test")}, "1")


def test_the_instance_of_a_node_stays_between_runs() -> None:
    def count(self: Any, x: int) -> tuple[int, int]:
        self.calls = getattr(self, "calls", 0) + 1
        return (self.calls, id(self))

    pack = Pack(Test=_class(inputs={"required": {"x": ("INT",)}}, RETURN_TYPES=("INT", "INT"), run=count))
    runs = [pack.run({"1": _node("Test", x=x), "2": _node("Test", x=x + 100)}, "1", "2") for x in range(3)]
    assert [done.outputs["1"][0] for done in runs] == [1, 2, 3]
    assert runs[0].outputs["1"][1] != runs[0].outputs["2"][1]


def test_hidden_inputs() -> None:
    hidden = {
        "prompt": "PROMPT",
        "extra": "EXTRA_PNGINFO",
        "me": "UNIQUE_ID",
        "graph": "DYNPROMPT",
        "key": "API_KEY_COMFY_ORG",
        "own": "SOMETHING_ELSE",
    }
    seen: dict[str, Any] = {}

    def run(self: Any, **inputs: Any) -> tuple[str]:
        seen.update(inputs)
        inputs["extra"]["added"] = 1
        return ("x",)

    pack = Pack(Test=_class(inputs={"required": {}, "hidden": hidden}, run=run))
    document = {"prompt": {"1": _node("Test", own=5)}, "extra_data": {"extra_pnginfo": {"workflow": {"nodes": []}}}}
    pack.run(document, "1", submitter=Submitter("client", {"api_key_comfy_org": "secret"}))
    assert seen["prompt"]["1"]["class_type"] == "Test"
    assert seen["extra"] == {"workflow": {"nodes": []}, "added": 1}
    assert (seen["me"], seen["key"], seen["own"]) == ("1", "secret", 5)
    assert seen["graph"].get_node("1")["class_type"] == "Test"
    assert seen["graph"].all_node_ids() == {"1"}


def test_a_node_that_knows_its_id_shares_no_results() -> None:
    calls: list[str] = []

    def run(self: Any, me: str) -> tuple[str]:
        calls.append(me)
        return (me,)

    pack = Pack(Test=_class(inputs={"hidden": {"me": "UNIQUE_ID"}}, run=run))
    pack.run({"1": _node("Test"), "2": _node("Test")}, "1", "2")
    assert sorted(calls) == ["1", "2"]


def test_raw_links() -> None:
    source = _class(run=lambda self: ("value",))
    sink = _class(
        inputs={"required": {"x": ("STRING", {"rawLink": True}), "y": ("STRING", {"forceInput": True})}},
        run=lambda self, x, y: ((x, y),),
    )
    pack = Pack(Source=source, Sink=sink)
    assert pack.outputs({"1": _node("Sink", x=["2", 0], y=["2", 0]), "2": _node("Source")}) == ((["2", 0], "value"),)


def test_lists_in_and_out() -> None:
    several = _class(RETURN_TYPES=("INT", "INT"), OUTPUT_IS_LIST=(True, False), run=lambda self: ([1, 2, 3], 7))
    each = _class(
        inputs={"required": {"a": ("INT", {"forceInput": True}), "b": ("INT", {"forceInput": True})}},
        RETURN_TYPES=("INT",),
        run=lambda self, a, b: (a * b,),
    )
    whole = _class(
        inputs={"required": {"a": ("INT", {"forceInput": True}), "w": ("INT", {"default": 5})}},
        INPUT_IS_LIST=True,
        run=lambda self, a, w: (f"{a} {w}",),
    )
    pack = Pack(Several=several, Each=each, Whole=whole)
    graph = {
        "1": _node("Whole", a=["2", 0]),
        "2": _node("Each", a=["3", 0], b=["3", 1]),
        "3": _node("Several"),
    }
    assert pack.outputs(graph) == ("[7, 14, 21] [5]",)


def test_wildcards_fit_both_ways() -> None:
    source = _class(RETURN_TYPES=(AnyType("*"),), run=lambda self: (5,))
    sink = _class(inputs={"required": {"x": ("IMAGE",)}}, run=lambda self, x: (x,))
    takes_all = _class(inputs={"required": {"x": (AnyType("*"),)}}, run=lambda self, x: (x,))
    pack = Pack(Source=source, Sink=sink, TakesAll=takes_all)
    graph = {"1": _node("TakesAll", x=["2", 0]), "2": _node("Sink", x=["3", 0]), "3": _node("Source")}
    assert pack.outputs(graph) == (5,)


def test_undeclared_inputs() -> None:
    source = _class(run=lambda self: ("linked",))
    free = _class(inputs={"required": {}, "optional": Anything()}, run=lambda self, **inputs: (inputs,))
    links = _class(run=lambda self, **inputs: (inputs,))
    none = _class(run=lambda self: ("none",))
    pack = Pack(Source=source, Free=free, Links=links, Nothing=none)
    given = {"a": ["2", 0], "b": 5}
    for type_name, expected in (("Free", {"a": "linked", "b": 5}), ("Links", {"a": "linked"}), ("Nothing", "none")):
        assert pack.outputs({"1": _node(type_name, **given), "2": _node("Source")}) == (expected,)


def test_lazy_inputs() -> None:
    ran: list[str] = []

    def source(self: Any, name: str) -> tuple[str]:
        ran.append(name)
        return (name,)

    def check(self: Any, first: bool, a: Any, b: Any) -> list[str]:
        if first and a is None:
            return ["a"]
        return ["b"] if not first and b is None else []

    lazy = ("STRING", {"lazy": True, "forceInput": True})
    switch = _class(
        inputs={"required": {"first": ("BOOLEAN",), "a": lazy, "b": lazy}},
        check_lazy_status=check,
        run=lambda self, first, a, b: ((a, b),),
    )
    pack = Pack(Source=_class(inputs={"required": {"name": ("STRING",)}}, run=source), Switch=switch)
    graph = {
        "1": _node("Switch", first=True, a=["2", 0], b=["3", 0]),
        "2": _node("Source", name="A"),
        "3": _node("Source", name="B"),
    }
    assert pack.outputs(graph) == (("A", None),)
    assert ran == ["A"]


def test_blockers_stop_what_depends_on_them() -> None:
    ran: list[int] = []
    blocked = _class(RETURN_TYPES=("INT", "INT"), run=lambda self: (ExecutionBlocker("not now"), 1))
    whole = _class(RETURN_TYPES=("INT",), run=lambda self: ExecutionBlocker(None))
    sink = _class(
        inputs={"required": {"x": ("INT", {"forceInput": True})}},
        OUTPUT_NODE=True,
        RETURN_TYPES=(),
        run=lambda self, x: ran.append(x),
    )
    pack = Pack(Blocked=blocked, Whole=whole, Sink=sink)
    told: list[Any] = []
    pack.run(
        {
            "1": _node("Sink", x=["4", 0]),
            "2": _node("Sink", x=["4", 1]),
            "3": _node("Sink", x=["5", 0]),
            "4": _node("Blocked"),
            "5": _node("Whole"),
        },
        on_event=told.append,
    )
    assert ran == [1]
    assert [event.message for event in told if hasattr(event, "message")] == ["not now"]


def test_expansion() -> None:
    add = _class(
        inputs={"required": {"a": ("INT",), "b": ("INT",)}}, RETURN_TYPES=("INT",), run=lambda self, a, b: (a + b,)
    )

    def expand(self: Any, n: int) -> Any:
        graph = {"x": _node("Add", a=n, b=1), "y": _node("Add", a=["x", 0], b=["x", 0])}
        return {"result": (["y", 0],), "expand": graph}

    twice = _class(inputs={"required": {"n": ("INT",)}}, RETURN_TYPES=("INT",), run=expand)
    assert Pack(Add=add, Twice=twice).outputs({"1": _node("Twice", n=3)}) == (8,)


def test_async_methods_run_at_the_same_time() -> None:
    waiting = 0
    most = 0

    async def work(self: Any, x: int) -> tuple[int]:
        nonlocal waiting, most
        waiting += 1
        most = max(most, waiting)
        await asyncio.sleep(0.05)
        waiting -= 1
        running = current_run()
        assert running is not None
        return (int(running.context.node_id) * 10,)

    pack = Pack(Test=_class(inputs={"required": {"x": ("INT",)}}, RETURN_TYPES=("INT",), run=work))
    done = pack.run({str(n): _node("Test", x=n) for n in range(1, 5)}, "1", "2", "3", "4")
    assert {name: outputs[0] for name, outputs in done.outputs.items()} == {"1": 10, "2": 20, "3": 30, "4": 40}
    assert most == 4


def test_is_changed_decides_whether_a_node_runs_again() -> None:
    calls: list[Any] = []
    state: dict[str, Any] = {"value": 1}

    def is_changed(cls: Any, x: Any, y: Any) -> Any:
        assert y is None  # linked
        if isinstance(state["value"], Exception):
            raise state["value"]
        return state["value"]

    cls = _class(
        inputs={"required": {"x": ("INT",), "y": ("STRING", {"forceInput": True})}},
        run=lambda self, x, y: (calls.append(x),),
        IS_CHANGED=classmethod(is_changed),
    )
    pack = Pack(Test=cls, Source=_class())
    graph = {"1": _node("Test", x=1, y=["2", 0]), "2": _node("Source")}

    def runs_again() -> bool:
        before = len(calls)
        pack.run(graph, "1")
        return len(calls) > before

    assert runs_again()
    assert not runs_again()
    state["value"] = 2
    assert runs_again()
    state["value"] = math.nan
    assert runs_again()
    assert runs_again()
    state["value"] = ValueError("broken")
    assert runs_again()
    assert runs_again()


def test_an_async_is_changed() -> None:
    calls: list[int] = []

    async def is_changed(cls: Any) -> int:
        await asyncio.sleep(0)
        return 1

    pack = Pack(Test=_class(run=lambda self: (calls.append(1),), IS_CHANGED=classmethod(is_changed)))
    for _ in range(2):
        pack.run({"1": _node("Test")}, "1")
    assert calls == [1]


def test_validate_inputs_in_its_forms() -> None:
    spec = {"required": {"x": ("INT", {"max": 5}), "y": ("INT", {"max": 5}), "z": ("INT", {"forceInput": True})}}

    def check(function: Any, **inputs: Any) -> str | None:
        cls = _class(inputs=spec, RETURN_TYPES=(), VALIDATE_INPUTS=classmethod(function))
        pack = Pack(Test=cls, Source=_class())
        graph = {"1": _node("Test", **{"x": 1, "y": 1, "z": 1, **inputs}), "2": _node("Source")}
        found = pack.engine.validate(pack.engine.load(graph), ["1"])
        return found.errors[0].code + " " + found.errors[0].message if found.errors else None

    assert check(lambda cls, x: True, x=9) is None  # bounds of named inputs are its own business
    assert "value_bigger_than_max" in str(check(lambda cls, x: True, y=9))
    assert check(lambda cls, **kwargs: True, x=9, y=9) is None
    assert "custom_validation_failed" in str(check(lambda cls, x: "too odd", x=3))
    assert "too odd" in str(check(lambda cls, x: "too odd", x=3))
    assert "custom_validation_failed" in str(check(lambda cls, x: False))
    assert "ZeroDivisionError" in str(check(lambda cls, x: 1 / 0))
    linked = {"z": ["2", 0]}
    assert "return_type_mismatch" in str(check(lambda cls, x: True, **linked))
    assert check(lambda cls, input_types: input_types == {"z": "STRING"}, **linked) is None
    assert check(lambda cls, x, z: z is None, **linked) is not None  # types are still looked at

    async def later(cls: Any, x: int) -> bool | str:
        await asyncio.sleep(0)
        return "later" if x == 2 else True

    assert check(later, x=1) is None
    assert "later" in str(check(later, x=2))
