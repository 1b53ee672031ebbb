from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.execution.schedule import Schedule, Task
from engine.graph.workflow import Link, Node, Workflow
from tests.engine.execution import tiny
from tests.engine.execution.tiny import Dag, dags, graph


class Bench:
    """A schedule whose nodes are finished by hand."""

    def __init__(self, document: dict[str, Any], known: set[str] | None = None) -> None:
        self.outputs: dict[str, Any] = {}
        self.known = known or set()
        self.schedule = Schedule(Workflow.from_api(document), tiny.REGISTRY, self.outputs, self.recall)

    def recall(self, node_id: str) -> bool:
        if node_id in self.known:
            self.outputs[node_id] = ()
        return node_id in self.known

    def pop(self) -> Task:
        task = self.schedule.pop()
        assert task is not None
        task.is_started = True
        return task

    def finish(self, task: Task) -> list[str]:
        self.outputs[task.node.id] = ()
        unneeded = self.schedule.finish(task)
        for node_id in unneeded:
            del self.outputs[node_id]
        return unneeded

    def run_all(self) -> list[str]:
        order: list[str] = []
        while (task := self.schedule.pop()) is not None:
            task.is_started = True
            order.append(task.node.id)
            self.finish(task)
        return order


@given(dags(), st.data())
def test_outputs_are_held_exactly_until_their_last_reader(dag: Dag, data: st.DataObject):
    known = {f"n{index}" for index in data.draw(st.sets(st.integers(0, len(dag.biases) - 1), max_size=3))}
    bench = Bench(dag.graph(), known)
    bench.schedule.plan([f"show{index}" for index in dag.shown])
    ended: set[str] = set()
    while (task := bench.schedule.pop()) is not None:
        task.is_started = True
        node = task.node
        assert all(value.node_id in bench.outputs for value in node.inputs.values() if type(value) is Link)
        bench.finish(task)
        ended.add(node.id)
        readers = [other for other in bench.schedule.workflow.nodes.values() if other.id not in ended]
        still_read = {value.node_id for other in readers for value in other.inputs.values() if type(value) is Link}
        assert set(bench.outputs) <= still_read
    assert not bench.outputs
    assert {f"show{index}" for index in dag.shown} <= ended
    assert not ended & known


def test_a_later_plan_goes_first_and_moves_nodes_forward():
    bench = Bench(
        graph(
            a=("Value", {}),
            b=("Value", {}),
            c=("Value", {}),
            lazy=("Choose", {"yes": "@c"}),
            end=("Sum", {"a": "@lazy", "b": "@a", "c": "@b"}),
            late=("Sum", {"a": "@c"}),
        )
    )
    bench.schedule.plan(["end", "late"])
    assert bench.finish(bench.pop()) == []  # a
    bench.finish(bench.pop())  # b
    lazy = bench.pop()
    assert lazy.node.id == "lazy"
    assert bench.schedule.wait_for(lazy, ["c"])
    assert [bench.pop().node.id] == ["c"]  # it was planned behind "end"
    assert bench.schedule.pop() is None
    bench.finish(bench.schedule._tasks["c"])
    assert bench.run_all() == ["lazy", "end", "late"]


def test_waiting_for_what_is_there_does_not_wait():
    bench = Bench(graph(c=("Value", {}), lazy=("Choose", {"yes": "@c"})), known={"c"})
    bench.schedule.plan(["lazy"])
    lazy = bench.pop()
    assert not bench.schedule.wait_for(lazy, ["c"])
    assert bench.outputs == {"c": ()}
    assert sorted(bench.finish(lazy)) == ["c", "lazy"]


def test_an_expansion_joins_the_workflow_and_leaves_it_again():
    document = graph(a=("Value", {}), b=("Sum", {"a": "@a"}))
    bench = Bench(document)
    before = bench.schedule.workflow
    bench.schedule.plan(["b"])
    bench.finish(bench.pop())
    parent = bench.pop()
    for _ in range(2):
        bench.schedule.expand(parent, {"b.0": Node("b.0", "Sum", {"a": Link("a", 0)})})
        assert bench.schedule.wait_for(parent, ["b.0"])
        assert bench.schedule.parents["b.0"] is parent
        assert bench.run_all() == ["b.0", "b"]
        assert bench.schedule.collapse("b") == ["b.0"]
        assert bench.schedule.workflow.nodes == before.nodes
        bench.schedule.plan(["b"])  # once more: its outputs were let go
        bench.finish(bench.pop())
        parent = bench.pop()
    assert list(before.nodes) == ["a", "b"]  # never written to


def test_a_deadlock_is_described_as_the_cycle_that_it_is():
    bench = Bench(graph(a=("Choose", {"yes": "@b"}), b=("Sum", {"a": "@a"}), c=("Sum", {"a": "@b"})))
    bench.schedule.plan(["a", "c"])
    a = bench.pop()
    assert bench.schedule.wait_for(a, ["b"])
    assert bench.schedule.pop() is None
    error = bench.schedule.describe_deadlock()
    assert error is not None
    assert sorted(error.extra_info["cycle"]) == ["a", "b"]
    assert Bench({}).schedule.describe_deadlock() is None


@pytest.mark.parametrize("depth", [20_000])
def test_a_deep_deadlock_is_no_recursion(depth: int):
    nodes: dict[str, Any] = {"n0": ("Choose", {"yes": f"@n{depth - 1}"})}
    for index in range(1, depth):
        nodes[f"n{index}"] = ("Sum", {"a": f"@n{index - 1}"})
    bench = Bench(graph(**nodes))
    bench.schedule.plan([f"n{depth - 1}"])
    assert bench.schedule.wait_for(bench.pop(), [f"n{depth - 1}"])
    error = bench.schedule.describe_deadlock()
    assert error is not None
    assert len(error.extra_info["cycle"]) == depth
    assert len(str(error)) < 2000
