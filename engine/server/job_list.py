"""`/jobs`: the list of jobs that later clients of the existing protocol ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

import msgspec
from aiohttp import web
from msgspec import Struct

from engine.graph.json_values import as_object, as_text, show
from engine.jobs.job import Job, JobResult, JobState, JobTexts
from engine.jobs.reading import Order
from engine.jobs.rows import decode_object, decode_result
from engine.server.bodies import check_text, int_param, read_object, text_param
from engine.server.keys import DISPATCHER, HEAVY, STORE
from engine.server.pieces import Pieces, send_json
from engine.server.prompts import LONGEST_ID, read_job_ids
from engine.server.queue import number_of
from engine.server.refusal import Refusal, not_found
from engine.server.work import Body, Known, Work

routes = web.RouteTableDef()

_STATES: dict[str, JobState] = {
    "pending": "queued",
    "in_progress": "running",
    "completed": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
}
_NAMES = {state: name for name, state in _STATES.items()}
_ORDERS: dict[str, Order] = {"created_at": "created", "execution_duration": "duration"}
_BATCH = 50
_MOST = 2**31


@routes.get("/jobs")
async def list_jobs(request: web.Request) -> web.StreamResponse:
    """A page of jobs in any state."""
    wanted = (text_param(request, "status") or ",".join(_STATES)).split(",")
    states: set[JobState] = {_STATES[_choice("status", name.strip(), _STATES)] for name in wanted if name.strip()}
    order = _ORDERS[_choice("sort_by", text_param(request, "sort_by") or "created_at", _ORDERS)]
    direction = _choice("sort_order", text_param(request, "sort_order") or "desc", ("asc", "desc"))
    limit = int_param(request, "limit", 100, 1, 1_000)
    offset = int_param(request, "offset", 0, 0, _MOST)
    workflow_id = text_param(request, "workflow_id")
    store = request.app[STORE]
    page: list[bytes] = []
    if workflow_id:
        # Which workflow a job belongs to stands in what its pictures carry, so each has to be looked at.
        total, start, count = 0, 0, 1
        while start < count:
            jobs, count = await store.jobs(
                states=states, order=order, descending=direction == "desc", limit=_BATCH, offset=start
            )
            for described in await _describe_all(request, jobs):
                if described.workflow_id == workflow_id:
                    if offset <= total < offset + limit:
                        page.append(described.text)
                    total += 1
            start += _BATCH
    else:
        jobs, total = await store.jobs(
            states=states, order=order, descending=direction == "desc", limit=limit, offset=offset
        )
        page = [described.text for described in await _describe_all(request, jobs)]
    pagination = {"offset": offset, "limit": limit, "total": total, "has_more": offset + len(page) < total}
    body = b'{"jobs":[%b],"pagination":%b}' % (b",".join(page), msgspec.json.encode(pagination))
    return await send_json(request, body)


def _choice(name: str, value: str, choices: Iterable[str]) -> str:
    if value not in choices:
        raise Refusal(
            f"The parameter {name!r} should be one of {', '.join(choices)}, but is {show(value)}.",
            extra_info={"parameter": name},
        )
    return value


@routes.get("/jobs/{job_id}")
async def show_job(request: web.Request) -> web.StreamResponse:
    """One job with its workflow and what it left."""
    job_id = _read_id(request)
    record = await request.app[STORE].record(job_id)
    if record is None:
        raise not_found(f"There is no job {show(job_id)}.", "job_not_found")
    described = await _describe(request, record)
    pieces = Pieces(request)
    await pieces.add(described.text[:-1], b',"outputs":', described.outputs)
    await pieces.add(b',"workflow":{"prompt":', record.prompt, b',"extra_data":', record.extra_data, b"}}")
    return await pieces.end()


class _Described(Struct, frozen=True):
    """A job in a list.

    Attributes:
        workflow_id: Of the canvas document that came with it; empty if there is none.
        text: What the list shows, JSON text of an object.
        outputs: JSON text of what its nodes gave to be shown.
    """

    workflow_id: str
    text: bytes
    outputs: bytes


class _Describe(Work[_Described], frozen=True, kw_only=True):
    """What there is to say of a job; the body is its result, or nothing."""

    job: Job
    extra_data: bytes

    def do(self, known: Known, body: Body) -> _Described:
        """See above."""
        del known
        result = decode_result(bytes(body)) if body else JobResult()
        workflow_id = _workflow_id(decode_object(self.extra_data))
        text = msgspec.json.encode(_list_entry(self.job, result, workflow_id))
        return _Described(workflow_id, text, msgspec.json.encode(result.outputs))


async def _describe(request: web.Request, record: JobTexts) -> _Described:
    result = record.result or b""
    weight = len(record.extra_data) + len(result)
    return await request.app[HEAVY].do(_Describe(job=record.job, extra_data=record.extra_data), result, weight=weight)


async def _describe_all(request: web.Request, jobs: Iterable[Job]) -> list[_Described]:
    found: list[_Described] = []
    for job in jobs:
        if (record := await request.app[STORE].record(job.id)) is not None:
            found.append(await _describe(request, record))
    return found


@routes.post("/jobs/cancel")
async def cancel_jobs(request: web.Request) -> web.Response:
    """Stop several jobs, whether they wait or run; those that have ended stay as they are."""
    ids = read_job_ids(await read_object(request), "job_ids")
    cancelled = await request.app[DISPATCHER].cancel_many(ids)
    return web.json_response({"cancelled": bool(cancelled), "job_ids": cancelled})


@routes.post("/jobs/{job_id}/cancel")
async def cancel_job(request: web.Request) -> web.Response:
    """Stop a job; may be repeated."""
    return web.json_response({"cancelled": await request.app[DISPATCHER].cancel(_read_id(request))})


def _read_id(request: web.Request) -> str:
    return check_text(request.match_info["job_id"], "The id in the path", longest=LONGEST_ID)


def _workflow_id(extra_data: Mapping[str, Any]) -> str:
    pnginfo = as_object(extra_data.get("extra_pnginfo")) or {}
    return as_text((as_object(pnginfo.get("workflow")) or {}).get("id"))


def _list_entry(job: Job, result: JobResult, workflow_id: str) -> dict[str, Any]:
    files = [
        {**cast("dict[str, Any]", shown), "nodeId": node_id, "mediaType": key}
        for node_id, ui in result.outputs.items()
        for key, values in ui.items()
        for shown in values
        if isinstance(shown, dict) and "filename" in shown
    ]
    final = [shown for shown in files if shown.get("type") == "output"] or files
    error = job.error
    return {
        "id": job.id,
        "status": _NAMES[job.state],
        "priority": number_of(job),
        "create_time": _ms(job.created_at),
        "execution_start_time": _ms(job.started_at),
        "execution_end_time": _ms(job.finished_at),
        "execution_error": None
        if error is None
        else {"node_id": error.node_id, "node_type": error.node_type, "exception_message": error.message},
        "outputs_count": len(files),
        "preview_output": final[-1] if final else None,
        "workflow_id": workflow_id or None,
    }


def _ms(at: float | None) -> int | None:
    return None if at is None else int(at * 1000)
