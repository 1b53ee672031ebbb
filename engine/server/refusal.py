"""Every answer that is not what was asked for: one error object, one status, nothing of the server's inside.

Handlers raise `Refusal`, or let an `EngineError` of the parts below pass; the middleware turns either, what aiohttp
itself refuses, and our own bugs into `{"error": {type, message, details, extra_info}, "node_errors": {}}`.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from aiohttp import web

from engine.errors import EngineError, ValidationError
from engine.server.keys import SERVER_SETTINGS

LOGGER = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_STATUS_OF_TYPE = {
    "prompt_id_in_use": 409,
    "queue_full": 429,
    "shutting_down": 503,
    "worker_unavailable": 503,
    "store_error": 507,
    "engine_error": 500,
    "pack_error": 500,
}
"""Status by wire type, where it is not 400."""
_TYPE_OF_STATUS = {
    400: "invalid_request",
    401: "token_required",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "request_timeout",
    409: "conflict",
    411: "length_required",
    413: "too_large",
    415: "unsupported_media_type",
    417: "expectation_failed",
    426: "upgrade_required",
    429: "too_many_requests",
    431: "headers_too_large",
}
_MOST_NODES_IN_ERRORS = 1_000


class Refusal(EngineError):
    """A request that is not granted. The message says what was expected, what came, and where.

    Args:
        message: One or two sentences for people.
        status: The HTTP status.
        code: The wire type (`error.type`); by default the one usual for the status.
        details: More for people.
        extra_info: JSON values for programs.
        node_errors: By node id, as the protocol has them.
        headers: Sent along (`Retry-After`, `Allow`).
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        code: str | None = None,
        details: str = "",
        extra_info: Mapping[str, Any] | None = None,
        node_errors: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.wire_type = code or _TYPE_OF_STATUS.get(status, "invalid_request")
        self._details = details
        self._extra_info = dict(extra_info or {})
        self.node_errors = dict(node_errors or {})
        self.headers = dict(headers or {})


def not_found(message: str, code: str | None = None) -> Refusal:
    """The refusal for what does not exist, or exists where nobody may look: both get the same answer."""
    return Refusal(message, status=404, code=code)


def too_large(message: str) -> Refusal:
    """The refusal for what exceeds a limit; the message should name the limit and the flag that raises it."""
    return Refusal(message, status=413)


def as_refusal(error: EngineError) -> Refusal:
    """The answer that an expected failure becomes."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, ValidationError):
        return refuse_validation(error)
    record = error.record()
    status = _STATUS_OF_TYPE.get(record["type"], 400)
    return Refusal(
        record["message"],
        status=status,
        code=record["type"],
        details=record["details"],
        extra_info=record["extra_info"],
        headers={"Retry-After": "5"} if status in (429, 503) else None,
    )


def refuse_validation(error: ValidationError) -> Refusal:
    """The 400 of a workflow that can be read but not run: one line an error, and each error at its node."""
    lines = [f"{found.message}" for found in error.errors]
    is_general = error.wire_type == "prompt_outputs_failed_validation"
    message = "Prompt outputs failed validation" if is_general else str(error).split("\n", 1)[0]
    shown = lines[:_MOST_NODES_IN_ERRORS]
    if len(lines) > len(shown):
        shown.append(f"... and {len(lines) - len(shown)} more.")
    extra = dict(error.errors[0].extra_info) if error.errors and not is_general else {}
    return Refusal(
        message, code=error.wire_type, details="\n".join(shown), extra_info=extra, node_errors=node_errors_of(error)
    )


def node_errors_of(error: ValidationError) -> dict[str, Any]:
    """`node_errors` of the protocol: by node id, what is wrong with the node. Holds the first thousand nodes."""
    return error.by_node(_MOST_NODES_IN_ERRORS)


def write_refusal(refusal: Refusal) -> web.Response:
    """The response with the error object."""
    body = {"error": refusal.record(), "node_errors": refusal.node_errors}
    return web.Response(
        body=msgspec.json.encode(body),
        status=refusal.status,
        headers=refusal.headers,
        content_type="application/json",
        charset="utf-8",
    )


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever is raised into the error object; a handler's own bug is logged and becomes a bare 500."""
    try:
        return await handler(request)
    except EngineError as error:
        return write_refusal(as_refusal(error))
    except web.HTTPException as answer:
        if answer.status < 400:
            raise
        return write_refusal(_read_http_exception(request, answer))
    except ConnectionError:
        raise  # the client has gone
    except Exception as error:  # the one place at the edge: a bug of ours must not look like one of the client's
        LOGGER.exception("%s %s failed", request.method, request.path)
        return write_refusal(_internal_error(request, error))


def _read_http_exception(request: web.Request, answer: web.HTTPException) -> Refusal:
    """What aiohttp refuses by itself, in our words."""
    if isinstance(answer, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(answer.allowed_methods))
        message = f"{request.path[:200]} does not take {answer.method[:20]}, only {allowed}."
        return Refusal(message, status=405, headers={"Allow": allowed})
    if isinstance(answer, web.HTTPNotFound):
        return not_found(f"There is nothing at {request.path[:200]}.")
    if isinstance(answer, web.HTTPRequestEntityTooLarge):
        limit = request.app[SERVER_SETTINGS].max_upload_bytes
        return too_large(f"The body is larger than {limit / 2**20:g} MiB; --max-upload-size raises the limit.")
    return Refusal(answer.text or answer.reason, status=answer.status)


def _internal_error(request: web.Request, error: Exception) -> Refusal:
    shown = request.app[SERVER_SETTINGS].shows_internals
    return Refusal(
        "The server failed to answer this request; its log says why. This is a bug of the server.",
        status=500,
        code="internal_error",
        details="".join(traceback.format_exception(error)) if shown else "",
    )
