"""The trash that deleted workflow files are in."""

from __future__ import annotations

from aiohttp import web
from msgspec import Struct

from engine.server.api.records import ShortText
from engine.server.api.route import Answer, Refused, Reply, route
from engine.server.canvas.state import CANVAS
from engine.server.canvas.trash import empty_trash, remove_for_good
from engine.server.canvas.workflow_disk import TrashedFile
from engine.server.canvas.workflow_files import WorkflowFile

_TAG = "workflow files"
_NOT_IN_TRASH = Refused(404, "There is no such workflow in the trash.")


class EmptiedTrash(Struct, frozen=True, kw_only=True):
    """What is gone for good.

    Attributes:
        removed: How many workflows.
    """

    removed: int


class TrashPath(Struct, frozen=True, kw_only=True):
    """Which file in the trash.

    Attributes:
        trash_id: Its place.
    """

    trash_id: ShortText


class TakeBackRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a file comes back.

    Attributes:
        to: Under which name; by default its own.
    """

    to: ShortText | None = None


class TrashList(Struct, frozen=True, kw_only=True):
    """What is in the trash.

    Attributes:
        files: The newest first.
    """

    files: list[TrashedFile]


@route("GET", "/workflows/trash", tag=_TAG)
async def list_workflow_trash(request: web.Request) -> TrashList:
    """Workflow files that were deleted."""
    return TrashList(files=await (await request.app[CANVAS].files()).list_trash())


@route(
    "POST",
    "/workflows/trash/{trash_id}/restore",
    tag=_TAG,
    refusals=(_NOT_IN_TRASH, Refused(409, "The name is taken, by a file or by a folder.")),
)
async def take_workflow_back(request: web.Request, params: TrashPath, body: TakeBackRequest) -> WorkflowFile:
    """Put a deleted workflow file back, its versions with it."""
    return await (await request.app[CANVAS].files()).take_back(params.trash_id, body.to)


@route(
    "DELETE",
    "/workflows/trash/{trash_id}",
    tag=_TAG,
    answers=(Answer(204, None, "It is gone."),),
    refusals=(_NOT_IN_TRASH,),
)
async def delete_workflow_for_good(request: web.Request, params: TrashPath) -> Reply:
    """Remove a workflow from the trash, its versions with it. It cannot be had again."""
    await remove_for_good(await request.app[CANVAS].files(), params.trash_id)
    return Reply(None, 204)


@route("DELETE", "/workflows/trash", tag=_TAG)
async def empty_workflow_trash(request: web.Request) -> EmptiedTrash:
    """Remove all workflows from the trash, their versions with them. They cannot be had again."""
    return EmptiedTrash(removed=await empty_trash(await request.app[CANVAS].files()))
