"""What the nodes of a run may ask of the engine: a `Context` for each that wants one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from engine.execution.reporter import Reporter
from engine.execution.schedule import Schedule
from engine.graph.workflow import Node, Workflow

if TYPE_CHECKING:
    from engine.context import Context, Submitter
    from engine.execution.executor import Executor


@dataclass(frozen=True, slots=True)
class _RunningGraph:
    """See `engine.context.RunningGraph`."""

    schedule: Schedule
    reporter: Reporter

    @property
    def nodes(self) -> Mapping[str, Node]:
        return self.schedule.workflow.nodes

    def display_of(self, node_id: str) -> str:
        return self.reporter.place_of(node_id)[0]

    def parent_of(self, node_id: str) -> str | None:
        return self.reporter.place_of(node_id)[1]


@dataclass(slots=True)
class Contexts:
    """Makes the contexts of one run. Attributes: see `Executor.run`, and `schedule` for the nodes as they are now."""

    executor: Executor
    schedule: Schedule
    reporter: Reporter
    submitted: Workflow
    interrupted: threading.Event
    record: Callable[[], Mapping[str, Any]]
    submitter: Submitter | None
    _prompt: dict[str, Any] | None = field(default=None, init=False)

    def make(self, node: Node) -> Context:
        """The context of a node that is about to be called."""
        from engine.context import Context, Submitter

        if self._prompt is None:
            self._prompt = self.submitted.to_api()
        return Context(
            settings=self.executor.settings,
            pool=self.executor.pool(),
            node_id=node.id,
            prompt=self._prompt,
            extra_pnginfo=self.submitted.extra,
            interrupted=self.interrupted,
            record=self.record,
            timings=self.reporter.timings,
            submitter=self.submitter or Submitter(),
            graph=_RunningGraph(self.schedule, self.reporter),
            on_progress=partial(self.reporter.progress, node),
            on_preview=partial(self.reporter.preview, node),
            on_picture=partial(self.reporter.picture, node),
            on_text=partial(self.reporter.text, node),
        )
