"""Folders of workflow files, and the trash that deleted ones are in."""

from __future__ import annotations

from aiohttp import web
from msgspec import Struct

from engine.server.api.records import ShortText
from engine.server.api.route import Answer, Refused, Reply, route
from engine.server.canvas.state import CANVAS
from engine.server.canvas.trash import empty_trash, remove_for_good
from engine.server.canvas.workflow_files import TrashedFile, WorkflowFile
from engine.server.canvas.workflow_folders import delete_folder, make_folder, move_folder

_TAG = "workflow files"
_NO_SUCH_FOLDER = Refused(404, "There is no such folder.")
_NOT_IN_TRASH = Refused(404, "There is no such workflow in the trash.")
_TAKEN = Refused(409, "The name is taken, by a file or by a folder.")


class FolderName(Struct, frozen=True, kw_only=True):
    """Which folder.

    Attributes:
        name: Its name with those above it, below `workflows`. Slashes are written as `%2F`.
    """

    name: ShortText


class NewFolder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A folder.

    Attributes:
        name: With those above it, which are made as well.
    """

    name: ShortText


class FolderMove(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another name for a folder.

    Attributes:
        to: The new name, with the folders above it.
    """

    to: ShortText


class Folder(Struct, frozen=True, kw_only=True):
    """A folder as it is now.

    Attributes:
        name: With those above it.
    """

    name: str


class DeletedFolder(Struct, frozen=True, kw_only=True):
    """Where what was in a folder is now.

    Attributes:
        trash_ids: Places in the trash, one for each file.
    """

    trash_ids: list[str]


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


@route(
    "POST",
    "/workflows/folders",
    tag=_TAG,
    answers=(Answer(201, Folder, "It is there."),),
    refusals=(_TAKEN,),
)
async def make_workflow_folder(request: web.Request, body: NewFolder) -> Reply:
    """Make an empty folder."""
    await make_folder(await request.app[CANVAS].files(), body.name)
    return Reply(Folder(name=body.name), 201)


@route("POST", "/workflows/folders/{name}/move", tag=_TAG, refusals=(_NO_SUCH_FOLDER, _TAKEN))
async def move_workflow_folder(request: web.Request, params: FolderName, body: FolderMove) -> Folder:
    """Give a folder another name or place, with all that is in it; the versions of its files go along."""
    await move_folder(await request.app[CANVAS].files(), params.name, body.to)
    return Folder(name=body.to)


@route("DELETE", "/workflows/folders/{name}", tag=_TAG, refusals=(_NO_SUCH_FOLDER,))
async def delete_workflow_folder(request: web.Request, params: FolderName) -> DeletedFolder:
    """Move everything in a folder to the trash, and remove the folder."""
    return DeletedFolder(trash_ids=await delete_folder(await request.app[CANVAS].files(), params.name))


@route("GET", "/workflows/trash", tag=_TAG)
async def list_workflow_trash(request: web.Request) -> TrashList:
    """Workflow files that were deleted."""
    return TrashList(files=await (await request.app[CANVAS].files()).list_trash())


@route(
    "POST",
    "/workflows/trash/{trash_id}/restore",
    tag=_TAG,
    refusals=(_NOT_IN_TRASH, _TAKEN),
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
