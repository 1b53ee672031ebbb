"""`/history`: jobs that have ended, with what they left, in the shape that clients of the existing protocol read.

An entry has one key more than they know, `skein`: the record of the run (`engine.provenance.RunRecord`, null if there
is none) and by node id what became of each node, with the seconds it took.
"""

from __future__ import annotations

import logging
from typing import Any

import msgspec
from aiohttp import web
from msgspec import Struct

from engine.errors import EngineError
from engine.jobs.events import ErrorRecord, JobCancelled
from engine.jobs.job import ENDED, Job, JobTexts
from engine.jobs.rows import ResultParts, parts_of_result
from engine.server import protocol
from engine.server.bodies import check_text, field_of, int_param, read_object
from engine.server.keys import HEAVY, STORE
from engine.server.pieces import Pieces
from engine.server.prompts import LONGEST_ID, read_job_ids
from engine.server.queue import write_item
from engine.server.work import Body, Known, Work

routes = web.RouteTableDef()

_log = logging.getLogger(__name__)

_BATCH = 50
_MOST = 2**31
_ENCODER = msgspec.json.Encoder()


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
    pieces = Pieces(request)
    before = b"{"
    while left > 0:
        page, count = await store.texts_of(states=ENDED, limit=min(left, _BATCH), offset=offset)
        if not count:
            break
        left, offset = left - count, offset + count
        for record in page:
            try:
                entry = await _write_entry(request, record)
            except EngineError as error:  # one that is damaged does not hide the others
                _log.warning("Job %s is left out of the history: %s", record.job.id, error)
                continue
            await pieces.add(before, *entry)
            before = b","
        del page
    await pieces.add(b"{}" if before == b"{" else b"}")
    return await pieces.end()


@routes.get("/history/{prompt_id}")
async def show_job(request: web.Request) -> web.StreamResponse:
    """One ended job; nothing if it is unknown, or has not ended."""
    job_id = check_text(request.match_info["prompt_id"], "The id in the path", longest=LONGEST_ID)
    record = await request.app[STORE].record(job_id)
    if record is None or record.job.state not in ENDED:
        return web.json_response({})
    pieces = Pieces(request)
    await pieces.add(b"{", *await _write_entry(request, record), b"}")
    return await pieces.end()


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


async def _write_entry(request: web.Request, record: JobTexts) -> list[bytes | memoryview]:
    """The id and entry of a job as JSON text, in parts: what is stored as text need not be parsed to be sent.

    Raises:
        EngineError: What the job left is damaged.
    """
    entry = await request.app[HEAVY].do(_DescribeResult(job=record.job), record.result or b"")
    item = write_item(record.job, record.prompt, record.extra_data, record.targets)
    parts = (_ENCODER.encode(record.job.id), b':{"prompt":', *item)
    parts = (*parts, b',"outputs":', entry.outputs, b',"status":', entry.status, b',"meta":', entry.meta)
    return [*parts, b',"skein":{"record":', entry.record, b',"nodes":', entry.nodes, b"}}"]


class _Described(Struct, frozen=True, kw_only=True):
    """Fields of a history entry, each JSON text."""

    outputs: bytes
    status: bytes
    meta: bytes
    record: bytes
    nodes: bytes


class _DescribeResult(Work[_Described], frozen=True, kw_only=True):
    """What a history entry says of what a job left; the body is that, or nothing."""

    job: Job

    def do(self, known: Known, body: Body) -> _Described:
        """See above.

        Raises:
            StoreError: It is damaged.
        """
        job, result = self.job, parts_of_result(bytes(body) or None)
        shows_internals = known.server.shows_internals
        status = {
            "status_str": "success" if job.state == "succeeded" else "error",
            "completed": job.state == "succeeded",
            "messages": [[one.name, one.data] for one in _messages(job, result, shows_internals)],
        }
        return _Described(
            outputs=_ENCODER.encode(result.outputs),
            status=_ENCODER.encode(status),
            meta=_ENCODER.encode({node_id: _describe_node(node_id, result) for node_id in result.outputs}),
            record=_ENCODER.encode(result.record),
            nodes=_ENCODER.encode(result.nodes),
        )


def _describe_node(node_id: str, result: ResultParts) -> dict[str, Any]:
    record = result.nodes.get(node_id)
    return {
        "node_id": node_id,
        "display_node": record.display_id if record is not None else node_id,
        "parent_node": record.parent_id if record is not None else None,
        "real_node_id": node_id,
    }


def _messages(job: Job, result: ResultParts, shows_internals: bool) -> list[protocol.Message]:
    """What the submitter was told of the run as a whole."""
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
        node_id, node_type = result.stopped_at or ("", "")
        event = JobCancelled(node_id=node_id, node_type=node_type, executed=executed)
        messages.append(protocol.execution_interrupted(job.id, event, ended_at))
    return messages
