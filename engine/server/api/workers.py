"""Workers and their memory: who computes, who holds what, and how it is freed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from aiohttp import web
from msgspec import Struct

from engine.server.api.route import route
from engine.server.keys import DISPATCHER
from engine.workers.messages import DeviceInfo, Holder
from engine.workers.notices import WorkerStatus


class WorkerView(Struct, frozen=True, kw_only=True):
    """A worker process.

    Attributes:
        number: Its place, from 0; stays when the process is replaced.
        pid: Of the process; null if there is none at the moment.
        state: `dead` while it waits to be started again after it could not be started.
        job_id: The job that it runs.
        devices: Its own device first.
        deaths: How many processes have died in this place without having been told to stop.
        started_at: When the process became ready, in seconds since 1970.
        memory_bytes: What it has of the machine's memory.
        memory_limit_bytes: At which it is replaced.
        failure: Why the last one died or could not be started; null if none did.
    """

    number: int
    pid: int | None
    state: Literal["starting", "idle", "busy", "dead"]
    job_id: str | None
    devices: list[DeviceInfo]
    deaths: int
    started_at: float | None
    memory_bytes: int
    memory_limit_bytes: int
    failure: str | None


class WorkerList(Struct, frozen=True, kw_only=True):
    """Every worker.

    Attributes:
        workers: In the order of their numbers.
        versions: By package, as the workers have them; empty until one was ready.
        notes: What they could not load, in sentences.
    """

    workers: list[WorkerView]
    versions: dict[str, str]
    notes: list[str]


def view_workers(workers: Iterable[WorkerStatus]) -> list[WorkerView]:
    """Workers as clients see them."""
    return [
        WorkerView(
            number=worker.number,
            pid=worker.pid,
            state=worker.state,
            job_id=worker.job_id,
            devices=list(worker.devices),
            deaths=worker.deaths,
            started_at=worker.started_at,
            memory_bytes=worker.memory_bytes,
            memory_limit_bytes=worker.memory_limit_bytes,
            failure=worker.failure,
        )
        for worker in workers
    ]


@route("GET", "/workers")
async def list_workers(request: web.Request) -> WorkerList:
    """The worker processes: what each does, and how often it had to be replaced."""
    dispatcher = request.app[DISPATCHER]
    return WorkerList(
        workers=view_workers(dispatcher.workers()),
        versions=dict(dispatcher.catalog.versions),
        notes=list(dispatcher.catalog.notes),
    )


class WorkerMemory(Struct, frozen=True, kw_only=True):
    """Who holds what in a worker.

    Attributes:
        worker: The worker's number.
        answered: Whether it said so in time; otherwise the rest is empty.
        process_bytes: What the process has of the machine's memory.
        holders: Models and cached outputs of nodes, the largest first.
        devices: Its own device first, and what they have left.
    """

    worker: int
    answered: bool
    process_bytes: int
    holders: list[Holder]
    devices: list[DeviceInfo]


class MemoryView(Struct, frozen=True, kw_only=True):
    """Who holds what.

    Attributes:
        workers: In the order of their numbers.
    """

    workers: list[WorkerMemory]


@route("GET", "/memory")
async def show_memory(request: web.Request) -> MemoryView:
    """Who holds what in each worker: weights of models, cached outputs of nodes."""
    return MemoryView(
        workers=[
            WorkerMemory(worker=number, answered=False, process_bytes=0, holders=[], devices=[])
            if report is None
            else WorkerMemory(
                worker=number,
                answered=True,
                process_bytes=report.process_bytes,
                holders=list(report.holders),
                devices=list(report.devices),
            )
            for number, report in await request.app[DISPATCHER].memory()
        ]
    )


class FreeRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to free.

    Attributes:
        unload_models: Models leave their devices and memory.
        forget_outputs: Cached outputs of nodes are forgotten.
    """

    unload_models: bool = True
    forget_outputs: bool = True


class Freeing(Struct, frozen=True, kw_only=True):
    """What will be freed: at once in workers that are idle, in others after their run.

    Attributes:
        unload_models: Models.
        forget_outputs: Cached outputs of nodes.
        workers: In so many workers.
    """

    unload_models: bool
    forget_outputs: bool
    workers: int


@route("POST", "/memory/free")
async def free_memory(request: web.Request, body: FreeRequest) -> Freeing:
    """Give memory back: by default all that can be."""
    dispatcher = request.app[DISPATCHER]
    if body.unload_models or body.forget_outputs:
        dispatcher.free(unload_models=body.unload_models, forget_outputs=body.forget_outputs)
    return Freeing(
        unload_models=body.unload_models, forget_outputs=body.forget_outputs, workers=len(dispatcher.workers())
    )
