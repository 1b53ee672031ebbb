"""A run as the server sees it: what its events add up to, while it lasts and when it ends.

Every event costs the same however large the workflow is; what is as large as the workflow is made when somebody asks.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from engine.errors import WorkflowError
from engine.graph.document import parse_json_text
from engine.graph.json_values import as_object, as_text
from engine.jobs.events import Event, JobCancelled, NodeFinished, NodeProgress, NodesCached, NodeStarted, Ui
from engine.jobs.job import Job, JobResult, NodeRecord, RunRecord
from engine.workers.messages import NodeAsked, Preview
from engine.workers.notices import RunSnapshot

_LARGEST_READ_BYTES = 2**20


@dataclass(slots=True)
class Run:
    """One attempt of a worker at a job.

    Attributes:
        job: The job as it is now.
        worker: The worker's number.
        prompt: The workflow, JSON text.
        seq: Of the last event told.
        is_cancelled: Somebody asked for its end.
        is_taken: The worker has read the job.
        asked: The node that was asked last whether it has changed; None once anything else has happened.
        is_ending: How it ended is known; what remains is to write it down.
        ended: Set when that is done.
        kill_timer: Ends the worker if an interrupt is not obeyed.
    """

    job: Job
    worker: int
    prompt: bytes
    seq: int = 0
    is_cancelled: bool = False
    is_taken: bool = False
    asked: NodeAsked | None = None
    is_ending: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    kill_timer: asyncio.TimerHandle | None = None
    _running: dict[str, NodeStarted] = field(default_factory=dict[str, NodeStarted])
    _progress: dict[str, NodeProgress] = field(default_factory=dict[str, NodeProgress])
    _cached: dict[str, None] = field(default_factory=dict[str, None])
    _executed: dict[str, None] = field(default_factory=dict[str, None])
    _nodes: dict[str, NodeRecord] = field(default_factory=dict[str, NodeRecord])
    _outputs: dict[str, Ui] = field(default_factory=dict[str, Ui])
    _preview: Preview | None = None
    _stopped_at: tuple[str, str] | None = None

    def note(self, event: Event) -> None:
        """Take in an event of the run."""
        self.asked = None
        match event:
            case NodeStarted():
                self.is_taken = True
                self._running[event.node_id] = event
            case NodeProgress():
                self._progress[event.node_id] = event
            case NodesCached():
                self.is_taken = True
                self._cached.update(dict.fromkeys(event.node_ids))
            case NodeFinished():
                self._finish(event)
            case _:
                pass

    def _finish(self, event: NodeFinished) -> None:
        self._running.pop(event.node_id, None)
        if not event.cached:
            self._executed[event.node_id] = None
        self._nodes[event.node_id] = NodeRecord(
            node_type=event.node_type,
            display_id=event.display_id,
            parent_id=event.parent_id,
            seconds=event.seconds,
            cached=event.cached,
        )
        if event.ui is not None:
            self._outputs[event.display_id] = event.ui

    def stop_waiting_to_kill(self) -> None:
        """The run has ended; its worker need not be."""
        if self.kill_timer is not None:
            self.kill_timer.cancel()

    def stop_at(self, node_id: str, node_type: str, executed: tuple[str, ...], message: str = "") -> JobCancelled:
        """Somebody stopped the run, while this node ran; empty if none did. Returns the event that tells it."""
        self._stopped_at = (node_id, node_type) if node_id else None
        return JobCancelled(node_id, node_type, executed, message)

    def show(self, preview: Preview) -> None:
        """Take in a picture of the run."""
        if not preview.final:
            self._preview = preview

    @property
    def executed(self) -> tuple[str, ...]:
        """Nodes that ran and finished."""
        return tuple(self._executed)

    @property
    def node(self) -> NodeStarted | None:
        """The node that began last among those under way."""
        return next(reversed(self._running.values()), None)

    @property
    def last_finished(self) -> str | None:
        """The node that finished last."""
        return next(reversed(self._executed), None)

    def result(self, record: RunRecord | None = None) -> JobResult:
        """What the run leaves."""
        return JobResult(
            outputs=self._outputs,
            nodes=self._nodes,
            cached=tuple(self._cached),
            record=record,
            stopped_at=self._stopped_at,
        )

    def snapshot(self) -> RunSnapshot:
        """How far the run is."""
        return RunSnapshot(
            job=self.job,
            worker=self.worker,
            seq=self.seq,
            running=tuple(self._running.values()),
            progress=dict(self._progress),
            cached=tuple(self._cached),
            finished=self.executed,
            preview=self._preview,
        )


def read_title(prompt: bytes, node_id: str) -> str:
    """The title that the user gave a node, or nothing: of a large workflow, it isn't worth the time to look."""
    if len(prompt) > _LARGEST_READ_BYTES:
        return ""
    try:
        document = parse_json_text(prompt)
    except WorkflowError:
        return ""
    node = as_object((as_object(document) or {}).get(node_id)) or {}
    return as_text((as_object(node.get("_meta")) or {}).get("title"))
