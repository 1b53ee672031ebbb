"""Executor: what all runs share, whichever workflow they run. The run itself is `engine.execution.run`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.execution.cache import OutputCache
from engine.execution.events import Event
from engine.execution.inference import inference_mode
from engine.execution.reporter import Reporter
from engine.execution.run import Run, RunResult
from engine.graph.registry import Registry
from engine.graph.workflow import Workflow
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.context import Submitter
    from engine.memory.pool import Pool


@dataclass(frozen=True, slots=True)
class Executor:
    """What runs need, whichever workflow they run.

    Attributes:
        registry: The node types.
        cache: Outputs of earlier runs.
        settings: For contexts and companions.
        files: The choices of a `ModelFile` folder, for the validation of expansions.
        pool: Gives the pool when a node first asks for it.
    """

    registry: Registry
    cache: OutputCache
    settings: Settings
    files: Callable[[str], Sequence[str]]
    pool: Callable[[], Pool]

    def run(
        self,
        workflow: Workflow,
        targets: Sequence[str],
        *,
        run_id: str = "",
        submitted: Workflow | None = None,
        on_event: Callable[[Event], None] | None = None,
        interrupted: threading.Event | None = None,
        record: Callable[[], Mapping[str, Any]] = dict[str, Any],
        submitter: Submitter | None = None,
    ) -> RunResult:
        """Run what the targets need.

        Args:
            workflow: Validated.
            targets: Nodes whose outputs are wanted, in the order of the file.
            run_id: For the events.
            submitted: The workflow as the user gave it, for the files that nodes save; `workflow` if not given.
            on_event: Receives each event, one at a time; while nodes run beside the compute thread, their progress
                comes from other threads. Must not raise.
            interrupted: Set from anywhere to stop the run.
            record: Gives the record of the run to nodes that ask for it.
            submitter: Who asked for the run; nodes may ask.

        Raises:
            NodeError: if a node fails; nodes that finished before stay cached.
            Interrupted: if the run was stopped.
            WorkflowError: if lazy inputs or expansions close a cycle.
        """
        reporter = Reporter(run_id, on_event)
        run = Run(
            *(self, workflow, targets, submitted or workflow, reporter, interrupted or threading.Event()),
            record,
            submitter,
        )
        with inference_mode():
            return run.execute()
