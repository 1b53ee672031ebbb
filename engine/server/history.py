"""`/history`: jobs that have ended, with what they left, in the shape of protocol.md 1.5."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from aiohttp import web

from engine.jobs.events import ErrorRecord, JobCancelled
from engine.jobs.job import ENDED, JobDetails, JobResult
from engine.server import protocol
from engine.server.bodies import check_text, field_of, int_param, read_object
from engine.server.keys import SERVER_SETTINGS, STORE
from engine.server.prompts import LONGEST_ID, read_job_ids
from engine.server.queue import known_extra, number_of

routes = web.RouteTableDef()

_BATCH = 50
_MOST = 2**31
_PIECE_BYTES = 2**18


@routes.get("/history")
async def list_history(request: web.Request) -> web.StreamResponse:
    """Ended jobs by id, the oldest first; `offset=-1` means the last `max_items`."""
    most = int_param(request, "max_items", -1, -1, _MOST)
    offset = int_param(request, "offset", 0, -1, _MOST)
    store = request.app[STORE]
    left = most if most >= 0 else _MOST
    if offset < 0:
        counts = await store.counts()
        total = sum(count for state, count in counts.items() if state in ENDED)
        offset = max(0, total - left)
    shows_internals = request.app[SERVER_SETTINGS].shows_internals
    response: web.StreamResponse | None = None
    text = b"{"
    while left > 0:
        wanted = min(left, _BATCH)
        page = await store.details_of(states=ENDED, limit=wanted, offset=offset)
        left, offset, count = left - wanted, offset + wanted, len(page)
        if page:
            if text != b"{":
                text += b","
            text += await asyncio.to_thread(_write_entries, page, shows_internals)
        if count < wanted:
            break
        if left > 0:  # it may be long: what there is goes out, so that it is never in memory as a whole
            response = response or await _begin(request)
            await _write(response, text)
            text = b""
    text += b"}"
    if response is None and len(text) <= _PIECE_BYTES:
        return web.Response(body=text, content_type="application/json", charset="utf-8")
    response = response or await _begin(request)
    await _write(response, text)
    await response.write_eof()
    return response


async def _begin(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    response.content_type = "application/json"
    await response.prepare(request)
    return response


async def _write(response: web.StreamResponse, text: bytes) -> None:
    """In pieces: what is handed over at once is also copied at once, while nobody else is answered."""
    view = memoryview(text)
    for start in range(0, len(view), _PIECE_BYTES):
        await response.write(view[start : start + _PIECE_BYTES])


@routes.get("/history/{prompt_id}")
async def show_job(request: web.Request) -> web.Response:
    """One ended job; nothing if it is unknown, or has not ended."""
    job_id = check_text(request.match_info["prompt_id"], "The id in the path", longest=LONGEST_ID)
    details = await request.app[STORE].details(job_id)
    if details is None or details.job.state not in ENDED:
        return web.json_response({})
    text = await asyncio.to_thread(_write_entries, [details], request.app[SERVER_SETTINGS].shows_internals)
    return web.Response(body=b"{" + text + b"}", content_type="application/json", charset="utf-8")


@routes.post("/history")
async def change_history(request: web.Request) -> web.Response:
    """Forget ended jobs, some or all."""
    body = await read_object(request)
    clears, ids = field_of(body, "clear", bool), read_job_ids(body, "delete")
    if clears:
        await request.app[STORE].delete(None)
    elif ids:
        await request.app[STORE].delete(ids)
    return web.Response()


def _write_entries(page: list[JobDetails], shows_internals: bool) -> bytes:
    """Members of a JSON object, without its braces. Takes the jobs off the list: to free large ones takes long, too."""
    encode = msgspec.json.encode
    entries: list[bytes] = []
    page.reverse()
    while page:
        details = page.pop()
        entry = describe_entry(details, shows_internals=shows_internals)
        entries += encode(details.job.id), b":", encode(entry), b","
    return b"".join(entries[:-1])


def describe_entry(details: JobDetails, *, shows_internals: bool) -> dict[str, Any]:
    """A history entry."""
    job, result = details.job, details.result or JobResult()
    extra = {**details.extra_data, **known_extra(job)}
    return {
        "prompt": [number_of(job), job.id, details.prompt, extra, list(job.targets)],
        "outputs": result.outputs,
        "status": {
            "status_str": "success" if job.state == "succeeded" else "error",
            "completed": job.state == "succeeded",
            "messages": [[one.name, one.data] for one in _messages(details, result, shows_internals)],
        },
        "meta": {node_id: _describe_node(node_id, result) for node_id in result.outputs},
    }


def _describe_node(node_id: str, result: JobResult) -> dict[str, Any]:
    record = result.nodes.get(node_id)
    return {
        "node_id": node_id,
        "display_node": record.display_id if record is not None else node_id,
        "parent_node": record.parent_id if record is not None else None,
        "real_node_id": node_id,
    }


def _messages(details: JobDetails, result: JobResult, shows_internals: bool) -> list[protocol.Message]:
    """What the submitter was told of the run as a whole."""
    job = details.job
    ended_at = job.finished_at or job.created_at
    messages: list[protocol.Message] = []
    if job.started_at is not None:
        messages.append(protocol.execution_start(job.id, job.started_at))
        messages.append(protocol.execution_cached(job.id, result.cached, job.started_at))
    executed = tuple(node_id for node_id, record in result.nodes.items() if not record.cached)
    if job.state == "succeeded":
        messages.append(protocol.execution_success(job.id, ended_at))
    elif job.state == "failed":
        error = job.error or ErrorRecord(type="node_failed", message="The run failed.")
        messages.append(protocol.execution_error(job.id, error, executed, ended_at, shows_internals=shows_internals))
    else:
        error = job.error
        event = JobCancelled(
            node_id=error.node_id if error else "", node_type=error.node_type if error else "", executed=executed
        )
        messages.append(protocol.execution_interrupted(job.id, event, ended_at))
    return messages
