"""The canvas format read into a workflow: whole documents; values and links have tests of their own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import WorkflowError
from engine.graph.canvas import read_canvas
from engine.graph.core_types import core_registry
from engine.graph.registry import Registry
from engine.graph.schema import Input, NodeDef
from engine.graph.workflow import Link, Node, Workflow
from tests.engine.graph.examples import REGISTRY, json_values

_CORE = core_registry()


_Slot = tuple[str, str, Any] | dict[str, Any] | int | None
"""(name, type, link), a whole slot, or something damaged."""


def _slot(slot: _Slot) -> Any:
    if not isinstance(slot, tuple):
        return slot
    name, type_name, link = slot
    return {"name": name, "type": type_name, "link": link}


def _node(node_id: Any, type_name: str, *links: _Slot, values: Any = None, **others: Any) -> dict[str, Any]:
    """A node whose inputs are (name, type, link) or whole slots."""
    slots = [_slot(link) for link in links]
    return {"id": node_id, "type": type_name, "inputs": slots, "widgets_values": values, **others}


def _read(*nodes: dict[str, Any], links: Any = (), registry: Registry = REGISTRY, **others: Any) -> Workflow:
    return read_canvas({"nodes": list(nodes), "links": list(links), **others}, registry)


def _messages(graph: Workflow) -> list[str]:
    return [str(note) for note in graph.notes]


def test_a_usual_document() -> None:
    sampler = _node(
        *(3, "KSampler", ("model", "MODEL", 1), ("positive", "CONDITIONING", 4), ("negative", "CONDITIONING", 6)),
        ("latent_image", "LATENT", 2),
        values=[156680208700286, "randomize", 20, 8, "euler", "normal", 1],
        title="First pass",
        mode=0,
    )
    graph = _read(
        sampler,
        _node(4, "CheckpointLoaderSimple", values=["small.safetensors"]),
        _node(5, "EmptyLatentImage", values=[512, 768, 1]),
        _node(6, "CLIPTextEncode", ("clip", "CLIP", 3), values=["a cat"]),
        _node(7, "CLIPTextEncode", ("clip", "CLIP", 5), values=["a dog"]),
        _node(8, "VAEDecode", ("samples", "LATENT", 7), ("vae", "VAE", 8)),
        _node(9, "SaveImage", ("images", "IMAGE", 9), values=["cat"]),
        _node(10, "Note", values=["read me"]),
        _node(11, "MarkdownNote", values=["# read me"]),
        links=[
            *([1, 4, 0, 3, 0, "MODEL"], [2, 5, 0, 3, 3, "LATENT"], [3, 4, 1, 6, 0, "CLIP"]),
            *([4, 6, 0, 3, 1, "CONDITIONING"], [5, 4, 1, 7, 0, "CLIP"], [6, 7, 0, 3, 2, "CONDITIONING"]),
            *([7, 3, 0, 8, 0, "LATENT"], [8, 4, 2, 8, 1, "VAE"], [9, 8, 0, 9, 0, "IMAGE"]),
        ],
        registry=_CORE,
    )
    assert list(graph.nodes) == ["3", "4", "5", "6", "7", "8", "9"]
    assert graph.nodes["3"] == Node(
        "3",
        "KSampler",
        {
            "seed": 156680208700286,
            "steps": 20,
            "cfg": 8,
            "sampler_name": "euler",
            "scheduler": "normal",
            "denoise": 1,
            "model": Link("4", 0),
            "positive": Link("6", 0),
            "negative": Link("7", 0),
            "latent_image": Link("5", 0),
        },
        "First pass",
    )
    assert graph.nodes["6"].inputs == {"text": "a cat", "clip": Link("4", 1)}
    assert graph.nodes["8"].inputs == {"samples": Link("3", 0), "vae": Link("4", 2)}
    assert graph.nodes["9"].inputs == {"filename_prefix": "cat", "images": Link("8", 0)}
    assert graph.notes == ()
    assert graph.document is not None
    assert len(graph.document["nodes"]) == 9


def test_version_1_writes_links_as_objects() -> None:
    links = [{"id": 5, "origin_id": 1, "origin_slot": 0, "target_id": 2, "target_slot": 0, "type": "INT"}]
    nodes = _node(1, "Value", values=[7]), _node(2, "Show", ("source", "*", 5))
    assert _read(*nodes, links=links, version=1).nodes["2"].inputs == {"source": Link("1", 0)}


def test_ids_may_be_text() -> None:
    graph = _read(
        _node("1:2", "Value", values=[7]), _node(3.0, "Show", ("source", "*", "5")), links=[["5", "1:2", 0, 3]]
    )
    assert graph.nodes["3"].inputs == {"source": Link("1:2", 0)}


def test_damaged_rows_are_passed_over() -> None:
    graph = _read(
        _node(1, "Value", values=[7]),
        *(None, 5, {"id": 4}, {"type": "Value"}, _node(1, "Add")),  # pyright: ignore[reportArgumentType]
        _node(2, "Add", ("a", "INT", 5), ("b", "INT", 99)),
        _node(3, "Add", ("a", "INT", 5), None, 7),
        links=[None, 3, [], [1, 2], [5, 1, 0, 2, 0, "INT"], [6, None, 0, 2, 0], {"id": 7}],
    )
    assert graph.nodes["1"].type == "Value"
    assert graph.nodes["2"].inputs["a"] == Link("1", 0)
    assert "b" not in graph.nodes["2"].inputs
    assert "a" not in graph.nodes["3"].inputs, "link 5 leads to node 2"
    messages = " ".join(_messages(graph))
    for said in ("second node with this id", "no id or no type", "its link 99", "its link 5"):
        assert said in messages


def test_muted_and_bypassed_nodes_are_left_out_and_said() -> None:
    graph = _read(_node(1, "Value", mode=2), _node(2, "Value", mode=4), _node(3, "Value", mode=1, values=[1]))
    assert list(graph.nodes) == ["3"]
    assert _messages(graph) == ["node 1: Value is muted", "node 2: Value is bypassed"]


def test_nodes_of_unknown_types_are_kept_for_validation_to_report() -> None:
    graph = _read(
        _node(1, "Value", values=[1]), _node(2, "Nobody", ("x", "INT", 5), values=[1, 2]), links=[[5, 1, 0, 2]]
    )
    assert graph.nodes["2"] == Node("2", "Nobody", {"x": Link("1", 0), "#0": 1, "#1": 2})
    assert "the node type Nobody is unknown" in _messages(graph)[0]


def test_a_type_called_like_one_of_the_canvas_is_a_node_if_there_is_one() -> None:
    reroute = NodeDef("Reroute", "Reroute", "test", (Input("x", "*"),), (), print)
    graph = _read(_node(1, "Reroute"), registry=Registry([reroute]))
    assert graph.nodes.keys() == {"1"}
    assert _read(_node(1, "Reroute")).nodes == {}


def test_old_type_names() -> None:
    graph = _read(_node(1, "T2IAdapterLoader", values=["a.pth"]), registry=_CORE)
    assert graph.nodes["1"] == Node("1", "ControlNetLoader", {"control_net_name": "a.pth"})


def test_a_widget_fed_by_a_link_takes_the_link() -> None:
    slot = {"name": "value", "type": "INT", "link": 5, "widget": {"name": "value"}}
    graph = _read(_node(1, "Value", values=[1]), _node(2, "Value", slot, values=[9]), links=[[5, 1, 0, 2]])
    assert graph.nodes["2"].inputs == {"value": Link("1", 0)}


@pytest.mark.parametrize(
    ("widget", "version", "is_sent"),
    [
        ({"name": "steps"}, "1.20.4", True),
        ({"name": "steps", "config": ["INT"]}, None, False),
        ({"name": "steps"}, "1.15.9", False),
        ({"name": "steps"}, None, False),
    ],
)
def test_an_optional_widget_that_became_an_input_and_stayed_open(widget: Any, version: Any, is_sent: bool) -> None:
    """Frontends before 1.16 sent nothing; later ones have slots for all widgets and send the value."""
    optional = [Input(name, "INT", kind="optional", is_widget=True) for name in ("steps", "other")]
    registry = Registry([NodeDef("Test", "Test", "test", tuple(optional), (), print)])
    node = _node(1, "Test", {"name": "steps", "type": "INT", "link": None, "widget": widget}, values=[5, 6])
    graph = _read(node, registry=registry, extra={"frontendVersion": version})
    assert graph.nodes["1"].inputs == ({"steps": 5, "other": 6} if is_sent else {"other": 6})


def test_a_required_widget_that_became_an_input_and_stayed_open_keeps_its_value() -> None:
    slot = {"name": "value", "type": "INT", "link": None, "widget": {"name": "value", "config": ["INT"]}}
    graph = _read(_node(1, "Value", slot, values=[9]))
    assert graph.nodes["1"].inputs == {"value": 9}
    assert "was taken" in _messages(graph)[0]


_SUBGRAPH = {"subgraphs": [{"id": "1f4", "name": "Upscale"}]}


def test_instances_without_a_body_are_nodes_of_unknown_types() -> None:
    assert _read(_node(7, "1f4"), _node(8, "workflow/My group")).nodes.keys() == {"7", "8"}


def test_subgraphs_that_would_not_run_are_no_obstacle() -> None:
    assert _read(_node(7, "1f4", mode=2), _node(8, "workflow/x", mode=4), definitions=_SUBGRAPH).nodes == {}


@pytest.mark.parametrize("links", [3, {"a": 1}, "x"])
def test_links_that_are_no_list_are_refused_in_words(links: Any) -> None:
    with pytest.raises(WorkflowError, match="'links' of a canvas document should be a list"):
        read_canvas({"nodes": [], "links": links}, REGISTRY)


_slots = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.sampled_from(["value", "a", "steps", ""]) | json_values,
            "type": st.sampled_from(["INT", "*", 0, ["x"]]) | json_values,
            "link": st.integers(0, 5) | json_values,
            "widget": json_values,
        },
    )
    | json_values,
    max_size=3,
)
_canvas_nodes = st.fixed_dictionaries(
    {"id": st.integers(0, 4) | json_values},
    optional={
        "type": st.sampled_from(["Value", "Draw", "Reroute", "PrimitiveNode", "SetNode", "GetNode", "Add", "Else"]),
        "mode": st.sampled_from([0, 2, 4]) | json_values,
        "inputs": _slots | json_values,
        "outputs": _slots | json_values,
        "widgets_values": json_values,
        "title": json_values,
    },
)
_link_rows = st.lists(st.integers(0, 5), min_size=4, max_size=6) | json_values


@given(st.lists(_canvas_nodes | json_values, max_size=5), st.lists(_link_rows, max_size=6), json_values, json_values)
def test_no_document_makes_reading_raise_anything_but_words(
    nodes: Any, links: Any, extra: Any, definitions: Any
) -> None:
    graph = _read(*nodes, links=links, extra=extra, definitions=definitions)
    assert Workflow.from_api(graph.to_api()).nodes.keys() == graph.nodes.keys()
