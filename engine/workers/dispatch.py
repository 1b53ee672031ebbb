"""The dispatcher: takes jobs in, hands the next one to a free worker, and tells what becomes of it.

What is accepted is in the store before `submit` returns; what is in memory of a waiting job is its id and its `Job`.
A job whose worker dies fails at once, with the node and the reason; the worker is replaced (`engine.workers.crew`).
A job that the end of the server cut short runs again, first and marked, at the next start; at the third time it fails.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Literal

import msgspec

from engine.jobs.events import JobEvent
from engine.jobs.job import Job, Submission
from engine.jobs.queue import JobQueue
from engine.jobs.store import Store
from engine.settings import ServerSettings, Settings
from engine.workers.announcer import Announcer
from engine.workers.catalog import Catalog
from engine.workers.messages import MemoryReport, Validation
from engine.workers.notices import Listener as Listener
from engine.workers.notices import Notice as Notice
from engine.workers.notices import PreviewShown as PreviewShown
from engine.workers.notices import QueueChanged as QueueChanged
from engine.workers.notices import RunSnapshot as RunSnapshot
from engine.workers.notices import WorkersChanged as WorkersChanged
from engine.workers.notices import WorkerState as WorkerState
from engine.workers.notices import WorkerStatus as WorkerStatus

_log = logging.getLogger(__name__)


class Dispatcher:
    """Queue, workers and listeners of one server. Everything is called on its event loop.

    Attributes:
        catalog: The node types as the workers declared them.
    """

    def __init__(self, settings: Settings, server: ServerSettings, store: Store) -> None: ...

    # -- life ------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Take up what an earlier server left unfinished, and start workers in the background."""
        ...

    async def stop(self) -> None:
        """Accept nothing more, let runs end within the grace time, put back what did not, end the workers."""
        ...

    # -- jobs ------------------------------------------------------------------------------------------------------

    async def submit(self, submission: Submission) -> Job:
        """Accept a job: it is on disk when this returns, and runs when its turn comes.

        The same submission again (id or idempotency key) gives the same job, whatever became of it.

        Raises:
            JobConflict: Another job has this id or key.
            QueueFull: Too many jobs wait.
            ShuttingDown: The server stops.
            StoreError: It could not be written.
        """
        ...

    def job(self, job_id: str) -> Job | None:
        """A job that waits or runs."""
        ...

    def running(self) -> list[Job]:
        """Jobs that run, in the order in which they began."""
        ...

    def pending(self) -> list[Job]:
        """Jobs that wait, in order."""
        ...

    def pending_ids(self, offset: int = 0, limit: int | None = None) -> list[str]:
        """A page of the ids of the jobs that wait, in order."""
        ...

    @property
    def remaining(self) -> int:
        """How many jobs wait or run."""
        ...

    async def cancel(self, job_id: str) -> bool:
        """Take a job out of the queue, or stop its run. False if it has ended or is unknown."""
        ...

    async def cancel_pending(self) -> int:
        """Take all jobs out of the queue; returns how many."""
        ...

    async def move(self, job_id: str, *, before: str | None = None, to: Literal["front", "end"] | None = None) -> Job:
        """Give a waiting job another place: before another one, or first, or last. Raises KeyError if it does not wait."""
        ...

    async def set_number(self, job_id: str, number: float) -> Job:
        """Give a waiting job another priority: lower runs first. Raises KeyError if it does not wait."""
        ...

    def pause(self) -> None:
        """Start no more jobs until `resume`, also after a restart. What runs goes on."""
        ...

    def resume(self) -> None:
        """Start jobs again."""
        ...

    @property
    def paused(self) -> bool:
        """Whether no more jobs are started."""
        ...

    # -- workers ---------------------------------------------------------------------------------------------------

    def workers(self) -> list[WorkerStatus]:
        """How every worker is."""
        ...

    def free(self, *, unload_models: bool, forget_outputs: bool) -> None:
        """Have all workers forget models and, or, cached outputs; busy ones do it after their run."""
        ...

    async def validate(self, prompt: bytes, targets: tuple[str, ...] | None = None) -> Validation:
        """Have a worker validate a workflow whose nodes have a say in it (`catalog.asked_in_worker`).

        Raises:
            WorkerUnavailable: if no worker answered in time; one that hangs is replaced.
        """
        ...

    async def memory(self) -> list[tuple[int, MemoryReport | None]]:
        """Who holds what, by worker; None for those that do not answer in time."""
        ...

    # -- what happens ----------------------------------------------------------------------------------------------

    def snapshot(self, job_id: str) -> RunSnapshot | None:
        """How far a running job is."""
        ...

    def subscribe(self, listener: Callable[[Notice], None]) -> Callable[[], None]:
        """Have a function called on the event loop with every notice; it must not block. Returns how to end that."""
        ...

    async def events(self, since: int, job_id: str | None = None, limit: int = 1000) -> list[JobEvent]:
        """The first `limit` events after number `since`; the last some ten thousand with progress, older ones without."""
        ...
