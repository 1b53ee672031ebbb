"""The HTTP connections of the server: aiohttp's, with its own answers to what is not HTTP, and time-outs.

Who does not send a whole request is ended here, who does not take an answer by `engine.server.stalls`, who does not
send a body by `engine.server.security`.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong
from aiohttp.streams import EMPTY_PAYLOAD
from aiohttp.web_protocol import _ErrInfo  # pyright: ignore[reportPrivateUsage]

from engine.server.refusal import Refusal, write_refusal
from engine.server.security import HEADERS, STRICT_POLICY, AccessLog
from engine.server.stalls import Watch

LOGGER = logging.getLogger(__name__)

_HEADER_TIMEOUT_S = 30.0
"""So long a connection may take to send the headers of its first or its next request."""
_LINGERING_S = 5.0
MOST_HEADERS = 128
LONGEST_HEADER_BYTES = 8192
LONGEST_LINE_BYTES = 8190
"""Of the first line's address. Not the same as that of a header: what was too long is told by the number alone."""


class Connection(web.RequestHandler):
    """One connection of a client.

    Attributes:
        resumed: How often so much was taken of a full buffer that writing went on.
    """

    resumed = 0
    _has_begun = False
    """Something of the next request has come."""

    def resume_writing(self) -> None:
        """Go on after the client has taken enough."""
        self.resumed += 1
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        count, is_idle = self._request_count, self._waiter is not None
        super().data_received(data)
        if self._request_count != count:
            self._has_begun = False
        elif is_idle and data:
            self._has_begun = True

    def _process_keepalive(self) -> None:
        """Nothing whole has come for a while. If it was something, it is answered; else the connection just ends."""
        waiter = self._waiter
        is_late = self._loop.time() >= self._next_keepalive_close_time
        if not self._has_begun or not is_late or waiter is None or waiter.done():
            super()._process_keepalive()
            return
        self._keepalive_handle = None
        self._messages.append((_ErrInfo(status=408, exc=TimeoutError(), message=""), EMPTY_PAYLOAD))
        waiter.set_result(None)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - may quote what came, a token among it
    ) -> web.StreamResponse:
        """Answer what aiohttp could not read, or what failed outside of any handler, with the error object."""
        if isinstance(exc, ConnectionError):
            raise exc  # the client has gone, or was left
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
    if isinstance(exc, TimeoutError):
        message = f"The headers of the request did not come within {_HEADER_TIMEOUT_S:g} seconds, a fixed limit."
        return Refusal(message, status=408)
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
    """aiohttp's server, making our connections and looking after them."""

    def __init__(self, made: web.Server, arguments: dict[str, Any]) -> None:
        super().__init__(
            made.request_handler, request_factory=made.request_factory, loop=asyncio.get_running_loop(), **arguments
        )
        self._watch = Watch()

    def __call__(self) -> web.RequestHandler:
        return Connection(self, loop=self._loop, **self._kwargs)

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        """A client has come."""
        super().connection_made(handler, transport)
        if isinstance(handler, Connection):
            self._watch.add(handler, transport)

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        """It has gone."""
        super().connection_lost(handler, exc)
        if isinstance(handler, Connection):
            self._watch.remove(handler)

    async def shutdown(self, timeout: float | None = None) -> None:
        """End all connections."""
        self._watch.stop()
        await super().shutdown(timeout)
