"""Written back, a file loses nothing; a change touches its own value alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.errors import WorkflowError
from engine.graph.core_types import core_registry
from engine.graph.document import read_workflow
from engine.graph.registry import Registry
from engine.graph.saving import name_nodes, save_api, save_canvas
from engine.graph.workflow import Link, Workflow
from tests.engine.graph.shared_files import documents

_CORE = core_registry()


def _text(document: Any) -> str:
    return json.dumps(document)


@pytest.mark.parametrize("kind", ["ui", "api"])
def test_every_shared_file_comes_back_as_it_was(kind: str) -> None:
    for name, document in documents(kind):
        workflow = read_workflow(document, _CORE)
        saved = save_canvas(workflow, _CORE) if kind == "ui" else save_api(workflow, _CORE)
        assert _text(saved) == _text(document), name


def _change(workflow: Workflow) -> tuple[Workflow, str, str] | None:
    """The workflow with one of its texts changed, and where; not one that a primitive node writes."""
    rows = {str(row["id"]): row.get("inputs") or [] for row in (workflow.document or {}).get("nodes", [])}
    for node in workflow.nodes.values():
        definition = _CORE.get(node.type)
        for declared in definition.inputs if definition is not None and ":" not in node.id else ():
            is_fed = any(slot["name"] == declared.name and slot.get("link") for slot in rows.get(node.id, []))
            if declared.type == "STRING" and isinstance(node.inputs.get(declared.name), str) and not is_fed:
                return workflow.with_inputs({(node.id, declared.name): "changed"}), node.id, declared.name
    return None


def test_a_change_is_found_again_and_nothing_else_has_changed() -> None:
    changes = 0
    for kind in ("ui", "api"):
        for name, document in documents(kind):
            before = read_workflow(document, _CORE)
            change = _change(before)
            if change is None:
                continue
            after, node_id, input_name = change
            saved = save_canvas(after, _CORE) if kind == "ui" else save_api(after, _CORE)
            again = read_workflow(saved, _CORE)
            different = {
                (node.id, key)
                for node in again.nodes.values()
                for key, value in node.inputs.items()
                if repr(before.nodes[node.id].inputs.get(key)) != repr(value)
            }
            assert different == {(node_id, input_name)}, name
            changes += 1
    assert changes > 200


def test_a_new_and_a_removed_node_of_the_api_format() -> None:
    document = {"1": {"class_type": "A", "inputs": {}, "z": 1}, "note": "mine", "2": {"class_type": "B"}}
    workflow = Workflow.from_api(document)
    smaller = Workflow(nodes={"1": workflow.nodes["1"]}, source=workflow.source)
    assert save_api(smaller, _CORE) == {"1": document["1"], "note": "mine"}
    assert save_api(Workflow(nodes=workflow.nodes), _CORE) == {
        "1": {"class_type": "A", "inputs": {}},
        "2": {"class_type": "B", "inputs": {}},
    }


def test_what_has_no_place_in_the_canvas_document_is_said() -> None:
    with pytest.raises(WorkflowError, match="no canvas document"):
        save_canvas(Workflow(), _CORE)
    document = {"nodes": [{"id": 1, "type": "KSampler", "widgets_values": [1, "fixed"]}], "links": []}
    workflow = read_workflow(document, _CORE)
    for name, value in (("steps", 30), ("seed", Link("1", 0))):
        with pytest.raises(WorkflowError, match=rf"'1': '{name}' has no value in the canvas document"):
            save_canvas(workflow.with_inputs({("1", name): value}), _CORE)
    changed = save_canvas(workflow.with_inputs({("1", "seed"): 7}), _CORE)
    assert changed["nodes"][0]["widgets_values"] == [7, "fixed"]
    assert document["nodes"][0]["widgets_values"] == [1, "fixed"]


def test_nodes_of_a_canvas_are_titled_as_it_shows_them_and_those_of_api_json_stay_as_they_are() -> None:
    registry = Registry.collect("nodes")
    canvas = {"nodes": [{"id": 3, "type": "KSampler", "title": ""}, {"id": 4, "type": "SaveImage", "title": "Mine"}]}
    api = {"1": {"class_type": "KSampler", "inputs": {}}}
    named = name_nodes(read_workflow({**canvas, "links": [], "version": 0.4}, registry), registry)
    titles = {node_id: record["_meta"]["title"] for node_id, record in save_api(named, registry).items()}
    assert titles == {"3": registry["KSampler"].display_name, "4": "Mine"}
    assert save_api(name_nodes(Workflow.from_api(api), registry), registry) == api
