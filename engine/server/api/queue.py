"""The queue: what runs, what waits and in which order; pause and resume."""

from __future__ import annotations

from aiohttp import web
from msgspec import Struct

from engine.server.api.job_records import JobSummary
from engine.server.api.records import Limit, Offset
from engine.server.api.route import Answer, route
from engine.server.api.views import write_jobs
from engine.server.keys import DISPATCHER
from engine.server.pieces import Pieces


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


@route("GET", "/queue", answers=(Answer(200, QueueView, "The queue."),))
async def show_queue(request: web.Request, params: QueueParams) -> web.StreamResponse:
    """What runs and what waits, in order."""
    dispatcher = request.app[DISPATCHER]
    running, total = dispatcher.running(), dispatcher.remaining
    ids = dispatcher.pending_ids(params.offset, params.limit)
    pending = [job for job_id in ids if (job := dispatcher.job(job_id)) is not None]
    pieces = Pieces(request)
    paused = b"true" if dispatcher.paused else b"false"
    await write_jobs(request, pieces, b'{"paused":%b,"running":[' % paused, running)
    await write_jobs(request, pieces, b'],"pending":[', pending)
    await pieces.add(b'],"pending_total":%d}' % (total - len(running)))
    return await pieces.end()


@route("POST", "/queue/pause")
async def pause_queue(request: web.Request) -> QueueState:
    """Start no more jobs, also after a restart of the server. What runs goes on."""
    await request.app[DISPATCHER].pause()
    return _state(request)


@route("POST", "/queue/resume")
async def resume_queue(request: web.Request) -> QueueState:
    """Start jobs again."""
    await request.app[DISPATCHER].resume()
    return _state(request)


def _state(request: web.Request) -> QueueState:
    dispatcher = request.app[DISPATCHER]
    running = len(dispatcher.running())
    return QueueState(paused=dispatcher.paused, running=running, pending=dispatcher.remaining - running)
