"""From the records of jobs to what clients see of them, and how a job is found."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from aiohttp import web
from msgspec.structs import replace
from yarl import URL

from engine.errors import WorkflowError
from engine.graph.workflow import Workflow
from engine.jobs.events import ErrorRecord
from engine.jobs.job import ENDED, Asked, Asset, Job, JobResult, JobTexts
from engine.jobs.rows import decode_object, decode_result, decode_targets
from engine.server.api.job_records import (
    AssetView,
    JobError,
    JobSummary,
    JobView,
    NodeInProgress,
    NodeOutput,
    Progress,
)
from engine.server.api.lineage import upstream_of
from engine.server.api.records import NodeErrors, NoteView
from engine.server.api.route import PREFIX
from engine.server.api.writing import encode_json
from engine.server.keys import DISPATCHER, HEAVY, SERVER_SETTINGS, STORE
from engine.server.media import describe_delivery
from engine.server.pieces import Pieces
from engine.server.refusal import Refusal, not_found
from engine.server.work import Body, Known, Work
from engine.settings import ServerSettings
from engine.workers.notices import RunSnapshot

NOTES_KEY = "conversion_notes"
"""Where `extra_data` keeps what reading the workflow had to guess."""
_MOST_ASSETS = 10_000
_JOBS_AT_ONCE = 50


# -- finding ---------------------------------------------------------------------------------------------------------


async def find_state(request: web.Request, job_id: str) -> Job:
    """A job without its large parts.

    Raises:
        Refusal: 404, if there is none.
    """
    job = request.app[DISPATCHER].job(job_id) or await request.app[STORE].job(job_id)
    if job is None:
        raise unknown_job(job_id)
    return job


async def find_texts(request: web.Request, job_id: str) -> JobTexts:
    """All that is known of a job in its present state, the large parts as texts.

    Raises:
        Refusal: 404, if there is none.
    """
    record = await request.app[STORE].record(job_id)
    if record is None:
        raise unknown_job(job_id)
    present = request.app[DISPATCHER].job(job_id)
    return record if present is None else replace(record, job=present)


async def find_asked(request: web.Request, job_id: str) -> Asked:
    """What was asked for when a job was submitted, as texts; nothing of what it left is read.

    Raises:
        Refusal: 404, if there is none.
    """
    asked = await request.app[STORE].texts(job_id)
    if asked is None:
        raise unknown_job(job_id)
    return asked


def unknown_job(job_id: str) -> Refusal:
    """The refusal for an id that no job has."""
    return not_found(f"There is no job {job_id[:200]!r}; it never was, or its history was deleted.", "job_not_found")


def is_ended(job: Job) -> bool:
    """Whether nothing more will happen to it."""
    return job.state in ENDED


# -- showing ---------------------------------------------------------------------------------------------------------


def job_url(job_id: str) -> str:
    """Where a job is found."""
    return str(URL(PREFIX) / "jobs" / job_id)


def asset_url(asset_id: str) -> str:
    """Where the content of an asset is found."""
    return f"{PREFIX}/assets/{asset_id}/content"


def public_error(error: ErrorRecord, settings: ServerSettings) -> ErrorRecord:
    """An error without what clients must not see."""
    return error if settings.shows_internals else replace(error, traceback=())


def view_error(error: ErrorRecord, settings: ServerSettings) -> JobError:
    """An error as it is sent."""
    shown = public_error(error, settings)
    return JobError(**{name: getattr(shown, name) for name in JobError.__struct_fields__})


def summarize(request: web.Request, job: Job) -> JobSummary:
    """A job in a list."""
    return JobSummary(**_summary(request, job))


def _summary(request: web.Request, job: Job) -> dict[str, Any]:
    seconds = None
    if job.started_at is not None and job.finished_at is not None:
        seconds = max(0.0, job.finished_at - job.started_at)
    error = None if job.error is None else view_error(job.error, request.app[SERVER_SETTINGS])
    return {
        "id": job.id,
        "state": job.state,
        "priority": job.number,
        "queue_position": request.app[DISPATCHER].position_of(job.id),
        "client_id": job.client_id,
        "name": job.name,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "seconds": seconds,
        "restarted": job.restarted,
        "deaths": job.deaths,
        "error": error,
        "url": job_url(job.id),
    }


async def write_jobs(request: web.Request, pieces: Pieces, before: bytes, jobs: Iterable[Job]) -> None:
    """Go on with a list of jobs, one by one; others have their turn in between."""
    await pieces.add(before)
    for place, job in enumerate(jobs):
        await pieces.add(b"," if place else b"", encode_json(summarize(request, job)))
        if place % _JOBS_AT_ONCE == 0:
            await asyncio.sleep(0)


async def view_job(
    request: web.Request, record: JobTexts, node_errors: Mapping[str, NodeErrors] | None = None
) -> bytes:
    """All that is known of a job: JSON text of a `JobView`."""
    job = record.job
    snapshot = request.app[DISPATCHER].snapshot(job.id) if job.state == "running" else None
    assets, _ = await request.app[STORE].assets(job_id=job.id, limit=_MOST_ASSETS)
    work = _ViewJob(
        summary=summarize(request, job),
        targets=record.targets,
        snapshot=None if snapshot is None else dataclasses.replace(snapshot, preview=None),
        assets=assets,
        extra_data=record.extra_data,
        result=record.result,
        node_errors=dict(node_errors or {}),
    )
    weight = len(record.prompt) + len(record.extra_data) + len(record.targets) + len(record.result or b"")
    return await request.app[HEAVY].do(work, record.prompt, weight=weight)


class _ViewJob(Work[bytes], frozen=True, kw_only=True):
    """A job as it is sent; the body is its prompt."""

    summary: JobSummary
    targets: bytes
    snapshot: RunSnapshot | None
    assets: list[Asset]
    extra_data: bytes
    result: bytes | None
    node_errors: dict[str, NodeErrors]

    def do(self, known: Known, body: Body) -> bytes:
        """See above."""
        del known
        result = JobResult() if self.result is None else decode_result(self.result)
        snapshot, workflow = self.snapshot, Workflow()
        if result.outputs or snapshot is not None:
            workflow = read_prompt(decode_object(bytes(body)))
        targets = decode_targets(self.targets)
        view = JobView(
            **{name: getattr(self.summary, name) for name in JobSummary.__struct_fields__},
            targets=list(targets),
            progress=None if snapshot is None else _progress(snapshot, workflow, targets),
            outputs=_outputs(result, workflow, self.assets),
            nodes=result.nodes,
            cached=list(result.cached),
            record=result.record,
            notes=_read_notes(decode_object(self.extra_data)),
            node_errors=self.node_errors,
        )
        return encode_json(view)


def read_prompt(prompt: Mapping[str, Any]) -> Workflow:
    """The workflow of a job's prompt; empty if it cannot be read, which is the case of none that was accepted."""
    try:
        return Workflow.from_api(prompt)
    except WorkflowError:
        return Workflow()


def _read_notes(extra_data: Mapping[str, Any]) -> list[NoteView]:
    """What reading the workflow had to guess, as it was kept."""
    try:
        return msgspec.convert(extra_data.get(NOTES_KEY, []), list[NoteView])
    except msgspec.ValidationError:  # whoever submitted it by another route may have put anything there
        return []


def _progress(snapshot: RunSnapshot, workflow: Workflow, targets: Sequence[str]) -> Progress:
    planned = upstream_of(workflow, targets)
    done = planned.intersection((*snapshot.cached, *snapshot.finished))
    running: list[NodeInProgress] = []
    parts = 0.0
    for node in snapshot.running:
        told = snapshot.progress.get(node.node_id)
        if told is not None and told.total > 0 and node.node_id in planned:
            parts += min(1.0, max(0.0, told.value / told.total))
        running.append(
            NodeInProgress(
                node_id=node.node_id,
                display_id=node.display_id,
                node_type=node.node_type,
                value=None if told is None else told.value,
                total=None if told is None else told.total,
            )
        )
    total = max(1, len(planned))
    return Progress(
        fraction=min(1.0, (len(done) + parts) / total),
        nodes_done=len(done),
        nodes_total=len(planned),
        running=running,
        seq=snapshot.seq,
    )


def _outputs(result: JobResult, workflow: Workflow, assets: Sequence[Asset]) -> list[NodeOutput]:
    by_node: dict[str, list[AssetView]] = {}
    for asset in sorted(assets, key=lambda asset: (asset.key, asset.index)):
        by_node.setdefault(asset.node_id, []).append(view_asset(asset))
    outputs: list[NodeOutput] = []
    for node_id, values in result.outputs.items():
        node = workflow.nodes.get(node_id)
        record = result.nodes.get(node_id)
        node_type = node.type if node is not None else record.node_type if record is not None else ""
        outputs.append(
            NodeOutput(
                node_id=node_id,
                node_type=node_type,
                title="" if node is None else node.title,
                values=values,
                assets=by_node.get(node_id, []),
            )
        )
    return outputs


def view_asset(asset: Asset) -> AssetView:
    """A file as what the job left that made it."""
    asset = asset.made
    return AssetView(
        id=asset.id,
        job_id=asset.job_id,
        node_id=asset.node_id,
        key=asset.key,
        index=asset.index,
        filename=asset.filename,
        subfolder=asset.subfolder,
        kind=asset.kind,
        media_type=describe_delivery(asset.filename)[0],
        created_at=asset.created_at,
        url=asset_url(asset.id),
    )
