"""Files that people shared, as they are: all are read, and what they say in two formats is read as the same."""

from __future__ import annotations

import copy
import random
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import WorkflowError
from engine.graph.core_types import core_registry
from engine.graph.document import read_workflow
from engine.graph.registry import Registry
from engine.graph.schema import MISSING
from engine.graph.values import default_of
from engine.graph.workflow import Link, Node, Workflow
from tests.engine.graph.shared_files import documents, equal_pairs

_NOTHING = Registry()
_MEANINGLESS = {"upload", "choose file to upload", "audioUI", "video-preview", "speak_and_recognation"}


def _differences(canvas: Workflow, prompt: Workflow) -> list[Any]:
    """What the two say differently; a value that one leaves out is its default, unnamed values count by place."""
    found: list[Any] = [("nodes", canvas.nodes.keys() ^ prompt.nodes.keys())] if canvas.nodes != prompt.nodes else []
    found = [entry for entry in found if entry[1]]
    for name in canvas.nodes.keys() & prompt.nodes.keys():
        one, other = canvas.nodes[name], prompt.nodes[name]
        if one.type != other.type or _links(one) != _links(other) or _values(one) != _values(other):
            found.append((name, one.type, _links(one), _links(other), _values(one), _values(other)))
    return found


def _links(node: Node) -> dict[str, Link]:
    return {name: value for name, value in node.inputs.items() if isinstance(value, Link)}


def _values(node: Node) -> Any:
    definition = core_registry().get(node.type)
    if definition is None:
        return [
            value for name, value in node.inputs.items() if not isinstance(value, Link) and name not in _MEANINGLESS
        ]
    values = {declared.name: node.inputs.get(declared.name, default_of(declared)) for declared in definition.inputs}
    return {name: value for name, value in values.items() if value is not MISSING and not isinstance(value, Link)}


def test_every_pair_of_formats_says_the_same() -> None:
    pairs = equal_pairs()
    assert len(pairs) == 94
    different = {
        name: found
        for name, canvas, prompt in pairs
        if (found := _differences(read_workflow(canvas, core_registry()), read_workflow(prompt, core_registry())))
    }
    assert different == {}


@pytest.mark.parametrize("registry", [_NOTHING, core_registry()], ids=["nothing built in", "all built in"])
@pytest.mark.parametrize(("kind", "count"), [("ui", 327), ("api", 123)])
def test_every_file_is_read(registry: Registry, kind: str, count: int) -> None:
    read = [read_workflow(document, registry) for _, document in documents(kind)]
    assert len(read) == count
    assert all(workflow.nodes for workflow in read)


def test_no_link_of_a_file_leads_to_a_node_that_only_the_canvas_knows() -> None:
    for name, document in documents("ui"):
        workflow = read_workflow(document, core_registry())
        lost = [
            link
            for node in workflow.nodes.values()
            for link in _links(node).values()
            if link.node_id not in workflow.nodes
        ]
        assert lost == [], name


_small = [(name, document) for name, document in documents("ui") if len(str(document)) < 60_000]
_rubbish: list[Any] = [None, "", "x", -1, 0, 1e308, float("nan"), 2**70, [], {}, [[]], {"id": 1}, True, [1, 2], "-10"]


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(_small) - 1), st.integers(0, 2**32), st.integers(1, 12))
def test_damaged_files_are_read_or_refused_in_words(which: int, seed: int, wounds: int) -> None:
    document = copy.deepcopy(_small[which][1])
    rng = random.Random(seed)
    for _ in range(wounds):
        _wound(document, rng)
    with suppress(WorkflowError):
        workflow = read_workflow(document, core_registry())
        assert all(
            note.message and isinstance(node, Node) for note in workflow.notes for node in workflow.nodes.values()
        )


def _wound(document: Any, rng: random.Random) -> None:
    """Replace, remove or repeat something somewhere."""
    place = document
    while True:
        keys: list[Any] = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = rng.choice(keys)
        if isinstance(place[key], dict | list) and place[key] and rng.random() < 0.85:
            place = place[key]
            continue
        match rng.randrange(3):
            case 0:
                place[key] = copy.deepcopy(rng.choice(_rubbish))
            case 1:
                del place[key]
            case _ if isinstance(place, list):
                place.append(copy.deepcopy(place[key]))
            case _:
                place[key] = copy.deepcopy(rng.choice(keys))
        return
