"""Runs under way: what workers say about them, how they end, and what becomes of one whose worker dies.

A death is the job's own doing and fails it at once, with two exceptions, after which the job runs again: the worker had
not even read the job, or it was also validating somebody else's workflow. If somebody has cancelled the run, its job is
cancelled then.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from time import time

import msgspec

from engine.graph.workflow import Node
from engine.jobs.events import ErrorRecord, Event, JobCancelled, JobFailed, JobStarted, JobSucceeded
from engine.jobs.job import MAX_DEATHS, Job, JobResult, JobState
from engine.workers.affinity import Needs
from engine.workers.channel import ChannelError
from engine.workers.crew import Crew
from engine.workers.ledger import Ledger
from engine.workers.messages import (
    EventTold,
    InterruptRun,
    LogLine,
    NodeAsked,
    PackMessage,
    PackText,
    Preview,
    RunEnded,
    RunJob,
    RunRecorded,
    RunTaken,
    ToServer,
)
from engine.workers.notices import PreviewShown
from engine.workers.run import Run, read_title
from engine.workers.supervisor import Death, Worker

_UNRECORDED_KEPT = 100
_FREED_AT_ONCE = 2_000

_log = logging.getLogger(__name__)


class Runs:
    """The runs of all workers.

    Args:
        crew: The workers.
        ledger: Where what happens is written and told.
        interrupt_grace_s: After this time an interrupt that isn't obeyed becomes a kill.
        put_back: Called with a job that is to wait again, before all others.
        on_end: Called when a run has ended and its job is told about.
    """

    def __init__(
        self,
        crew: Crew,
        ledger: Ledger,
        interrupt_grace_s: float,
        put_back: Callable[[Job], None],
        on_end: Callable[[Job], None],
    ) -> None:
        self._crew = crew
        self._ledger = ledger
        self._interrupt_grace_s = interrupt_grace_s
        self._put_back = put_back
        self._on_end = on_end
        self._runs: dict[str, Run] = {}
        self._unrecorded: OrderedDict[str, tuple[Job, JobResult]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._runs)

    def get(self, job_id: str) -> Run | None:
        """The run of this job, if there is one."""
        return self._runs.get(job_id)

    def jobs(self) -> list[Job]:
        """Jobs that run, in the order in which they began."""
        return [run.job for run in self._runs.values()]

    # -- beginning -------------------------------------------------------------------------------------------------

    async def begin(self, worker: Worker, job: Job, message: RunJob, needs: Needs) -> None:
        """Give a job to a worker that is idle."""
        job = msgspec.structs.replace(job, state="running", started_at=time())
        run = self._runs[job.id] = Run(job, worker.number, message.prompt)
        self._crew.take(worker, job.id, needs)
        self._ledger.save(job)
        run.seq = self._ledger.tell(job, JobStarted(worker=worker.number, restarted=job.restarted))
        try:
            worker.send(message)
        except ChannelError as error:  # nothing was sent
            record = ErrorRecord(type="workflow_too_large", message=f"The job cannot be handed to a worker. {error}")
            await self._conclude(run, JobFailed(record), run.result())
            self._crew.release(worker)

    # -- what workers say ------------------------------------------------------------------------------------------

    async def on_message(self, worker: Worker, message: ToServer) -> None:
        """Take in what a worker says; about jobs that it does not run, nothing."""
        match message:
            case EventTold():
                if (run := self._run_of(worker, message.job_id)) is not None:
                    run.note(message.event)
                    run.seq = self._ledger.tell(run.job, message.event)
            case NodeAsked():
                if (run := self._run_of(worker, message.job_id)) is not None:
                    run.asked = message
            case Preview():
                if (run := self._run_of(worker, message.job_id)) is not None:
                    run.show(message)
                    self._ledger.notify(PreviewShown(message, run.job.client_id))
            case RunTaken():
                if (run := self._run_of(worker, message.job_id)) is not None:
                    run.is_taken = True
            case RunEnded():
                if (run := self._run_of(worker, message.job_id)) is not None:
                    await self._end(run, message)
                if worker.job_id == message.job_id:
                    self._crew.release(worker)
            case RunRecorded():
                self._add_record(message)
            case PackMessage() | PackText() | LogLine():
                self._ledger.notify(message)
            case _:
                _log.warning("Worker %d said %s out of turn.", worker.number, type(message).__name__)

    def _run_of(self, worker: Worker, job_id: str) -> Run | None:
        run = self._runs.get(job_id)
        return run if run is not None and run.worker == worker.number and not run.is_ending else None

    async def _end(self, run: Run, message: RunEnded) -> None:
        executed = message.executed or run.executed
        event: JobSucceeded | JobFailed | JobCancelled
        match message.state:
            case "succeeded":
                event = JobSucceeded(message.seconds)
            case "cancelled":
                event = run.stop_at(message.node_id, message.node_type, executed)
            case _:
                error = message.error or ErrorRecord(type="node_failed", message="The run failed; no reason was given.")
                event = JobFailed(error, executed)
        result = run.result(message.record)
        if message.record is None:
            self._unrecorded[run.job.id] = (await self._conclude(run, event, result), result)
            if len(self._unrecorded) > _UNRECORDED_KEPT:
                self._unrecorded.popitem(last=False)
        else:
            await self._conclude(run, event, result)

    def _add_record(self, message: RunRecorded) -> None:
        job, result = self._unrecorded.pop(message.job_id, (None, None))
        if job is not None and result is not None:
            saving = self._ledger.save(job, msgspec.structs.replace(result, record=message.record))
            self._ledger.spawn(free_slowly(result, saving))

    async def _conclude(
        self,
        run: Run,
        event: JobSucceeded | JobFailed | JobCancelled,
        result: JobResult,
        error: ErrorRecord | None = None,
    ) -> Job:
        """Write down the end of a run, and only then tell it: who is told finds it in the history."""
        run.is_ending = True
        run.stop_waiting_to_kill()
        state, error = _outcome(event, error)
        job = msgspec.structs.replace(run.job, state=state, finished_at=time(), error=error)
        await self._ledger.save(job, result)
        self._ledger.spawn(free_slowly(result))
        self._forget(run)
        self._ledger.tell(job, event)
        self._on_end(job)
        return job

    def _forget(self, run: Run) -> None:
        run.stop_waiting_to_kill()
        self._runs.pop(run.job.id, None)
        run.ended.set()

    # -- deaths ----------------------------------------------------------------------------------------------------

    async def on_death(self, worker: Worker, death: Death, *, was_validating: bool) -> None:
        """A worker's process ended; so did its run, if it had one."""
        run = self._runs.get(worker.job_id) if worker.job_id is not None else None
        worker.job_id = None
        if run is None:
            return
        deaths = run.job.deaths + 1
        run.job = msgspec.structs.replace(run.job, deaths=deaths)
        is_own_doing = run.is_taken and not (was_validating and death.kind in ("ended", "silent"))
        if is_own_doing or run.is_cancelled or deaths >= MAX_DEATHS:
            await self._fail(run, death)
        else:
            self._restart(run)

    async def _fail(self, run: Run, death: Death) -> None:
        run.is_ending = True
        error = await describe_death(run, death)
        if run.is_cancelled:
            event = run.stop_at(error.node_id, error.node_type, run.executed, error.message)
        else:
            event = JobFailed(error, run.executed)
        await self._conclude(run, event, run.result(), error)

    def _restart(self, run: Run) -> None:
        self._forget(run)
        self._put_back(run.job)

    # -- stopping --------------------------------------------------------------------------------------------------

    def cancel(self, job_id: str) -> bool:
        """Interrupt a run; False if there is none, or it is ending already."""
        run = self._runs.get(job_id)
        if run is None or run.is_ending:
            return False
        if not run.is_cancelled:
            run.is_cancelled = True
            self._crew.workers[run.worker].send(InterruptRun(job_id))
            loop = asyncio.get_running_loop()
            run.kill_timer = loop.call_later(self._interrupt_grace_s, self._kill_disobedient, run)
        return True

    def _kill_disobedient(self, run: Run) -> None:
        worker = self._crew.workers[run.worker]
        if worker.job_id == run.job.id and not run.is_ending:
            worker.kill(
                "interrupt",
                f"did not obey the interrupt within {self._interrupt_grace_s:g} seconds and was stopped",
            )

    async def wait_for_all(self, timeout_s: float) -> None:
        """Wait until no run is under way, but not longer."""
        waiting = [asyncio.create_task(run.ended.wait()) for run in self._runs.values()]
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=timeout_s)
            for task in late:
                task.cancel()

    async def park(self) -> None:
        """The server stops: what still runs waits for the next start; what was cancelled has ended."""
        for run in list(self._runs.values()):
            if run.is_ending:
                await run.ended.wait()
            elif run.is_cancelled:
                node = run.node
                event = run.stop_at(
                    node.node_id if node else "",
                    node.node_type if node else "",
                    run.executed,
                    "The server stopped before the run had obeyed the interrupt.",
                )
                await self._conclude(run, event, run.result())
            else:
                self._restart(run)


async def free_slowly(result: JobResult, until: asyncio.Task[None] | None = None) -> None:
    """Have what a run left be freed some of it at a time: a hundred thousand records together hold up everybody.

    Args:
        result: Whoever still needs it keeps it.
        until: Nothing is let go before this is done.
    """
    held: list[object] = [*result.cached, *result.outputs.values(), *result.nodes, *result.nodes.values()]
    del result
    if until is not None:
        await asyncio.wait({until})
    while held:
        del held[-_FREED_AT_ONCE:]
        await asyncio.sleep(0)


def _outcome(event: Event, error: ErrorRecord | None) -> tuple[JobState, ErrorRecord | None]:
    match event:
        case JobSucceeded():
            return "succeeded", None
        case JobFailed():
            return "failed", event.error
        case _:
            return "cancelled", error


async def describe_death(run: Run, death: Death) -> ErrorRecord:
    """Why a run ended when its worker died: which node, and what happened."""
    node, doing = run.node, "ran"
    if node is None and run.asked is not None:
        node, doing = run.asked, "was asked whether it has changed (IS_CHANGED)"
    if node is None:
        done = run.last_finished
        place = "Before the first node of the run began" if done is None else f"After node {done!r} had finished"
        message = f"{place}, its worker {death.reason}."
        title = ""
    else:
        title = await asyncio.to_thread(read_title, run.prompt, node.display_id)
        message = (
            f"While node {Node(node.node_id, node.node_type, title=title).label} {doing}, its worker {death.reason}."
        )
    return ErrorRecord(
        type="worker_died" if death.kind == "ended" else "worker_killed",
        message=f"{message} A new worker takes its place.",
        extra_info={"cause": death.kind},
        node_id=node.node_id if node is not None else "",
        node_type=node.node_type if node is not None else "",
        title=title,
    )
