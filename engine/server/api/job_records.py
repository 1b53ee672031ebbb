"""Jobs and their files as clients of `/api/v1` see them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from engine.files import Folder
from engine.jobs.job import NodeRecord, RunRecord
from engine.server.api.records import NodeErrors, NoteView
from engine.server.api.route import Refused

JobState = Literal["queued", "running", "succeeded", "failed", "cancelled"]
NO_SUCH_JOB = Refused(404, "There is no such job.")
JobId = Annotated[str, Meta(min_length=1, max_length=1000)]


class JobError(Struct, frozen=True, kw_only=True):
    """Why a job failed.

    Attributes:
        type: Names the kind of error, for programs.
        message: One or two sentences that name the node.
        details: More for people; may be empty.
        extra_info: JSON values for programs.
        node_id: The node that failed; empty if none did.
        node_type: Its type.
        title: Its title.
        exception_type: The class of the exception.
        traceback: Lines of the traceback; empty unless the server shows its insides (`--verbose DEBUG`).
        inputs: The node's inputs, each in a few words.
    """

    type: str
    message: str
    details: str
    extra_info: dict[str, Any]
    node_id: str
    node_type: str
    title: str
    exception_type: str
    traceback: tuple[str, ...]
    inputs: dict[str, str]


class JobSummary(Struct, frozen=True, kw_only=True):
    """A job in a list: what is short of it, whatever its workflow. All that is known, with its `targets`, is at `url`.

    Attributes:
        id: Its id.
        state: `queued` or `running`, or how it ended.
        priority: Lower runs first.
        queue_position: How many jobs run before it; null if it does not wait.
        client_id: Who is told what happens; empty if nobody said.
        name: What people call it; empty if nobody said.
        created_at: When it was accepted, in seconds since 1970.
        started_at: When its run began.
        finished_at: When it ended.
        seconds: How long its run took.
        restarted: An earlier run of it was cut short.
        deaths: How many runs of it were cut short.
        error: Why it failed; null if it did not.
        url: Where all that is known of it is found.
    """

    id: str
    state: JobState
    priority: float
    queue_position: int | None
    client_id: str
    name: str
    created_at: float
    started_at: float | None
    finished_at: float | None
    seconds: float | None
    restarted: bool
    deaths: int
    error: JobError | None
    url: str


class NodeInProgress(Struct, frozen=True, kw_only=True):
    """A node that is being computed.

    Attributes:
        node_id: The node that runs.
        display_id: The node of the workflow to show it at.
        node_type: Its type.
        value: How far it is; null if it does not say.
        total: Where it ends.
    """

    node_id: str
    display_id: str
    node_type: str
    value: float | None
    total: float | None


class Progress(Struct, frozen=True, kw_only=True):
    """How far a run is.

    Attributes:
        fraction: From 0 to 1, by the number of nodes; nodes that are under way count in part.
        nodes_done: Nodes that ran or did not have to.
        nodes_total: Nodes that the targets depend on, and the targets.
        running: Nodes that are under way.
        seq: Of the last event that this takes into account; `GET /events?since=` goes on from there.
    """

    fraction: float
    nodes_done: int
    nodes_total: int
    running: list[NodeInProgress]
    seq: int


class AssetView(Struct, frozen=True, kw_only=True):
    """A file that a job left.

    Attributes:
        id: Its id.
        job_id: The job that made it: that which wrote the file, whatever later jobs showed it again without having to
            compute it. If it was deleted, the first of those.
        node_id: The node of its workflow that showed it.
        key: Under which key of the node's output it stands (`images`, `audio`, ...).
        index: Its place in that list.
        filename: Without its folder.
        subfolder: Below the directory of its kind; may be empty.
        kind: The directory: `output`, `temp`, or `input` for what a node showed of the input directory.
        media_type: Of its content.
        created_at: In seconds since 1970.
        url: Where its content is.
    """

    id: str
    job_id: str
    node_id: str
    key: str
    index: int
    filename: str
    subfolder: str
    kind: Folder
    media_type: str
    created_at: float
    url: str


class NodeOutput(Struct, frozen=True, kw_only=True):
    """What a node of the workflow gave to be shown.

    Attributes:
        node_id: The node.
        node_type: Its type.
        title: What the user called it; empty if nothing.
        values: Lists of JSON values by key (`images`, `text`, ...), as the node gave them.
        assets: The files among them.
    """

    node_id: str
    node_type: str
    title: str
    values: dict[str, list[Any]]
    assets: list[AssetView]


class JobView(JobSummary, frozen=True, kw_only=True):
    """All that is known of a job, but for its workflow.

    Attributes:
        targets: The output nodes that run.
        progress: How far its run is; null if it does not run.
        outputs: What its nodes gave to be shown, once it has ended.
        nodes: By node id, what became of each node that ran, and how long it took.
        cached: Nodes that did not have to run.
        record: What is needed to repeat the run exactly: versions, device, model files, seeds as they were used.
        notes: What reading the workflow had to drop, fill in or guess.
        node_errors: Only in the reply to a submission: what is wrong with nodes that do not run.
    """

    targets: list[str]
    progress: Progress | None
    outputs: list[NodeOutput]
    nodes: dict[str, NodeRecord]
    cached: list[str]
    record: RunRecord | None
    notes: list[NoteView]
    node_errors: dict[str, NodeErrors] = field(default_factory=dict[str, NodeErrors])


class JobPath(Struct, frozen=True, kw_only=True):
    """Which job.

    Attributes:
        job_id: Its id.
    """

    job_id: JobId
