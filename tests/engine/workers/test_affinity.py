from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.graph.registry import Registry
from engine.workers.affinity import LARGEST_READ_BYTES, Holdings, Needs, choose, read_needs
from tests.engine.workers import awkward

_REGISTRY = Registry([awkward.pick, awkward.give_text, awkward.show])
_NEEDS = st.builds(
    Needs,
    st.frozensets(st.sampled_from(["a", "b", "c", "d"]), max_size=3),
    st.frozensets(st.binary(min_size=1, max_size=1), max_size=3),
)


def _prompt(*names: str, text: str = "") -> bytes:
    nodes: dict[str, Any] = {
        str(place): {"class_type": "Pick", "inputs": {"name": name}} for place, name in enumerate(names)
    }
    nodes["text"] = {"class_type": "Text", "inputs": {"text": text}}
    nodes["show"] = {"class_type": "Show", "inputs": {"value": ["text", 0]}}
    return json.dumps(nodes).encode()


def test_models_and_results_are_found_whatever_the_ids() -> None:
    needs = read_needs(_prompt("a.safetensors", "b.safetensors", text="x"), _REGISTRY)
    assert needs.models == {"checkpoints/a.safetensors", "checkpoints/b.safetensors"}
    assert len(needs.keys) == 4
    other = read_needs(_prompt("b.safetensors", text="x"), _REGISTRY)
    assert len(needs.keys & other.keys) == 3
    changed = read_needs(_prompt("b.safetensors", text="y"), _REGISTRY)
    assert len(needs.keys & changed.keys) == 1


def test_what_cannot_be_read_needs_nothing() -> None:
    cycle = {"1": {"class_type": "Show", "inputs": {"value": ["1", 0]}}}
    dangling = {"1": {"class_type": "Show", "inputs": {"value": ["2", 0]}}}
    large = json.dumps({"1": {"class_type": "Show", "inputs": {"text": "x" * LARGEST_READ_BYTES}}})
    for text in (b"", b"{", b"[]", b'{"1": {}}', json.dumps(cycle).encode(), large.encode()):
        assert read_needs(text, _REGISTRY) == Needs()
    assert read_needs(json.dumps(dangling).encode(), _REGISTRY).models == frozenset()


@given(st.lists(st.lists(_NEEDS, max_size=3), min_size=1, max_size=4), _NEEDS)
def test_the_chosen_one_shares_the_most_models(histories: list[list[Needs]], needs: Needs) -> None:
    holdings = {number: Holdings() for number in range(len(histories))}
    for number, jobs in enumerate(histories):
        holdings[number].jobs.extend(jobs)
    shared = {
        number: len(needs.models & {model for job in jobs for model in job.models})
        for number, jobs in enumerate(histories)
    }
    assert shared[choose(needs, holdings)] == max(shared.values())


@given(_NEEDS, _NEEDS)
def test_a_job_returns_to_where_it_ran(first: Needs, second: Needs) -> None:
    holdings = {0: Holdings(), 1: Holdings()}
    home = choose(first, holdings)
    holdings[home].jobs.append(first)
    if not first.models & second.models and not first.keys & second.keys and first.models:
        assert choose(second, holdings) != home
    if first.models:
        assert choose(first, holdings) == home
