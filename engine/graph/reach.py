"""What reaches what in a workflow: cycles, and which targets something wrong keeps from running. All linear."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from heapq import nsmallest
from itertools import accumulate, islice
from typing import Any, NamedTuple, cast

from engine.graph.workflow import Link, Workflow

MOST_WALKS = 100
"""Where no more nodes than these are bad, every target that depends on one is found."""
_MOST_NAMED = 100
_MOST_NAMED_IN_ALL = 10_000
"""So many targets are named for one bad node, and for all together; of each node at least one."""
_MOST_CHARACTERS = 1_000
_MOST_CHARACTERS_IN_ALL = 1_000_000
"""So long may their ids be together, for one bad node where many are, and for all."""

Readers = Mapping[str, Sequence[str]]
"""By node id, the nodes that take an input from it, once for each link."""


def readers_of(workflow: Workflow) -> Readers:
    """Who reads whom. Links to nodes that do not exist are left out."""
    readers: dict[str, list[str]] = {}
    for node in workflow.nodes.values():
        for value in node.inputs.values():
            if type(value) is Link and value.node_id in workflow.nodes:
                readers.setdefault(value.node_id, []).append(node.id)
    return readers


def find_cycles(workflow: Workflow, readers: Readers) -> list[list[str]]:
    """One cycle of each knot of nodes that wait for one another, each node reading the next, first of the file first.

    Nodes without a cycle upstream are peeled off first (A. B. Kahn, 1962), so that networkx sees only what is left.
    """
    waiting: dict[str, int] = {}
    for ids in readers.values():
        for node_id in ids:
            waiting[node_id] = waiting.get(node_id, 0) + 1
    ready = [node_id for node_id in workflow.nodes if node_id not in waiting]
    while ready:
        for reader in readers.get(ready.pop(), ()):
            waiting[reader] -= 1
            if not waiting[reader]:
                del waiting[reader]
                ready.append(reader)
    if not waiting:
        return []
    import networkx  # only here, as it takes longer to import than most workflows to check

    rest = cast("Any", networkx.DiGraph())
    rest.add_edges_from((source, reader) for source in waiting for reader in readers.get(source, ()))
    knots: Iterable[set[str]] = networkx.strongly_connected_components(rest)
    places = {node_id: place for place, node_id in enumerate(workflow.nodes)}
    cycles = [
        _cycle_through(workflow, knot, min(knot, key=places.__getitem__))
        for knot in knots
        if len(knot) > 1 or rest.has_edge(*knot, *knot)
    ]
    return sorted(cycles, key=lambda cycle: places[cycle[0]])


def _cycle_through(workflow: Workflow, knot: Collection[str], start: str) -> list[str]:
    """A cycle inside a strongly connected set, found by walking upstream until a node comes again."""
    seen: dict[str, int] = {}
    path: list[str] = []
    node_id = start
    while node_id not in seen:
        seen[node_id] = len(path)
        path.append(node_id)
        inputs = workflow.nodes[node_id].inputs.values()
        node_id = next(value.node_id for value in inputs if type(value) is Link and value.node_id in knot)
    return path[seen[node_id] :]


def bad_targets(bad: Iterable[str], readers: Readers, targets: Collection[str]) -> set[str]:
    """The targets that are bad themselves or have something bad upstream."""
    return _reached(bad, readers).intersection(targets)


class Dependents(NamedTuple):
    """Targets that depend on a node.

    Attributes:
        ids: The first of them, sorted.
        more: How many more were found.
    """

    ids: tuple[str, ...]
    more: int


def dependent_targets(bad: Collection[str], readers: Readers, targets: Collection[str]) -> dict[str, Dependents]:
    """For each bad node, the targets that depend on it.

    Walks from whichever are fewer, but from no more than 100, and names few where there are many or their ids are very
    long, so that time and result stay linear in the nodes.
    """
    most = max(1, min(_MOST_NAMED, _MOST_NAMED_IN_ALL // max(len(bad), 1)))
    characters = max(_MOST_CHARACTERS, _MOST_CHARACTERS_IN_ALL // max(len(bad), 1))
    if len(bad) < len(targets):
        dependents: dict[str, Dependents] = {}
        for node_id in islice(bad, MOST_WALKS):
            found = _reached((node_id,), readers).intersection(targets)
            dependents[node_id] = _name(nsmallest(most, found), len(found), characters)
        return dependents
    sources: dict[str, list[str]] = {}
    for source, ids in readers.items():
        for reader in ids:
            sources.setdefault(reader, []).append(source)
    named: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    for target in nsmallest(MOST_WALKS, targets):
        for node_id in _reached((target,), sources).intersection(bad):
            counts[node_id] = counts.get(node_id, 0) + 1
            if counts[node_id] <= most:
                named.setdefault(node_id, []).append(target)
    return {node_id: _name(ids, counts[node_id], characters) for node_id, ids in named.items()}


def _name(ids: Sequence[str], count: int, most_characters: int) -> Dependents:
    """The first of these, out of so many, as far as their ids are no longer than that together."""
    lengths = accumulate(map(len, ids))
    named = tuple(node_id for node_id, length in zip(ids, lengths, strict=True) if length <= most_characters)
    return Dependents(named, count - len(named))


def blocked_by(bad: Iterable[str], readers: Readers, refused: Iterable[str]) -> dict[str, str]:
    """What keeps refused targets from running: each node between something bad and a refused target, both included.

    Args:
        bad: Nodes with something wrong; of several behind a node the first counts.
        readers: Who reads whom.
        refused: Targets with something bad upstream, or bad themselves.

    Returns:
        By node id, the bad node: its own id if it is bad itself. Nodes on which no refused target depends are left out.
    """
    sources: dict[str, list[str]] = {}
    for source, ids in readers.items():
        for reader in ids:
            sources.setdefault(reader, []).append(source)
    needed = _reached(refused, sources)
    first = [node_id for node_id in bad if node_id in needed]
    found = {node_id: node_id for node_id in first}
    for cause in first:
        pending = [cause]
        while pending:
            for node_id in readers.get(pending.pop(), ()):
                if node_id in needed and node_id not in found:
                    found[node_id] = cause
                    pending.append(node_id)
    return found


def _reached(start: Iterable[str], following: Mapping[str, Sequence[str]]) -> set[str]:
    """All nodes that can be reached, those at the start included."""
    reached = set(start)
    pending = list(reached)
    while pending:
        for node_id in following.get(pending.pop(), ()):
            if node_id not in reached:
                reached.add(node_id)
                pending.append(node_id)
    return reached
