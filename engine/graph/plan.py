"""The order in which nodes run: depth first from the targets, so that few outputs are alive at a time.

A pure function over a workflow. Lazy inputs are weak: they are not followed until the node asks for them, and then the
executor plans again from there (`done` keeps that linear). Ties go by the order of the file, so the same workflow
always runs in the same order. Cf. dask/order.py on why depth first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence

from engine.errors import WorkflowError
from engine.graph.workflow import Link, Node, Workflow

_LONGEST_CYCLE_SHOWN = 12


def file_positions(workflow: Workflow) -> dict[str, int]:
    """By node id, its place in the file."""
    return {node_id: position for position, node_id in enumerate(workflow.nodes)}


def order_upstream(
    workflow: Workflow,
    targets: Iterable[str],
    *,
    weak: Callable[[Node], Collection[str]] | None = None,
    done: Container[str] = frozenset(),
    positions: Mapping[str, int] | None = None,
) -> list[str]:
    """The targets and all that they need, sources first.

    Args:
        workflow: Where the nodes are.
        targets: Ids of the nodes that are wanted.
        weak: Names of the inputs of a node that are not wanted (yet); None follows all.
        done: Ids whose outputs are at hand; neither they nor what only they need is planned.
        positions: What `file_positions(workflow)` gives, for callers that plan many times.

    Raises:
        WorkflowError: if the targets depend on a cycle (`dependency_cycle`; `extra_info["cycle"]` lists its nodes) or
            on a node that does not exist (`dangling_link`).
    """
    nodes = workflow.nodes
    places = file_positions(workflow) if positions is None else positions
    order: list[str] = []
    is_finished: dict[str, bool] = {}  # absent: not seen; False: on the path from the target
    for target in sorted(set(targets), key=lambda target: places.get(target, -1)):
        if target in is_finished or target in done:
            continue
        path = [target]
        is_finished[target] = False
        pending = [_sources(nodes, target, weak, places)]
        while path:
            for source in pending[-1]:
                state = is_finished.get(source)
                if state is None and source not in done:
                    is_finished[source] = False
                    path.append(source)
                    pending.append(_sources(nodes, source, weak, places))
                    break
                if state is False:
                    raise cycle_error(workflow, path[path.index(source) :])
            else:
                finished = path.pop()
                pending.pop()
                is_finished[finished] = True
                order.append(finished)
    return order


def _sources(
    nodes: Mapping[str, Node],
    node_id: str,
    weak: Callable[[Node], Collection[str]] | None,
    places: Mapping[str, int],
) -> Iterator[str]:
    """Ids of the nodes that this one reads now, in the order of the file."""
    node = nodes.get(node_id)
    if node is None:
        raise WorkflowError(f"There is no node {node_id!r} to run.", code="dangling_link", node_id=node_id)
    unwanted = weak(node) if weak is not None else ()
    found = [
        value.node_id
        for name, value in node.inputs.items()
        if type(value) is Link and not (unwanted and name in unwanted)
    ]
    for source in found:
        if source not in nodes:
            raise WorkflowError(
                f"Node {node.label} takes an input from node {source!r}, which does not exist.",
                code="dangling_link",
                node_id=node_id,
                linked_node=source,
            )
    if len(found) > 1:
        found.sort(key=places.__getitem__)
    return iter(found)


def cycle_error(workflow: Workflow, cycle: Sequence[str]) -> WorkflowError:
    """The error for nodes of which each reads the next, and the last the first."""
    return WorkflowError(describe_cycle(workflow, cycle), code="dependency_cycle", cycle=list(cycle))


def describe_cycle(workflow: Workflow, cycle: Sequence[str]) -> str:
    """One sentence that lists the nodes in the direction in which data would flow."""
    forward = [workflow.nodes[node_id].label for node_id in reversed(cycle)]
    shown = forward[:_LONGEST_CYCLE_SHOWN]
    more = f" -> ... ({len(forward) - len(shown)} more)" if len(forward) > len(shown) else ""
    return f"These nodes wait for one another in a cycle: {' -> '.join(shown)}{more} -> {forward[0]}."
