"""What a run would do is what it then does."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine import Engine, Settings
from engine.execution.events import NodeStarted
from engine.graph.registry import Registry


def _engine() -> Engine:
    return Engine(Settings(device="cpu"), registry=Registry.collect("tests.engine.execution.tiny"))


def _ran(engine: Engine, prompt: dict[str, Any], targets: list[str]) -> set[str]:
    started: set[str] = set()

    def note(event: Any) -> None:
        if isinstance(event, NodeStarted):
            started.add(event.node_id)

    engine.run(engine.load(prompt), targets=targets, on_event=note)
    return started


def _node(type_name: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": type_name, "inputs": inputs}


_graphs = st.lists(st.tuples(st.integers(0, 3), st.lists(st.integers(0, 6), max_size=2)), min_size=2, max_size=7)


@given(_graphs, _graphs)
def test_what_is_told_is_what_runs(first: Any, second: Any) -> None:
    engine = _engine()
    for rows in (first, second):
        prompt = {
            str(index): _node("Sum", bias=value, **({"a": [str(sources[0] % index), 0]} if index and sources else {}))
            for index, (value, sources) in enumerate(rows)
        }
        targets = [str(len(rows) - 1)]
        told = engine.forecast(engine.load(prompt), targets)
        expected = {node_id for node_id, fate in told.items() if fate == "runs"}
        # Equal nodes run once, whichever of them comes first.
        ran = _ran(engine, prompt, targets)
        assert ran <= expected
        assert bool(ran) == bool(expected)


def test_what_nobody_needs_and_what_is_behind_a_lazy_input() -> None:
    engine = _engine()
    prompt = {
        "1": _node("Choose", flag=True, yes=["2", 0], no=["3", 0]),
        "2": _node("Value", value=1),
        "3": _node("Value", value=2),
        "4": _node("Value", value=3),
    }
    told = engine.forecast(engine.load(prompt), ["1"])
    assert told == {"1": "runs", "2": "perhaps", "3": "perhaps", "4": "unneeded"}
    engine.run(engine.load(prompt), targets=["1"])
    assert engine.forecast(engine.load(prompt), ["1"])["1"] == "cached"
