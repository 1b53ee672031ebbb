"""The first middleware, and the headers on every answer: who is let in (`engine.server.gate`), how a body may come, and
what a browser may do with what it gets.
"""

from __future__ import annotations

import asyncio
import logging

from aiohttp import hdrs, web
from aiohttp.abc import AbstractAccessLogger
from multidict import CIMultiDict

from engine.server.keys import GATE, SERVER_SETTINGS
from engine.server.refusal import Handler, Refusal, write_refusal

LOGGER = logging.getLogger(__name__)

STRICT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
"""For everything that is not a page: even if a browser took it for one, nothing in it would run."""
_OWN_PAGE_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob: data:; worker-src 'self' blob:;"
    " connect-src 'self' {sockets}; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_FOREIGN_PAGE_POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data:; connect-src 'self' {sockets} blob: data:;"
    " object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""For a front end that was not made for a policy; it still can reach nobody but us."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": with it, browsers name no origin when they send a form to us, not even our own.
    "Referrer-Policy": "same-origin",
    "Server": "Skein",
}
"""On every answer."""
_CORS_METHODS = "POST, GET, DELETE, PUT, PATCH, OPTIONS"
_CORS_HEADERS = "Content-Type, Authorization, Comfy-User, Idempotency-Key, If-None-Match, Last-Event-ID"
_CORS_EXPOSED = "Content-Disposition, ETag, Location, Retry-After"
_BODY_GRACE_S = 30.0
_SLOWEST_BYTES_PER_S = 1024.0


def page_policy(request: web.Request) -> str:
    """The content security policy of a page and its scripts, to be set as `Content-Security-Policy` by who serves them.

    What does not set one gets `STRICT_POLICY`.
    """
    is_own = request.app[SERVER_SETTINGS].front_end_root is None
    policy = _OWN_PAGE_POLICY if is_own else _FOREIGN_PAGE_POLICY
    # Some browsers do not count websockets as 'self'. The host was checked, so it can be quoted.
    return policy.format(sockets=f"ws://{request.host} wss://{request.host}")


# -- before a request is answered ------------------------------------------------------------------------------------


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse who may not ask, and bodies that come encoded or hardly at all."""
    gate = request.app[GATE]
    gate.check_page(request)
    if _is_preflight(request):
        return web.Response(status=204)  # `add_headers` says what is allowed
    gate.check_token(request)
    if gate.requires_token and request.path == "/" and request.method == "GET" and "token" in request.query:
        # From here on the cookie does it, and the token stays out of history and bookmarks.
        answer = web.Response(status=303, headers={hdrs.LOCATION: "/"})
        gate.give_cookie(request, answer)
        return answer
    encoding = request.headers.get(hdrs.CONTENT_ENCODING, "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise Refusal(f"A body in the encoding {encoding[:40]!r} is not read; send it as it is.", status=415)
    if not request.can_read_body:
        return await handler(request)
    watch = _BodyWatch(request)
    try:
        return await handler(request)
    except SlowBodyError as error:
        raise Refusal(str(error), status=408) from error
    finally:
        watch.stop()


def _is_preflight(request: web.Request) -> bool:
    """Whether a browser asks if a page that the user allowed may do something."""
    origin = request.headers.get(hdrs.ORIGIN)
    asks = request.method == "OPTIONS" and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
    return asks and origin is not None and request.app[GATE].allows_origin(origin)


class SlowBodyError(TimeoutError):
    """A body came too slowly."""


class _BodyWatch:
    """Ends the reading of a body that comes at less than a kibibyte a second, half a minute after it began."""

    def __init__(self, request: web.Request) -> None:
        self._body = request.content
        self._loop = asyncio.get_running_loop()
        self._began_at = self._loop.time()
        self._timer = self._loop.call_later(_BODY_GRACE_S, self._look)

    def _look(self) -> None:
        if self._body.is_eof():
            return
        allowed_s = _BODY_GRACE_S + self._body.total_bytes / _SLOWEST_BYTES_PER_S
        elapsed_s = self._loop.time() - self._began_at
        if elapsed_s >= allowed_s:
            self._body.set_exception(
                SlowBodyError(
                    f"Only {self._body.total_bytes} bytes of the body came in {elapsed_s:.0f} seconds; after the first"
                    f" {_BODY_GRACE_S:g} seconds it must be {_SLOWEST_BYTES_PER_S:.0f} a second, a fixed limit."
                )
            )
        else:
            self._timer = self._loop.call_later(max(allowed_s - elapsed_s, 1.0), self._look)

    def stop(self) -> None:
        """The request was answered."""
        self._timer.cancel()


async def answer_expectation(request: web.Request) -> web.Response | None:
    """Answer an `Expect` header: whoever announces a body that is too large need not send it."""
    expected = request.headers.get(hdrs.EXPECT, "")
    if expected.strip().lower() != "100-continue":
        return write_refusal(Refusal(f"The expectation {expected[:40]!r} cannot be met.", status=417))
    limit = request.app[SERVER_SETTINGS].max_upload_bytes
    if (request.content_length or 0) > limit:
        message = f"The body is larger than {limit / 2**20:g} MiB; --max-upload-size raises the limit."
        return write_refusal(Refusal(message, status=413))
    if request.version >= (1, 1):
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # not part of the answer
    return None


# -- after it was answered -------------------------------------------------------------------------------------------


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Set the headers that every answer has, those of websockets and errors too."""
    headers = response.headers
    for name, value in HEADERS.items():
        headers[name] = value
    headers.setdefault("Content-Security-Policy", STRICT_POLICY)
    settings = request.app[SERVER_SETTINGS]
    headers.setdefault(
        "Cross-Origin-Resource-Policy", "same-origin" if settings.cors_origin is None else "cross-origin"
    )
    if settings.cors_origin is not None:
        _add_cors(request, headers)


def _add_cors(request: web.Request, headers: CIMultiDict[str]) -> None:
    origin = request.headers.get(hdrs.ORIGIN)
    headers.add(hdrs.VARY, hdrs.ORIGIN)
    if origin is None or not request.app[GATE].allows_origin(origin):
        return
    if request.app[SERVER_SETTINGS].cors_origin == "*":
        headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = "*"
    else:
        # Cookies only for an origin that was named: with any, every page could use what the user's browser may.
        headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
        headers[hdrs.ACCESS_CONTROL_ALLOW_CREDENTIALS] = "true"
    headers[hdrs.ACCESS_CONTROL_ALLOW_METHODS] = _CORS_METHODS
    headers[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = _CORS_HEADERS
    headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = _CORS_EXPOSED
    headers[hdrs.ACCESS_CONTROL_MAX_AGE] = "600"


@web.middleware
async def compress(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Compress JSON and text for clients that take it (`--enable-compress-response-body`)."""
    response = await handler(request)
    is_text = response.content_type == "application/json" or response.content_type.startswith("text/")
    is_packed = "Content-Encoding" in response.headers
    if request.app[SERVER_SETTINGS].compresses and is_text and not is_packed and isinstance(response, web.Response):
        response.enable_compression()
    return response


class AccessLog(AbstractAccessLogger):
    """One line a request, for debugging. Without the query: it may hold a token."""

    @property
    def enabled(self) -> bool:
        """Whether anybody reads it."""
        return LOGGER.isEnabledFor(logging.DEBUG)

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Log a request and its answer."""
        path = request.path[:200].encode("unicode_escape").decode()
        LOGGER.debug("%s %s %s %d in %.1f ms", request.remote, request.method, path, response.status, time * 1000)
