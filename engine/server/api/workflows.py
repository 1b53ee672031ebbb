"""Workflows without running them: what is wrong with one, and what it is in API format."""

from __future__ import annotations

import json
from typing import Any, Literal

from aiohttp import web
from msgspec import Struct

from engine.graph.missing import MissingModel, MissingType
from engine.graph.reach import blocked_by, readers_of
from engine.graph.saving import name_nodes
from engine.provenance import missing_here, open_hashes
from engine.server.api.receiving import Received, WorkflowRequest, read_as
from engine.server.api.records import InputErrorView, NoteView, view_errors, view_notes
from engine.server.api.route import Answer, Refused, route
from engine.server.api.submission import WorkflowWork, do_work
from engine.server.api.writing import encode_json
from engine.server.keys import DISPATCHER
from engine.server.pieces import send_json
from engine.server.work import Body, Known

_NO_WORKER = Refused(503, "No worker can say yet which nodes there are, or validate the workflow.")


def _sends(kind: type[Struct]) -> Answer:
    """The reply is this record; it is written where it is made, as it may be large."""
    return Answer(200, kind, "Done.")


class ValidationView(Struct, frozen=True, kw_only=True):
    """What is wrong with a workflow.

    Attributes:
        valid: Whether all that is wanted can run.
        message: Why not, in one sentence; empty if it can.
        targets: Wanted output nodes that can run.
        refused: Wanted output nodes that cannot.
        errors: Everything that is wrong, also where nothing depends on it, in the order of the file.
        missing_types: Node types that are not there, with the packs they come from.
        missing_models: Model files that are not there, with addresses and the nearest that are.
        notes: What was dropped, filled in or guessed.
    """

    valid: bool
    message: str
    targets: list[str]
    refused: list[str]
    errors: list[InputErrorView]
    missing_types: list[MissingType]
    missing_models: list[MissingModel]
    notes: list[NoteView]


@route(
    "POST",
    "/workflows/validate",
    reader=read_as(WorkflowRequest),
    refusals=(_NO_WORKER,),
    answers=(_sends(ValidationView),),
)
async def validate_workflow(request: web.Request, body: Received) -> web.StreamResponse:
    """Everything that is wrong with a workflow, without running it.

    Takes the same bodies as `POST /jobs`. A workflow that cannot be read at all is refused.
    """
    return await send_json(request, await do_work(request, _Validate(source=body.source), body))


class _Validate(WorkflowWork[bytes], frozen=True, kw_only=True):
    def do(self, known: Known, body: Body) -> bytes:
        """The JSON text of a `ValidationView`."""
        checked = self.check(known, self.open(known, body, WorkflowRequest))
        failure = checked.found.failure()
        hashes = open_hashes(known.settings)
        missing = missing_here(checked.workflow, known.registry, known.choices, known.settings, hashes)
        view = ValidationView(
            valid=failure is None,
            message="" if failure is None else str(failure).split("\n", 1)[0],
            targets=list(checked.found.targets),
            refused=list(checked.found.refused),
            errors=view_errors(checked.found.errors),
            missing_types=list(missing.types),
            missing_models=list(missing.models),
            notes=view_notes(checked.notes),
        )
        return encode_json(view)


class ForecastView(Struct, frozen=True, kw_only=True):
    """What a run would do now.

    Attributes:
        nodes: By node id: `cached` (its outputs are known), `runs`, `perhaps` (behind an input that is only computed on
            demand), `unneeded`, or `blocked` (it is wanted, and it or something that it needs is wrong).
        blocked_by: Of each blocked node, the id of the one that is wrong; its own if it is.
        reasons: Of each of those, the first thing that is wrong with it, in one sentence.
    """

    nodes: dict[str, Literal["cached", "runs", "perhaps", "unneeded", "blocked"]]
    blocked_by: dict[str, str]
    reasons: dict[str, str]


@route("POST", "/workflows/forecast", reader=read_as(WorkflowRequest), refusals=(_NO_WORKER,))
async def forecast_workflow(request: web.Request, body: Received) -> ForecastView:
    """What a run of a workflow would do with each node, without running it.

    Takes the same bodies as `POST /jobs`.
    """
    read = await do_work(request, _ReadForecast(source=body.source), body)
    told = await request.app[DISPATCHER].forecast(read.prompt, read.targets)
    fates: dict[str, Any] = {**told, **dict.fromkeys(read.blocked_by, "blocked")}
    return ForecastView(nodes=fates, blocked_by=read.blocked_by, reasons=read.reasons)


class _ToForecast(Struct, frozen=True, kw_only=True):
    """What a worker needs to forecast, and what keeps the rest from running."""

    prompt: bytes
    targets: tuple[str, ...]
    blocked_by: dict[str, str]
    reasons: dict[str, str]


class _ReadForecast(WorkflowWork[_ToForecast], frozen=True, kw_only=True):
    def do(self, known: Known, body: Body) -> _ToForecast:
        """See above."""
        checked = self.check(known, self.open(known, body, WorkflowRequest))
        found, reasons = checked.found, dict[str, str]()
        for error in found.errors:
            reasons.setdefault(error.node_id, error.message)
        blocked = blocked_by(reasons, readers_of(found.workflow), found.refused)
        causes = {*blocked.values()}
        return _ToForecast(
            prompt=json.dumps(checked.prompt).encode(),
            targets=found.targets,
            blocked_by=blocked,
            reasons={node_id: reason for node_id, reason in reasons.items() if node_id in causes},
        )


class ConvertedWorkflow(Struct, frozen=True, kw_only=True):
    """A workflow in API format.

    Attributes:
        prompt: Nodes by id.
        extra: What came with it and pictures carry on; `workflow` is the canvas document.
        notes: What was dropped, filled in or guessed.
    """

    prompt: dict[str, Any]
    extra: dict[str, Any]
    notes: list[NoteView]


@route(
    "POST",
    "/convert",
    tag="workflows",
    reader=read_as(WorkflowRequest),
    refusals=(_NO_WORKER,),
    answers=(_sends(ConvertedWorkflow),),
)
async def convert_workflow(request: web.Request, body: Received) -> web.StreamResponse:
    """A workflow of either format, or in a picture, as API JSON, and what had to be guessed on the way.

    Takes the same bodies as `POST /jobs`. The workflow need not be one that can run.
    """
    return await send_json(request, await do_work(request, _Convert(source=body.source), body))


class _Convert(WorkflowWork[bytes], frozen=True, kw_only=True):
    def do(self, known: Known, body: Body) -> bytes:
        """The JSON text of a `ConvertedWorkflow`."""
        workflow, prompt, extra = self.read(known, self.open(known, body, WorkflowRequest))
        named = name_nodes(workflow, known.registry)
        for node_id, node in named.nodes.items():
            if node.title and "_meta" not in prompt[node_id]:
                prompt[node_id]["_meta"] = {"title": node.title}
        return encode_json(ConvertedWorkflow(prompt=prompt, extra=extra, notes=view_notes(workflow.notes)))
