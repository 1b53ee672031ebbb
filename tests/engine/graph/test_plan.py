"""The order of running: topological, complete, deterministic, and sparing with what is kept alive."""

from __future__ import annotations

from collections import deque
from random import Random

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import WorkflowError
from engine.graph.plan import file_positions, order_upstream
from engine.graph.workflow import Link, Node, Workflow
from tests.engine.graph.examples import chain, graphs, sources, upstream, workflow


@st.composite
def _with_targets(draw: st.DrawFn) -> tuple[Workflow, list[str]]:
    graph = draw(graphs())
    return graph, draw(st.lists(st.sampled_from(sorted(graph.nodes)), min_size=1, max_size=4))


@given(_with_targets())
def test_order_is_topological_and_exactly_what_the_targets_need(case: tuple[Workflow, list[str]]) -> None:
    graph, targets = case
    order = order_upstream(graph, targets)
    assert len(order) == len(set(order))
    assert set(order) == upstream(graph, targets)
    place = {node_id: index for index, node_id in enumerate(order)}
    assert all(place[source] < place[node_id] for node_id in order for source in sources(graph.nodes[node_id]))


@given(_with_targets(), st.randoms())
def test_the_order_of_targets_and_inputs_does_not_matter(case: tuple[Workflow, list[str]], random: Random) -> None:
    graph, targets = case
    shuffled = {
        node.id: Node(node.id, node.type, dict(random.sample(list(node.inputs.items()), len(node.inputs))))
        for node in graph.nodes.values()
    }
    again = order_upstream(Workflow(shuffled), random.sample(targets, len(targets)))
    assert again == order_upstream(graph, targets)


@given(_with_targets(), st.data())
def test_what_is_done_is_neither_planned_nor_entered(case: tuple[Workflow, list[str]], data: st.DataObject) -> None:
    graph, targets = case
    order = order_upstream(graph, targets)
    done = set(data.draw(st.lists(st.sampled_from(order), max_size=3)))
    rest = order_upstream(graph, targets, done=done)
    assert done.isdisjoint(rest)
    needed = set(targets) - done | {source for node_id in rest for source in sources(graph.nodes[node_id])}
    assert set(rest) == needed - done


@given(graphs(acyclic=False))
def test_a_cycle_that_is_named_is_a_cycle(graph: Workflow) -> None:
    if nx.is_directed_acyclic_graph(_as_networkx(graph)):
        assert set(order_upstream(graph, graph.nodes)) == set(graph.nodes)
        return
    with pytest.raises(WorkflowError, match="cycle") as caught:
        order_upstream(graph, graph.nodes)
    cycle: list[str] = caught.value.extra_info["cycle"]
    assert caught.value.wire_type == "dependency_cycle"
    for reader, source in zip(cycle, [*cycle[1:], cycle[0]], strict=True):
        assert source in sources(graph.nodes[reader])


def _as_networkx(graph: Workflow) -> nx.DiGraph[str]:
    return nx.DiGraph([(source, node.id) for node in graph.nodes.values() for source in sources(node)])


def _peak_alive(graph: Workflow, order: list[str]) -> int:
    """The most outputs that are kept at one time, when each is dropped after its last reader."""
    uses = {node_id: sum(node_id in sources(node) for node in graph.nodes.values()) for node_id in graph.nodes}
    alive: set[str] = set()
    peak = 0
    for node_id in order:
        alive.add(node_id)
        peak = max(peak, len(alive))
        for source in sources(graph.nodes[node_id]):
            uses[source] -= 1
            if not uses[source]:
                alive.discard(source)
    return peak


def _breadth_first(graph: Workflow) -> list[str]:
    waiting = {node.id: len(sources(node)) for node in graph.nodes.values()}
    ready = deque(node_id for node_id, count in waiting.items() if not count)
    order: list[str] = []
    while ready:
        order.append(ready.popleft())
        for node in graph.nodes.values():
            for _ in range(sources(node).count(order[-1])):
                waiting[node.id] -= 1
                if not waiting[node.id]:
                    ready.append(node.id)
    return order


@settings(max_examples=20)
@given(st.integers(3, 6), st.integers(2, 6))
def test_depth_first_keeps_fewer_outputs_alive_than_breadth_first(branches: int, length: int) -> None:
    nodes = [Node("root", "Value")]
    for branch in range(branches):
        for step in range(length):
            source = "root" if not step else f"{branch}.{step - 1}"
            nodes.append(Node(f"{branch}.{step}", "Add", {"a": Link(source, 0)}))
        previous = f"sum{branch - 1}" if branch else "root"
        nodes.append(Node(f"sum{branch}", "Add", {"a": Link(previous, 0), "b": Link(f"{branch}.{length - 1}", 0)}))
    graph = workflow(*nodes)
    depth_first = order_upstream(graph, [f"sum{branches - 1}"])
    assert _peak_alive(graph, depth_first) < _peak_alive(graph, _breadth_first(graph))


def test_independent_targets_follow_the_order_of_the_file() -> None:
    graph = workflow(*(Node(node_id, "Value") for node_id in ("9", "10", "1")))
    assert order_upstream(graph, ["1", "10", "9"]) == ["9", "10", "1"]


def test_weak_inputs_are_not_followed() -> None:
    graph = workflow(
        Node("a", "Value"), Node("b", "Value"), Node("c", "Choose", {"yes": Link("a", 0), "no": Link("b", 0)})
    )
    assert order_upstream(graph, ["c"], weak=lambda node: {"yes", "no"}) == ["c"]
    assert order_upstream(graph, ["c"], weak=lambda node: {"no"}) == ["a", "c"]


def test_a_chain_of_20_000_nodes_is_no_deeper_than_one_of_ten() -> None:
    graph = chain(20_000)
    order = order_upstream(graph, ["end"], positions=file_positions(graph))
    assert order == list(graph.nodes)


def test_a_missing_source_names_both_ends() -> None:
    graph = workflow(Node("a", "Add", {"a": Link("gone", 0)}))
    with pytest.raises(WorkflowError, match=r"'a' \(Add\).*'gone'") as caught:
        order_upstream(graph, ["a"])
    assert caught.value.wire_type == "dangling_link"
    with pytest.raises(WorkflowError, match="'b'"):
        order_upstream(graph, ["b"])


def test_a_long_cycle_is_named_in_a_short_sentence() -> None:
    nodes = [Node(str(place), "Add", {"a": Link(str((place + 1) % 5000), 0)}) for place in range(5000)]
    with pytest.raises(WorkflowError) as caught:
        order_upstream(workflow(*nodes), ["0"])
    assert len(str(caught.value)) < 500
    assert len(caught.value.extra_info["cycle"]) == 5000
