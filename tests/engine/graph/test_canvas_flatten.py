"""Subgraphs and group nodes taken apart: ids, borders, values that instances hold, and what never ends."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import WorkflowError
from engine.graph.canvas import read_canvas
from engine.graph.core_types import core_registry
from engine.graph.workflow import Link, Workflow

_CORE = core_registry()


def _slot(name: str, kind: str, link: int | None = None, *, widget: bool = False) -> dict[str, Any]:
    slot: dict[str, Any] = {"name": name, "type": kind, "link": link}
    return {**slot, "widget": {"name": name}} if widget else slot


def _node(node_id: Any, type_name: str, *inputs: Any, outputs: tuple[str, ...] = (), **others: Any) -> dict[str, Any]:
    slots = [{"name": kind, "type": kind, "links": []} for kind in outputs]
    return {"id": node_id, "type": type_name, "inputs": list(inputs), "outputs": slots, **others}


def _link(link_id: int, origin: int, origin_slot: int, target: int, target_slot: int) -> dict[str, int]:
    ends = {"origin_id": origin, "origin_slot": origin_slot, "target_id": target, "target_slot": target_slot}
    return {"id": link_id, **ends}


def _scale(name: str = "scale", **others: Any) -> dict[str, Any]:
    """A subgraph: an image goes in and comes out larger; `scale_by` is a widget of the instance."""
    return {
        "id": name,
        "name": name,
        "inputs": [{"name": "image", "type": "IMAGE"}, {"name": "scale_by", "type": "FLOAT"}],
        "outputs": [{"name": "IMAGE", "type": "IMAGE"}],
        "nodes": [
            _node(
                5,
                "ImageScaleBy",
                _slot("image", "IMAGE", 1),
                _slot("scale_by", "FLOAT", 2, widget=True),
                outputs=("IMAGE",),
                widgets_values=["bicubic", 1.5],
            )
        ],
        "links": [_link(1, -10, 0, 5, 0), _link(2, -10, 1, 5, 1), _link(3, 5, 0, -20, 0)],
        **others,
    }


def _read(nodes: list[Any], links: list[Any], *definitions: Any, **others: Any) -> Workflow:
    document = {"nodes": nodes, "links": links, "definitions": {"subgraphs": list(definitions)}, **others}
    return read_canvas(document, _CORE)


def _use(**others: Any) -> tuple[list[Any], list[Any]]:
    """LoadImage -> instance 7 -> SaveImage."""
    nodes = [
        _node(1, "LoadImage", outputs=("IMAGE", "MASK"), widgets_values=["a.png", "image"]),
        _node(7, "scale", _slot("image", "IMAGE", 11), outputs=("IMAGE",), **others),
        _node(9, "SaveImage", _slot("images", "IMAGE", 12), widgets_values=["x"]),
    ]
    return nodes, [[11, 1, 0, 7, 0, "IMAGE"], [12, 7, 0, 9, 0, "IMAGE"]]


def test_an_instance_becomes_its_nodes_where_it_stood() -> None:
    workflow = _read(*_use(), _scale())
    assert list(workflow.nodes) == ["1", "7:5", "9"]
    assert workflow.nodes["7:5"].inputs == {"image": Link("1", 0), "upscale_method": "bicubic", "scale_by": 1.5}
    assert workflow.nodes["9"].inputs["images"] == Link("7:5", 0)


@pytest.mark.parametrize(
    "held",
    [
        {"widgets_values": [2.5]},
        {"widgets_values": {"scale_by": 2.5}},
        {"widgets_values": [2.5], "properties": {"proxyWidgets": [["5", "scale_by"]]}},
        {"widgets_values": [2.5], "properties": {"proxyWidgets": '[["-1", "scale_by"]]'}},
        {
            "widgets_values": ["fixed", 2.5],
            "properties": {"proxyWidgets": [["5", "control_after_generate"], [5, "scale_by"]]},
        },
    ],
)
def test_what_the_instance_holds_for_a_widget_wins(held: dict[str, Any]) -> None:
    assert _read(*_use(**held), _scale()).nodes["7:5"].inputs["scale_by"] == 2.5


def test_without_a_value_of_the_instance_the_one_inside_stays() -> None:
    held = {"widgets_values": [], "properties": {"proxyWidgets": [["5", "scale_by"]]}}
    assert _read(*_use(**held), _scale()).nodes["7:5"].inputs["scale_by"] == 1.5


def test_a_link_to_the_instance_wins_over_what_it_holds() -> None:
    nodes, links = _use(widgets_values=[2.5])
    nodes[1]["inputs"].append(_slot("scale_by", "FLOAT", 13, widget=True))
    nodes.append(_node(3, "PrimitiveFloat", outputs=("FLOAT",), widgets_values=[4.0]))
    workflow = _read(nodes, [*links, [13, 3, 0, 7, 1, "FLOAT"]], _scale())
    assert workflow.nodes["7:5"].inputs["scale_by"] == Link("3", 0)


def test_a_link_that_leads_nowhere_leaves_what_the_instance_holds() -> None:
    nodes, links = _use(widgets_values=[2.5])
    nodes[1]["inputs"].append(_slot("scale_by", "FLOAT", 13, widget=True))
    nodes.append(_node(3, "PrimitiveFloat", outputs=("FLOAT",), widgets_values=[4.0], mode=2))
    workflow = _read(nodes, [*links, [13, 3, 0, 7, 1, "FLOAT"]], _scale())
    assert workflow.nodes["7:5"].inputs["scale_by"] == 2.5


def test_a_muted_instance_hides_its_content_and_a_bypassed_one_hands_on() -> None:
    assert list(_read(*_use(mode=2), _scale()).nodes) == ["1", "9"]
    bypassed = _read(*_use(mode=4), _scale())
    assert bypassed.nodes["9"].inputs["images"] == Link("1", 0)
    assert list(bypassed.nodes) == ["1", "9"]


def test_instances_of_one_definition_are_apart_and_nest() -> None:
    outer = {
        **_scale("outer"),
        "nodes": [
            _node(
                2, "scale", _slot("image", "IMAGE", 1), _slot("scale_by", "FLOAT", 2, widget=True), outputs=("IMAGE",)
            ),
            _node(3, "scale", _slot("image", "IMAGE", 4), outputs=("IMAGE",), widgets_values=[8.0]),
        ],
        "links": [_link(1, -10, 0, 2, 0), _link(2, -10, 1, 2, 1), _link(4, 2, 0, 3, 0), _link(5, 3, 0, -20, 0)],
    }
    nodes, links = _use(widgets_values=[3.0])
    nodes[1]["type"] = "outer"
    workflow = _read(nodes, links, _scale(), outer)
    assert list(workflow.nodes) == ["1", "7:2:5", "7:3:5", "9"]
    assert workflow.nodes["7:2:5"].inputs["image"] == Link("1", 0)
    assert workflow.nodes["7:2:5"].inputs["scale_by"] == 3.0
    assert workflow.nodes["7:3:5"].inputs["image"] == Link("7:2:5", 0)
    assert workflow.nodes["7:3:5"].inputs["scale_by"] == 8.0
    assert workflow.nodes["9"].inputs["images"] == Link("7:3:5", 0)


def test_a_subgraph_that_hands_an_input_straight_on() -> None:
    through = {**_scale(), "nodes": [], "links": [_link(1, -10, 0, -20, 0)]}
    assert _read(*_use(), through).nodes["9"].inputs["images"] == Link("1", 0)


def test_a_getter_inside_finds_the_setter_outside_and_one_beside_it_first() -> None:
    getter = _node(6, "GetNode", outputs=("IMAGE",), widgets_values=["picture"])
    inside = {**_scale(), "links": [_link(1, 6, 0, 5, 0), _link(3, 5, 0, -20, 0)]}
    inside["nodes"] = [*inside["nodes"], getter]
    nodes, links = _use()
    nodes.append(_node(4, "SetNode", _slot("IMAGE", "IMAGE", 14), widgets_values=["picture"]))
    links.append([14, 1, 0, 4, 0, "IMAGE"])
    assert _read(nodes, links, inside).nodes["7:5"].inputs["image"] == Link("1", 0)
    beside = _node(8, "SetNode", _slot("IMAGE", "IMAGE", 9), widgets_values=["picture"])
    source = _node(2, "EmptyImage", outputs=("IMAGE",), widgets_values=[64, 64, 1, 0])
    inside["nodes"] = [*inside["nodes"], beside, source]
    inside["links"] = [*inside["links"], _link(9, 2, 0, 8, 0)]
    assert _read(nodes, links, inside).nodes["7:5"].inputs["image"] == Link("7:2", 0)


def test_a_definition_that_contains_itself_is_refused_by_name() -> None:
    itself = {**_scale(), "nodes": [_node(5, "other")]}
    other = {**_scale("other"), "nodes": [_node(6, "scale")]}
    with pytest.raises(WorkflowError, match=r"'7:5:6' is an instance of a subgraph that it stands in itself"):
        _read(*_use(), itself, other)


def test_instances_that_multiply_without_end_are_refused() -> None:
    definitions = [
        {**_scale(f"d{depth}"), "nodes": [_node(number, f"d{depth + 1}") for number in range(10)], "links": []}
        for depth in range(12)
    ]
    with pytest.raises(WorkflowError, match="more than 200000 nodes"):
        _read([_node(1, "d0")], [], *definitions)


def _nest(depth: int) -> Workflow:
    definitions = [
        {
            "id": f"d{level}",
            "inputs": [],
            "outputs": [{"name": "IMAGE", "type": "IMAGE"}],
            "nodes": [_node(1, f"d{level + 1}" if level < depth else "EmptyImage", outputs=("IMAGE",))],
            "links": [_link(1, 1, 0, -20, 0)],
        }
        for level in range(depth + 1)
    ]
    nodes = [_node(1, "d0", outputs=("IMAGE",)), _node(2, "PreviewImage", _slot("images", "IMAGE", 1))]
    return _read(nodes, [[1, 1, 0, 2, 0, "IMAGE"]], *definitions)


def test_subgraphs_nest_deeper_than_anybody_draws_them() -> None:
    workflow = _nest(200)
    assert len(workflow.nodes) == 2
    assert workflow.nodes["2"].inputs["images"] == Link(":".join(["1"] * 202), 0)


def test_nesting_that_no_person_made_is_refused() -> None:
    with pytest.raises(WorkflowError, match="more than 256 levels"):
        _nest(5000)


def test_a_damaged_definition_is_left_out_and_said() -> None:
    workflow = _read(*_use(), {**_scale(), "nodes": 5})
    assert list(workflow.nodes) == ["1", "9"]
    assert "its subgraph cannot be read" in str(workflow.notes[0])


_GROUP = {
    "nodes": [
        _node(-1, "EmptyImage", outputs=("IMAGE",), widgets_values=[512, 512, 1, 0]),
        _node(
            -1,
            "ImageBlend",
            _slot("image1", "IMAGE"),
            _slot("image2", "IMAGE"),
            outputs=("IMAGE",),
            widgets_values=[0.5, "normal"],
        ),
        _node(-1, "ImageInvert", _slot("image", "IMAGE"), outputs=("IMAGE",)),
    ],
    "links": [[0, 0, 1, 0, 1, "IMAGE"], [1, 0, 2, 0, 1, "IMAGE"], [None, 0, 1, 1, 9, "IMAGE"]],
    "external": [[1, 0, "IMAGE"]],
}


def _use_group(values: list[Any], separator: str = ">") -> Workflow:
    nodes = [
        _node(1, "LoadImage", outputs=("IMAGE", "MASK"), widgets_values=["a.png"]),
        _node(
            4,
            f"workflow{separator}Blend",
            _slot("image2", "IMAGE", 1),
            outputs=("IMAGE", "IMAGE"),
            widgets_values=values,
        ),
        _node(5, "PreviewImage", _slot("images", "IMAGE", 2)),
        _node(6, "PreviewImage", _slot("images", "IMAGE", 3)),
    ]
    links = [[1, 1, 0, 4, 0, "IMAGE"], [2, 4, 0, 5, 0, "IMAGE"], [3, 4, 1, 6, 0, "IMAGE"]]
    return read_canvas({"nodes": nodes, "links": links, "extra": {"groupNodes": {"Blend": _GROUP}}}, _CORE)


@pytest.mark.parametrize("separator", ["/", ">"])
def test_a_group_node_becomes_its_nodes(separator: str) -> None:
    workflow = _use_group([64, 32, 2, 255, 0.25, "screen"], separator)
    assert list(workflow.nodes) == ["1", "4:0", "4:1", "4:2", "5", "6"]
    assert workflow.nodes["4:0"].inputs == {"width": 64, "height": 32, "batch_size": 2, "color": 255}
    assert workflow.nodes["4:1"].inputs == {
        "image1": Link("4:0", 0),
        "image2": Link("1", 0),
        "blend_factor": 0.25,
        "blend_mode": "screen",
    }
    assert workflow.nodes["5"].inputs["images"] == Link("4:1", 0)
    assert workflow.nodes["6"].inputs["images"] == Link("4:2", 0)


def test_values_of_a_group_node_that_do_not_fit_are_left_and_said() -> None:
    workflow = _use_group([1, 2, 3])
    assert workflow.nodes["4:0"].inputs["width"] == 512
    assert any("3 values for 6 widgets" in str(note) for note in workflow.notes)


def test_links_that_use_everywhere_nodes_stand_for() -> None:
    nodes = [
        _node(1, "CheckpointLoaderSimple", outputs=("MODEL", "CLIP", "VAE"), widgets_values=["a"]),
        _node(2, "VAEDecode", _slot("samples", "LATENT"), _slot("vae", "VAE")),
    ]
    row = {"downstream": 2, "downstream_slot": 1, "upstream": "1", "upstream_slot": 2, "controller": 3}
    workflow = read_canvas({"nodes": nodes, "links": [], "extra": {"ue_links": [row]}}, _CORE)
    assert workflow.nodes["2"].inputs == {"vae": Link("1", 2)}


# -- too much --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {"nodes": [None] * 2_100_000},
        {"nodes": [], "links": [[]] * 2_100_000},
        {"nodes": [{"id": 1, "type": "X", "inputs": [{}] * 2_100_000}]},
        {"nodes": [{"id": 1, "type": "X", "widgets_values": [1] * 2_100_000}]},
        {"nodes": [{"id": 1, "type": "X", "properties": {"proxyWidgets": "[" * 2_100_000}}]},
    ],
)
def test_bodies_of_which_little_comes_are_still_counted(body: dict[str, Any]) -> None:
    with pytest.raises(WorkflowError, match="too much"):
        _read([_node(1, "S")], [], {"id": "S", "links": [], **body})


def test_bodies_are_counted_as_often_as_they_are_opened() -> None:
    with pytest.raises(WorkflowError, match="too much"):
        _read([_node(number, "S") for number in range(30)], [], {"id": "S", "nodes": [], "links": [[]] * 100_000})


def test_group_nodes_of_which_little_comes_are_counted_as_well() -> None:
    config = {"0": {"input": {f"w{number}": {"visible": False} for number in range(5000)}}}
    nodes = [_node(number, "workflow>G") for number in range(1000)]
    with pytest.raises(WorkflowError, match="too much"):
        _read(nodes, [], extra={"groupNodes": {"G": {"nodes": [], "links": [], "config": config}}})


def test_long_ids_do_not_multiply() -> None:
    inner = [_node(number, "X") for number in range(1000)]
    with pytest.raises(WorkflowError, match="too much"):
        _read([_node("y" * 1_000_000, "S")], [], {"id": "S", "nodes": inner, "links": []})


def test_a_group_of_many_inputs_gives_each_to_the_first_of_its_name() -> None:
    names = ["a", "b", "a", "c"] * 1000
    body = {
        "nodes": [{"type": "X", "inputs": [_slot(name, "INT", widget=True)]} for name in names],
        "links": [],
    }
    inputs = [_slot(f"X {name}", "INT", 1 + place, widget=True) for place, name in enumerate(names[:-1])]
    links = [[1 + place, place, 0, "G", place, "INT"] for place in range(len(inputs))]
    sources = [_node(place, "X", outputs=("INT",)) for place in range(len(inputs))]
    workflow = _read([*sources, _node("G", "workflow>G", *inputs)], links, extra={"groupNodes": {"G": body}})
    assert [workflow.nodes[f"G:{place}"].inputs.get(name) for place, name in enumerate(names)] == [
        *(Link(str(place), 0) for place in range(len(inputs))),
        None,
    ]
