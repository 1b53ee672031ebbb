"""The API format in and out."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import WorkflowError
from engine.graph.workflow import Link, Node, Note, Workflow
from tests.engine.graph.examples import json_values, workflow

_inputs = st.dictionaries(
    st.text(max_size=5), json_values.filter(lambda v: v == v) | st.builds(Link, st.text(max_size=3), st.integers(-2, 9))
)
_workflows = st.lists(
    st.builds(Node, st.text(max_size=3), st.text(min_size=1, max_size=5), _inputs, st.text(max_size=5)),
    unique_by=lambda node: node.id,
    max_size=4,
).map(lambda nodes: workflow(*nodes))


def _input(value: Any, **others: Any) -> Any:
    """How an input is read in a file that also has a node `1`."""
    document = {"1": {"class_type": "A"}, "2": {"class_type": "A", "inputs": {"x": value}}, **others}
    return Workflow.from_api(document).nodes["2"].inputs["x"]


@given(_workflows)
def test_what_is_written_is_read_again(graph: Workflow) -> None:
    written = json.dumps(graph.to_api())
    assert json.dumps(Workflow.from_api(json.loads(written)).to_api()) == written


@given(_workflows)
def test_reading_gives_equal_nodes(graph: Workflow) -> None:
    again = Workflow.from_api(graph.to_api())
    assert repr(again.nodes) == repr(graph.nodes)


@given(json_values | st.dictionaries(st.text(max_size=2), st.fixed_dictionaries({"class_type": json_values})))
def test_any_json_is_read_or_refused_in_words(document: Any) -> None:
    with suppress(WorkflowError):
        assert all(node.type for node in Workflow.from_api(document).nodes.values())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["1", 0], Link("1", 0)),
        ([1, 0], Link("1", 0)),
        (["1", 2.0], Link("1", 2)),
        (["gone", 0], Link("gone", 0)),
        ([512, 0], [512, 0]),
        (["1", "0"], ["1", "0"]),
        (["1", True], ["1", True]),
        ([True, 0], [True, 0]),
        (["1", 0, 0], ["1", 0, 0]),
        ([], []),
        ({"__value__": ["1", 0]}, ["1", 0]),
        ({"__value__": {"__value__": [1]}}, {"__value__": [1]}),
        ({"__value__": 1, "other": 2}, {"__value__": 1, "other": 2}),
        (None, None),
    ],
)
def test_links_and_literals_are_told_apart(written: Any, read: Any) -> None:
    assert _input(written) == read


def test_what_is_no_node_is_ignored() -> None:
    document = {
        "1": {"class_type": "A", "inputs": {"x": 1}, "_meta": {"title": "Mine", "z": 1}, "is_changed": [float("nan")]},
        "extra": {"a": 1},
        "version": 0.4,
    }
    assert Workflow.from_api(document).nodes == {"1": Node("1", "A", {"x": 1}, "Mine")}


def test_damaged_metadata_does_no_harm() -> None:
    metas: list[Any] = [None, 1, [], {"title": None}, {"title": 3}]
    for meta in metas:
        assert Workflow.from_api({"1": {"class_type": "A", "_meta": meta}}).nodes["1"].title == ""


def test_an_empty_prompt_is_a_workflow_without_nodes() -> None:
    assert Workflow.from_api({}).nodes == {}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (3, "not a number"),
        (None, "not nothing"),
        ([], "not a list"),
        ({"a": 1}, "none of its entries has a 'class_type'"),
        ({"7": {"inputs": {}}}, "node '7' is missing the class_type property"),
        ({"7": {"class_type": 5}}, "'7'"),
        ({"7": {"class_type": ""}}, "'7'"),
        ({"7": {"class_type": "A", "inputs": [1]}}, "inputs of node '7' (A) should be an object"),
    ],
)
def test_what_is_no_workflow_is_refused_in_words(document: Any, said: str) -> None:
    with pytest.raises(WorkflowError) as caught:
        Workflow.from_api(document)
    assert said in str(caught.value)
    assert caught.value.wire_type == "invalid_prompt"


def test_a_missing_type_names_the_node_for_clients() -> None:
    with pytest.raises(WorkflowError) as caught:
        Workflow.from_api({"7": {"inputs": {}}})
    assert caught.value.details == "Node ID '#7'"


def test_inputs_may_be_replaced_in_a_copy() -> None:
    graph = workflow(Node("1", "A", {"x": 1, "y": 2}))
    changed = graph.with_inputs({("1", "x"): 5, ("1", "z"): Link("1", 0)})
    assert changed.nodes["1"].inputs == {"x": 5, "y": 2, "z": Link("1", 0)}
    assert graph.nodes["1"].inputs == {"x": 1, "y": 2}
    with pytest.raises(KeyError):
        graph.with_inputs({("2", "x"): 5})


def test_labels_and_notes_in_words() -> None:
    assert Node("3", "KSampler").label == "'3' (KSampler)"
    assert Node("3", "KSampler", title="KSampler").label == "'3' (KSampler)"
    assert Node("3", "KSampler", title="First pass").label == "'3' (KSampler, titled 'First pass')"
    assert [str(note) for note in (Note("3", "why", "x"), Note("3", "why"), Note("", "why"))] == [
        *("node 3, x: why", "node 3: why", "file: why")
    ]


def test_the_canvas_document_is_part_of_what_saved_files_carry() -> None:
    assert Workflow(extra={"workflow": {"nodes": []}}).document == {"nodes": []}
    assert Workflow().document is None
