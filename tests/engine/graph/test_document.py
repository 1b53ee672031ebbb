"""From bytes to a workflow: JSON as found in the wild, either format, wrapped or not."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import WorkflowError
from engine.graph.document import parse_json_text, read_workflow
from engine.graph.workflow import Node
from tests.engine.graph.examples import REGISTRY, json_values

_API = {"1": {"class_type": "Value", "inputs": {"value": 3}}}
_CANVAS = {"nodes": [{"id": 1, "type": "Value", "widgets_values": [4]}], "links": []}
_TEXT = json.dumps(_API)


# -- JSON ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        _TEXT,
        _TEXT.encode(),
        b"\xef\xbb\xbf" + _TEXT.encode(),
        "\ufeff" + _TEXT,
        _TEXT.encode("utf-16"),
        _TEXT.encode("utf-32-le"),
        '{"1": 5, ' + _TEXT[1:],
    ],
)
def test_json_in_the_encodings_that_occur(text: str | bytes) -> None:
    assert parse_json_text(text) == _API


def test_numbers_that_json_lacks_are_read() -> None:
    assert math.isnan(parse_json_text("NaN"))
    assert parse_json_text("[Infinity]") == [math.inf]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not JSON"),
        ("{", "line 1, column 2"),
        (b"\x89PNG\r\n", "is not text"),
        (b"\xff\xfe\x00", "is not text"),
        ("[" * 100_000 + "]" * 100_000, "nested too deep"),
        ('{"a":' * 100_000, "nested too deep"),
        ("1" * 5000, "too long"),
        ('{"1": ' + "9" * 5000 + "}", "too long"),
    ],
)
def test_what_is_no_json_is_refused_in_words(text: str | bytes, said: str) -> None:
    with pytest.raises(WorkflowError, match="The body") as caught:
        parse_json_text(text, "The body")
    assert said in str(caught.value)


@given(st.binary(max_size=30) | st.text(max_size=30))
def test_no_text_makes_parsing_raise_anything_else(text: bytes | str) -> None:
    with suppress(WorkflowError):
        parse_json_text(text)


# -- documents -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    [
        _API,
        {"prompt": _API},
        {"prompt": _API, "client_id": "x", "extra_data": {}},
        {"prompt": json.dumps(_API)},
        [_API],
        [{"prompt": _API}],
        json.dumps(_API),
        {"templates": [{"name": "a", "data": json.dumps(_API)}]},
        {"output": 1, **_API, "version": 0.4},
    ],
)
def test_the_api_format_wrapped_or_not(document: Any) -> None:
    assert read_workflow(document, REGISTRY).nodes == {"1": Node("1", "Value", {"value": 3})}


@pytest.mark.parametrize("document", [_CANVAS, {"workflow": _CANVAS}, {"workflow": json.dumps(_CANVAS)}, [_CANVAS]])
def test_the_canvas_format_wrapped_or_not(document: Any) -> None:
    graph = read_workflow(document, REGISTRY)
    assert graph.nodes == {"1": Node("1", "Value", {"value": 4})}
    assert graph.document == _CANVAS


def test_of_both_formats_the_one_that_ran_is_read_and_the_canvas_is_kept() -> None:
    for document in (
        {"workflow": _CANVAS, "prompt": _API},
        {"prompt": json.dumps(_API), "workflow": json.dumps(_CANVAS)},
        {"prompt": _API, "extra_data": {"extra_pnginfo": {"workflow": _CANVAS, "note": "mine"}}},
    ):
        graph = read_workflow(document, REGISTRY)
        assert graph.nodes["1"].inputs == {"value": 3}
        assert graph.document == _CANVAS
    assert graph.extra["note"] == "mine"


def test_a_prompt_without_nodes_does_not_hide_the_canvas() -> None:
    for prompt in ({}, {"text": "a cat"}):
        assert read_workflow({"workflow": _CANVAS, "prompt": prompt}, REGISTRY).nodes["1"].inputs == {"value": 4}


def test_an_empty_prompt_has_no_nodes() -> None:
    assert read_workflow({"prompt": {}}, REGISTRY).nodes == {}


def test_nodes_called_like_a_wrapper_are_nodes() -> None:
    document = {"prompt": _API["1"], "workflow": _API["1"]}
    assert read_workflow(document, REGISTRY).nodes.keys() == {"prompt", "workflow"}


def test_old_type_names_are_renamed_only_if_unknown() -> None:
    document = {"1": {"class_type": "T2IAdapterLoader"}, "2": {"class_type": "Value"}}
    assert [node.type for node in read_workflow(document, REGISTRY).nodes.values()] == ["ControlNetLoader", "Value"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (3, "not a number"),
        ([], "list of 0 documents"),
        ([_API, _API], "list of 2 documents"),
        ({"templates": [{"data": "{}"}, {"data": "{}"}]}, "list of 2 documents"),
        ({"hello": "world"}, "not a workflow"),
        ({"workflow": "{"}, "not JSON"),
        ({"nodes": 3}, "not a workflow"),
        ([[[[[[[[[[_API]]]]]]]]]], "too many layers"),
    ],
)
def test_what_is_no_workflow_is_refused_in_words(document: Any, said: str) -> None:
    with pytest.raises(WorkflowError) as caught:
        read_workflow(document, REGISTRY)
    assert said in str(caught.value)


@given(json_values | st.fixed_dictionaries({}, optional={"prompt": json_values, "workflow": json_values}))
def test_no_document_makes_reading_raise_anything_else(document: Any) -> None:
    with suppress(WorkflowError):
        read_workflow(document, REGISTRY)
