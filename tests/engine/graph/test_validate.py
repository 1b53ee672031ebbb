"""Validation: every error at once, in the protocol's codes; and the workflow as it will run."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError, InputValueError
from engine.graph.registry import Registry
from engine.graph.schema import Input, NodeDef, Output
from engine.graph.validate import Validated, output_ids, validate
from engine.graph.workflow import Link, Node, Workflow
from engine.settings import Settings
from tests.engine.graph.examples import REGISTRY, chain, files, graphs, json_values, sources, upstream, workflow

_DRAW: dict[str, Any] = {
    "seed": 7,
    "steps": 20,
    "cfg": 8.0,
    "sampler": "euler",
    "text": "a cat",
    "tiled": False,
    "model": "large.safetensors",
}


def _check(*nodes: Node, targets: Sequence[str] | None = None) -> Validated:
    return validate(workflow(*nodes), REGISTRY, files, targets)


def _draw(**changes: Any) -> Validated:
    inputs = {name: value for name, value in {**_DRAW, **changes}.items() if value != "absent"}
    return _check(
        Node("3", "Draw", inputs, title="My drawing"), Node("4", "Save", {"images": Link("3", 0), "prefix": "out"})
    )


def _only_error(found: Validated) -> InputError:
    assert len(found.errors) == 1, found.errors
    return found.errors[0]


# -- laws ------------------------------------------------------------------------------------------------------------


@given(graphs())
def test_a_right_workflow_has_no_errors_and_keeps_its_meaning(graph: Workflow) -> None:
    found = validate(graph, REGISTRY, files)
    assert found.errors == ()
    assert found.refused == ()
    assert list(found.targets) == output_ids(graph, REGISTRY)
    for node in graph.nodes.values():
        checked = found.workflow.nodes[node.id]
        assert {**checked.inputs, **node.inputs} == checked.inputs


@given(graphs())
def test_validation_is_idempotent(graph: Workflow) -> None:
    once = validate(graph, REGISTRY, files)
    again = validate(once.workflow, REGISTRY, files)
    assert again.workflow == once.workflow
    assert again.notes == ()


_names = st.sampled_from(
    ["value", "a", "b", "source", "seed", "steps", "cfg", "sampler", "text", "tiled", "model", "x"]
)
_nodes = st.fixed_dictionaries(
    {"class_type": st.sampled_from(["Value", "Add", "Show", "Draw", "Save", "Choose", "Nothing", "\ud800"])},
    optional={
        "inputs": st.dictionaries(
            _names, json_values | st.tuples(st.sampled_from("abc"), st.integers(-1, 2)).map(list), max_size=5
        ),
        "_meta": json_values,
    },
)


@given(st.dictionaries(st.sampled_from("abcd"), _nodes))
def test_no_json_makes_validation_raise(document: dict[str, Any]) -> None:
    graph = Workflow.from_api(document)
    found = validate(graph, REGISTRY, files)
    for error in found.errors:
        assert error.node_id in graph.nodes
        assert 0 < len(error.message) < 2000
        json.dumps(error.record(), allow_nan=False)
    assert set(found.targets).isdisjoint(found.refused)
    for target in found.targets:
        assert upstream(found.workflow, [target]).isdisjoint(error.node_id for error in found.errors)


@given(graphs(), st.data())
def test_the_targets_refused_are_exactly_those_below_an_error(graph: Workflow, data: st.DataObject) -> None:
    broken = data.draw(st.sets(st.sampled_from(sorted(graph.nodes)), max_size=2))
    nodes = {node.id: replace(node, type="Nothing") if node.id in broken else node for node in graph.nodes.values()}
    found = validate(Workflow(nodes), REGISTRY, files)
    outputs = output_ids(Workflow(nodes), REGISTRY)
    below = {target for target in outputs if broken & upstream(graph, [target])}
    read = {source for node in graph.nodes.values() for source in sources(node)}
    assert set(found.targets) == set(outputs) - below
    assert set(found.refused) == below | (broken - read)
    assert {error.node_id for error in found.errors} == broken
    for error in found.errors:
        wanted = {*outputs, *(broken - read)}
        assert set(error.dependent_outputs) == {t for t in wanted if error.node_id in upstream(graph, [t])}


# -- values ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "given", "taken"),
    [
        ("seed", "12", 12),
        ("seed", 2**64 - 1, 2**64 - 1),
        ("steps", 20.0, 20),
        ("steps", "20.0", 20),
        ("steps", True, 1),
        ("cfg", 7, 7.0),
        ("cfg", "7.5", 7.5),
        ("text", 5, "5"),
        ("tiled", "false", False),
        ("tiled", "True", True),
        ("tiled", 1, True),
        ("model", "v1\\small.safetensors", "v1/small.safetensors"),
    ],
)
def test_values_become_what_the_type_declares(name: str, given: Any, taken: Any) -> None:
    found = _draw(**{name: given})
    value = found.workflow.nodes["3"].inputs[name]
    assert (found.errors, type(value), value) == ((), type(taken), taken)
    assert found.notes == ()


@pytest.mark.parametrize(
    ("name", "given", "taken"),
    [
        ("steps", 20.7, 20),
        ("model", "D:\\models\\small.safetensors", "v1/small.safetensors"),
        ("sampler", "sample_heun", "heun"),
        ("steps", None, 20),
        ("steps", "absent", 20),
        ("sampler", "absent", "euler"),
    ],
)
def test_what_is_guessed_or_filled_in_is_said(name: str, given: Any, taken: Any) -> None:
    found = _draw(**{name: given})
    assert found.errors == ()
    assert found.workflow.nodes["3"].inputs[name] == taken
    (note,) = found.notes
    assert (note.node_id, note.input_name) == ("3", name)
    assert str(note).startswith(f"node 3, {name}: ")


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("seed", 2**64, "value_bigger_than_max"),
        ("seed", 10**400, "value_bigger_than_max"),
        ("seed", -1, "value_smaller_than_min"),
        ("steps", 0, "value_smaller_than_min"),
        ("steps", 101, "value_bigger_than_max"),
        ("steps", "many", "invalid_input_type"),
        ("steps", {"a": 1}, "invalid_input_type"),
        ("steps", math.inf, "invalid_input_type"),
        ("cfg", math.nan, "invalid_input_type"),
        ("cfg", "nan", "invalid_input_type"),
        ("cfg", -math.inf, "invalid_input_type"),
        ("cfg", 10**400, "invalid_input_type"),
        ("cfg", [1, 2, 3], "bad_linked_input"),
        ("text", [], "bad_linked_input"),
        ("text", {}, "invalid_input_type"),
        ("tiled", "maybe", "invalid_input_type"),
        ("sampler", "eular", "value_not_in_list"),
        ("sampler", {"euler": 1}, "value_not_in_list"),
        ("model", "gone.safetensors", "value_not_in_list"),
        ("text", None, "required_input_missing"),
        ("text", "absent", "required_input_missing"),
        ("model", "absent", "required_input_missing"),
        ("mask", 3, "bad_linked_input"),
    ],
)
def test_wrong_values_have_the_protocols_codes(name: str, given: Any, code: str) -> None:
    found = _draw(**{name: given})
    error = _only_error(found)
    assert (error.code, error.node_id, error.node_type, error.input_name) == (code, "3", "Draw", name)
    assert error.extra_info["input_name"] == name
    assert error.dependent_outputs == ("4",)
    assert "'3'" in error.message
    assert "Draw" in error.message
    assert "My drawing" in error.message
    assert repr(name) in error.message
    assert "received_value" in error.extra_info or code == "required_input_missing"
    assert found.targets == ()
    assert found.refused == ("4",)


def test_messages_say_what_was_expected_and_what_came() -> None:
    assert "should be a whole number from 1 to 100, but is 0." in _only_error(_draw(steps=0)).message
    message = _only_error(_draw(sampler="eular")).message
    assert "should be one of 'euler', 'heun', 'dpmpp_2m', but is 'eular'." in message
    assert _only_error(_draw(sampler="eular")).details == "sampler: 'eular' not in ['euler', 'heun', 'dpmpp_2m']"


def test_a_long_list_is_not_written_out_but_the_nearest_choices_are() -> None:
    def many(folder: str) -> list[str]:
        return [f"model_{place}.safetensors" for place in range(5000)]

    found = validate(workflow(Node("3", "Draw", {**_DRAW, "model": "model_77.ckpt"})), REGISTRY, many)
    error = _only_error(found)
    assert "one of 5000 choices, such as 'model_77" in error.message
    assert error.details.endswith("not in (list of length 5000)")
    assert error.extra_info["input_config"] is None
    absent = {name: value for name, value in _DRAW.items() if name != "model"}
    missing = _only_error(validate(workflow(Node("3", "Draw", absent)), REGISTRY, many)).message
    assert "is missing; it should be one of 5000 choices, such as 'model_0.safetensors'" in missing


def test_an_empty_folder_is_named_as_the_reason() -> None:
    found = validate(workflow(Node("3", "Draw", _DRAW)), REGISTRY, lambda folder: [])
    assert "there are none" in _only_error(found).message


def test_a_huge_value_makes_a_short_message() -> None:
    assert len(_only_error(_draw(steps="x" * 10**6)).message) < 400


def test_optional_inputs_may_be_absent_or_null() -> None:
    found = _draw(mask=None)
    assert found.errors == ()
    assert "mask" not in found.workflow.nodes["3"].inputs
    assert "scale" not in found.workflow.nodes["3"].inputs


def test_inputs_that_the_type_lacks_are_left_out_and_only_noise_is_silent() -> None:
    found = _draw(upload="image", control_after_generate="fixed", surplus=1)
    assert found.errors == ()
    assert {"upload", "control_after_generate", "surplus"}.isdisjoint(found.workflow.nodes["3"].inputs)
    assert [note.input_name for note in found.notes] == ["surplus"]


def test_undeclared_links_reach_a_node_that_takes_any() -> None:
    def join(**inputs: int) -> int:
        return sum(inputs.values())

    any_inputs = NodeDef("Join", "Join", "test", (), (Output("INT", "INT"),), join, takes_any_link=True)
    registry = Registry([*REGISTRY, any_inputs])
    nodes = Node("a", "Value", {"value": 1}), Node("b", "Join", {"x1": Link("a", 0), "x2": 5, "x3": Link("gone", 0)})
    found = validate(workflow(*nodes), registry, files, targets=["b"])
    assert found.errors == ()
    assert found.workflow.nodes["b"].inputs == {"x1": Link("a", 0)}


# -- links -----------------------------------------------------------------------------------------------------------


def test_a_dangling_link_names_both_ends() -> None:
    error = _only_error(_check(Node("8", "Save", {"images": Link("99", 0)}, title="Result")))
    assert error.code == "dangling_link"
    for part in ("'8'", "Result", "'images'", "'99'", "does not exist"):
        assert part in error.message


@pytest.mark.parametrize("output", [1, -1, 10**30])
def test_a_link_to_an_output_that_a_node_lacks(output: int) -> None:
    error = _only_error(_check(Node("a", "Value", {"value": 1}), Node("b", "Show", {"source": Link("a", output)})))
    assert error.code == "bad_linked_input"
    assert "has 1 output" in error.message


def test_a_link_between_types_that_do_not_fit() -> None:
    error = _only_error(_check(Node("a", "Value", {"value": 1}), Node("b", "Save", {"images": Link("a", 0)})))
    assert error.code == "return_type_mismatch"
    assert error.details == "images, received_type(INT) mismatch input_type(IMAGE)"
    assert error.extra_info["linked_node"] == ["a", 0]
    assert error.extra_info["input_config"] == ["IMAGE", {}]


def test_an_integer_may_feed_a_number() -> None:
    found = _check(
        Node("a", "Value", {"value": 1}),
        Node("3", "Draw", {**_DRAW, "cfg": Link("a", 0)}),
        Node("4", "Save", {"images": Link("3", 0), "prefix": "out"}),
    )
    assert found.targets == ("4",)


def test_a_cycle_is_the_list_of_nodes_in_it_and_each_knot_is_named() -> None:
    found = _check(
        Node("1", "Add", {"a": Link("2", 0)}),
        Node("2", "Add", {"a": Link("3", 0)}),
        Node("3", "Add", {"a": Link("1", 0)}),
        Node("4", "Add", {"a": Link("4", 0), "b": Link("1", 0)}),
        Node("5", "Show", {"source": Link("4", 0)}),
        Node("6", "Add", {"a": Link("4", 0)}),
    )
    assert [error.code for error in found.errors] == ["dependency_cycle", "dependency_cycle"]
    assert [error.extra_info["cycle"] for error in found.errors] == [["1", "2", "3"], ["4"]]
    assert "'3' (Add) -> '2' (Add) -> '1' (Add) -> '3' (Add)" in found.errors[0].message
    failure = found.failure()
    assert failure is not None
    assert failure.wire_type == "dependency_cycle"


def test_an_unknown_type_names_the_nearest() -> None:
    error = _only_error(_check(Node("1", "Drow", {"x": 1}), Node("2", "Save", {"images": Link("1", 0)})))
    assert error.code == "missing_node_type"
    assert "Did you mean 'Draw'" in error.message
    assert error.extra_info == {"node_id": "1", "class_type": "Drow", "node_title": "Drow"}


# -- which targets ---------------------------------------------------------------------------------------------------


def test_good_outputs_run_beside_bad_ones_if_that_is_asked_for() -> None:
    found = _check(
        Node("a", "Value", {"value": 1}),
        Node("b", "Show", {"source": Link("a", 0)}),
        Node("c", "Show", {}),
        Node("d", "Add", {"a": Link("gone", 0)}),
    )
    assert found.targets == ("b",)
    assert found.refused == ("c",)
    assert [(error.node_id, error.dependent_outputs) for error in found.errors] == [("c", ("c",)), ("d", ())]
    assert found.failure(partial=True) is None
    failure = found.failure()
    assert failure is not None
    assert failure.wire_type == "prompt_outputs_failed_validation"
    assert failure.errors == found.errors


def test_targets_may_be_chosen() -> None:
    nodes = Node("a", "Value", {"value": 1}), Node("b", "Show", {"source": Link("a", 0)}), Node("c", "Show")
    assert _check(*nodes, targets=["b"]).failure() is None
    assert _check(*nodes, targets=["a"]).targets == ("a",)
    assert _check(*nodes, targets=["gone"]).targets == ()


@pytest.mark.parametrize("nodes", [(), (Node("a", "Value", {"value": 1}),)])
def test_a_workflow_without_outputs_is_refused(nodes: Sequence[Node]) -> None:
    found = _check(*nodes)
    failure = found.failure(partial=True)
    assert found.errors == ()
    assert failure is not None
    assert failure.wire_type == "prompt_no_outputs"


# -- the nodes' own opinion ------------------------------------------------------------------------------------------


def _accept_n(n: int) -> bool:
    return True


def _accept_all(**inputs: Any) -> bool:
    return True


def _accept_nothing() -> bool:
    return True


def _with_validator(validator: Any) -> Registry:
    limited = Input("n", "INT", is_widget=True, number=REGISTRY["Value"].inputs[0].number)
    other = Input("other", "INT", kind="optional")
    definition = NodeDef("Own", "Own", "test", (limited, other), (), print, is_output=True, validate=validator)
    return Registry([*REGISTRY, definition])


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [("n is odd", "n is odd."), (False, "not accepted"), (None, "not accepted")],
)
def test_a_node_may_refuse_its_values(answer: Any, sentence: str) -> None:
    def judge(n: int) -> Any:
        return answer

    found = validate(workflow(Node("1", "Own", {"n": 3})), _with_validator(judge), files)
    error = _only_error(found)
    assert (error.code, error.input_name) == ("custom_validation_failed", "n")
    assert sentence in error.message


def test_an_exception_of_a_validator_is_an_error_of_the_node() -> None:
    def fail(n: int) -> bool:
        raise ZeroDivisionError("oh")

    error = _only_error(validate(workflow(Node("1", "Own", {"n": 3})), _with_validator(fail), files))
    assert "ZeroDivisionError: oh" in error.message


def test_an_error_in_words_is_passed_on_in_these_words() -> None:
    def refuse(n: int) -> bool:
        raise InputValueError("n is odd.")

    error = _only_error(validate(workflow(Node("1", "Own", {"n": 3})), _with_validator(refuse), files))
    assert error.message == "Node '1' (Own): n is odd."


def test_a_validator_that_names_an_input_replaces_the_check_of_bounds() -> None:
    nodes = workflow(Node("1", "Own", {"n": 1000}))
    assert validate(nodes, _with_validator(_accept_n), files).errors == ()
    assert validate(nodes, _with_validator(_accept_all), files).errors == ()
    assert _only_error(validate(nodes, _with_validator(_accept_nothing), files)).code == "value_bigger_than_max"


def test_a_validator_gets_literals_settings_and_types() -> None:
    seen: dict[str, Any] = {}

    def look(n: int, other: int | None, settings: Settings, input_types: dict[str, str]) -> bool:
        seen.update(n=n, other=other, settings=settings, types=input_types)
        return True

    nodes = workflow(Node("a", "Draw", _DRAW), Node("1", "Own", {"n": "3", "other": Link("a", 0)}))
    own = Settings(preview_size=7)
    assert validate(nodes, _with_validator(look), files, settings=own).errors == ()
    assert seen == {"n": 3, "other": None, "settings": own, "types": {"other": "IMAGE"}}


# -- size ------------------------------------------------------------------------------------------------------------


def test_ten_thousand_nodes_in_a_chain_or_a_cycle() -> None:
    long = chain(10_000)
    assert validate(long, REGISTRY, files).targets == ("end",)
    closed = long.with_inputs({("1", "b"): Link("9999", 0)})
    error = _only_error(validate(closed, REGISTRY, files))
    assert len(error.extra_info["cycle"]) == 9999
    assert len(error.message) < 500


def test_ten_thousand_errors() -> None:
    nodes = [Node(str(place), f"Type{place}", {"a": Link(str(place - 1), 0)}) for place in range(10_000)]
    found = validate(workflow(*nodes), REGISTRY, files)
    assert len(found.errors) == 10_000
    assert found.refused == ("9999",)


def test_errors_stay_short_where_values_are_long_and_outputs_many() -> None:
    found = _check(
        Node("a", "Value", {"value": "x" * 1_000_000}),
        *(Node(f"b{place:03}", "Show", {"source": Link("a", 0)}) for place in range(150)),
    )
    (error,) = found.errors
    assert len(json.dumps(error.record())) < 5_000
    assert "1000000 characters" in error.extra_info["received_value"]
    assert error.dependent_outputs == tuple(f"b{place:03}" for place in range(100))
    assert error.more_outputs == 50
    assert len(found.refused) == 150
