"""`/queue`, `/interrupt` and `/free`: what waits and runs, and how to stop it."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from engine.jobs.job import Job
from engine.server.bodies import field_of, read_object
from engine.server.keys import DISPATCHER, STORE
from engine.server.pieces import Pieces
from engine.server.prompts import read_job_ids

routes = web.RouteTableDef()

_BATCH = 100
_ENCODER = msgspec.json.Encoder()


@routes.get("/queue")
async def list_queue(request: web.Request) -> web.StreamResponse:
    """All jobs that run, and all that wait, in order, with their workflows."""
    dispatcher, store = request.app[DISPATCHER], request.app[STORE]
    running, pending = dispatcher.running(), dispatcher.pending()
    pieces = Pieces(request)
    for opening, jobs in ((b'{"queue_running":[', running), (b'],"queue_pending":[', pending)):
        await pieces.add(opening)
        separator = b""
        start = 0
        while batch := jobs[start : start + _BATCH]:
            found = await store.texts_of_jobs([job.id for job in batch])
            start += len(found)
            for job, texts in zip(batch, found, strict=False):
                if texts is not None:
                    await pieces.add(separator, *write_item(job, *texts))
                    separator = b","
    await pieces.add(b"]}")
    return await pieces.end()


def write_item(job: Job, prompt: bytes, extra_data: bytes, targets: bytes) -> list[bytes | memoryview]:
    """`[number, id, prompt, extra_data, outputs to execute]`, in parts: what is stored as text is sent as it is."""
    known = _ENCODER.encode(known_extra(job))
    number, job_id = _ENCODER.encode(number_of(job)), _ENCODER.encode(job.id)
    extra = (known,) if extra_data == b"{}" else (known[:-1], b",", memoryview(extra_data)[1:])
    return [b"[", number, b",", job_id, b",", prompt, b",", *extra, b",", targets, b"]"]


def known_extra(job: Job) -> dict[str, Any]:
    """What the extra data of an item says of the job itself."""
    extra: dict[str, Any] = {"create_time": int(job.created_at * 1000)}
    if job.client_id:
        extra["client_id"] = job.client_id
    return extra


def number_of(job: Job) -> float:
    """The job's number, without a decimal point if it is whole."""
    return int(job.number) if job.number.is_integer() else job.number


@routes.post("/queue")
async def change_queue(request: web.Request) -> web.Response:
    """Take jobs out of the queue, some or all; those that run go on."""
    body = await read_object(request)
    clears, ids = field_of(body, "clear", bool), read_job_ids(body, "delete")
    dispatcher = request.app[DISPATCHER]
    if clears:
        await dispatcher.cancel_pending()
    if ids:
        await dispatcher.cancel_waiting(ids)
    return web.Response()


@routes.post("/interrupt")
async def interrupt(request: web.Request) -> web.Response:
    """Stop the run of a job, or, if none is named (an empty name is none), all that run."""
    body = await read_object(request, allow_empty=True)
    job_id = field_of(body, "prompt_id", str)
    dispatcher = request.app[DISPATCHER]
    for job in dispatcher.running():
        if not job_id or job_id == job.id:
            await dispatcher.cancel(job.id)
    return web.Response()


@routes.post("/free")
async def free(request: web.Request) -> web.Response:
    """Have workers unload models and, or, forget cached outputs, once they do nothing else."""
    body = await read_object(request, allow_empty=True)
    unloads = field_of(body, "unload_models", bool) or False
    forgets = field_of(body, "free_memory", bool) or False
    if unloads or forgets:
        # Freeing memory includes the models, as with the server that clients know.
        request.app[DISPATCHER].free(unload_models=unloads or forgets, forget_outputs=forgets)
    return web.Response()
