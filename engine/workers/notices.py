"""What the dispatcher tells the rest of the server: events, and the records that are neither events nor messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.jobs.events import JobEvent, NodeProgress, NodeStarted
from engine.jobs.job import Job
from engine.workers.messages import DeviceInfo, LogLine, PackMessage, PackText, Preview

WorkerState = Literal["starting", "idle", "busy", "dead"]


@dataclass(frozen=True, slots=True)
class QueueChanged:
    """Jobs came or went, or the queue was paused or resumed. `remaining`: jobs that wait or run."""

    remaining: int
    paused: bool = False


@dataclass(frozen=True, slots=True)
class PreviewShown:
    """An unfinished (or, if `preview.final`, a finished) picture of a run of this client."""

    preview: Preview
    client_id: str


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """How a worker is.

    Attributes:
        number: Its place, from 0; stays when the process is replaced.
        pid: Of the process; None if there is none at the moment.
        state: `dead` while it waits to be started again after it could not be started.
        job_id: The job that it runs.
        devices: Its own device first.
        deaths: How many processes have died in this place without having been told to stop.
        started_at: When the process became ready, in seconds since 1970.
        memory_bytes: Resident memory with child processes, as last seen.
        memory_limit_bytes: At which it is replaced.
        failure: Why the last death, or the last failed start, happened; None if there was none.
    """

    number: int
    pid: int | None
    state: WorkerState
    job_id: str | None = None
    devices: tuple[DeviceInfo, ...] = ()
    deaths: int = 0
    started_at: float | None = None
    memory_bytes: int = 0
    memory_limit_bytes: int = 0
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class WorkersChanged:
    """A worker began or ended a run, became ready, died or is being started."""

    workers: tuple[WorkerStatus, ...]


@dataclass(frozen=True, slots=True)
class RunSnapshot:
    """How far a run is, for those who come late. Events up to `seq` are part of it.

    Attributes:
        job: The job as it is now.
        worker: The worker that runs it.
        seq: Of the job's last event.
        running: Nodes that have begun and not finished, in the order in which they began.
        progress: The last word of the nodes that told any, by node id; of finished nodes too.
        cached: Nodes that did not have to run.
        finished: Nodes that ran and finished.
        preview: The last unfinished picture.
    """

    job: Job
    worker: int
    seq: int
    running: tuple[NodeStarted, ...] = ()
    progress: Mapping[str, NodeProgress] = field(default_factory=dict[str, NodeProgress])
    cached: tuple[str, ...] = ()
    finished: tuple[str, ...] = ()
    preview: Preview | None = None


Notice = JobEvent | PreviewShown | QueueChanged | PackMessage | PackText | LogLine | WorkersChanged
Listener = Callable[[Notice], None]
