"""Records of the canvas format, whichever of its forms a file uses."""

from __future__ import annotations

from typing import Any

import pytest

from engine.graph.canvas_records import CanvasLink, CanvasSlot, is_canvas, read_records


def _slot(**row: Any) -> CanvasSlot:
    return read_records({"nodes": [{"id": 1, "type": "A", "inputs": [row]}]}).nodes["1"].inputs[0]


@pytest.mark.parametrize(
    ("written", "read"),
    [("IMAGE", "IMAGE"), (["a", "b"], "COMBO"), (0, "*"), (-1, "*"), ("", "*"), (None, "*"), ("*", "*")],
)
def test_socket_types(written: Any, read: str) -> None:
    assert _slot(name="x", type=written).type == read


def test_slots() -> None:
    assert _slot(name="x", type="INT", link=5, widget={"name": "x"}) == CanvasSlot("x", "INT", "5", is_widget=True)
    assert _slot(name="x", type="INT", widget={"name": "x", "config": []}).has_config
    assert _slot(widget={"name": "x"}).name == "x"
    assert _slot(name="x", link=None).link is None


@pytest.mark.parametrize(
    ("row", "target_slot"),
    [
        ([5, 1, 0, 2, 3, "INT"], 3),
        ([5, 1, 0, 2], -1),
        ({"id": 5, "origin_id": 1, "origin_slot": 0, "target_id": 2}, -1),
        ({"id": 5, "origin_id": 1, "origin_slot": 0, "target_id": 2, "target_slot": 3}, 3),
    ],
)
def test_links(row: Any, target_slot: int) -> None:
    assert read_records({"nodes": [], "links": [row]}).links == {"5": CanvasLink("1", 0, "2", target_slot)}


def test_a_slot_of_thousands_of_digits_is_no_slot() -> None:
    assert read_records({"nodes": [], "links": [[5, 1, "9" * 5000, 2]]}).links == {}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.16.0", (1, 16)),
        ("1.27", (1, 27)),
        ("1", None),
        ("x.y", None),
        (f"{'9' * 5000}.1", None),
        (None, None),
        (3, None),
    ],
)
def test_versions_of_the_frontend(written: Any, read: Any) -> None:
    assert read_records({"nodes": [], "extra": {"frontendVersion": written}}).frontend == read


def test_links_that_use_everywhere_nodes_stand_for() -> None:
    row = {"downstream": 8, "downstream_slot": 1, "upstream": "4", "upstream_slot": 2, "controller": 10}
    extra = {"ue_links": [row, {"downstream": 8}, None, {**row, "upstream_slot": -1}]}
    assert read_records({"nodes": [], "extra": extra}).implied == {("8", 1): ("4", 2)}


def test_definitions_are_found_at_any_depth() -> None:
    inner = {"id": "b", "nodes": [], "definitions": {"subgraphs": [{"id": "a", "nodes": [], "name": "again"}]}}
    outer = {"id": "a", "nodes": [], "definitions": {"subgraphs": [inner]}}
    found = read_records({"nodes": [], "definitions": {"subgraphs": [outer, None, {"nodes": []}]}}).subgraphs
    assert found == {"a": outer, "b": inner}


def test_what_looks_like_a_canvas() -> None:
    assert is_canvas({"nodes": []})
    others: list[Any] = [{}, {"nodes": {}}, [], None, {"1": {"class_type": "A"}}]
    assert not any(is_canvas(other) for other in others)
