"""What crossed the links of a job, each value in a few characters: what the canvas shows beside a link."""

from __future__ import annotations

from aiohttp import web
from msgspec import Struct

from engine.jobs.events import NodeFinished, NodesCached, ValueSummary
from engine.server.api.job_records import NO_SUCH_JOB, JobPath
from engine.server.api.route import route
from engine.server.api.views import find_state
from engine.server.keys import STORE

_PAGE = 1000


class JobValues(Struct, frozen=True, kw_only=True):
    """The outputs of the nodes of a job.

    Attributes:
        values: By node id, its outputs in order; nodes that have not run yet, and cached ones whose outputs are no
            longer known, are not there.
    """

    values: dict[str, tuple[ValueSummary, ...]]


@route("GET", "/jobs/{job_id}/values", refusals=(NO_SUCH_JOB,))
async def show_values(request: web.Request, params: JobPath) -> JobValues:
    """What the nodes of a job gave, each output in a few characters: shape and number type, or the beginning of a text.

    Of a job that runs, what is known so far.
    """
    await find_state(request, params.job_id)
    values: dict[str, tuple[ValueSummary, ...]] = {}
    since, is_more = 0, True
    while is_more:
        events = await request.app[STORE].events(since=since, job_id=params.job_id, limit=_PAGE)
        for told in events:
            since = told.seq
            if isinstance(told.event, NodeFinished) and told.event.values:
                values[told.event.node_id] = told.event.values
            elif isinstance(told.event, NodesCached):
                values.update(told.event.values)
        is_more = len(events) == _PAGE
    return JobValues(values=values)
