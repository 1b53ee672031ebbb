"""`/prompt`: a body of the existing protocol -> a job on disk, or why not."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web
from msgspec import Struct

from engine.errors import InputError, ValidationError
from engine.graph.canvas_records import is_canvas
from engine.graph.document import with_current_names
from engine.graph.json_values import as_object, show
from engine.graph.reach import MOST_WALKS
from engine.graph.registry import Registry
from engine.graph.validate import Validated, output_ids
from engine.graph.workflow import Workflow
from engine.jobs.job import Submission
from engine.jobs.rows import encode_object
from engine.server.bodies import check_text, field_of, list_field, object_field, parse_json, read_json_text
from engine.server.keys import DISPATCHER, HEAVY
from engine.server.refusal import Refusal, node_errors_of, too_large
from engine.server.validation import check, check_nodes, find_errors, find_registry, split_secrets
from engine.server.work import Body, Checking, Known, Work

routes = web.RouteTableDef()

LONGEST_ID = 256
MOST_IDS = 10_000
"""So many jobs can be named at once."""
_MOST_TARGETS = 100_000


@routes.get("/prompt")
async def count_prompts(request: web.Request) -> web.Response:
    """How many jobs wait or run."""
    return web.json_response({"exec_info": {"queue_remaining": request.app[DISPATCHER].remaining}})


@routes.post("/prompt")
async def accept_prompt(request: web.Request) -> web.Response:
    """Accept a workflow in API format. When the answer leaves, the job is on disk."""
    body = await read_json_text(request)
    charset = request.charset or "utf-8"
    dispatcher = request.app[DISPATCHER]
    if dispatcher.catalog.registry is None:  # what is no JSON at all need not wait to be told so
        await request.app[HEAVY].do(TidyJson(charset=charset), body)
        await find_registry(request)
    if dispatcher.catalog.filters_prompts:  # packs that want to see it first
        text = await request.app[HEAVY].do(TidyJson(charset=charset), body)
        body, charset = await dispatcher.filter_prompt(text), "utf-8"
    read = await check(request, ReadPrompt(charset=charset), body)
    job = await dispatcher.submit(read.submission)
    has_number = read.submission.number is not None
    number = job.number if has_number or not job.number.is_integer() else int(job.number)
    return web.json_response({"prompt_id": job.id, "number": number, "node_errors": read.node_errors})


class TidyJson(Work[bytes], frozen=True, kw_only=True):
    """The JSON text that anybody can read, of a body that perhaps is one."""

    charset: str

    def do(self, known: Known, body: Body) -> bytes:
        """See above."""
        return msgspec.json.encode(parse_json(body, max_depth=known.server.max_json_depth, charset=self.charset))


class PromptRead(Struct, frozen=True):
    """A prompt that can run. `node_errors`: what is wrong with it all the same."""

    submission: Submission
    node_errors: dict[str, Any]


class ReadPrompt(Checking[PromptRead], frozen=True, kw_only=True):
    """A body of `POST /prompt`, read and validated."""

    charset: str

    def do(self, known: Known, body: Body) -> PromptRead:
        """See above."""
        value = parse_json(body, max_depth=known.server.max_json_depth, charset=self.charset)
        fields = read_prompt_body(value)
        del value
        prompt: dict[str, Any] = fields["prompt"]
        check_nodes(prompt, known.server.max_nodes, "prompt")
        workflow = _read_workflow(prompt, known.registry)
        targets: list[str] | None = fields.pop("targets")
        if targets is not None:
            wanted = set(targets)
            targets = [node_id for node_id in output_ids(workflow, known.registry) if node_id in wanted]
        found = find_errors(known, workflow, prompt, targets, self.told)
        if (failure := found.failure(partial=True)) is not None:
            raise failure
        fields |= {"prompt": encode_object(prompt), "extra_data": encode_object(fields["extra_data"])}
        return PromptRead(Submission(targets=found.targets, **fields), _node_errors(found))


def read_prompt_body(value: Any) -> dict[str, Any]:
    """The fields of a body: those of `Submission`, and `targets` as asked for (None: all outputs).

    Raises:
        Refusal: saying which field is wrong.
    """
    body = as_object(value)
    if body is None:
        raise Refusal(f"The body should be an object with a 'prompt', but is {show(value)}.", code="invalid_prompt")
    prompt = _find_prompt(body)
    extra_data, secrets = split_secrets(object_field(body, "extra_data") or {})
    object_field(extra_data, "extra_pnginfo")
    client_id = body.get("client_id")
    if client_id is None:
        client_id = extra_data.get("client_id")
    for name in ("client_id", "create_time"):  # shown as the job has them
        extra_data.pop(name, None)
    front = field_of(body, "front", bool)
    return {
        "id": _read_id(body.get("prompt_id")),
        "prompt": prompt,
        "targets": _read_targets(body),
        "number": _read_number(body.get("number")),
        "front": bool(front),
        "client_id": "" if client_id is None else check_text(client_id, "'client_id'", longest=LONGEST_ID),
        "extra_data": extra_data,
        "secrets": secrets,
    }


def _find_prompt(body: Mapping[str, Any]) -> dict[str, Any]:
    prompt = body.get("prompt")
    if prompt is None:
        if is_canvas(body):
            raise _canvas_refused()
        is_bare = any("class_type" in (as_object(entry) or {}) for entry in body.values())
        hint = ". The body is a workflow itself; it should be {'prompt': workflow}." if is_bare else ""
        raise Refusal(f"No prompt provided{hint}", code="no_prompt", details="No prompt provided")
    record = as_object(prompt)
    if record is None:
        raise Refusal(f"'prompt' should be an object of nodes by id, but is {show(prompt)}.", code="invalid_prompt")
    if is_canvas(record):
        raise _canvas_refused()
    return dict(record)


def _canvas_refused() -> Refusal:
    return Refusal(
        "This is a workflow in canvas format (nodes and links, as saved by the page). /prompt takes the API format;"
        " POST /api/v1/jobs takes both.",
        code="workflow_format_ui",
    )


def _read_id(value: object) -> str:
    if value is None:
        return str(uuid.uuid4())
    try:
        job_id = check_text(value, "'prompt_id'", longest=LONGEST_ID)
    except Refusal as refusal:
        raise Refusal(str(refusal), code="invalid_prompt_id") from refusal
    if not job_id.strip():
        raise Refusal("'prompt_id' should be a text that is not empty.", code="invalid_prompt_id")
    return job_id


def read_job_ids(body: Mapping[str, Any], name: str) -> list[str]:
    """A list of job ids in a body; empty if it is absent.

    Raises:
        Refusal: if it is no list of texts, or has more than `MOST_IDS`.
    """
    ids = list_field(body, name) or []
    if len(ids) > MOST_IDS:
        raise too_large(
            f"{name!r} names {len(ids)} jobs; one request may name {MOST_IDS}, a fixed limit. Send more in several."
        )
    for job_id in ids:
        if not isinstance(job_id, str):
            raise Refusal(f"{name!r} should hold ids as texts, but holds {show(job_id)}.", extra_info={"field": name})
    return ids


def _read_number(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refusal(f"'number' should be a number, but is {show(value)}.", extra_info={"field": "number"})
    return float(value)


def _read_targets(body: Mapping[str, Any]) -> list[str] | None:
    targets = list_field(body, "partial_execution_targets")
    if targets is None:
        return None
    if len(targets) > _MOST_TARGETS:
        raise too_large(f"'partial_execution_targets' names more than {_MOST_TARGETS} nodes, a fixed limit.")
    for target in targets:
        if not isinstance(target, str):
            raise Refusal(
                f"'partial_execution_targets' should hold ids of nodes as texts, but holds {show(target)}.",
                extra_info={"field": "partial_execution_targets"},
            )
    return targets


def _read_workflow(prompt: Mapping[str, Any], registry: Registry) -> Workflow:
    """The workflow. Unlike files, which hold all sorts of things, a prompt holds nodes and nothing else.

    Raises:
        Refusal: naming the first entry that is none.
        WorkflowError: naming the first node that cannot be read.
    """
    for node_id, entry in prompt.items():
        record = as_object(entry)
        if record is None or "class_type" not in record:
            came = "" if record is not None else f": it is {show(entry)}"
            raise Refusal(
                f"Cannot execute because node {show(node_id)} is missing the class_type property{came}.",
                code="invalid_prompt",
                details=f"Node ID '#{node_id[:100]}'",
            )
    return with_current_names(Workflow.from_api(prompt), registry)


def _node_errors(found: Validated) -> dict[str, Any]:
    """What is wrong although something can run: what concerns a wanted output; nothing else is said by the protocol."""
    errors: tuple[InputError, ...] = found.errors
    if len(errors) <= MOST_WALKS:
        errors = tuple(error for error in errors if error.dependent_outputs or error.more_outputs)
    return node_errors_of(ValidationError(errors))
