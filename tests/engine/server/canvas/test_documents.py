"""What changed from one version of a workflow to the next, in numbers and words; no file is an error."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.server.canvas.documents import compare, count_nodes


def canvas(*nodes: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"nodes": list(nodes), "links": [], **more}).encode()


def node(number: int, *values: Any, **more: Any) -> dict[str, Any]:
    return {"id": number, "type": "T", "pos": [0, 0], "widgets_values": list(values), **more}


def test_changes_are_told_by_kind() -> None:
    before = canvas(node(1, 1, "a"), node(2), node(3), links=[[1, 1, 0, 2, 0, "X"]])
    after = canvas(node(1, 1, "b"), node(2, pos=[9, 9]), node(4), links=[[9, 1, 0, 2, 0, "X"], [2, 1, 0, 4, 0, "X"]])
    changes = compare(before, after)
    assert changes.text == "1 node added, 1 node removed, 1 value changed, 1 link changed, 1 node moved"
    assert [one.id for one in changes.added] == ["4"]
    assert [one.id for one in changes.removed] == ["3"]
    assert [(one.name, one.before, one.after) for one in changes.changed[0].values] == [("1", "a", "b")]
    assert compare(before, before).text == "nothing changed"
    assert compare(before, canvas(node(1, 1, "a"), node(2), node(3), links=[[1, 1, 0, 2, 0, "X"]], extra=1)).text == (
        "layout or settings changed"
    )


def test_api_format_and_subgraphs_count_too() -> None:
    before = {"1": {"class_type": "A", "inputs": {"seed": 1, "x": ["2", 0]}}, "2": {"class_type": "B", "inputs": {}}}
    after = {**before, "1": {"class_type": "A", "inputs": {"seed": 2, "x": ["2", 1]}}}
    changes = compare(json.dumps(before).encode(), json.dumps(after).encode())
    assert changes.text == "1 value changed, 2 links changed"
    inside = canvas(node(1), definitions={"subgraphs": [{"id": "s", "nodes": [node(1)], "links": []}]})
    assert (count_nodes(inside), compare(canvas(node(1)), inside).added[0].id) == (2, "s:1")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["nodes", "links", "id", "inputs", "class_type", "definitions"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(_json, _json)
def test_whatever_is_in_files_is_compared(before: Any, after: Any) -> None:
    one, other = json.dumps(before).encode(), json.dumps(after).encode()
    assert compare(one, one).text == "nothing changed"
    assert compare(one, other).text
    assert compare(None, b"\xff").text == "first version"
