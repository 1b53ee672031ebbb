"""The HTTP connections of the server: aiohttp's, with its own answers to what is not HTTP, and time-outs."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from engine.server.refusal import Refusal, write_refusal
from engine.server.security import HEADERS, STRICT_POLICY, AccessLog

LOGGER = logging.getLogger(__name__)

_HEADER_TIMEOUT_S = 30.0
"""So long a connection may take to send the headers of its first or its next request."""
_LINGERING_S = 5.0
MOST_HEADERS = 128
LONGEST_HEADER_BYTES = 8192
LONGEST_LINE_BYTES = 8190
"""Of the first line's address. Not the same as that of a header: what was too long is told by the number alone."""


class Connection(web.RequestHandler):
    """One connection of a client."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - may quote what came, a token among it
    ) -> web.StreamResponse:
        """Answer what aiohttp could not read, or what failed outside of any handler, with the error object."""
        if status >= 500:
            LOGGER.error("A request failed.", exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("A part of the answer was sent already.")
        if status < 500:
            refusal = _refuse(exc)
        else:
            refusal = Refusal("The server failed to answer this request.", status=status, code="internal_error")
        response = write_refusal(refusal)
        response.headers.update({**HEADERS, "Content-Security-Policy": STRICT_POLICY})
        response.force_close()
        return response


def _refuse(exc: BaseException | None) -> Refusal:
    """What is wrong with a request that could not be read. Nothing of it is quoted: a token may be in it.

    The status is 400, as for any value that is longer than it may be: which of them made a line too long, nobody knows.
    """
    limit = exc.args[1] if isinstance(exc, LineTooLong) else None
    if limit == LONGEST_LINE_BYTES:
        message = f"The address in the first line is longer than {limit} bytes, a fixed limit."
        return Refusal(message, code="address_too_long")
    if limit == LONGEST_HEADER_BYTES:
        message = f"A header of the request is longer than {limit} bytes, a fixed limit."
        return Refusal(message, code="headers_too_large")
    if str(getattr(exc, "message", "")).startswith("Too many headers"):
        message = f"The request has more than {MOST_HEADERS} headers, a fixed limit."
        return Refusal(message, code="headers_too_large")
    reason = type(exc).__name__ if exc is not None else ""
    return Refusal("The request is not HTTP as this server reads it.", details=reason)


class Runner(web.AppRunner):
    """An application on such connections."""

    def __init__(self, app: web.Application, *, shutdown_timeout: float = 2.0) -> None:
        super().__init__(
            app,
            access_log_class=AccessLog,
            access_log=LOGGER,
            keepalive_timeout=_HEADER_TIMEOUT_S,
            lingering_time=_LINGERING_S,
            max_line_size=LONGEST_LINE_BYTES,
            max_field_size=LONGEST_HEADER_BYTES,
            max_headers=MOST_HEADERS,
            auto_decompress=False,
            shutdown_timeout=shutdown_timeout,
        )

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        return _Server(server, self._kwargs)


class _Server(web.Server):
    """aiohttp's server, making our connections."""

    def __init__(self, made: web.Server, arguments: dict[str, Any]) -> None:
        super().__init__(
            made.request_handler, request_factory=made.request_factory, loop=asyncio.get_running_loop(), **arguments
        )

    def __call__(self) -> web.RequestHandler:
        return Connection(self, loop=self._loop, **self._kwargs)
