"""Nodes that hand links to others without a line: who gets them, and that they themselves are no part of a run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.graph.canvas import read_canvas
from engine.graph.core_types import core_registry
from engine.graph.document import read_workflow
from engine.graph.missing import find_missing
from engine.graph.registry import Registry
from engine.graph.saving import save_api
from engine.graph.schema import NodeDef
from engine.graph.validate import validate
from engine.graph.workflow import Link, Workflow
from tests.engine.graph.shared_files import documents

_CORE = core_registry()
_HANDING = ["Anything Everywhere", "Anything Everywhere3", "Anything Everywhere?", "Prompts Everywhere"]
_EXAMPLE = "chrisgoringe+cg-use-everywhere__docs__UE_example"


def _slot(name: str, kind: str, link: int | None = None, **others: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "link": link, **others}


def _node(node_id: Any, type_name: str, *inputs: Any, outputs: tuple[str, ...] = (), **others: Any) -> dict[str, Any]:
    slots = [{"name": kind, "type": kind, "links": []} for kind in outputs]
    return {"id": node_id, "type": type_name, "inputs": list(inputs), "outputs": slots, **others}


def _row(upstream: int, upstream_slot: int, downstream: int, downstream_slot: int, controller: int) -> dict[str, Any]:
    ends = {"downstream": downstream, "downstream_slot": downstream_slot, "upstream": str(upstream)}
    return {**ends, "upstream_slot": upstream_slot, "controller": controller}


def _handed(link: int | None = None, type_name: str = "Anything Everywhere", **others: Any) -> dict[str, Any]:
    """A loader whose VAE is handed to a decoder, whose input holds a link id that is in no row."""
    nodes = [
        _node(1, "CheckpointLoaderSimple", outputs=("MODEL", "CLIP", "VAE"), widgets_values=["a"]),
        _node(2, "VAEDecode", _slot("samples", "LATENT"), _slot("vae", "VAE", link)),
        _node(3, type_name, _slot("anything", "VAE", 1), **others),
    ]
    return {"nodes": nodes, "links": [[1, 1, 2, 3, 0, "VAE"]], "extra": {"ue_links": [_row(1, 2, 2, 1, 3)]}}


def _shared(name: str) -> dict[str, Any]:
    return next(document for path, document in documents("ui") if name in path)


@pytest.mark.parametrize("link", [None, 99, 1])
def test_an_input_whose_link_is_in_no_row_of_its_own_gets_what_is_handed(link: int | None) -> None:
    document = _handed(link)
    document["extra"]["links_added_by_ue"] = [99]
    workflow = read_canvas(document, _CORE)
    assert workflow.nodes["2"].inputs == {"vae": Link("1", 2)}
    assert workflow.notes == ()


def test_a_row_of_the_link_table_counts_more() -> None:
    document = _handed(2)
    document["nodes"].append(_node(4, "VAELoader", outputs=("VAE",), widgets_values=["b"]))
    document["links"].append([2, 4, 0, 2, 1, "VAE"])
    assert read_canvas(document, _CORE).nodes["2"].inputs == {"vae": Link("4", 0)}


def test_a_link_that_is_in_no_row_and_that_nobody_hands_is_dropped_in_words() -> None:
    document = _handed(99)
    del document["extra"]["ue_links"][0]
    workflow = read_canvas(document, _CORE)
    assert workflow.nodes["2"].inputs == {}
    assert "its link 99 is not in the file" in str(workflow.notes[0])


@pytest.mark.parametrize("mode", [2, 4])
def test_who_is_muted_or_bypassed_hands_nothing_to_others(mode: int) -> None:
    assert read_canvas(_handed(mode=mode), _CORE).nodes["2"].inputs == {}


def test_what_a_controller_handed_that_is_no_longer_there_stays() -> None:
    document = _handed()
    del document["nodes"][2]
    assert read_canvas(document, _CORE).nodes["2"].inputs == {"vae": Link("1", 2)}


def test_what_a_bypassed_node_is_handed_goes_on() -> None:
    document = _handed()
    lora = _node(5, "LoraLoaderModelOnly", _slot("model", "MODEL", 98), outputs=("MODEL",), mode=4)
    document["nodes"] += [lora, _node(6, "ModelSave", _slot("model", "MODEL", 2))]
    document["links"].append([2, 5, 0, 6, 0, "MODEL"])
    document["extra"]["ue_links"].append(_row(1, 0, 5, 0, 3))
    assert read_canvas(document, _CORE).nodes["6"].inputs["model"] == Link("1", 0)


@pytest.mark.parametrize("type_name", _HANDING)
def test_controllers_are_no_nodes_of_a_run(type_name: str) -> None:
    assert read_canvas(_handed(type_name=type_name), _CORE).nodes.keys() == {"1", "2"}
    real = Registry([NodeDef(type_name, type_name, "", (), (), lambda: ())])
    assert read_canvas(_handed(type_name=type_name), real).nodes.keys() == {"1", "2", "3"}


@pytest.mark.parametrize("type_name", _HANDING)
def test_of_a_file_that_does_not_say_what_they_hand_out_they_are_missing(type_name: str) -> None:
    document = _handed(type_name=type_name)
    document["extra"] = {}
    workflow = read_canvas(document, _CORE)
    assert workflow.nodes["3"].type == type_name
    missing = find_missing(workflow, _CORE, lambda _: ())
    assert [each.node_type for each in missing.types] == [type_name]
    document["nodes"][2]["inputs"][0]["link"] = None
    assert "3" not in read_canvas(document, _CORE).nodes


@pytest.mark.parametrize(("type_name", "name"), [("Seed Everywhere", "seed"), ("Simple String", "string")])
def test_a_value_that_is_handed_out_is_written_where_it_goes(type_name: str, name: str) -> None:
    seed = _slot("seed", "INT", 97, widget={"name": "seed"})
    nodes = [
        _node(1, "KSampler", seed, widgets_values=[1, "fixed", 20, 8, "euler", "normal", 1]),
        _node(3, type_name, outputs=("INT",), widgets_values=[123510, "fixed"]),
    ]
    document: dict[str, Any] = {"nodes": nodes, "links": [], "extra": {"ue_links": [_row(3, 0, 1, 0, 3)]}}
    workflow = read_canvas(document, _CORE)
    assert workflow.nodes.keys() == {"1"}
    assert workflow.nodes["1"].inputs["seed"] == 123510
    nodes[1]["inputs"] = [{**seed, "name": name, "link": 1}]
    nodes.append(_node(4, "Other", outputs=("INT",)))
    document["links"] = [[1, 4, 0, 3, 0, "INT"]]
    assert read_canvas(document, _CORE).nodes["1"].inputs["seed"] == Link("4", 0)


def test_values_that_lead_round_in_a_circle_give_none() -> None:
    prompt: dict[str, Any] = {
        "1": {"class_type": "KSampler", "inputs": {"seed": ["2", 0]}},
        "2": {"class_type": "Seed Everywhere", "inputs": {"seed": ["3", 0]}},
        "3": {"class_type": "Seed Everywhere", "inputs": {"seed": ["2", 0]}},
    }
    assert read_workflow(prompt, _CORE).nodes.keys() == {"1", "2", "3"}


def test_slots_that_look_the_same_are_told_apart_by_their_places() -> None:
    source = _node(1, "CheckpointLoaderSimple", outputs=("MODEL", "CLIP", "VAE"), widgets_values=["a"])
    taking = _node(2, "Taking", _slot("same", "*"), _slot("same", "*"))
    document = {"version": 0.4, "nodes": [source, taking], "links": [], "extra": {"ue_links": [_row(1, 1, 2, 1, 9)]}}
    assert read_canvas(document, _CORE).nodes["2"].inputs == {"same": Link("1", 1)}


def test_inside_of_subgraphs_they_hand_out_as_well() -> None:
    inside: dict[str, Any] = {"id": "inner", "inputs": [], "outputs": [], **_handed(99)}
    document: dict[str, Any] = {"nodes": [_node(7, "inner")], "links": [], "definitions": {"subgraphs": [inside]}}
    workflow = read_canvas(document, _CORE)
    assert workflow.nodes.keys() == {"7:1", "7:2"}
    assert workflow.nodes["7:2"].inputs == {"vae": Link("7:1", 2)}
    inside["extra"] = {}
    assert "7:3" in read_canvas(document, _CORE).nodes


def test_an_instance_gets_what_is_handed_to_it() -> None:
    inside: dict[str, Any] = {
        "id": "inner",
        "inputs": [{"name": "vae", "type": "VAE"}],
        "outputs": [],
        "nodes": [_node(5, "VAEDecode", _slot("vae", "VAE", 1))],
        "links": [{"id": 1, "origin_id": -10, "origin_slot": 0, "target_id": 5, "target_slot": 0}],
    }
    document = _handed()
    document["nodes"].append(_node(7, "inner", _slot("vae", "VAE", 98)))
    document["extra"]["ue_links"].append(_row(1, 2, 7, 0, 3))
    document["definitions"] = {"subgraphs": [inside]}
    assert read_canvas(document, _CORE).nodes["7:5"].inputs == {"vae": Link("1", 2)}


def test_a_widget_of_an_old_file_that_is_handed_a_value_is_not_open() -> None:
    width = _slot("width", "INT", None, widget={"name": "width"})
    nodes = [
        _node(1, "EmptyLatentImage", width, widgets_values=[512, 512, 1]),
        _node(3, "Seed Everywhere", outputs=("INT",), widgets_values=[640, "fixed"]),
    ]
    document: dict[str, Any] = {"nodes": nodes, "links": [], "extra": {"ue_links": [_row(3, 0, 1, 0, 3)]}}
    workflow = read_canvas(document, _CORE)
    assert workflow.nodes["1"].inputs["width"] == 640
    assert workflow.notes == ()


def _wrong(workflow: Workflow) -> set[str]:
    """What keeps it from running, other than that this server has no such files."""
    found = validate(workflow, _CORE, lambda _: ("v1-5-pruned-emaonly-fp16.safetensors",))
    return {error.code for error in found.errors}


def test_the_shared_example_can_run() -> None:
    workflow = read_workflow(_shared(_EXAMPLE), _CORE)
    nodes = workflow.nodes
    assert nodes.keys() == {"3", "4", "5", "6", "7", "8", "9"}
    assert nodes["3"].inputs["model"] == Link("4", 0)
    assert nodes["3"].inputs["positive"] == Link("6", 0)
    assert nodes["3"].inputs["negative"] == Link("7", 0)
    assert nodes["6"].inputs["clip"] == nodes["7"].inputs["clip"] == Link("4", 1)
    assert nodes["8"].inputs["vae"] == Link("4", 2)
    assert not find_missing(workflow, _CORE, lambda _: ("v1-5-pruned-emaonly-fp16.safetensors",))
    assert _wrong(workflow) == set()


def test_the_api_format_runs_without_them_and_is_saved_with_them() -> None:
    files = [document for path, document in documents("api") if "cg-use-everywhere" in path]
    assert len(files) == 3
    for document in files:
        before = json.dumps(document)
        workflow = read_workflow(document, _CORE)
        types = {node.type for node in workflow.nodes.values()}
        assert not types & {*_HANDING, "Seed Everywhere"}
        assert json.dumps(save_api(workflow, _CORE)) == before
    seeds = {
        str(node.inputs["seed"]) for node in read_workflow(files[1], _CORE).nodes.values() if "seed" in node.inputs
    }
    assert seeds == {"123510"}
