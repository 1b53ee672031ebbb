"""The queue: what runs, what waits and in which order; pause and resume."""

from __future__ import annotations

from aiohttp import web
from msgspec import Struct

from engine.server.api.job_records import JobSummary
from engine.server.api.records import Limit, Offset
from engine.server.api.route import route
from engine.server.api.views import summarize
from engine.server.keys import DISPATCHER


class QueueParams(Struct, frozen=True, kw_only=True):
    """Which page of the waiting jobs.

    Attributes:
        offset: So many are skipped.
        limit: At most so many.
    """

    offset: Offset = 0
    limit: Limit = 100


class QueueView(Struct, frozen=True, kw_only=True):
    """The queue as it is now.

    Attributes:
        paused: No more jobs are started.
        running: Jobs that run, in the order in which they began.
        pending: A page of the jobs that wait, in the order in which they will run.
        pending_total: How many wait.
    """

    paused: bool
    running: list[JobSummary]
    pending: list[JobSummary]
    pending_total: int


class QueueState(Struct, frozen=True, kw_only=True):
    """The queue in numbers.

    Attributes:
        paused: No more jobs are started.
        running: How many jobs run.
        pending: How many wait.
    """

    paused: bool
    running: int
    pending: int


@route("GET", "/queue")
async def show_queue(request: web.Request, params: QueueParams) -> QueueView:
    """What runs and what waits, in order."""
    dispatcher = request.app[DISPATCHER]
    running = dispatcher.running()
    ids = dispatcher.pending_ids(params.offset, params.limit)
    pending = [summarize(request, job) for job_id in ids if (job := dispatcher.job(job_id)) is not None]
    return QueueView(
        paused=dispatcher.paused,
        running=[summarize(request, job) for job in running],
        pending=pending,
        pending_total=dispatcher.remaining - len(running),
    )


@route("POST", "/queue/pause")
async def pause_queue(request: web.Request) -> QueueState:
    """Start no more jobs, also after a restart of the server. What runs goes on."""
    request.app[DISPATCHER].pause()
    return _state(request)


@route("POST", "/queue/resume")
async def resume_queue(request: web.Request) -> QueueState:
    """Start jobs again."""
    request.app[DISPATCHER].resume()
    return _state(request)


def _state(request: web.Request) -> QueueState:
    dispatcher = request.app[DISPATCHER]
    running = len(dispatcher.running())
    return QueueState(paused=dispatcher.paused, running=running, pending=dispatcher.remaining - running)
