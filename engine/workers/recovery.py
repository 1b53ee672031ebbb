"""What a server does at its start with the jobs that an earlier one left: those that wait, and those it cut short."""

from __future__ import annotations

from time import time

import msgspec

from engine.errors import StoreError
from engine.graph.workflow import Node
from engine.jobs.events import ErrorRecord, JobFailed, JobQueued, NodeFinished, NodeStarted
from engine.jobs.job import MAX_DEATHS, Job
from engine.jobs.store import Store
from engine.workers.ledger import Ledger
from engine.workers.waiting import Waiting

_EVENTS_SEARCHED = 200_000


async def take_up(store: Store, ledger: Ledger, waiting: Waiting) -> None:
    """Let waiting jobs wait, and those that ran wait before them; but fail those that were cut short too often."""
    cut_short: list[Job] = []
    for job in store.unfinished():
        if job.state == "running":
            cut_short.append(msgspec.structs.replace(job, deaths=job.deaths + 1))
        else:
            waiting.add(job)
    for job in reversed(cut_short):
        if job.deaths < MAX_DEATHS:
            put_back(job, ledger, waiting)
        else:
            await _give_up(job, store, ledger)


def put_back(job: Job, ledger: Ledger, waiting: Waiting) -> None:
    """Let a job whose run was cut short wait again, before all others."""
    changed = waiting.add_first(msgspec.structs.replace(job, state="queued", started_at=None, restarted=True))
    ledger.save_all(changed)
    ledger.tell(waiting.require(job.id), JobQueued(deaths=job.deaths))


async def _give_up(job: Job, store: Store, ledger: Ledger) -> None:
    node = await _find_node(job, store)
    place = f", the last time while node {Node(node.node_id, node.node_type).label} ran" if node is not None else ""
    error = ErrorRecord(
        type="worker_died",
        message=f"{job.deaths} runs of this job were cut short by the end of the server or of the worker{place}."
        " It is not tried again.",
        extra_info={"deaths": job.deaths},
        node_id=node.node_id if node is not None else "",
        node_type=node.node_type if node is not None else "",
    )
    job = msgspec.structs.replace(job, state="failed", finished_at=time(), error=error)
    await ledger.save(job)
    ledger.tell(job, JobFailed(error))


async def _find_node(job: Job, store: Store) -> NodeStarted | None:
    """The node that was running when the server ended, as far as events were written."""
    running: dict[str, NodeStarted] = {}
    try:
        told = await store.events(since=0, job_id=job.id, limit=_EVENTS_SEARCHED)
    except StoreError:
        return None
    for event in (each.event for each in told):
        if isinstance(event, NodeStarted):
            running[event.node_id] = event
        elif isinstance(event, NodeFinished):
            running.pop(event.node_id, None)
        elif isinstance(event, JobQueued):
            running.clear()
    return next(reversed(running.values()), None)
