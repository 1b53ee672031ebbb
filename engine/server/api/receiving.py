"""A request with a workflow is received: as JSON, as a form, or as a file that carries one. Nothing of it is read yet.

What is then made of it: `engine.server.api.submission`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from aiohttp import BodyPartReader, hdrs, web
from msgspec import UNSET, Meta, Struct, UnsetType, field
from msgspec.structs import fields

from engine.embedded.containers import HEAD_BYTES, find_container
from engine.graph.json_values import show
from engine.server.api.route import Reader
from engine.server.bodies import read_body, read_json_text
from engine.server.keys import SERVER_SETTINGS
from engine.server.refusal import Refusal, too_large
from engine.server.uploads import FORM_ERRORS
from engine.server.work import Body

_MOST_PARTS = 32
_FILE_TYPES = ("image/", "audio/", "video/", "model/", "application/ogg", "application/octet-stream")
_FILE_FIELDS = ("file", "image", "workflow", "prompt")

_Document = Annotated[
    dict[str, Any] | list[Any] | str | UnsetType,
    Meta(
        description="A workflow in canvas format or in API format, as an object or as JSON text; wrapped in a list of"
        " one, in `templates`, or as `prompt` beside the canvas document, as files have it."
    ),
]


class WorkflowRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A workflow and what to change in it.

    Attributes:
        workflow: A workflow of either format; needed unless `prompt` is given.
        prompt: The same in API format, beside the canvas document: it is what runs, the other goes into pictures.
        inputs: Values to set first, by `NODE.INPUT`; NODE is an id, a title or a type name.
        targets: Ids of the nodes whose outputs are wanted; by default all output nodes.
    """

    workflow: _Document = UNSET
    prompt: _Document = UNSET
    inputs: dict[str, Any] = field(default_factory=dict[str, Any])
    targets: list[str] | None = None


class Source(Struct, frozen=True, kw_only=True):
    """How a workflow came, besides the bytes that hold it.

    Attributes:
        is_file: The bytes are a file that carries a workflow, or JSON; otherwise they are the JSON body.
        name: What to call the file in messages.
        charset: Of the JSON body.
        fields: The other parts of a form, by name.
    """

    is_file: bool = False
    name: str = "The body"
    charset: str = "utf-8"
    fields: dict[str, bytearray] = field(default_factory=dict[str, bytearray])


class Received(Struct, frozen=True, kw_only=True):
    """A body that holds a workflow, as it came: it is read inside of work (`WorkflowWork`)."""

    source: Source
    body: bytearray


def read_as(kind: type[WorkflowRequest]) -> Reader:
    """The reader of a body that holds a workflow: this record, a bare workflow, or a picture."""

    async def read(request: web.Request) -> Received:
        media_type = request.content_type.lower() if hdrs.CONTENT_TYPE in request.headers else "application/json"
        if media_type.startswith(_FILE_TYPES):
            data = await read_body(request)
            if media_type != "application/octet-stream" and not is_container(data):
                what = "picture" if media_type.startswith("image/") else "file"
                raise Refusal(f"The body is no {what} of a known format, as its type says.", code="invalid_file")
            _check_file(data, "The body", request.app[SERVER_SETTINGS].max_json_bytes)
            return Received(source=Source(is_file=True, name="The file"), body=data)
        if media_type == "multipart/form-data":
            return await _receive_form(request, kind)
        if media_type != "application/json" and not media_type.endswith("+json"):
            raise Refusal(
                f"A workflow comes as application/json, as multipart/form-data with a file, or as a file that carries"
                f" one (image/..., audio/..., video/..., model/...), not as {show(media_type)}.",
                status=415,
            )
        return Received(source=Source(charset=request.charset or "utf-8"), body=await read_json_text(request))

    return Reader(read, kind, _content_of(kind))


def _content_of(kind: type[WorkflowRequest]) -> dict[str, Any]:
    """What the OpenAPI document says of the bodies."""
    around = {
        "$ref": f"#/components/schemas/{kind.__name__}",
        "anyOf": [{"required": ["workflow"]}, {"required": ["prompt"]}],
    }
    bare = {
        "type": "object",
        "description": "A workflow of either format by itself, as files have it.",
        "anyOf": [
            {"required": ["nodes"], "properties": {"nodes": {"type": "array"}}},
            {"not": {"additionalProperties": {"not": {"type": "object", "required": ["class_type"]}}}},  # has a node
        ],
    }
    part = {
        "type": "string",
        "contentMediaType": "application/octet-stream",
        "description": "A JSON file, or a picture, sound, film, scene or model file that carries a workflow.",
    }
    others = {
        name: {"type": "string", "description": "As in the JSON body; JSON text, where it is not a text."}
        for name in (declared.encode_name for declared in fields(kind))
        if name not in _FILE_FIELDS
    }
    form = {
        "type": "object",
        "description": "A form: `file` is as the body by itself, the other parts are as in the JSON body.",
        "required": ["file"],
        "properties": {"file": part, **others},
    }
    picture = {"type": "string", "contentMediaType": "image/png", "description": "A picture that carries a workflow."}
    return {
        "application/json": {"anyOf": [around, bare]},
        "multipart/form-data": form,
        "image/png": picture,
        "image/jpeg": {**picture, "contentMediaType": "image/jpeg"},
        "image/webp": {**picture, "contentMediaType": "image/webp"},
        "application/octet-stream": {"description": "A file that carries a workflow, or JSON; its content tells."},
    }


async def _receive_form(request: web.Request, kind: type[WorkflowRequest]) -> Received:
    """A form: one part with a file, and others as the JSON body has them."""
    values: dict[str, bytearray] = {}
    workflow: tuple[str, bytearray] | None = None
    known = {declared.encode_name for declared in fields(kind)}
    limit = request.app[SERVER_SETTINGS].max_json_bytes
    left = limit
    async for name, data, is_file in _parts(request):
        if name in values or (name in _FILE_FIELDS and workflow is not None):
            raise Refusal(
                f"The form has more than one workflow or more than one part {show(name)}.", code="invalid_form"
            )
        if name in _FILE_FIELDS or (is_file and name not in known):
            workflow = f"The part {show(name)}", data
            _check_file(data, workflow[0], limit)
        elif name in known:
            left -= len(data)
            if left < 0:
                raise _too_much_json("What the form holds besides its file", limit)
            values[name] = data
        else:
            raise no_form(f"The form has a part {show(name)}; known are file, {', '.join(known)}.")
    name, body = workflow or ("", bytearray())
    return Received(source=Source(is_file=workflow is not None, name=name, fields=values), body=body)


def is_container(data: Body) -> bool:
    """Whether a file is of a kind that carries workflows, and not JSON."""
    return find_container(bytes(data[:HEAD_BYTES])) is not None


def _check_file(data: Body, name: str, limit: int) -> None:
    """What is no picture, sound or the like is read as JSON and may be as large as that."""
    if len(data) > limit and not is_container(data):
        raise _too_much_json(name, limit)


def _too_much_json(what: str, limit: int) -> Refusal:
    return too_large(f"{what} is larger than {limit / 2**20:g} MiB; --max-json-size raises the limit.")


async def _parts(request: web.Request) -> AsyncIterator[tuple[str, bytearray, bool]]:
    """Name, bytes and whether it is a file, of each part of a form."""
    limit = left = request.app[SERVER_SETTINGS].max_upload_bytes
    count = 0
    try:
        async for part in await request.multipart():
            count += 1
            if not isinstance(part, BodyPartReader) or not part.name or count > _MOST_PARTS:
                raise no_form(
                    f"A form has at most {_MOST_PARTS} parts, a fixed limit, each with a name and none within another."
                )
            data = bytearray()
            while chunk := await part.read_chunk():
                left -= len(chunk)
                if left < 0:
                    raise too_large(
                        f"The body is larger than {limit / 2**20:g} MiB; --max-upload-size raises the limit."
                    )
                data += chunk
            yield part.name, data, part.filename is not None
    except FORM_ERRORS as error:
        raise no_form("The body is not a form as its type says: it is cut off, or not well-formed.") from error


def no_form(message: str) -> Refusal:
    """The refusal for a body that is no form of ours."""
    return Refusal(message, code="invalid_form")
