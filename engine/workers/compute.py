"""The compute thread of a worker: runs jobs, one at a time, and frees memory between them.

Whatever a node does that Python can see ends the run, never the thread: an error record says what happened. What only
the process itself could survive (a crash, a kill) is the server's to notice.
"""

from __future__ import annotations

import gc
import logging
import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter

from msgspec import structs

from engine.context import Submitter
from engine.errors import EngineError, Interrupted, WorkflowError
from engine.graph.document import parse_json_text, with_current_names
from engine.graph.json_values import as_object
from engine.graph.workflow import Workflow
from engine.jobs.events import ErrorRecord
from engine.jobs.job import JobState
from engine.provenance import RunRecord
from engine.runtime import Engine
from engine.workers.failure_records import record_failure, utf8
from engine.workers.messages import FreeMemory, RunEnded, RunJob, RunRecorded, RunTaken
from engine.workers.outbox import Outbox
from engine.workers.previews import Previews
from engine.workers.recorder import Recorder
from engine.workers.telling import Teller

log = logging.getLogger(__name__)

_RECORD_WAIT_S = 0.1
"""How long the end of a run may wait for its record: long enough for known hashes, too short for anybody to notice."""


@dataclass(slots=True, eq=False)
class _Job:
    """A job on its way through the thread."""

    message: RunJob
    interrupted: threading.Event = field(default_factory=threading.Event)


class Computer:
    """Owns the engine's compute thread.

    Args:
        engine: What runs workflows.
        outbox: To the server.
        previews: Takes unfinished pictures.
    """

    def __init__(self, engine: Engine, outbox: Outbox, previews: Previews) -> None:
        self._engine = engine
        self._outbox = outbox
        self._previews = previews
        self._recorder = Recorder(engine)
        self._tasks: queue.SimpleQueue[_Job | FreeMemory | None] = queue.SimpleQueue()
        self._jobs: dict[str, _Job] = {}
        self._thread = threading.Thread(target=self._work, name="compute", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def run(self, message: RunJob) -> None:
        """Run a job after what was asked for before."""
        job = self._jobs[message.job_id] = _Job(message)
        self._outbox.put(RunTaken(message.job_id))
        self._tasks.put(job)

    def interrupt(self, job_id: str) -> None:
        """Stop a job, running or not yet begun."""
        job = self._jobs.get(job_id)
        if job is not None:
            job.interrupted.set()

    def free(self, message: FreeMemory) -> None:
        """Free memory when what was asked for before is done."""
        self._tasks.put(message)

    def stop(self) -> None:
        """Interrupt everything, and end; `join` tells when."""
        for job in list(self._jobs.values()):
            job.interrupted.set()
        self._tasks.put(None)

    def join(self, timeout_s: float) -> None:
        """Wait for the end, for some time."""
        self._thread.join(timeout_s)

    # -- the thread -------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                if isinstance(task, FreeMemory):
                    self._engine.free_memory(unload_models=task.unload_models, forget_outputs=task.forget_outputs)
                    gc.collect()
                else:
                    self._run(task)
            except BaseException as error:  # out of memory at the worst moment, for instance
                log.exception("The compute thread failed.")
                if isinstance(task, _Job):
                    said = ErrorRecord(type="internal_error", message=f"The run failed: {type(error).__name__}.")
                    self._outbox.put(RunEnded(job_id=task.message.job_id, state="failed", seconds=0.0, error=said))

    def _run(self, job: _Job) -> None:
        message = job.message
        started = perf_counter()
        teller = Teller(message.job_id, self._outbox, self._previews)
        record: Future[RunRecord | None] | None = None
        state: JobState = "succeeded"
        failure: ErrorRecord | None = None
        try:
            workflow = _read_workflow(message, self._engine)
            record = self._recorder.begin(workflow, message.targets)
            self._engine.run(
                workflow,
                targets=message.targets,
                on_event=teller.on_event,
                run_id=message.job_id,
                interrupted=job.interrupted,
                submitter=Submitter(message.client_id, message.secrets),
            )
        except BaseException as error:
            was_stopped = isinstance(error, Interrupted) or job.interrupted.is_set()
            state = "cancelled" if was_stopped else "failed"
            failure = None if was_stopped else _describe(error, *teller.current)
        finally:
            teller.close()
            self._jobs.pop(message.job_id, None)
        seconds = perf_counter() - started
        if state != "succeeded":
            gc.collect()  # what failed may hold tensors in the frames of its traceback
        node_id, node_type = teller.current if state != "succeeded" else ("", "")
        known = _wait_for(record)
        ended = RunEnded(
            job_id=message.job_id,
            state=state,
            seconds=seconds,
            error=failure,
            node_id=node_id,
            node_type=node_type,
            executed=tuple(teller.executed),
            record=known,
        )
        if not self._outbox.put(ended):
            said = ErrorRecord(type="internal_error", message="How the run ended cannot be told: it is too much.")
            shorter = RunEnded(job_id=message.job_id, state="failed", seconds=seconds, error=said)
            self._outbox.put(shorter)
        if record is not None and known is None:
            record.add_done_callback(partial(self._tell_record, message.job_id))

    def _tell_record(self, job_id: str, record: Future[RunRecord | None]) -> None:
        if (known := record.result()) is not None:
            self._outbox.put(RunRecorded(job_id, known))


def _wait_for(record: Future[RunRecord | None] | None) -> RunRecord | None:
    try:
        return record.result(_RECORD_WAIT_S) if record is not None else None
    except TimeoutError:
        return None


def _describe(error: BaseException, node_id: str, node_type: str) -> ErrorRecord:
    """The record of an exception; one that passed the engine by, `KeyboardInterrupt`, is the last node's."""
    record = record_failure(error, "The run failed")
    if isinstance(error, EngineError) or not node_id:
        return record
    said = record.message.removeprefix("The run failed: ")
    message = f"Node {node_id!r} ({node_type}): {said}"
    return structs.replace(record, type="node_failed", message=message, node_id=node_id, node_type=node_type)


def _read_workflow(message: RunJob, engine: Engine) -> Workflow:
    extra_data = as_object(parse_json_text(message.extra_data, "What came with the prompt")) or {}
    extra = as_object(extra_data.get("extra_pnginfo")) or {}
    workflow = Workflow.from_api(parse_json_text(message.prompt, "The prompt"), extra)
    for node in workflow.nodes.values():
        if utf8(node.id) != node.id:
            raise WorkflowError(f"The node id {node.id[:80]!r} is too long, or no text that UTF-8 can hold.")
    return with_current_names(workflow, engine.registry)
