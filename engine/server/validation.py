"""What every route with a workflow needs before it is accepted: its errors, and its secrets set apart."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from aiohttp import web

from engine.errors import InputError, WorkflowError
from engine.graph.registry import Registry
from engine.graph.validate import Validated, validate
from engine.graph.workflow import Workflow
from engine.server.keys import DISPATCHER, LISTINGS

READY_TIMEOUT_S = 60.0
"""So long a request waits for the first worker to say which nodes there are."""
_INLINE_NODES = 100
"""Smaller workflows are validated in less time than it takes to hand them to a thread."""
_SECRET = re.compile(r"token|api_?key|secret|passw|credential|authoriz", re.IGNORECASE)


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


async def find_errors(
    request: web.Request, workflow: Workflow, prompt: Mapping[str, Any], targets: Iterable[str] | None
) -> Validated:
    """Validate a workflow, in a worker if its nodes have a say in it.

    Args:
        request: The request that brought it.
        workflow: As read from `prompt`.
        prompt: The same in API format.
        targets: Ids of the wanted nodes; None means every output node.

    Raises:
        WorkerUnavailable: No worker can say which nodes there are, or validate it.
        WorkflowError: The worker could not read it.
    """
    dispatcher = request.app[DISPATCHER]
    registry = await find_registry(request)
    asked = dispatcher.catalog.asked_in_worker
    if asked and any(node.type in asked for node in workflow.nodes.values()):
        return await _ask_worker(request, workflow, prompt, None if targets is None else tuple(targets))
    files, settings = request.app[LISTINGS].choices, request.app[LISTINGS].settings
    if len(workflow.nodes) <= _INLINE_NODES:
        return validate(workflow, registry, files, targets, settings)
    return await asyncio.to_thread(validate, workflow, registry, files, targets, settings)


async def _ask_worker(
    request: web.Request, workflow: Workflow, prompt: Mapping[str, Any], targets: tuple[str, ...] | None
) -> Validated:
    text = await asyncio.to_thread(msgspec.json.encode, prompt)
    answer = await request.app[DISPATCHER].validate(text, targets)
    if answer.failure is not None:
        raise WorkflowError(answer.failure.message, code=answer.failure.type, details=answer.failure.details)
    errors = tuple(InputError(**msgspec.structs.asdict(error)) for error in answer.errors)
    return Validated(workflow, answer.targets, answer.refused, errors, ())


def split_secrets(extra_data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What may be stored and shown, and what may not: keys and tokens, told by their names."""
    secrets = {name: value for name, value in extra_data.items() if _SECRET.search(name)}
    return {name: value for name, value in extra_data.items() if name not in secrets}, secrets
