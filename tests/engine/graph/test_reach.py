"""What reaches what: cycles against networkx, and targets below something bad."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.reach import bad_targets, blocked_by, dependent_targets, find_cycles, readers_of
from engine.graph.workflow import Link, Node, Workflow
from tests.engine.graph.examples import graphs, sources, workflow


def _as_networkx(graph: Workflow) -> nx.DiGraph[str]:
    found: nx.DiGraph[str] = nx.DiGraph(
        [(source, node.id) for node in graph.nodes.values() for source in sources(node)]
    )
    found.add_nodes_from(graph.nodes)
    return found


@given(graphs(acyclic=False))
def test_each_knot_has_one_cycle_named(graph: Workflow) -> None:
    expected = _as_networkx(graph)
    knots = [
        knot
        for knot in nx.strongly_connected_components(expected)
        if len(knot) > 1 or any(expected.has_edge(node_id, node_id) for node_id in knot)
    ]
    cycles = find_cycles(graph, readers_of(graph))
    assert len(cycles) == len(knots)
    for cycle in cycles:
        assert any(set(cycle) <= knot for knot in knots)
        for reader, source in zip(cycle, [*cycle[1:], cycle[0]], strict=True):
            assert source in sources(graph.nodes[reader])


@given(graphs(acyclic=False), st.data())
def test_bad_targets_are_those_that_can_be_reached(graph: Workflow, data: st.DataObject) -> None:
    ids = st.lists(st.sampled_from(sorted(graph.nodes)), unique=True, max_size=5)
    bad, targets = data.draw(ids), data.draw(ids)
    expected = _as_networkx(graph)
    below = {node_id: _below(expected, node_id) & set(targets) for node_id in bad}
    readers = readers_of(graph)
    assert bad_targets(bad, readers, targets) == set().union(*below.values())
    found = dependent_targets(bad, readers, targets)
    assert {node_id: set(found[node_id].ids) if node_id in found else set() for node_id in bad} == below
    assert not any(each.more for each in found.values())


@given(graphs(acyclic=False), st.data())
def test_what_is_blocked_lies_between_something_bad_and_a_target(graph: Workflow, data: st.DataObject) -> None:
    ids = st.lists(st.sampled_from(sorted(graph.nodes)), unique=True, max_size=5)
    bad, targets = data.draw(ids), data.draw(ids)
    expected, readers = _as_networkx(graph), readers_of(graph)
    refused = bad_targets(bad, readers, targets)
    found = blocked_by(bad, readers, refused)
    below = set[str]().union(*(_below(expected, node_id) for node_id in bad))
    assert set(found) == {node_id for node_id in below if _below(expected, node_id) & refused}
    for node_id, cause in found.items():
        assert node_id in _below(expected, cause)
        assert cause in bad
        assert node_id not in bad or cause == node_id


def _below(graph: nx.DiGraph[str], node_id: str) -> set[str]:
    return {other for other in graph if nx.has_path(graph, node_id, other)}


def _fan(sources: int, readers: int) -> Workflow:
    """Each reader reads each source."""
    inputs = {f"x{place}": Link(f"s{place}", 0) for place in range(sources)}
    nodes = [Node(f"s{place}", "A") for place in range(sources)]
    return workflow(*nodes, *(Node(f"r{place}", "A", inputs) for place in range(readers)))


@pytest.mark.parametrize(("sources", "readers"), [(99, 2_000), (2_000, 99), (1, 101), (30_000, 1)])
def test_few_targets_are_named_where_there_are_many(sources: int, readers: int) -> None:
    graph = _fan(sources, readers)
    bad = [f"s{place}" for place in range(sources)]
    targets = [f"r{place}" for place in range(readers)]
    found = dependent_targets(bad, readers_of(graph), targets)
    assert found.keys() == set(bad)
    assert sum(len(each.ids) for each in found.values()) <= max(10_000, sources)
    for each in found.values():
        assert 1 <= len(each.ids) <= 100
        assert list(each.ids) == sorted(targets)[: len(each.ids)]
        assert len(each.ids) + each.more == readers


@pytest.mark.parametrize(("sources", "readers"), [(50, 60), (2_000, 50)])
def test_very_long_ids_are_counted_and_not_repeated(sources: int, readers: int) -> None:
    """Whoever sends 6 MB is not answered with 300."""
    long = "x" * 100_000
    inputs = {f"x{place}": Link(f"s{place}", 0) for place in range(sources)}
    targets = [f"{long if place else 'a'}{place}" for place in range(readers)]
    nodes = [Node(f"s{place}", "A") for place in range(sources)]
    graph = workflow(*nodes, *(Node(target, "A", inputs) for target in targets))
    found = dependent_targets([node.id for node in nodes], readers_of(graph), targets)
    assert len(found) == sources
    assert sum(len(target) for each in found.values() for target in each.ids) <= 1_000_000 + 1_000 * sources
    assert {each.ids[0] for each in found.values()} == {"a0"}
    assert {len(each.ids) + each.more for each in found.values()} == {readers}


def test_dangling_links_have_no_readers() -> None:
    assert readers_of(workflow(Node("1", "A", {"x": Link("gone", 0), "y": Link("1", 0)}))) == {"1": ["1"]}
