"""The user's workflow files with their versions: what the canvas opens, saves and restores."""

from __future__ import annotations

from typing import Annotated, Any

from aiohttp import web
from msgspec import Meta, Struct, field

from engine.graph.json_values import as_object, kind_of
from engine.server.api.records import ShortText
from engine.server.api.route import Answer, Reader, Refused, Reply, route
from engine.server.bodies import parse_json, read_body
from engine.server.canvas.state import CANVAS
from engine.server.canvas.versions import Version
from engine.server.canvas.workflow_files import Condition, WorkflowFile
from engine.server.keys import HEAVY
from engine.server.pieces import send_json
from engine.server.refusal import Refusal
from engine.server.work import Body, Known, Work

_TAG = "workflow files"
_MARK = b"\xef\xbb\xbf"
_DOCUMENT: dict[str, Any] = {"type": "object", "description": "A workflow of either format, as the file has it."}
_ETAG = {"ETag": "The revision, in quotes."}
_NO_SUCH_FILE = Refused(404, "There is no such workflow.")
_NO_SUCH_VERSION = Refused(404, "There is no such version.")
_CONFLICT = Refused(
    412,
    "Something else is there than `If-Match` or `If-None-Match` asked for; `error.extra_info.current` is what is there,"
    " a `WorkflowFile`, or null.",
)
_TAKEN = Refused(409, "The name is taken, by a file or by a folder.")
_Header = Annotated[str | None, Meta(extra={"in": "header"})]
_Version = Annotated[int, Meta(ge=0, le=2**53)]


class WorkflowName(Struct, frozen=True, kw_only=True):
    """Which file.

    Attributes:
        name: Its name with folders, below `workflows`; ends in `.json`. Slashes are written as `%2F`.
    """

    name: ShortText


class WorkflowChange(WorkflowName, frozen=True, kw_only=True):
    """Which file, and what must be there.

    Attributes:
        if_match: The revision, in quotes, that the change is based on, or `*` for any: it is refused if another one is
            there.
        if_none_match: `*`: it is refused if anything is there.
    """

    if_match: _Header = field(default=None, name="If-Match")
    if_none_match: _Header = field(default=None, name="If-None-Match")


class VersionPath(WorkflowName, frozen=True, kw_only=True):
    """Which version of which file.

    Attributes:
        version_id: Its id.
    """

    version_id: _Version


class VersionChange(WorkflowChange, frozen=True, kw_only=True):
    """Which version of which file, and what must be there.

    Attributes:
        version_id: Its id.
    """

    version_id: _Version


class WorkflowList(Struct, frozen=True, kw_only=True):
    """Workflow files.

    Attributes:
        files: All, by name.
        folders: All folders, by name, also empty ones.
        favourites: Names of the files that the user wants first.
    """

    files: list[WorkflowFile]
    folders: list[str]
    favourites: list[str]


class SavedWorkflow(WorkflowFile, frozen=True, kw_only=True):
    """A workflow file as it was saved.

    Attributes:
        version: The version that it is.
    """

    version: Version


class NewName(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another name for a file.

    Attributes:
        to: The new name with folders; ends in `.json`.
    """

    to: ShortText


class MoveFileRequest(NewName, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another name for a file.

    Attributes:
        overwrite: A file that has the name goes to the trash.
    """

    overwrite: bool = False


class FavouriteRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file is to the user.

    Attributes:
        favourite: Whether it stands first.
    """

    favourite: bool


class LabelRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the user calls a version.

    Attributes:
        label: The name; an empty one takes it away. Versions with a name are kept when others are thinned out.
    """

    label: Annotated[str, Meta(max_length=200)]


class TrashPlace(Struct, frozen=True, kw_only=True):
    """Where a deleted file is.

    Attributes:
        trash_id: Its place in the trash; put it back with it.
    """

    trash_id: str


class VersionList(Struct, frozen=True, kw_only=True):
    """The versions of a file.

    Attributes:
        versions: The newest first; that is what is in the file.
    """

    versions: list[Version]


class _Document(Struct, frozen=True):
    """A file's text, as it came.

    Attributes:
        text: The bytes of the body.
    """

    text: bytearray


async def _read_document(request: web.Request) -> _Document:
    """The body as it is, once it is known to be a JSON object that every client can read."""
    body = await read_body(request, is_json=True)
    if not body:
        raise Refusal("The request has no body; a workflow was expected.", code="invalid_json")
    await request.app[HEAVY].do(_Vet(charset=request.charset or "utf-8"), body)
    if body.startswith(_MARK):
        del body[: len(_MARK)]
    return _Document(body)


class _Vet(Work[None], frozen=True, kw_only=True):
    """See to it that a body is a JSON object."""

    charset: str

    def do(self, known: Known, body: Body) -> None:
        """See above.

        Raises:
            Refusal: It is none.
        """
        value = parse_json(body, max_depth=known.server.max_json_depth, charset=self.charset)
        if as_object(value) is None:
            raise Refusal(f"A workflow should be a JSON object, but is {kind_of(value)}.", code="invalid_json")


@route("GET", "/workflows/files", tag=_TAG)
async def list_workflow_files(request: web.Request) -> WorkflowList:
    """All workflow files of the user, with their folders."""
    kept = await request.app[CANVAS].files()
    files, folders = await kept.list()
    there = {file.name for file in files}
    favourites = [name for name in await kept.favourites() if name in there]
    return WorkflowList(files=files, folders=folders, favourites=favourites)


@route(
    "GET",
    "/workflows/files/{name}",
    tag=_TAG,
    answers=(
        Answer(200, _DOCUMENT, "The file as it is.", headers=_ETAG),
        Answer(304, None, "It is still of the revision that `If-None-Match` named."),
    ),
    refusals=(_NO_SUCH_FILE,),
)
async def read_workflow_file(request: web.Request, params: WorkflowChange) -> web.StreamResponse:
    """A workflow file, byte for byte; its `ETag` is its revision."""
    file, text = await (await request.app[CANVAS].files()).read(params.name)
    return await _send(request, file.revision, text)


async def _send(request: web.Request, revision: str, text: bytes) -> web.StreamResponse:
    """The text, in pieces if it is long: whatever size somebody made the file."""
    headers = {"ETag": f'"{revision}"', "Cache-Control": "private, no-cache"}
    known = request.if_none_match
    if known and any(etag.value in (revision, "*") for etag in known):
        return web.Response(status=304, headers=headers)
    return await send_json(request, text, headers=headers)


@route(
    "PUT",
    "/workflows/files/{name}",
    tag=_TAG,
    reader=Reader(_read_document, _Document, {"application/json": _DOCUMENT}),
    answers=(
        Answer(200, SavedWorkflow, "The file was replaced.", headers=_ETAG),
        Answer(201, SavedWorkflow, "The file is new.", headers=_ETAG),
    ),
    refusals=(
        _CONFLICT,
        Refused(409, "A folder is in its place, or a file in a folder's."),
        Refused(413, "The body is larger than the server takes; the message names the limit."),
        Refused(415, "The body is of another type or encoding than the route reads."),
        Refused(408, "The body came too slowly."),
        Refused(417, "The header `Expect` asks for something else than `100-continue`."),
    ),
)
async def save_workflow_file(request: web.Request, params: WorkflowChange, body: _Document) -> Reply:
    """Save a workflow: the body becomes the file, byte for byte, and a version of it.

    The same text as the newest version makes no other one.
    """
    files = await request.app[CANVAS].files()
    file, version, is_new = await files.save(params.name, body.text, _condition(request))
    return _saved(file, version, 201 if is_new else 200)


def _saved(file: WorkflowFile, version: Version, status: int) -> Reply:
    record = {name: getattr(file, name) for name in WorkflowFile.__struct_fields__}
    return Reply(SavedWorkflow(**record, version=version), status, {"ETag": f'"{file.revision}"'})


def _condition(request: web.Request) -> Condition:
    try:
        match, none_match = request.if_match, request.if_none_match
    except ValueError as error:
        raise Refusal(f"A condition cannot be read: {error}.", code="invalid_parameter") from error
    if none_match and any(etag.value != "*" for etag in none_match):
        raise Refusal("The header 'If-None-Match' of a change should be '*'.", code="invalid_parameter")
    if request.headers.get("If-Match") is not None and not match:
        raise Refusal("The header 'If-Match' should be a revision in quotes, or '*'.", code="invalid_parameter")
    return Condition(None if match is None else [etag.value for etag in match], bool(none_match))


@route("POST", "/workflows/files/{name}/move", tag=_TAG, refusals=(_NO_SUCH_FILE, _TAKEN))
async def move_workflow_file(request: web.Request, params: WorkflowName, body: MoveFileRequest) -> WorkflowFile:
    """Give a workflow file another name or folder; its versions go with it."""
    return await (await request.app[CANVAS].files()).move(params.name, body.to, overwrite=body.overwrite)


@route(
    "POST",
    "/workflows/files/{name}/copy",
    tag=_TAG,
    answers=(Answer(201, WorkflowFile, "The copy."),),
    refusals=(_NO_SUCH_FILE, _TAKEN, Refused(412, "The name was taken at the same moment.")),
)
async def copy_workflow_file(request: web.Request, params: WorkflowName, body: NewName) -> Reply:
    """Duplicate a workflow file under another name. The copy has a history of its own."""
    return Reply(await (await request.app[CANVAS].files()).copy(params.name, body.to), 201)


@route("POST", "/workflows/files/{name}/mark", tag=_TAG, refusals=(_NO_SUCH_FILE,))
async def mark_workflow_file(request: web.Request, params: WorkflowName, body: FavouriteRequest) -> WorkflowFile:
    """Have a workflow file stand first, or no longer; it keeps that under another name."""
    return await (await request.app[CANVAS].files()).mark(params.name, is_favourite=body.favourite)


@route("DELETE", "/workflows/files/{name}", tag=_TAG, refusals=(_NO_SUCH_FILE, _CONFLICT))
async def delete_workflow_file(request: web.Request, params: WorkflowChange) -> TrashPlace:
    """Move a workflow file to the trash, its versions with it."""
    trash_id = await (await request.app[CANVAS].files()).delete(params.name, _condition(request))
    return TrashPlace(trash_id=trash_id)


@route("GET", "/workflows/files/{name}/versions", tag=_TAG, refusals=(_NO_SUCH_FILE,))
async def list_workflow_versions(request: web.Request, params: WorkflowName) -> VersionList:
    """What a workflow file was at each save, and what changed."""
    return VersionList(versions=await (await request.app[CANVAS].files()).versions(params.name))


@route(
    "GET",
    "/workflows/files/{name}/versions/{version_id}",
    tag=_TAG,
    answers=(
        Answer(200, _DOCUMENT, "The file as it was.", headers=_ETAG),
        Answer(304, None, "`If-None-Match` named its revision."),
    ),
    refusals=(_NO_SUCH_VERSION,),
)
async def read_workflow_version(request: web.Request, params: VersionPath) -> web.StreamResponse:
    """A workflow file as it was, byte for byte."""
    version, text = await (await request.app[CANVAS].files()).version(params.name, params.version_id)
    return await _send(request, version.revision, text)


@route("PATCH", "/workflows/files/{name}/versions/{version_id}", tag=_TAG, refusals=(_NO_SUCH_VERSION,))
async def label_workflow_version(request: web.Request, params: VersionPath, body: LabelRequest) -> Version:
    """Give a version a name."""
    files = await request.app[CANVAS].files()
    return await files.label(params.name, params.version_id, body.label.strip())


@route(
    "POST",
    "/workflows/files/{name}/versions/{version_id}/restore",
    tag=_TAG,
    answers=(
        Answer(200, SavedWorkflow, "The file is as it was.", headers=_ETAG),
        Answer(201, SavedWorkflow, "The file is there again.", headers=_ETAG),
    ),
    refusals=(_NO_SUCH_VERSION, _CONFLICT, Refused(409, "A folder is in its place, or a file in a folder's.")),
)
async def restore_workflow_version(request: web.Request, params: VersionChange) -> Reply:
    """Save a version again. What is in the file now stays a version, too."""
    files = await request.app[CANVAS].files()
    _, text = await files.version(params.name, params.version_id)
    file, version, is_new = await files.save(params.name, text, _condition(request), "restored")
    return _saved(file, version, 201 if is_new else 200)
