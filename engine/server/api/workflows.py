"""Workflows without running them: what is wrong with one, and what it is in API format."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web
from msgspec import Struct

from engine.server.api.records import InputErrorView, NoteView, view_errors, view_notes
from engine.server.api.route import Refused, route
from engine.server.api.submission import Checked, WorkflowRequest, check_workflow, read_as, read_unchecked

_NO_WORKER = Refused(503, "No worker can say yet which nodes there are, or validate the workflow.")


class ValidationView(Struct, frozen=True, kw_only=True):
    """What is wrong with a workflow.

    Attributes:
        valid: Whether all that is wanted can run.
        message: Why not, in one sentence; empty if it can.
        targets: Wanted output nodes that can run.
        refused: Wanted output nodes that cannot.
        errors: Everything that is wrong, also where nothing depends on it, in the order of the file.
        notes: What was dropped, filled in or guessed.
    """

    valid: bool
    message: str
    targets: list[str]
    refused: list[str]
    errors: list[InputErrorView]
    notes: list[NoteView]


@route("POST", "/workflows/validate", reader=read_as(WorkflowRequest), refusals=(_NO_WORKER,))
async def validate_workflow(request: web.Request, body: WorkflowRequest) -> ValidationView:
    """Everything that is wrong with a workflow, without running it.

    Takes the same bodies as `POST /jobs`. A workflow that cannot be read at all is refused.
    """
    checked = await check_workflow(request, body)
    return await asyncio.to_thread(_view, checked)


def _view(checked: Checked) -> ValidationView:
    failure = checked.found.failure()
    return ValidationView(
        valid=failure is None,
        message="" if failure is None else str(failure).split("\n", 1)[0],
        targets=list(checked.found.targets),
        refused=list(checked.found.refused),
        errors=view_errors(checked.found.errors),
        notes=view_notes(checked.notes),
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


@route("POST", "/workflows/convert", reader=read_as(WorkflowRequest), refusals=(_NO_WORKER,))
async def convert_workflow(request: web.Request, body: WorkflowRequest) -> ConvertedWorkflow:
    """A workflow of either format, or in a picture, as API JSON, and what had to be guessed on the way.

    Takes the same bodies as `POST /jobs`. The workflow need not be one that can run.
    """
    workflow, prompt, extra = await read_unchecked(request, body)
    return ConvertedWorkflow(prompt=prompt, extra=extra, notes=view_notes(workflow.notes))
