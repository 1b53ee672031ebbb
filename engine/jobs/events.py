"""What happens to a job, as records that cross from worker to server, to the database and to clients unchanged.

Told apart by `type` on the wire. Times are in seconds. `node_id` names the node that ran, `display_id` the node of the
workflow to show it at (another one where a node expanded), `parent_id` the node whose expansion it belongs to.
Previews and log lines are not events: nobody needs them afterwards. Where a run has many of them, the collector of
garbage need not look at each (`gc=False`): none can be part of a cycle.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

Ui = dict[str, list[Any]]


class ErrorRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a job failed, for people and programs.

    Attributes:
        type: The wire type of an `EngineError`, or `worker_died`, `worker_killed`, `execution_blocked`.
        message: One or two sentences that name the node.
        details: More for people; may be empty.
        extra_info: JSON values for programs.
        node_id: The node that failed; empty if none did.
        node_type: Its type.
        title: Its title.
        exception_type: The dotted name of the exception's class.
        traceback: Lines as Python prints them; shown to clients only with `--verbose DEBUG`.
        inputs: The node's inputs, each in a few words.
    """

    type: str
    message: str
    details: str = ""
    extra_info: dict[str, Any] = field(default_factory=dict[str, Any])
    node_id: str = ""
    node_type: str = ""
    title: str = ""
    exception_type: str = ""
    traceback: tuple[str, ...] = ()
    inputs: dict[str, str] = field(default_factory=dict[str, str])


class JobQueued(Struct, frozen=True, tag="queued"):
    """The job was accepted, or put back after its worker died (`deaths` so far)."""

    deaths: int = 0


class JobStarted(Struct, frozen=True, tag="started"):
    """A worker has begun. `restarted`: an earlier attempt was cut short."""

    worker: int
    restarted: bool = False


class ValueSummary(Struct, frozen=True, gc=False, omit_defaults=True):
    """An output of a node, in short.

    Attributes:
        text: Its first value in at most some 60 characters (`1x4x64x64 fp32`); empty if there is nothing to say.
        count: How many values it has.
    """

    text: str = ""
    count: int = 1


class NodesCached(Struct, frozen=True, gc=False, tag="nodes_cached"):
    """Nodes that need not run. Comes at the start, possibly empty, and again when more are found.

    `values`: by node, its outputs, where they are known. `continues`: there are so many that the next event goes on.
    """

    node_ids: tuple[str, ...]
    values: dict[str, tuple[ValueSummary, ...]] = field(default_factory=dict[str, tuple[ValueSummary, ...]])
    continues: bool = False


class NodeStarted(Struct, frozen=True, gc=False, tag="node_started"):
    """A node is about to be called."""

    node_id: str
    node_type: str
    display_id: str
    parent_id: str | None = None


class NodeProgress(Struct, frozen=True, gc=False, tag="node_progress"):
    """A node tells how far it is, from 0 to `total`. Kept in memory only."""

    node_id: str
    display_id: str
    value: float
    total: float
    parent_id: str | None = None


class NodeText(Struct, frozen=True, gc=False, tag="node_text"):
    """A node says in words what it does. Kept in memory only."""

    node_id: str
    text: str


class NodeFinished(Struct, frozen=True, gc=False, tag="node_finished"):
    """A node is done; `ui` is what it gave to be shown. `cached`: it did not run, this is what it gave when it did.

    `values`: its outputs, if it ran.
    """

    node_id: str
    node_type: str
    display_id: str
    seconds: float
    ui: Ui | None = None
    cached: bool = False
    parent_id: str | None = None
    values: tuple[ValueSummary, ...] = ()


class NodeBlocked(Struct, frozen=True, gc=False, tag="node_blocked"):
    """A node was not called because a blocker with a message reached it; the run goes on."""

    node_id: str
    node_type: str
    display_id: str
    message: str
    parent_id: str | None = None


class JobSucceeded(Struct, frozen=True, tag="succeeded"):
    """The run reached its end."""

    seconds: float


class JobFailed(Struct, frozen=True, tag="failed"):
    """The run ended with an error, or the worker died too often. `executed`: nodes that had finished."""

    error: ErrorRecord
    executed: tuple[str, ...] = ()


class JobCancelled(Struct, frozen=True, tag="cancelled"):
    """Somebody stopped the run (`node_id`: where it was) or took the job out of the queue (`node_id` empty).

    `message`: what there is to say, where the worker had to be killed for it.
    """

    node_id: str = ""
    node_type: str = ""
    executed: tuple[str, ...] = ()
    message: str = ""


Event = (
    JobQueued
    | JobStarted
    | NodesCached
    | NodeStarted
    | NodeProgress
    | NodeText
    | NodeFinished
    | NodeBlocked
    | JobSucceeded
    | JobFailed
    | JobCancelled
)
FINAL = (JobSucceeded, JobFailed, JobCancelled)
"""After one of these nothing more happens to a job."""
TRANSIENT = (NodeProgress, NodeText)
"""Events that are not worth a place in the database."""


class JobEvent(Struct, frozen=True, gc=False):
    """One event of one job, in the order of all events of this server.

    Attributes:
        seq: Grows by at least one from event to event, also across restarts.
        job_id: The job.
        client_id: Who submitted it; empty if nobody said.
        at: When, in seconds since 1970.
        event: What happened.
    """

    seq: int
    job_id: str
    client_id: str
    at: float
    event: Event
