"""`/queue`, `/interrupt` and `/free`: what waits and runs, and how to stop it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
from aiohttp import web

from engine.jobs.job import Job
from engine.jobs.store import Store
from engine.server.bodies import field_of, read_object
from engine.server.keys import DISPATCHER, STORE
from engine.server.prompts import read_job_ids

routes = web.RouteTableDef()

_BATCH = 100
_ENCODER = msgspec.json.Encoder()


@routes.get("/queue")
async def list_queue(request: web.Request) -> web.StreamResponse:
    """All jobs that run, and all that wait, in order, with their workflows."""
    dispatcher, store = request.app[DISPATCHER], request.app[STORE]
    running, pending = dispatcher.running(), dispatcher.pending()
    if len(running) + len(pending) <= _BATCH:
        texts = [b",".join(await _write_items(store, jobs)) for jobs in (running, pending)]
        body = b'{"queue_running":[%b],"queue_pending":[%b]}' % (texts[0], texts[1])
        return web.Response(body=body, content_type="application/json", charset="utf-8")
    # A long queue goes out in pieces, so that it is never in memory as a whole and nobody waits for it.
    response = web.StreamResponse()
    response.content_type = "application/json"
    await response.prepare(request)
    for opening, jobs in ((b'{"queue_running":[', running), (b'],"queue_pending":[', pending)):
        await response.write(opening)
        separator = b""
        for start in range(0, len(jobs), _BATCH):
            if items := await _write_items(store, jobs[start : start + _BATCH]):
                await response.write(separator + b",".join(items))
                separator = b","
    await response.write(b"]}")
    await response.write_eof()
    return response


async def _write_items(store: Store, jobs: Sequence[Job]) -> list[bytes]:
    """Queue items as JSON text: what is stored as text need not be parsed to be sent."""
    texts = await asyncio.gather(*(store.texts(job.id) for job in jobs))
    return [write_item(job, *text) for job, text in zip(jobs, texts, strict=True) if text is not None]


def write_item(job: Job, prompt: bytes, extra_data: bytes) -> bytes:
    """`[number, id, prompt, extra_data, outputs to execute]`."""
    known = _ENCODER.encode(known_extra(job))
    extra = known if extra_data == b"{}" else known[:-1] + b"," + extra_data[1:]
    number, job_id, targets = (_ENCODER.encode(value) for value in (number_of(job), job.id, job.targets))
    return b"[%b,%b,%b,%b,%b]" % (number, job_id, prompt, extra, targets)


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
    """Stop the run of a job, or, if none is named, all that run."""
    body = await read_object(request, allow_empty=True)
    job_id = field_of(body, "prompt_id", str)
    dispatcher = request.app[DISPATCHER]
    for job in dispatcher.running():
        if job_id in (None, job.id):
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
