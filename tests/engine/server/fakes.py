"""A dispatcher without workers, for tests of the server: jobs are stored for real, runs are told by the test."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Literal

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from engine.errors import QueueFull, ShuttingDown
from engine.graph.registry import Registry
from engine.jobs.events import (
    ErrorRecord,
    Event,
    JobCancelled,
    JobEvent,
    JobFailed,
    JobQueued,
    JobStarted,
    JobSucceeded,
    NodeFinished,
    NodesCached,
    NodeStarted,
    Ui,
)
from engine.jobs.job import Job, JobResult, JobState, NodeRecord, Submission
from engine.jobs.rows import decode_targets
from engine.jobs.store import Store
from engine.server.app import make_app
from engine.server.connection import Runner
from engine.settings import ServerSettings, Settings
from engine.workers.catalog import Catalog
from engine.workers.declaring import declare
from engine.workers.dispatch import Dispatcher
from engine.workers.messages import MemoryReport, Validation
from engine.workers.notices import Listener, Notice, QueueChanged, RunSnapshot, WorkerStatus
from tests.engine.graph.examples import REGISTRY

VALUE = {
    "1": {"class_type": "Value", "inputs": {"value": 3}},
    "2": {"class_type": "Show", "inputs": {"source": ["1", 0]}},
}
"""A workflow of `REGISTRY` that can run."""


class FakeDispatcher(Dispatcher):
    """A `Dispatcher` that runs nothing by itself.

    `start_next` starts the first waiting job, `tell` makes an event of it, `finish` ends it. With `is_automatic` a job
    runs through as soon as it is accepted: all its nodes, and a text as the output of each target.

    Attributes:
        told: Every notice so far.
        freed: Arguments of every call of `free`.
        cancelled: Ids given to `cancel`.
    """

    def __init__(
        self,
        store: Store,
        server: ServerSettings | None = None,
        registry: Registry = REGISTRY,
        *,
        automatic: bool = False,
    ) -> None:
        self.catalog = Catalog()
        self.catalog.registry = registry
        self.catalog._declarations = {str(one.get("type")): one for one in declare(registry)[0]}  # pyright: ignore[reportPrivateUsage]
        self.catalog.etag = "fake"
        self.catalog.versions = {"skein": "0", "python": "3"}
        self.store = store
        self.server = server or ServerSettings()
        self.is_automatic = automatic
        self.is_stopping = False
        self.told: list[Notice] = []
        self.freed: list[tuple[bool, bool]] = []
        self.cancelled: list[str] = []
        self.snapshots: dict[str, RunSnapshot] = {}
        self.validation: Validation | Exception = Validation(request_id=0)
        self.statuses: list[WorkerStatus] = []
        self._waiting: dict[str, Job] = {}
        self._runs: dict[str, Job] = {}
        self._results: dict[str, JobResult] = {}
        self._listeners: list[Listener] = []
        self._events: list[JobEvent] = []
        self._is_paused = False

    # -- what tests do ---------------------------------------------------------------------------------------------

    def notify(self, notice: Notice) -> None:
        """Tell every listener."""
        self.told.append(notice)
        for listener in list(self._listeners):
            listener(notice)

    def tell(self, job: Job, event: Event) -> JobEvent:
        """Make an event of a job: store it and tell every listener."""
        made = JobEvent(self.store.next_seq(), job.id, job.client_id, time.time(), event)
        self.store.append(made)
        self._events.append(made)
        self.notify(made)
        return made

    async def start_next(self, *, cached: tuple[str, ...] = ()) -> Job:
        """Start the first waiting job."""
        job = self.pending()[0]
        del self._waiting[job.id]
        job = msgspec.structs.replace(job, state="running", started_at=time.time())
        self._runs[job.id] = job
        self._results[job.id] = JobResult(cached=cached)
        await self.store.save(job)
        self.tell(job, JobStarted(0))
        self.tell(job, NodesCached(cached))
        return job

    def run_node(
        self, job: Job, node_id: str, node_type: str = "Show", ui: Ui | None = None, *, cached: bool = False
    ) -> None:
        """Have a node begin and finish; `cached`: it did not have to run."""
        seconds = 0.0 if cached else 0.1
        if not cached:
            self.tell(job, NodeStarted(node_id, node_type, node_id))
        self.tell(job, NodeFinished(node_id, node_type, node_id, seconds, ui, cached))
        result = self._results[job.id]
        outputs = result.outputs if ui is None else {**result.outputs, node_id: ui}
        nodes = {
            **result.nodes,
            node_id: NodeRecord(node_type=node_type, display_id=node_id, seconds=seconds, cached=cached),
        }
        self._results[job.id] = msgspec.structs.replace(result, outputs=outputs, nodes=nodes)

    def leave(self, job: Job, result: JobResult) -> None:
        """Say what a run that is under way leaves."""
        self._results[job.id] = result

    async def finish(self, job: Job, state: JobState = "succeeded", error: ErrorRecord | None = None) -> Job:
        """End a run."""
        del self._runs[job.id]
        ended = msgspec.structs.replace(job, state=state, finished_at=time.time(), error=error)
        await self.store.save(ended, self._results.pop(job.id))
        self.tell(ended, _ending(state, error))
        self.notify(QueueChanged(self.remaining))
        return ended

    async def run_next(self, ui: Ui | None = None) -> Job:
        """Run the first waiting job to its end; every target shows `ui`."""
        job = await self.start_next()
        texts = await self.store.texts(job.id)
        assert texts is not None
        for target in decode_targets(texts.targets):
            self.run_node(job, target, ui=ui or {"text": ["done"]})
        return await self.finish(job)

    # -- the dispatcher --------------------------------------------------------------------------------------------

    async def start(self) -> None: ...

    async def stop(self) -> None:
        self.is_stopping = True

    async def submit(self, submission: Submission) -> Job:
        if self.is_stopping:
            raise ShuttingDown("The server is stopping.")
        if len(self._waiting) >= self.server.max_queued:
            raise QueueFull(f"{len(self._waiting)} jobs wait already; --max-queued raises the limit.")
        accepted = await self.store.accept(submission)
        job = accepted.job
        if accepted.is_new:
            self._waiting[job.id] = job
            self.tell(job, JobQueued())
            self.notify(QueueChanged(self.remaining))
            if self.is_automatic:
                await self.run_next()
        return job

    def job(self, job_id: str) -> Job | None:
        return self._runs.get(job_id) or self._waiting.get(job_id)

    def running(self) -> list[Job]:
        return list(self._runs.values())

    def pending(self) -> list[Job]:
        return sorted(self._waiting.values(), key=lambda job: (job.number, job.position))

    def pending_ids(self, offset: int = 0, limit: int | None = None) -> list[str]:
        ids = [job.id for job in self.pending()][offset:]
        return ids if limit is None else ids[:limit]

    @property
    def remaining(self) -> int:
        return len(self._waiting) + len(self._runs)

    async def cancel(self, job_id: str) -> bool:
        self.cancelled.append(job_id)
        if (job := self._waiting.pop(job_id, None)) is not None:
            ended = msgspec.structs.replace(job, state="cancelled", finished_at=time.time())
            await self.store.save(ended)
            self.tell(ended, JobCancelled())
            self.notify(QueueChanged(self.remaining))
            return True
        if (job := self._runs.get(job_id)) is not None:
            await self.finish(job, "cancelled")
            return True
        return False

    async def cancel_many(self, job_ids: Collection[str]) -> list[str]:
        return [job_id for job_id in dict.fromkeys(job_ids) if await self.cancel(job_id)]

    async def cancel_pending(self) -> int:
        return await self.cancel_waiting(list(self._waiting))

    async def cancel_waiting(self, job_ids: Collection[str]) -> int:
        return [await self.cancel(job_id) for job_id in job_ids if job_id in self._waiting].count(True)

    def position_of(self, job_id: str) -> int | None:
        ids = self.pending_ids()
        return ids.index(job_id) if job_id in ids else None

    async def move(self, job_id: str, *, before: str | None = None, to: Literal["front", "end"] | None = None) -> Job:
        others = [job for job in self.pending() if job.id != job_id]
        job = self._waiting[job_id]
        place = 0 if to == "front" else len(others)
        if before is not None:
            place = [other.id for other in others].index(before)
        others.insert(place, job)
        for position, other in enumerate(others):
            self._waiting[other.id] = msgspec.structs.replace(other, number=0.0, position=float(position))
        return self._waiting[job_id]

    async def set_number(self, job_id: str, number: float) -> Job:
        self._waiting[job_id] = msgspec.structs.replace(self._waiting[job_id], number=number)
        return self._waiting[job_id]

    async def pause(self) -> None:
        self._is_paused = True
        self.notify(QueueChanged(self.remaining, paused=True))

    async def resume(self) -> None:
        self._is_paused = False
        self.notify(QueueChanged(self.remaining))

    @property
    def paused(self) -> bool:
        return self._is_paused

    def workers(self) -> list[WorkerStatus]:
        return self.statuses

    def free(self, *, unload_models: bool, forget_outputs: bool) -> None:
        self.freed.append((unload_models, forget_outputs))

    async def forecast(self, prompt: bytes, targets: tuple[str, ...] | None = None) -> dict[str, str]:
        """Everything would run."""
        return dict.fromkeys(json.loads(prompt), "runs")

    async def renew_catalog(self) -> None:
        """There is nothing to renew."""

    async def filter_prompt(self, body: bytes) -> bytes:
        """No pack wants to see it."""
        return body

    async def validate(self, prompt: bytes, targets: tuple[str, ...] | None = None) -> Validation:
        if isinstance(self.validation, Exception):
            raise self.validation
        return self.validation

    async def memory(self) -> list[tuple[int, MemoryReport | None]]:
        return []

    def snapshot(self, job_id: str) -> RunSnapshot | None:
        return self.snapshots.get(job_id)

    def subscribe(self, listener: Callable[[Notice], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def events(self, since: int, job_id: str | None = None, limit: int = 1000) -> list[JobEvent]:
        found = [one for one in self._events if one.seq > since and job_id in (None, one.job_id)]
        return found[:limit]


def _ending(state: JobState, error: ErrorRecord | None) -> Event:
    if state == "failed":
        return JobFailed(error or ErrorRecord(type="node_failed", message="It failed."))
    return JobSucceeded(0.1) if state == "succeeded" else JobCancelled("2", "Show")


class _Server(TestServer):
    """A test server on the connections of the real one."""

    async def _make_runner(self, **kwargs: Any) -> web.BaseRunner:
        return Runner(self.app, shutdown_timeout=0.1)


class FakeServer:
    """The application over a `FakeDispatcher`, on a port of loopback.

    Used as `async with FakeServer(tmp_path) as server: await server.client.get("/queue")`. Without a directory, jobs
    are kept in memory and the settings name directories that do not exist.
    """

    client: TestClient[Any, Any]

    def __init__(
        self, directory: Path | None = None, *, automatic: bool = False, registry: Registry = REGISTRY, **server: Any
    ) -> None:
        self.settings = Settings(base_directory=directory or Path("/nonexistent/skein"))
        server.setdefault("in_memory", True)
        self.server_settings = ServerSettings(**server)
        self.store = Store.open(None)
        self.dispatcher = FakeDispatcher(self.store, self.server_settings, registry, automatic=automatic)
        self.app = make_app(self.dispatcher, self.store, self.settings, self.server_settings)

    async def __aenter__(self) -> FakeServer:
        self.client = TestClient(_Server(self.app))
        await self.client.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()
        await asyncio.to_thread(self.store.close)
