"""Submitting: a workflow becomes a job, now or once more.

What is accepted is on the disk before the reply says so. A reply can wait for the end of the run.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Annotated, Any

import msgspec
from aiohttp import web
from msgspec import Meta, Struct, field

from engine.graph.json_values import as_object, kind_of
from engine.jobs.events import FINAL, JobEvent
from engine.jobs.job import Job, Submission
from engine.jobs.rows import decode_targets, encode_object
from engine.server.api.job_records import NO_SUCH_JOB, JobPath, JobView
from engine.server.api.receiving import Received, WorkflowRequest, read_as
from engine.server.api.records import NodeErrors, view_notes
from engine.server.api.route import Answer, Refused, route
from engine.server.api.submission import Checked, WorkflowWork, do_work
from engine.server.api.views import NOTES_KEY, find_asked, find_state, find_texts, job_url, view_job
from engine.server.keys import DISPATCHER
from engine.server.pieces import send_json
from engine.server.refusal import Refusal
from engine.server.validation import split_secrets
from engine.server.work import Body, Known
from engine.workers.notices import Notice

_LONGEST_WAIT_S = 86_400
WAITS: web.AppKey[set[asyncio.Event]] = web.AppKey("waits")
"""One for each request that waits for the end of a job."""
_NOT_ACCEPTED = (
    Refused(409, "Another job has this id or idempotency key and asks for something else."),
    Refused(429, "Too many jobs wait."),
    Refused(503, "The server stops, or no worker can say yet which nodes there are."),
)


class JobRequest(WorkflowRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A workflow to run.

    Attributes:
        id: The job's id; by default one is made.
        priority: Lower runs first; by default the number of jobs accepted before, so that they run in this order.
        front: Run before everything that waits.
        client_id: Who is told what happens, over the websocket of this name.
        name: What people call it: lists show it, and searches find it.
        extra_data: What goes along: `extra_pnginfo` into pictures; keys and tokens for nodes are never stored or shown.
        strict: Refuse if any output cannot run; otherwise those that can are run, and `node_errors` says what is wrong.
    """

    id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._~-]{0,127}$")] | None = None
    priority: Annotated[float, Meta(ge=-1e15, le=1e15)] | None = None
    front: bool = False
    client_id: Annotated[str, Meta(max_length=256, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    name: Annotated[str, Meta(max_length=256, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    extra_data: dict[str, Any] = field(default_factory=dict[str, Any])
    strict: bool = True


class SubmitParams(Struct, frozen=True, kw_only=True):
    """How the submission is answered.

    Attributes:
        wait: Answer when the job has ended, but after so many seconds at the latest.
        idempotency_key: Makes it safe to send the same again: it is the same job. Any text of your choice.
    """

    wait: Annotated[float, Meta(ge=0, le=_LONGEST_WAIT_S)] | None = None
    idempotency_key: Annotated[
        Annotated[str, Meta(min_length=1, max_length=255)] | None, Meta(extra={"in": "header"})
    ] = field(default=None, name="Idempotency-Key")


def _answer_with_job(status: int, when: str) -> Answer:
    return Answer(status, JobView, when, headers={"Location": "Where the job is found."}, names={"job_id": "/id"})


@route(
    "POST",
    "/jobs",
    reader=read_as(JobRequest),
    answers=(
        _answer_with_job(201, "The job was accepted; with `wait`, it has also ended."),
        _answer_with_job(200, "The job had been accepted before: this is what has become of it."),
        _answer_with_job(202, "The job was accepted, and had not ended when the time was up."),
    ),
    refusals=_NOT_ACCEPTED,
)
async def submit_job(request: web.Request, params: SubmitParams, body: Received) -> web.StreamResponse:
    """Run a workflow.

    The workflow may be in canvas format or in API format, by itself or in a record with more to say, in a JSON body, in
    a form with a picture or a JSON file, or a picture as the whole body. Everything that is wrong with it is told at
    once. When the reply says that the job was accepted, it is on the disk.
    """
    read = await do_work(request, _ReadJob(source=body.source, idempotency_key=params.idempotency_key), body)
    return await _accept(request, read.submission, params.wait, read.node_errors)


class _JobRead(Struct, frozen=True):
    """A workflow that can run. `node_errors`: what is wrong with it all the same."""

    submission: Submission
    node_errors: dict[str, NodeErrors]


class _ReadJob(WorkflowWork[_JobRead], frozen=True, kw_only=True):
    """A body of `POST /jobs`, read and validated."""

    idempotency_key: str | None

    def do(self, known: Known, body: Body) -> _JobRead:
        """See above."""
        wanted = self.open(known, body, JobRequest)
        checked = self.check(known, wanted)
        if (failure := checked.found.failure(partial=not wanted.strict)) is not None:
            raise failure
        return _JobRead(_submission(checked, wanted, self.idempotency_key), checked.node_errors)


def _submission(checked: Checked, body: JobRequest, idempotency_key: str | None) -> Submission:
    extra_data, secrets = split_secrets(body.extra_data)
    given: object = extra_data.pop("extra_pnginfo", None)
    pnginfo = as_object({} if given is None else given)
    if pnginfo is None:
        raise Refusal(
            f"In the body, the field 'extra_data.extra_pnginfo' should be an object; it is {kind_of(given)}.",
            code="invalid_body",
        )
    if pnginfo or checked.extra:
        extra_data["extra_pnginfo"] = {**checked.extra, **pnginfo}
    extra_data.pop(NOTES_KEY, None)
    if checked.notes:
        extra_data[NOTES_KEY] = msgspec.to_builtins(view_notes(checked.notes))
    return Submission(
        id=body.id or str(uuid.uuid4()),
        prompt=encode_object(checked.prompt),
        targets=checked.found.targets,
        number=body.priority,
        front=body.front,
        client_id=body.client_id,
        name=body.name,
        extra_data=encode_object(extra_data),
        secrets=secrets,
        idempotency_key=idempotency_key,
    )


async def _accept(
    request: web.Request,
    submission: Submission,
    wait_s: float | None,
    node_errors: dict[str, NodeErrors] | None = None,
) -> web.StreamResponse:
    began = time.time()
    job = await request.app[DISPATCHER].submit(submission)
    is_new = job.id == submission.id and job.created_at >= began
    status = 201 if is_new else 200
    if wait_s is not None and not await _wait_for_end(request, job, wait_s):
        status = 202
    text = await view_job(request, await find_texts(request, job.id), node_errors)
    return await send_json(request, text, status, {"Location": job_url(job.id)})


async def _wait_for_end(request: web.Request, job: Job, timeout_s: float) -> bool:
    """Whether the job ended within the time, and before the server stops."""
    dispatcher, waits = request.app[DISPATCHER], request.app[WAITS]
    ended = asyncio.Event()
    waits.add(ended)

    def hear(notice: Notice) -> None:
        if isinstance(notice, JobEvent) and notice.job_id == job.id and isinstance(notice.event, FINAL):
            ended.set()

    unsubscribe = dispatcher.subscribe(hear)
    try:
        if dispatcher.job(job.id) is None:
            return True
        await asyncio.wait_for(ended.wait(), timeout_s)
    except TimeoutError:
        return False
    finally:
        unsubscribe()
        waits.discard(ended)
    return dispatcher.job(job.id) is None


async def end_waits(app: web.Application) -> None:
    """Answer those who wait for the end of a job: the server stops, and the job goes on at the next start."""
    for ended in list(app[WAITS]):
        ended.set()


@route(
    "POST",
    "/jobs/{job_id}/retry",
    answers=(_answer_with_job(201, "A new job was accepted."),),
    refusals=(NO_SUCH_JOB, *_NOT_ACCEPTED),
)
async def retry_job(request: web.Request, params: JobPath) -> web.StreamResponse:
    """Run the same workflow again, as a new job.

    Seeds are the same. What nodes computed before and is still in memory is not computed again. Keys and tokens that
    were given for nodes are not known any more.
    """
    job = await find_state(request, params.job_id)
    asked = await find_asked(request, job.id)
    submission = Submission(
        id=str(uuid.uuid4()),
        prompt=asked.prompt,
        targets=decode_targets(asked.targets),
        client_id=job.client_id,
        name=job.name,
        extra_data=asked.extra_data,
    )
    return await _accept(request, submission, None)
