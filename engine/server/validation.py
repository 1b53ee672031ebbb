"""What every route with a workflow needs before it is accepted: its errors, and its secrets set apart."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from engine.errors import InputError, WorkflowError
from engine.graph.json_values import as_list, as_object, show
from engine.graph.registry import Registry
from engine.graph.validate import Validated, validate
from engine.graph.workflow import Workflow
from engine.jobs.rows import encode_object
from engine.server.keys import DISPATCHER, HEAVY
from engine.server.refusal import too_large
from engine.server.work import Body, Checking, Known, NeedsWorker
from engine.workers.messages import Validation

T = TypeVar("T")
READY_TIMEOUT_S = 60.0
"""So long a request waits for the first worker to say which nodes there are."""
LONGEST_NODE_ID = 1_000
MOST_SECRET_BYTES = 64 * 1024
"""Of all keys and tokens of a job as JSON: they are kept in memory, and given to a worker as they are."""
_SECRET = re.compile(
    r"token|(api|access|private)[-_. ]?key|secret|passw|passphrase|credential|authoriz|bearer|cookie", re.IGNORECASE
)
_PNGINFO = "extra_pnginfo"
_DOCUMENTS = frozenset({"workflow", "prompt"})
"""What pictures carry under these names is what ran; its inputs are called as their nodes call them (`max_tokens`)."""


async def find_registry(request: web.Request) -> Registry:
    """The node types.

    Raises:
        WorkerUnavailable: no worker said in time which there are.
    """
    return await request.app[DISPATCHER].catalog.ready(READY_TIMEOUT_S)


async def renew_registry(request: web.Request) -> Registry:
    """The node types, for who shows them: with the choices that they have now, also where only a worker knows them.

    Raises:
        WorkerUnavailable: no worker said in time which there are.
    """
    await find_registry(request)
    await request.app[DISPATCHER].renew_catalog()
    return await find_registry(request)


async def check(request: web.Request, work: Checking[T], body: Body) -> T:
    """Do work in which a workflow is validated; a worker is asked if its nodes have a say in that.

    Raises:
        EngineError: What is wrong.
        WorkerUnavailable: No worker can validate it.
    """
    heavy = request.app[HEAVY]
    try:
        return await heavy.do(work, body)
    except NeedsWorker as needs:
        told = await request.app[DISPATCHER].validate(needs.prompt, needs.targets)
    return await heavy.do(msgspec.structs.replace(work, told=told), body)


def check_nodes(node_ids: Collection[str], most: int, what: str = "workflow") -> None:
    """See to it that there are not too many nodes, and that their ids are no books: answers repeat them.

    Raises:
        Refusal: 413, there are, or one is.
    """
    if len(node_ids) > most:
        raise too_large(f"The {what} has {len(node_ids)} nodes, more than {most}; --max-nodes raises the limit.")
    for node_id in node_ids:
        if len(node_id) > LONGEST_NODE_ID:
            raise too_large(
                f"The id of a node, {show(node_id)}, has more than {LONGEST_NODE_ID} characters, a fixed limit."
            )


def find_errors(
    known: Known,
    workflow: Workflow,
    prompt: Mapping[str, Any],
    targets: Iterable[str] | None,
    told: Validation | None,
) -> Validated:
    """Validate a workflow, inside of work.

    Args:
        known: As the work was given it.
        workflow: As read from `prompt`.
        prompt: The same in API format.
        targets: Ids of the wanted nodes; None means every output node.
        told: What a worker said of it, if one was asked.

    Raises:
        NeedsWorker: One must be asked, and was not.
        WorkflowError: The worker could not read it.
    """
    if told is not None:
        if told.failure is not None:
            raise WorkflowError(told.failure.message, code=told.failure.type, details=told.failure.details)
        errors = tuple(InputError(**msgspec.structs.asdict(error)) for error in told.errors)
        return Validated(workflow, told.targets, told.refused, errors, ())
    asked = known.asked_in_worker
    if asked and any(node.type in asked for node in workflow.nodes.values()):
        raise NeedsWorker(encode_object(prompt), None if targets is None else tuple(targets))
    return validate(workflow, known.registry, known.choices, targets, known.settings)


def split_secrets(extra_data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What may be stored and shown, and what may not: keys and tokens, told by their names at whatever depth.

    Returns:
        Both with the same nesting. A list that holds an object with a key or token in it is kept back as a whole.

    Raises:
        Refusal: 413, if keys and tokens are together larger than `MOST_SECRET_BYTES`.
    """
    shown, secrets = _split(extra_data, frozenset())
    if secrets and (size := len(msgspec.json.encode(secrets))) > MOST_SECRET_BYTES:
        raise too_large(
            f"The keys and tokens in 'extra_data' are {size} bytes; they may be {MOST_SECRET_BYTES}, a fixed limit."
            " What is no secret should have a name without 'token', 'key' and the like."
        )
    return shown, secrets


def _split(record: Mapping[str, Any], documents: frozenset[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    shown: dict[str, Any] = {}
    secrets: dict[str, Any] = {}
    for name, value in record.items():
        if _SECRET.search(name):
            secrets[name] = value
        elif name in documents:
            shown[name] = value
        elif (inner := as_object(value)) is not None:
            shown[name], hidden = _split(inner, _DOCUMENTS if name == _PNGINFO else frozenset())
            if hidden:
                secrets[name] = hidden
        elif (items := as_list(value)) is not None and any(map(_holds_secret, items)):
            secrets[name] = value
        else:
            shown[name] = value
    return shown, secrets


def _holds_secret(value: object) -> bool:
    if (record := as_object(value)) is not None:
        return any(_SECRET.search(name) or _holds_secret(inside) for name, inside in record.items())
    return any(map(_holds_secret, as_list(value) or ()))
