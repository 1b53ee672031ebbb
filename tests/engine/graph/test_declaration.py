"""Declarations: what was written and read again validates, describes itself and is written like the original."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import EngineError
from engine.graph.core_types import core_registry
from engine.graph.declaration import read_declaration, write_declaration
from engine.graph.document import read_workflow
from engine.graph.object_info import object_info
from engine.graph.registry import Registry
from engine.graph.schema import Input, ModelFile, NodeDef, Number, Output
from engine.graph.validate import Validated, validate
from engine.graph.workflow import Link, Node, Workflow
from tests.engine.graph.examples import REGISTRY, files, graphs, json_values

WORKFLOWS = sorted((Path(__file__).parents[3] / "workflows").glob("*.json"))
BUILT_IN = Registry.collect("nodes")
CORE = core_registry()
REGISTRIES = {"examples": REGISTRY, "built in": BUILT_IN, "core": CORE}


def _cross(registry: Registry) -> Registry:
    """What a process without code makes of a registry: through the bytes of a message."""
    declarations = msgspec.msgpack.encode([write_declaration(definition) for definition in registry])
    return Registry(map(read_declaration, msgspec.msgpack.decode(declarations)))


def _as_json(value: object) -> str:
    return json.dumps(value, allow_nan=False)


CROSSED = {name: _cross(registry) for name, registry in REGISTRIES.items()}


# -- laws ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REGISTRIES)
def test_every_type_describes_itself_as_before(name: str) -> None:
    assert [definition.type for definition in CROSSED[name]] == [definition.type for definition in REGISTRIES[name]]
    for definition in REGISTRIES[name]:
        again = CROSSED[name][definition.type]
        assert _as_json(object_info(again, files)) == _as_json(object_info(definition, files))
        assert again.takes_any_link == definition.takes_any_link
        assert write_declaration(again) == write_declaration(definition)


@pytest.mark.parametrize("name", REGISTRIES)
def test_every_type_keeps_all_but_its_code(name: str) -> None:
    code = dict.fromkeys(("call", "needs", "fingerprint", "validate"))
    for definition in REGISTRIES[name]:
        again = CROSSED[name][definition.type]
        for role in code:
            assert (getattr(again, role) is None) == (getattr(definition, role) is None)
        assert _fields(again) == _fields(definition)


def _fields(definition: NodeDef) -> list[object]:
    skipped = ("call", "needs", "fingerprint", "validate")
    return [getattr(definition, name) for name in NodeDef.__slots__ if name not in skipped]


def _without_validators(registry: Registry) -> Registry:
    return Registry(
        definition if definition.validate is None else replace(definition, validate=None) for definition in registry
    )


PLAIN = {name: _without_validators(registry) for name, registry in REGISTRIES.items()}
PLAIN_CROSSED = {name: _cross(registry) for name, registry in PLAIN.items()}


@st.composite
def _workflows(draw: st.DrawFn, registry: Registry) -> Workflow:
    """Nodes of these types with right and wrong values, links to anywhere, inputs that there are not."""
    types = [definition.type for definition in registry]
    ids = [str(index) for index in range(draw(st.integers(1, 6)))]
    links = st.builds(Link, st.sampled_from([*ids, "gone"]), st.integers(-1, 3))
    nodes: dict[str, Node] = {}
    for node_id in ids:
        type_name = draw(st.sampled_from(types))
        inputs: dict[str, Any] = {}
        for declared in registry[type_name].inputs:
            offered: list[st.SearchStrategy[Any]] = [links, json_values, st.none()]
            if isinstance(declared.choices, tuple) and declared.choices:
                offered.append(st.sampled_from(declared.choices))
            if declared.number is not None:
                bounds = [bound for bound in (declared.number.min, declared.number.max, 0, 1.5) if bound is not None]
                offered.append(st.sampled_from(bounds))
            if draw(st.integers(0, 9)):
                inputs[declared.name] = draw(st.one_of(offered))
        if draw(st.booleans()):
            inputs[draw(st.sampled_from(["surplus", "upload", "x1"]))] = draw(st.one_of(links, json_values))
        nodes[node_id] = Node(node_id, type_name, inputs, draw(st.sampled_from(["", "Mine"])))
    return Workflow(nodes)


def _assert_same(one: Validated, other: Validated) -> None:
    assert repr(one) == repr(other)  # not ==, as values may be NaN


@given(st.data())
def test_any_workflow_is_validated_as_by_the_original(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(PLAIN)))
    workflow = data.draw(_workflows(PLAIN[name]))
    targets = data.draw(st.none() | st.lists(st.sampled_from(sorted(workflow.nodes)), max_size=3))
    _assert_same(
        validate(workflow, PLAIN_CROSSED[name], files, targets), validate(workflow, PLAIN[name], files, targets)
    )


@given(graphs())
def test_a_right_workflow_is_validated_as_by_the_original(workflow: Workflow) -> None:
    _assert_same(validate(workflow, CROSSED["examples"], files), validate(workflow, REGISTRY, files))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflow_files_are_read_and_validated_as_by_the_original(path: Path) -> None:
    document = json.loads(path.read_text())
    one, other = read_workflow(document, PLAIN_CROSSED["built in"]), read_workflow(document, PLAIN["built in"])
    assert one == other
    _assert_same(validate(one, PLAIN_CROSSED["built in"], files), validate(other, PLAIN["built in"], files))


# -- companions and code ---------------------------------------------------------------------------------------------


def _own(**changes: Any) -> NodeDef:
    inputs = (Input("a", "INT", is_widget=True), Input("b", "INT", is_widget=True))
    return NodeDef("Own", "Own", "test", inputs, (Output("INT", "INT"),), print, is_output=True, **changes)


def test_code_cannot_be_called_and_says_where_it_is() -> None:
    again = read_declaration(write_declaration(_own(validate=lambda a: True, fingerprint=lambda **rest: 0)))
    for code in (again.call, again.validate, again.fingerprint):
        assert code is not None
        with pytest.raises(EngineError, match=r"'Own' can only be called where its code is"):
            code(a=1)
    assert again.needs is None


@pytest.mark.parametrize(
    "validator", [lambda a: True, lambda b, settings: True, lambda **rest: True, lambda input_types, a: True]
)
def test_what_a_validator_takes_upon_itself_is_not_checked_by_either(validator: Any) -> None:
    definition = _own(validate=validator)
    original, crossed = Registry([definition]), _cross(Registry([definition]))
    workflow = Workflow({"1": Node("1", "Own", {"a": 10**30, "b": 1.5})})
    codes = [
        [error.code for error in validate(workflow, registry, files).errors if error.code != "custom_validation_failed"]
        for registry in (original, crossed)
    ]
    assert codes[0] == codes[1]


def test_what_is_no_json_is_left_out() -> None:
    declared = Input(
        "a",
        "FLOAT",
        is_widget=True,
        default=math.inf,
        number=Number(min=0.0, max=math.inf, step=math.nan),
        options={"widget": print, "many": (1, 2), "raw": b"x"},
    )
    combo = Input("c", "COMBO", is_widget=True, choices=("a", {1, 2}, 3))
    crossed = _cross(Registry([replace(_own(), inputs=(declared, combo))]))["Own"]
    again, choices = crossed.inputs
    assert again.options == {"many": [1, 2]}
    assert again.number == Number(min=0.0)
    assert repr(again.default) == "MISSING"
    assert choices.choices == ("a", 3)


def test_a_folder_of_files_stays_one() -> None:
    declared = Input("m", "COMBO", is_widget=True, choices=ModelFile("vae", image_upload=True, extra=("none",)))
    crossed = _cross(Registry([replace(_own(), inputs=(declared,))]))["Own"]
    assert crossed.inputs == (declared,)


@pytest.mark.parametrize("damage", [{"inputs": 3}, {"type": None}, {"inputs": [{}]}, {"surprise": 1}])
def test_what_is_no_declaration_is_refused(damage: dict[str, Any]) -> None:
    written = {**write_declaration(_own()), **damage}
    if written["type"] is None:
        del written["type"]
    with pytest.raises(EngineError, match="no declaration of a node type"):
        read_declaration(written)
