"""Folders of workflow files."""

from __future__ import annotations

from aiohttp import web
from msgspec import Struct

from engine.server.api.records import ShortText
from engine.server.api.route import Answer, Refused, Reply, route
from engine.server.canvas.state import CANVAS
from engine.server.canvas.workflow_folders import delete_folder, make_folder, move_folder

_TAG = "workflow files"
_NO_SUCH_FOLDER = Refused(404, "There is no such folder.")
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
