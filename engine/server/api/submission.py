"""From a request to a workflow that is checked: either format, wrapped or not, as JSON or inside another file.

`read_as` gives the reader of a body, which only receives it; `WorkflowWork` is what every route with a workflow does
with it: read, set inputs, validate (in a worker, where nodes have a say in it).
"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from aiohttp import BodyPartReader, hdrs, web
from msgspec import UNSET, Meta, Struct, UnsetType, field
from msgspec.structs import fields

from engine.embedded.containers import HEAD_BYTES, document_in, find_container, read_texts
from engine.errors import ValidationError, WorkflowError
from engine.graph.a1111_text import is_parameters
from engine.graph.canvas_records import is_canvas
from engine.graph.document import PARAMETERS, read_workflow
from engine.graph.json_values import as_list, as_object, show
from engine.graph.overrides import set_inputs
from engine.graph.validate import Validated
from engine.graph.workflow import Note, Workflow
from engine.provenance import known_hashes, open_hashes
from engine.server.api.reading import convert_body
from engine.server.api.records import NodeErrors
from engine.server.api.route import Reader
from engine.server.api.writing import encode_json
from engine.server.bodies import parse_json, read_body, read_json_text
from engine.server.keys import SERVER_SETTINGS
from engine.server.refusal import Refusal, node_errors_of, too_large
from engine.server.uploads import FORM_ERRORS
from engine.server.validation import check, find_errors, find_registry
from engine.server.work import MUCH, Body, Checking, Known
from engine.settings import Settings

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


_R = TypeVar("_R", bound=WorkflowRequest)
_T = TypeVar("_T")


# -- receiving -------------------------------------------------------------------------------------------------------


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
            if media_type != "application/octet-stream" and not _is_container(data):
                what = "picture" if media_type.startswith("image/") else "file"
                raise Refusal(f"The body is no {what} of a known format, as its type says.", code="invalid_file")
            _check_file(data, "The body", request.app[SERVER_SETTINGS].max_json_bytes)
            return Received(source=Source(is_file=True), body=data)
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


def _is_bare(value: object) -> bool:
    """Whether a body is a workflow by itself, and not a record around one."""
    record = as_object(value)
    if record is None:
        return as_list(value) is not None
    return (
        is_canvas(record)
        or as_list(record.get("templates")) is not None
        or any("class_type" in (as_object(entry) or {}) for entry in record.values())
    )


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
            raise _no_form(f"The form has a part {show(name)}; known are file, {', '.join(known)}.")
    name, body = workflow or ("", bytearray())
    return Received(source=Source(is_file=workflow is not None, name=name, fields=values), body=body)


def _is_container(data: Body) -> bool:
    """Whether a file is of a kind that carries workflows, and not JSON."""
    return find_container(bytes(data[:HEAD_BYTES])) is not None


def _check_file(data: Body, name: str, limit: int) -> None:
    """What is no picture, sound or the like is read as JSON and may be as large as that."""
    if len(data) > limit and not _is_container(data):
        raise _too_much_json(name, limit)


def _too_much_json(what: str, limit: int) -> Refusal:
    return too_large(f"{what} is larger than {limit / 2**20:g} MiB; --max-json-size raises the limit.")


def _document_in(data: bytes, name: str, settings: Settings, max_depth: int) -> Any:
    """The document in a JSON file, or in one that carries a workflow (`engine.embedded`)."""
    carried = read_texts(io.BytesIO(data), settings.max_workflow_bytes)
    if carried is not None:
        return _strict(document_in(carried, name), max_depth)
    if not data.strip():
        raise Refusal(f"{name} is empty.", code="invalid_file")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return parse_json(data, max_depth=max_depth)
    text = data.decode("utf-8-sig", "replace")
    if is_parameters(text):
        return {PARAMETERS: text}
    raise Refusal(f"{name} is neither a picture or other file that may carry a workflow nor JSON.", code="invalid_file")


def _read_part(name: str, data: Body, kind: Any, max_depth: int) -> Any:
    """A part as a JSON value; what is a text in the JSON body is given as it is."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise _no_form(f"The part {show(name)} is not text in UTF-8.") from error
    try:
        return msgspec.convert(text, kind)
    except msgspec.ValidationError:
        return parse_json(data, max_depth=max_depth)


async def _parts(request: web.Request) -> AsyncIterator[tuple[str, bytearray, bool]]:
    """Name, bytes and whether it is a file, of each part of a form."""
    limit = left = request.app[SERVER_SETTINGS].max_upload_bytes
    count = 0
    try:
        async for part in await request.multipart():
            count += 1
            if not isinstance(part, BodyPartReader) or not part.name or count > _MOST_PARTS:
                raise _no_form(f"A form has at most {_MOST_PARTS} parts, each with a name and none within another.")
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
        raise _no_form("The body is not a form as its type says: it is cut off, or not well-formed.") from error


def _no_form(message: str) -> Refusal:
    return Refusal(message, code="invalid_form")


# -- checking --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checked:
    """A workflow and what is wrong with it.

    Attributes:
        workflow: As it was read, with inputs set: what runs, and what pictures carry.
        prompt: The same in API format.
        extra: What else pictures shall carry.
        found: What validation says.
        notes: What was dropped, filled in or guessed.
    """

    workflow: Workflow
    prompt: dict[str, Any]
    extra: dict[str, Any]
    found: Validated
    notes: tuple[Note, ...]

    @property
    def node_errors(self) -> dict[str, NodeErrors]:
        """What is wrong, by node, as refusals have it."""
        return msgspec.convert(node_errors_of(ValidationError(self.found.errors)), dict[str, NodeErrors])


class WorkflowWork(Checking[_T], Generic[_T], frozen=True, kw_only=True):
    """Work on a workflow that was received. Its `do` begins with `read` or `check`."""

    source: Source

    def weigh(self, body: Body) -> int:
        """All that came. A file that carries texts may hold them packed, so nobody can tell."""
        if self.source.is_file and _is_container(body):
            return MUCH
        return len(body) + sum(map(len, self.source.fields.values()))

    def open(self, known: Known, body: Body, kind: type[_R]) -> _R:
        """The record that a body stands for.

        Raises:
            Refusal: It stands for none.
        """
        depth, source = known.server.max_json_depth, self.source
        if source.is_file:
            document = _document_in(bytes(body), source.name, known.settings, depth)
            if not source.fields:
                return kind(workflow=document)
            values = {"workflow": document}
        elif source.fields or not body:
            values = dict[str, Any]()
        else:
            value = parse_json(body, max_depth=depth, charset=source.charset)
            return kind(workflow=value) if _is_bare(value) else convert_body(value, kind)
        types = {declared.encode_name: declared.type for declared in fields(kind)}
        for name, data in source.fields.items():
            values[name] = _read_part(name, data, types[name], depth)
        return convert_body(values, kind)

    def read(self, known: Known, wanted: WorkflowRequest) -> tuple[Workflow, dict[str, Any], dict[str, Any]]:
        """The workflow, its API format, and what else pictures carry; the last two can be written by anything.

        Raises:
            WorkflowError: It cannot be read, or a name in `inputs` means nothing.
            Refusal: It has too many nodes, or holds what cannot be written.
        """
        return _read(wanted, known)

    def check(self, known: Known, wanted: WorkflowRequest) -> Checked:
        """Read a workflow, set inputs and find everything that is wrong with it.

        Raises:
            WorkflowError: It cannot be read, or a name in `inputs` or `targets` means nothing.
            NeedsWorker: A worker must validate it.
            Refusal: 413, it has too many nodes.
        """
        workflow, prompt, extra = _read(wanted, known)
        targets = _known_targets(workflow, wanted.targets)
        found = find_errors(known, workflow, prompt, targets, self.told)
        return Checked(workflow, prompt, extra, found, (*workflow.notes, *found.notes))


async def do_work(request: web.Request, work: WorkflowWork[_T], received: Received) -> _T:
    """Do work on a workflow.

    Raises:
        EngineError: What is wrong with it.
        WorkerUnavailable: No worker can say which nodes there are, or validate it.
    """
    await find_registry(request)
    return await check(request, work, received.body)


def _read(wanted: WorkflowRequest, known: Known) -> tuple[Workflow, dict[str, Any], dict[str, Any]]:
    given = {name: value for name in ("workflow", "prompt") if (value := getattr(wanted, name)) is not UNSET}
    if not given:
        raise WorkflowError("No workflow is given: expected one in 'workflow', of either format.", code="no_prompt")
    settings, limits = known.settings, known.server
    workflow = read_workflow(
        given if len(given) > 1 else next(iter(given.values())),
        known.registry,
        known.choices,
        lambda: known_hashes(settings, open_hashes(settings), "checkpoints"),
    )
    if len(workflow.nodes) > limits.max_nodes:
        raise too_large(f"The workflow has {len(workflow.nodes)} nodes; --max-nodes allows {limits.max_nodes}.")
    if wanted.inputs:
        workflow = set_inputs(workflow, known.registry, wanted.inputs)
    prompt, extra = workflow.to_api(), dict(workflow.extra)
    if any(map(_holds_text, given.values())):
        prompt, extra = _strict(prompt, limits.max_json_depth), _strict(extra, limits.max_json_depth)
    return workflow, prompt, extra


def _holds_text(document: object, levels: int = 10) -> bool:
    """Whether the workflow may stand inside as JSON text, which was then not read by the rules of bodies."""
    if isinstance(document, str) or levels == 0:
        return True
    if (items := as_list(document)) is not None:
        return any(_holds_text(item, levels - 1) for item in items[:1])
    record = as_object(document) or {}
    if is_canvas(record):
        return False
    templates = [(as_object(template) or {}).get("data") for template in as_list(record.get("templates")) or ()]
    return any(_holds_text(inside, levels - 1) for inside in (record.get("prompt"), record.get("workflow"), *templates))


def _strict(value: Mapping[str, Any], max_depth: int) -> dict[str, Any]:
    """The value as it would come in a body: documents inside texts and files are read with less care."""
    try:
        return parse_json(encode_json(dict(value)), max_depth=max_depth)
    except RecursionError as error:
        raise WorkflowError("The workflow is nested too deep.") from error


def _known_targets(workflow: Workflow, targets: Sequence[str] | None) -> list[str] | None:
    for target in targets or ():
        if target not in workflow.nodes:
            raise WorkflowError(f"'targets' names the node {show(target)}, which the workflow does not have.")
    return None if targets is None else list(targets)
