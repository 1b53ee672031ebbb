"""The dispatcher: takes jobs in, hands the next one to a free worker, and tells what becomes of it.

What is accepted is on disk before `submit` returns; in memory, a job that waits is its id and its `Job`. Workers are
the business of `engine.workers.crew`, runs under way that of `engine.workers.runs`. A job that the end of a server cut
short runs again at the next start, before all others and marked; the third time it fails instead.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Sequence
from time import time
from typing import Any, Literal, TypeVar

import msgspec

from engine.errors import QueueFull, ShuttingDown, StoreError
from engine.jobs.events import ErrorRecord, JobCancelled, JobEvent, JobFailed, JobQueued
from engine.jobs.job import Job, Submission
from engine.jobs.rows import decode_targets
from engine.jobs.store import Store
from engine.settings import ServerSettings, Settings
from engine.workers.affinity import Needs, read_needs
from engine.workers.catalog import Catalog
from engine.workers.crew import Crew
from engine.workers.ledger import RETRY_S, Ledger
from engine.workers.messages import LogLine, MemoryReport, RunJob, ToServer, Validation
from engine.workers.notices import Listener as Listener
from engine.workers.notices import Notice as Notice
from engine.workers.notices import PreviewShown as PreviewShown
from engine.workers.notices import QueueChanged as QueueChanged
from engine.workers.notices import RunSnapshot as RunSnapshot
from engine.workers.notices import WorkersChanged as WorkersChanged
from engine.workers.notices import WorkerState as WorkerState
from engine.workers.notices import WorkerStatus as WorkerStatus
from engine.workers.recovery import put_back, take_up
from engine.workers.runs import Runs
from engine.workers.supervisor import Death, Worker
from engine.workers.waiting import Waiting

T = TypeVar("T")

_CANCELLED_AT_ONCE = 200
"""So many jobs are written down and told in one turn: in between, others are answered and submit theirs."""

_log = logging.getLogger(__name__)


class Dispatcher:
    """Queue, workers and listeners of one server. Everything is called on its event loop.

    Attributes:
        catalog: The node types as the workers declared them.
    """

    def __init__(self, settings: Settings, server: ServerSettings, store: Store) -> None:
        self.catalog = Catalog()
        self._server = server
        self._store = store
        self._ledger = Ledger(store)
        self._crew = Crew(settings, server, self.catalog, self)
        self._runs = Runs(self._crew, self._ledger, server.interrupt_grace_s, self._put_back, self._forget)
        self._waiting = Waiting(paused=store.paused)
        self._secrets: dict[str, dict[str, Any]] = {}
        self._arriving = 0
        self._is_stopping = False
        self._is_hurried = asyncio.Event()
        self._wake = asyncio.Event()
        self._feeder: asyncio.Task[None] | None = None
        self._requests: set[asyncio.Task[Any]] = set()

    # -- life ------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Take up what an earlier server left unfinished, and start workers in the background."""
        await take_up(self._store, self._ledger, self._waiting)
        self._wake.set()
        self._feeder = asyncio.create_task(self._feed(), name="feeder")
        await self._crew.start()

    async def stop(self) -> None:
        """Accept nothing more, let runs end within the grace time, put back what did not, end the workers."""
        self._is_stopping = True
        if self._feeder is not None:
            self._feeder.cancel()
            await asyncio.wait({self._feeder})
        await self._until_hurried(asyncio.create_task(self._runs.wait_for_all(self._server.shutdown_grace_s)))
        await self._runs.park()
        ending = asyncio.create_task(self._crew.stop())
        await self._until_hurried(ending)
        if not ending.done():
            for worker in self._crew.workers:
                worker.drop()
            await self._ledger.settle()
        await ending
        if self._requests:
            await asyncio.wait(set(self._requests))
        await self._ledger.settle()

    def hurry(self) -> None:
        """Have `stop` wait for next to nothing: what runs is put back, and workers end, now."""
        self._is_hurried.set()

    async def _until_hurried(self, work: asyncio.Task[None]) -> None:
        hurried = asyncio.create_task(self._is_hurried.wait())
        await asyncio.wait({work, hurried}, return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()

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
        if self._is_stopping:
            raise ShuttingDown("The server is stopping and accepts no more prompts.")
        if len(self._waiting) + self._arriving >= self._server.max_queued:
            raise QueueFull(
                f"{len(self._waiting)} prompts are waiting; the server keeps no more than {self._server.max_queued}"
                " (--max-queued). Try again when some have run."
            )
        self._arriving += 1
        return await self._see_through(self._accept(submission))

    async def _accept(self, submission: Submission) -> Job:
        try:
            accepted = await self._store.accept(submission)
        finally:
            self._arriving -= 1
        job = accepted.job
        if accepted.is_new:
            if submission.secrets:
                self._secrets[job.id] = submission.secrets
            self._waiting.add(job)
            self._ledger.tell(job, JobQueued())
            self._tell_queue()
        return job

    def job(self, job_id: str) -> Job | None:
        """A job that waits or runs."""
        run = self._runs.get(job_id)
        return run.job if run is not None else self._waiting.get(job_id)

    def running(self) -> list[Job]:
        """Jobs that run, in the order in which they began."""
        return self._runs.jobs()

    def pending(self) -> list[Job]:
        """Jobs that wait, in order."""
        return self._waiting.in_order()

    def pending_ids(self, offset: int = 0, limit: int | None = None) -> list[str]:
        """A page of the ids of the jobs that wait, in order."""
        return self._waiting.queue.ids(offset, limit)

    def position_of(self, job_id: str) -> int | None:
        """How many jobs wait before this one; None if it does not wait."""
        return self._waiting.queue.position_of(job_id) if job_id in self._waiting else None

    @property
    def remaining(self) -> int:
        """How many jobs wait or run."""
        return len(self._waiting) + len(self._runs)

    async def cancel(self, job_id: str) -> bool:
        """Take a job out of the queue, or stop its run. False if it has ended or is unknown."""
        return bool(await self.cancel_many([job_id]))

    async def cancel_many(self, job_ids: Collection[str]) -> list[str]:
        """Take these jobs out of the queue, or stop their runs. Returns which; others have ended or are unknown."""
        waiting = self._waiting.remove_many(job_ids)
        stopped = {job.id for job in waiting}
        stopped.update(job_id for job_id in job_ids if self._runs.cancel(job_id))
        await self._cancel(waiting)
        return [job_id for job_id in dict.fromkeys(job_ids) if job_id in stopped]

    async def cancel_pending(self) -> int:
        """Take all jobs out of the queue; returns how many."""
        return await self._cancel(self._waiting.clear())

    async def cancel_waiting(self, job_ids: Collection[str]) -> int:
        """Take those of these jobs out of the queue that are in it; returns how many."""
        return await self._cancel(self._waiting.remove_many(job_ids))

    async def _cancel(self, jobs: Sequence[Job]) -> int:
        """These jobs were taken out of the queue."""
        if jobs:
            await self._see_through(self._tell_cancelled(jobs))
        return len(jobs)

    async def _tell_cancelled(self, jobs: Sequence[Job]) -> None:
        for start in range(0, len(jobs), _CANCELLED_AT_ONCE):
            ended: list[Job] = []
            for job in jobs[start : start + _CANCELLED_AT_ONCE]:
                self._secrets.pop(job.id, None)
                ended.append(msgspec.structs.replace(job, state="cancelled", finished_at=time()))
            await self._ledger.save_all(ended)
            for job in ended:
                self._ledger.tell(job, JobCancelled())
        self._tell_queue()

    async def move(self, job_id: str, *, before: str | None = None, to: Literal["front", "end"] | None = None) -> Job:
        """Give a waiting job another place: before another one, or first, or last.

        Raises:
            UnknownJob: One of them does not wait.
            ValueError: Not exactly one of `before` and `to` is given.
        """
        changed = self._waiting.move(job_id, before=before, to=to)
        await self._see_through(self._write_places(changed))
        return self.job(job_id) or changed[0]

    async def set_number(self, job_id: str, number: float) -> Job:
        """Give a waiting job another priority: lower runs first. Raises UnknownJob if it does not wait."""
        changed = self._waiting.set_number(job_id, number)
        await self._see_through(self._write_places(changed))
        return self.job(job_id) or changed[0]

    async def _write_places(self, changed: list[Job]) -> None:
        await self._ledger.save_all(changed)
        self._tell_queue()

    async def pause(self) -> None:
        """Start no more jobs until `resume`, also after a restart. What runs goes on.

        Raises:
            StoreError: It could not be written; the queue is as it was.
        """
        await self._see_through(self._set_paused(True))

    async def resume(self) -> None:
        """Start jobs again. Raises StoreError as `pause` does."""
        await self._see_through(self._set_paused(False))

    async def _set_paused(self, paused: bool) -> None:
        await self._store.set_paused(paused)
        self._waiting.queue.paused = paused
        self._tell_queue()

    @property
    def paused(self) -> bool:
        """Whether no more jobs are started."""
        return self._waiting.queue.paused

    # -- workers ---------------------------------------------------------------------------------------------------

    def workers(self) -> list[WorkerStatus]:
        """How every worker is."""
        return self._crew.statuses()

    def free(self, *, unload_models: bool, forget_outputs: bool) -> None:
        """Have all workers forget models and, or, cached outputs; busy ones do it after their run."""
        self._crew.free(unload_models=unload_models, forget_outputs=forget_outputs)

    async def validate(self, prompt: bytes, targets: tuple[str, ...] | None = None) -> Validation:
        """Have a worker validate a workflow whose nodes have a say in it (`catalog.asked_in_worker`).

        Raises:
            WorkerUnavailable: if no worker answered in time; one that hangs is replaced.
        """
        return await self._see_through(self._crew.validate(prompt, targets))

    async def renew_catalog(self) -> None:
        """Bring node types up to date whose choices change with the world; does nothing if there are none.

        A worker that does not answer in time leaves them as they were.

        Raises:
            WorkerUnavailable: if there is no worker.
        """
        if self.catalog.renews:
            await self._see_through(self._crew.renew_catalog())

    async def filter_prompt(self, body: bytes) -> bytes:
        """The body of a submission (JSON text) after the handlers that packs registered; as it was if none answers.

        Raises:
            WorkerUnavailable: if there is no worker.
        """
        return await self._see_through(self._crew.filter_prompt(body)) if self.catalog.filters_prompts else body

    async def forecast(self, prompt: bytes, targets: tuple[str, ...] | None = None) -> dict[str, str]:
        """By node id, what a run of a workflow (JSON text, API format) would do with it now.

        With several workers, it is what one of them knows.

        Raises:
            WorkerUnavailable: if no worker answered in time; one that hangs is replaced.
        """
        return await self._see_through(self._crew.forecast(prompt, targets))

    async def memory(self) -> list[tuple[int, MemoryReport | None]]:
        """Who holds what, by worker; None for those that do not answer in time."""
        return await self._crew.memory()

    # -- what happens ----------------------------------------------------------------------------------------------

    def snapshot(self, job_id: str) -> RunSnapshot | None:
        """How far a running job is."""
        run = self._runs.get(job_id)
        return run.snapshot() if run is not None else None

    def subscribe(self, listener: Callable[[Notice], None]) -> Callable[[], None]:
        """Have a function called on the event loop with every notice; it must not block. Returns how to end that."""
        return self._ledger.subscribe(listener)

    async def events(self, since: int, job_id: str | None = None, limit: int = 1000) -> list[JobEvent]:
        """The first `limit` events after number `since`; the last some ten thousand with progress, older ones without.

        Raises:
            StoreError: Older ones could not be read.
        """
        return await self._ledger.events(since, job_id, limit)

    def _tell_queue(self) -> None:
        self._ledger.notify(QueueChanged(self.remaining, self.paused))
        self._wake.set()

    # -- what the crew tells (`crew.Boss`) -------------------------------------------------------------------------

    async def on_message(self, worker: Worker, message: ToServer) -> None:
        """A worker said something about its run."""
        await self._runs.on_message(worker, message)

    async def on_death(self, worker: Worker, death: Death, *, was_validating: bool) -> None:
        """A worker's process ended."""
        await self._runs.on_death(worker, death, was_validating=was_validating)

    def on_line(self, text: str) -> None:
        """A worker wrote a line."""
        self._ledger.notify(LogLine(time(), text))

    def on_change(self) -> None:
        """The state of a worker changed."""
        self._ledger.notify(WorkersChanged(tuple(self._crew.statuses())))
        self._wake.set()

    # -- the queue -------------------------------------------------------------------------------------------------

    def _put_back(self, job: Job) -> None:
        put_back(job, self._ledger, self._waiting)
        self._tell_queue()

    def _forget(self, job: Job) -> None:
        """The run of a job has ended, and everybody was told."""
        self._secrets.pop(job.id, None)
        self._tell_queue()

    async def _feed(self) -> None:
        """Hand the next job to an idle worker, whenever there are both."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                while await self._start_next():
                    pass
            except Exception:  # one job's trouble must not keep the others waiting
                _log.exception("Handing over a job failed.")

    def _next(self) -> Job | None:
        return self._waiting.first() if self._crew.idle() and not self._is_stopping else None

    async def _start_next(self) -> bool:
        """Start the first job of the queue; False if there is none, or nobody to run it."""
        job = self._next()
        if job is None:
            return False
        try:
            texts = await self._store.texts(job.id)
            if texts is None:
                raise StoreError("What was asked for is no longer in the database of jobs.")
            needs = await self._read_needs(texts.prompt)
        except StoreError as error:
            await self._bear(error, job)
            return True
        if self._next() is job:  # nothing that matters has changed meanwhile
            worker = self._crew.choose(needs, self._crew.idle())
            self._waiting.remove(job.id)
            message = RunJob(
                job_id=job.id,
                prompt=texts.prompt,
                targets=decode_targets(texts.targets),
                client_id=job.client_id,
                extra_data=texts.extra_data,
                secrets=self._secrets.get(job.id, {}),
            )
            await self._runs.begin(worker, job, message, needs)
        return True

    async def _read_needs(self, prompt: bytes) -> Needs:
        registry = self.catalog.registry
        if len(self._crew.workers) < 2 or registry is None:
            return Needs()
        return await asyncio.to_thread(read_needs, prompt, registry)

    async def _bear(self, problem: StoreError, job: Job) -> None:
        """A job could not be read: if it alone is at fault, it fails; if the database is, all wait."""
        try:
            await self._store.check()
        except StoreError as trouble:
            _log.error("No job can be started at present: %s", trouble)
            await asyncio.sleep(RETRY_S)
            return
        if self._waiting.remove(job.id) is None:
            return
        error = ErrorRecord(type="store_error", message=f"The job could not be started. {problem}")
        job = msgspec.structs.replace(job, state="failed", finished_at=time(), error=error)
        await self._ledger.save(job)
        self._ledger.tell(job, JobFailed(error))
        self._forget(job)

    async def _see_through(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something to its end, even if whoever asked for it is cancelled meanwhile."""
        task = asyncio.create_task(work)
        self._requests.add(task)
        task.add_done_callback(self._finish_request)
        return await asyncio.shield(task)

    def _finish_request(self, task: asyncio.Task[Any]) -> None:
        self._requests.discard(task)
        if not task.cancelled():
            task.exception()  # told to whoever asked, if somebody still waits
