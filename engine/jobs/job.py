"""The records of jobs: what is submitted, what is kept in memory of each, and what the database knows besides."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from msgspec import Struct, field

from engine.files import Folder
from engine.jobs.events import ErrorRecord, Ui
from engine.provenance import ModelRecord as ModelRecord
from engine.provenance import RunRecord as RunRecord

JobState = Literal["queued", "running", "succeeded", "failed", "cancelled"]
ENDED: frozenset[JobState] = frozenset({"succeeded", "failed", "cancelled"})
MAX_DEATHS = 3
"""So many workers may die under a job before it counts as failed."""


class Submission(Struct, frozen=True, kw_only=True):
    """A prompt that was found valid and is to be accepted.

    Attributes:
        id: The job's id (`prompt_id` on the wire), chosen by the client or by us.
        prompt: The workflow in API format, as submitted; what pictures carry on. An object, or its JSON text.
        targets: Ids of the output nodes to run.
        number: Lower runs first; None takes the next number of the server's counter.
        front: Before everything that waits (a negative number of the counter).
        client_id: The websocket client that is told what happens.
        name: What people call it.
        extra_data: What came along, `extra_pnginfo` above all, without secrets. An object, or its JSON text.
        secrets: Keys and tokens for nodes; kept in memory only, never stored or shown.
        idempotency_key: A second submission with the same key is the same job.
    """

    id: str
    prompt: dict[str, Any] | bytes
    targets: tuple[str, ...]
    number: float | None = None
    front: bool = False
    client_id: str = ""
    name: str = ""
    extra_data: dict[str, Any] | bytes = field(default_factory=dict[str, Any])
    secrets: dict[str, Any] = field(default_factory=dict[str, Any])
    idempotency_key: str | None = None


class Job(Struct, frozen=True, kw_only=True):
    """What is kept in memory of a job that has not ended, and listed of one that has: all but what may be large.

    Attributes:
        id: The job's id.
        state: Where it is in its life.
        number: Lower runs first.
        position: Among equal numbers, lower runs first; by default in the order of acceptance.
        client_id: Who is told what happens.
        name: What people call it; empty if nobody said.
        created_at: Seconds since 1970; so are the other two, None as long as it did not happen.
        deaths: Workers that died under it.
        restarted: A run of it was cut short by a death or by the end of the server.
        error: Why it failed.
    """

    id: str
    state: JobState
    number: float
    position: float
    client_id: str
    created_at: float
    name: str = ""
    started_at: float | None = None
    finished_at: float | None = None
    deaths: int = 0
    restarted: bool = False
    error: ErrorRecord | None = None


class NodeRecord(Struct, frozen=True, gc=False, kw_only=True):
    """What became of one node that ran, or that had something to show."""

    node_type: str
    display_id: str
    parent_id: str | None = None
    seconds: float = 0.0
    cached: bool = False


class JobResult(Struct, frozen=True, kw_only=True):
    """What a job left, complete or as far as it came.

    Attributes:
        outputs: What nodes gave to be shown, by the id of the node of the workflow.
        nodes: By node id.
        cached: Nodes that did not have to run.
        record: How to repeat it; None if the worker did not live to say.
        stopped_at: Id and type of the node that ran when somebody stopped the job; None if nobody did, or none ran.
    """

    outputs: dict[str, Ui] = field(default_factory=dict[str, Ui])
    nodes: dict[str, NodeRecord] = field(default_factory=dict[str, NodeRecord])
    cached: tuple[str, ...] = ()
    record: RunRecord | None = None
    stopped_at: tuple[str, str] | None = None


class JobDetails(Struct, frozen=True, kw_only=True):
    """All that is known of a job. `targets`: output nodes to run."""

    job: Job
    targets: tuple[str, ...]
    prompt: dict[str, Any]
    extra_data: dict[str, Any]
    result: JobResult | None = None


class JobTexts(Struct, frozen=True, kw_only=True):
    """The same, its large parts as the JSON texts that they are stored as: most who ask only pass them on."""

    job: Job
    targets: bytes
    prompt: bytes
    extra_data: bytes
    result: bytes | None = None


class Asked(NamedTuple):
    """What was asked for when a job was submitted, as JSON texts: an object, an object, a list."""

    prompt: bytes
    extra_data: bytes
    targets: bytes


class Asset(Struct, frozen=True, gc=False, kw_only=True):
    """A file that a job showed.

    Attributes:
        id: Names the asset in our own API.
        job_id: The job that showed it; with `node_id` its lineage, if it is the job that wrote it.
        node_id: The node of the workflow that showed it.
        key: Under which key of the node's `ui` (`images`, `audio`, ...).
        index: Its place in that list.
        filename: Without its folder.
        subfolder: Below the directory of its kind; may be empty.
        kind: `output` or `temp` (`input` for what a node showed of the input directory).
        created_at: Seconds since 1970.
        cached: The node did not run: it showed again what it had written for an earlier job.
        maker: Where `cached`: the file as what the job left that wrote it, or, if that was deleted, the first of those
            that showed it again. None if it is this one.
    """

    id: str
    job_id: str
    node_id: str
    key: str
    index: int
    filename: str
    subfolder: str
    kind: Folder
    created_at: float
    cached: bool = False
    maker: Asset | None = None

    @property
    def made(self) -> Asset:
        """The file as what the job left that wrote it."""
        return self.maker or self
