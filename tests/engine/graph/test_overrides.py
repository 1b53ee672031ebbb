from __future__ import annotations

from typing import Any

import pytest

from engine.errors import WorkflowError
from engine.graph.overrides import set_inputs
from engine.graph.workflow import Link, Workflow
from tests.engine.execution.tiny import REGISTRY, graph


def make(**titles: str) -> Workflow:
    document = graph(
        **{"3": ("Value", {"value": 1}), "4": ("Sum", {"a": "@3", "bias": 2}), "a.b": ("Choose", {"flag": True})}
    )
    for node_id, title in titles.items():
        document[node_id.removeprefix("n")]["_meta"] = {"title": title}
    return Workflow.from_api(document)


def set_one(name: str, value: Any, **titles: str) -> dict[str, dict[str, Any]]:
    changed = set_inputs(make(**titles), REGISTRY, {name: value})
    return {node.id: dict(node.inputs) for node in changed.nodes.values() if node != make(**titles).nodes[node.id]}


@pytest.mark.parametrize("name", ["3.value", "First.value", "Value.value", "first.value", "VALUE.value"])
def test_a_node_is_meant_by_id_title_or_type(name: str):
    assert set_one(name, 7, n3="First") == {"3": {"value": 7}}


def test_ids_come_before_titles_and_dots_may_stand_anywhere():
    assert set_one("4.bias", 7, n3="4") == {"4": {"a": Link("3", 0), "bias": 7}}
    assert set_one("a.b.flag", False) == {"a.b": {"flag": False}}
    assert set_one("v. 2.0.value", 7, n3="v. 2.0") == {"3": {"value": 7}}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("3.value", "7", 7),
        ("a.b.flag", "false", False),
        ("a.b.flag", "No", False),
        ("a.b.tag", "7", "7"),
        ("3.value", "seven", "seven"),  # validation says what is wrong with it
        ("3.value", 1.5, 1.5),
    ],
)
def test_texts_become_values_of_the_declared_type(name: str, text: Any, value: Any):
    [inputs] = set_one(name, text).values()
    assert inputs[name.rpartition(".")[2]] == value


def test_a_link_is_replaced():
    assert set_one("4.a", 5) == {"4": {"a": 5, "bias": 2}}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("5.value", "there is no node '5'. The workflow has '"),
        ("Valeu.value", r"no node 'Valeu'. The workflow has 'Value'"),
        ("3.valeu", r"node '3' \(Value\) has no input 'valeu'. Its inputs: value, tag"),
        ("value", "expected NODE.INPUT"),
        ("", "expected NODE.INPUT"),
        (".", "no node ''"),
        ("Twin.value", "'Twin' is the name of several nodes; use an id: '3', '4'"),
    ],
)
def test_a_name_that_means_nothing_is_refused_with_what_there_is(name: str, message: str):
    with pytest.raises(WorkflowError, match=message):
        set_one(name, 1, n3="Twin" if "Twin" in name else "", n4="Twin" if "Twin" in name else "")


def test_an_unknown_type_still_has_the_inputs_of_the_file():
    workflow = Workflow.from_api({"1": {"class_type": "Unknown", "inputs": {"x": 1}}})
    assert set_inputs(workflow, REGISTRY, {"1.x": "5"}).nodes["1"].inputs == {"x": "5"}
    with pytest.raises(WorkflowError, match="Its inputs: x"):
        set_inputs(workflow, REGISTRY, {"1.y": 5})


def test_the_workflow_itself_is_not_changed():
    workflow = make()
    assert set_inputs(workflow, REGISTRY, {}).nodes == workflow.nodes
    set_inputs(workflow, REGISTRY, {"3.value": 9})
    assert workflow.nodes["3"].inputs == {"value": 1}


def test_many_names_are_listed_in_short():
    nodes: dict[str, Any] = {f"node {index}": ("Value", {}) for index in range(500)}
    with pytest.raises(WorkflowError, match="and 489 more") as caught:
        set_inputs(Workflow.from_api(graph(**nodes)), REGISTRY, {"x.value": 1})
    assert len(str(caught.value)) < 500
