"""What a run would do, without running anything: which nodes have known outputs, which would run, which nobody needs.

Lazy inputs and expansions show only when a node runs: what is behind a lazy input counts as perhaps needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from engine.execution.cache import OutputCache
from engine.execution.known import Known
from engine.graph.plan import file_positions
from engine.graph.registry import Registry
from engine.graph.workflow import Link, Workflow
from engine.settings import Settings

Forecast = Literal["cached", "runs", "perhaps", "unneeded"]


def forecast_run(
    workflow: Workflow, targets: Iterable[str], cache: OutputCache, registry: Registry, settings: Settings
) -> dict[str, Forecast]:
    """By node id, what a run would do with it.

    Args:
        workflow: Validated.
        targets: Nodes whose outputs are wanted.
        cache: Outputs of earlier runs; is only looked at.
        registry: The node types.
        settings: For fingerprints.
    """
    wanted = list(targets)
    known = Known(cache, registry, settings)
    known.add_keys(workflow, wanted, file_positions(workflow))
    found: dict[str, Forecast] = dict.fromkeys(workflow.nodes, "unneeded")
    waiting: list[tuple[str, bool]] = [(node_id, True) for node_id in reversed(wanted)]
    while waiting:
        node_id, is_certain = waiting.pop()
        before = found[node_id]
        if before in ("cached", "runs") or (before == "perhaps" and not is_certain):
            continue
        if known.is_cached(node_id):
            found[node_id] = "cached"
            continue
        found[node_id] = "runs" if is_certain else "perhaps"
        node = workflow.nodes[node_id]
        lazy = {declared.name for declared in registry[node.type].inputs if declared.lazy}
        waiting += [
            (value.node_id, is_certain and name not in lazy)
            for name, value in node.inputs.items()
            if isinstance(value, Link) and value.node_id in found
        ]
    return found
