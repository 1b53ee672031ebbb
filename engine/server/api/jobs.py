"""Jobs: list, look at, cancel, move, forget. Submitting: `submit`.

A job is a workflow that was found valid and accepted: from then on it is on the disk, and survives whatever happens to
the server. Its outputs are files (`assets`) and values; what happens to it meanwhile is told by `events`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from aiohttp import web
from msgspec import UNSET, Meta, Struct, UnsetType, field

from engine.errors import UnknownJob
from engine.graph.json_values import as_object
from engine.jobs.job import Job
from engine.jobs.rows import decode_object, encode_object
from engine.server.api.job_records import NO_SUCH_JOB, JobPath, JobState, JobSummary, JobView
from engine.server.api.records import Limit, Seconds, ShortText
from engine.server.api.route import Answer, Refused, route
from engine.server.api.views import (
    find_asked,
    find_state,
    find_texts,
    is_ended,
    summarize,
    view_job,
    write_jobs,
)
from engine.server.api.writing import encode_json
from engine.server.keys import DISPATCHER, HEAVY, STORE
from engine.server.pieces import Pieces, send_json
from engine.server.refusal import Refusal
from engine.server.work import Body, Known, Work

# -- looking ---------------------------------------------------------------------------------------------------------


class JobListParams(Struct, frozen=True, kw_only=True):
    """Which jobs, and how many.

    Attributes:
        state: Only jobs in one of these states.
        client_id: Only jobs of this client.
        text: Only jobs whose id, client, name, error or workflow holds this text.
        created_after: Only jobs accepted at this time or later, in seconds since 1970.
        created_before: Only jobs accepted before this time.
        order: By time of acceptance, of the end, or by how long the run took.
        descending: The newest or longest first.
        limit: At most so many.
        cursor: `next_cursor` of the page before.
    """

    state: list[JobState] | None = None
    client_id: ShortText | None = None
    text: ShortText | None = None
    created_after: Seconds | None = None
    created_before: Seconds | None = None
    order: Literal["created", "finished", "duration"] = "created"
    descending: bool = True
    limit: Limit = 100
    cursor: ShortText | None = None


class JobPage(Struct, frozen=True, kw_only=True):
    """Some jobs of a list.

    Attributes:
        jobs: The jobs of this page.
        total: How many the whole list has at present.
        next_cursor: Give it as `cursor` for the next page; null if this is the last.
    """

    jobs: list[JobSummary]
    total: int
    next_cursor: str | None


@route("GET", "/jobs", answers=(Answer(200, JobPage, "A page.", names={"job_id": "/jobs/0/id"}),))
async def list_jobs(request: web.Request, params: JobListParams) -> web.StreamResponse:
    """Jobs, waiting, running and ended ones, page by page.

    Jobs that come or go meanwhile move no other job to another page.
    """
    try:
        jobs, total = await request.app[STORE].jobs(
            states=params.state or None,
            client_id=params.client_id,
            text=params.text,
            created_after=params.created_after,
            created_before=params.created_before,
            order=params.order,
            descending=params.descending,
            limit=params.limit + 1,
            after=params.cursor,
        )
    except UnknownJob as error:
        raise Refusal(
            "The query's 'cursor' is none of a page, or the job where the page ended has been deleted.",
            code="invalid_parameter",
            extra_info={"parameter": "cursor", "in": "query"},
        ) from error
    has_more = len(jobs) > params.limit
    jobs = jobs[: params.limit]
    pieces = Pieces(request)
    await write_jobs(request, pieces, b'{"jobs":[', (request.app[DISPATCHER].job(job.id) or job for job in jobs))
    await pieces.add(b'],"total":%d,"next_cursor":' % total, encode_json(jobs[-1].id if has_more else None), b"}")
    return await pieces.end()


@route("GET", "/jobs/{job_id}", answers=(Answer(200, JobView, "The job."),), refusals=(NO_SUCH_JOB,))
async def show_job(request: web.Request, params: JobPath) -> web.StreamResponse:
    """All that is known of a job: state, progress, outputs, timings, what is needed to repeat it."""
    return await send_json(request, await view_job(request, await find_texts(request, params.job_id)))


class JobWorkflow(Struct, frozen=True, kw_only=True):
    """The workflow of a job; can be submitted again as it is, as the body of `POST /jobs`.

    Attributes:
        prompt: In API format: what runs.
        workflow: The canvas document that it was read from, or that came with it; null if there is none.
        targets: The output nodes that run.
    """

    prompt: dict[str, Any]
    workflow: dict[str, Any] | None
    targets: list[str]


@route(
    "GET",
    "/jobs/{job_id}/workflow",
    answers=(Answer(200, JobWorkflow, "The workflow."),),
    refusals=(NO_SUCH_JOB,),
)
async def show_workflow(request: web.Request, params: JobPath) -> web.StreamResponse:
    """The workflow of a job, in both formats where both are known."""
    asked = await find_asked(request, params.job_id)
    document = await request.app[HEAVY].do(_FindDocument(), asked.extra_data)
    pieces = Pieces(request)
    await pieces.add(b'{"prompt":', asked.prompt, b',"workflow":', document)
    await pieces.add(b',"targets":', asked.targets, b"}")
    return await pieces.end()


class _FindDocument(Work[bytes], frozen=True, kw_only=True):
    """The canvas document in extra data, as JSON text; `null` if there is none."""

    def do(self, known: Known, body: Body) -> bytes:
        """See above."""
        del known
        pnginfo = as_object(decode_object(bytes(body)).get("extra_pnginfo")) or {}
        document = as_object(pnginfo.get("workflow"))
        return b"null" if document is None else encode_object(document)


# -- changing --------------------------------------------------------------------------------------------------------


class Cancelled(Struct, frozen=True, kw_only=True):
    """What became of a wish to cancel.

    Attributes:
        id: The job.
        cancelled: Whether it was taken out of the queue, or its run is being stopped.
        state: Its state now; a run that is being stopped may be `running` for a moment.
    """

    id: str
    cancelled: bool
    state: JobState


@route("POST", "/jobs/{job_id}/cancel", refusals=(NO_SUCH_JOB,))
async def cancel_job(request: web.Request, params: JobPath) -> Cancelled:
    """Take a job out of the queue, or stop its run.

    Cancelling a job that has ended changes nothing and is no error.
    """
    await find_state(request, params.job_id)
    cancelled = await request.app[DISPATCHER].cancel(params.job_id)
    job = await find_state(request, params.job_id)
    return Cancelled(id=job.id, cancelled=cancelled, state=job.state)


class CancelRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which jobs to cancel.

    Attributes:
        ids: These; those that have ended or are unknown are passed over.
        pending: All that wait.
    """

    ids: Annotated[list[str], Meta(max_length=10_000)] = field(default_factory=list[str])
    pending: bool = False


class CancelledMany(Struct, frozen=True, kw_only=True):
    """How many jobs were cancelled.

    Attributes:
        cancelled: So many were taken out of the queue or are being stopped.
        passed_over: Ids that were given and stand for no job that waits or runs.
    """

    cancelled: int
    passed_over: list[str]


@route("POST", "/jobs/cancel")
async def cancel_jobs(request: web.Request, body: CancelRequest) -> CancelledMany:
    """Cancel several jobs, or all that wait."""
    dispatcher = request.app[DISPATCHER]
    if not body.ids and not body.pending:
        raise Refusal("In the body, either 'ids' or 'pending' should say which jobs to cancel.", code="invalid_body")
    ids = list(dict.fromkeys(body.ids))
    passed_over = [job_id for job_id in ids if dispatcher.job(job_id) is None]
    cancelled = len(await dispatcher.cancel_many(ids))
    if body.pending:
        cancelled += await dispatcher.cancel_pending()
    return CancelledMany(cancelled=cancelled, passed_over=passed_over)


class MoveRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where in the queue a job shall stand: exactly one of these.

    Attributes:
        before: Directly before this job, which waits too.
        to: Before all others that wait, or after them.
        priority: Give it this priority; lower runs first.
    """

    before: str | UnsetType = UNSET
    to: Literal["front", "end"] | UnsetType = UNSET
    priority: Annotated[float, Meta(ge=-1e15, le=1e15)] | UnsetType = UNSET


OneMove = Annotated[MoveRequest, Meta(extra_json_schema={"minProperties": 1, "maxProperties": 1})]


@route(
    "POST",
    "/jobs/{job_id}/move",
    refusals=(NO_SUCH_JOB, Refused(409, "One of the jobs does not wait (any more).")),
)
async def move_job(request: web.Request, params: JobPath, body: OneMove) -> JobSummary:
    """Give a waiting job another place in the queue."""
    dispatcher = request.app[DISPATCHER]
    if sum(value is not UNSET for value in (body.before, body.to, body.priority)) != 1:
        raise Refusal("In the body, exactly one of 'before', 'to' and 'priority' is expected.", code="invalid_body")
    before = None if body.before is UNSET else body.before
    to = None if body.to is UNSET else body.to
    for job_id in (params.job_id,) if before is None else (params.job_id, before):
        job = await find_state(request, job_id)
        if job.state != "queued":
            raise _not_waiting(job)
    try:
        if body.priority is not UNSET:
            job = await dispatcher.set_number(params.job_id, body.priority)
        else:
            job = await dispatcher.move(params.job_id, before=before, to=to)
    except UnknownJob as error:  # it was started meanwhile
        raise _not_waiting(await find_state(request, params.job_id)) from error
    return summarize(request, job)


def _not_waiting(job: Job) -> Refusal:
    return Refusal(
        f"Only jobs that wait can be moved; job {job.id!r} is {job.state}.", status=409, code="job_not_queued"
    )


# -- forgetting ------------------------------------------------------------------------------------------------------


class Deleted(Struct, frozen=True, kw_only=True):
    """How many jobs were forgotten.

    Attributes:
        deleted: Jobs, each with its events and the records of its files.
    """

    deleted: int


@route("DELETE", "/jobs/{job_id}", refusals=(NO_SUCH_JOB, Refused(409, "The job has not ended: cancel it.")))
async def delete_job(request: web.Request, params: JobPath) -> Deleted:
    """Forget a job that has ended. The files that it left stay where they are."""
    job = await find_state(request, params.job_id)
    if not is_ended(job):
        raise Refusal(f"Job {job.id!r} is {job.state}; cancel it first.", status=409, code="job_not_ended")
    return Deleted(deleted=await request.app[STORE].delete([job.id]))


class DeleteParams(Struct, frozen=True, kw_only=True):
    """Which jobs to forget.

    Attributes:
        id: These; by default all that have ended.
    """

    id: list[str] | None = None


@route("DELETE", "/jobs")
async def delete_jobs(request: web.Request, params: DeleteParams) -> Deleted:
    """Forget jobs that have ended: some, or the whole history. Others are passed over; files stay where they are."""
    return Deleted(deleted=await request.app[STORE].delete(params.id))
