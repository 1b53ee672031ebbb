"""From a body to a workflow that is checked: either format, wrapped or not, as JSON or inside another file.

`WorkflowWork` is what every route with a workflow does with what it received (`engine.server.api.receiving`): read, set
inputs, validate (in a worker, where nodes have a say in it).
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

import msgspec
from aiohttp import web
from msgspec import UNSET
from msgspec.structs import fields

from engine.embedded.containers import document_in, read_texts
from engine.errors import ValidationError, WorkflowError
from engine.graph.a1111_text import is_parameters
from engine.graph.canvas_records import is_canvas
from engine.graph.document import PARAMETERS, read_workflow
from engine.graph.json_values import as_list, as_object, show
from engine.graph.overrides import set_inputs
from engine.graph.validate import Validated
from engine.graph.workflow import Note, Workflow
from engine.images.containers import PNG_SIGNATURE
from engine.provenance import known_hashes, open_hashes
from engine.server.api.reading import convert_body
from engine.server.api.receiving import Received, Source, WorkflowRequest, is_container, no_form
from engine.server.api.records import NodeErrors
from engine.server.api.writing import encode_json
from engine.server.bodies import parse_json
from engine.server.refusal import Refusal, node_errors_of
from engine.server.validation import check, check_nodes, find_errors, find_registry
from engine.server.work import MUCH, THREAD_BYTES, Body, Checking, Known
from engine.settings import Settings

_LITTLE_TEXT_BYTES = THREAD_BYTES // 2
_SKIMMED_BYTES = 8 * THREAD_BYTES
"""Of a PNG file only the texts are looked at; what is larger takes too long to be handed on."""

_R = TypeVar("_R", bound=WorkflowRequest)
_T = TypeVar("_T")


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


def _document_in(data: bytes, name: str, settings: Settings, max_depth: int, *, is_brief: bool) -> Any:
    """The document in a JSON file, or in one that carries a workflow (`engine.embedded`)."""
    most = settings.max_workflow_bytes
    carried = read_texts(io.BytesIO(data), min(most, _LITTLE_TEXT_BYTES) if is_brief else most)
    if carried is not None:
        if is_brief and carried.refused:
            raise _HoldsMoreError
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
        raise no_form(f"The part {show(name)} is not text in UTF-8.") from error
    try:
        return msgspec.convert(text, kind)
    except msgspec.ValidationError:
        return parse_json(data, max_depth=max_depth)


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


class _HoldsMoreError(Exception):
    """A file carries more than may be read of it here."""


class WorkflowWork(Checking[_T], Generic[_T], frozen=True, kw_only=True):
    """Work on a workflow that was received. Its `do` begins with `read` or `check`.

    Attributes:
        source: How it came.
        is_brief: Of a file that carries texts no more than half a mebibyte of them is read.
    """

    source: Source
    is_brief: bool = False

    def weigh(self, body: Body) -> int:
        """All that came. A file that carries texts may hold them packed, so nobody can tell."""
        others = sum(map(len, self.source.fields.values()))
        if self.source.is_file and is_container(body):
            return _LITTLE_TEXT_BYTES + others if self.is_brief else MUCH
        return len(body) + others

    def brief(self, body: Body) -> Self | None:
        """The same, done with as little as most files carry; None if that is no shorter way."""
        is_short = len(body) <= (_SKIMMED_BYTES if body.startswith(PNG_SIGNATURE) else THREAD_BYTES)
        if not self.source.is_file or not is_short or not is_container(body):
            return None
        brief = msgspec.structs.replace(self, is_brief=True)
        return brief if brief.weigh(body) <= THREAD_BYTES else None

    def open(self, known: Known, body: Body, kind: type[_R]) -> _R:
        """The record that a body stands for.

        Raises:
            Refusal: It stands for none.
            _HoldsMoreError: The work is brief, and that is not enough.
        """
        depth, source = known.server.max_json_depth, self.source
        if source.is_file:
            document = _document_in(bytes(body), source.name, known.settings, depth, is_brief=self.is_brief)
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
            Refusal: It has too many nodes or ids that are too long, or holds what cannot be written.
        """
        return _read(wanted, known)

    def check(self, known: Known, wanted: WorkflowRequest) -> Checked:
        """Read a workflow, set inputs and find everything that is wrong with it.

        Raises:
            WorkflowError: It cannot be read, or a name in `inputs` or `targets` means nothing.
            NeedsWorker: A worker must validate it.
            Refusal: 413, it has too many nodes, or ids that are too long.
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
    if (brief := work.brief(received.body)) is not None:
        with suppress(_HoldsMoreError):
            return await check(request, brief, received.body)
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
    check_nodes(workflow.nodes, limits.max_nodes)
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
