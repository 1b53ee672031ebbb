"""Requests for routes that packs registered are passed on to the worker that holds the packs.

Packs' code runs in workers only; here it is looked whether a path is one of theirs, and request and reply are streamed
through. Who may ask was decided before, as for every route.
"""

from __future__ import annotations

import re
import string
from collections.abc import AsyncIterator, Iterator
from functools import lru_cache
from urllib.parse import quote, unquote_plus

import aiohttp
from aiohttp import hdrs, web
from multidict import CIMultiDict
from yarl import URL

from engine.errors import WorkerUnavailable
from engine.server.keys import DISPATCHER, GATE, SERVER_SETTINGS
from engine.server.refusal import Refusal, too_large
from engine.workers.messages import PackSite

SECRET_HEADER = "X-Skein-Secret"
_TIMEOUT = aiohttp.ClientTimeout(total=None, connect=5)
_CHUNK_BYTES = 64 * 1024
_PARAMETER = re.compile(r"(\{[_a-zA-Z][_a-zA-Z0-9]*(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*)?\})")
_HOP_BY_HOP = frozenset(
    name.lower()
    for name in (
        *(hdrs.CONNECTION, hdrs.KEEP_ALIVE, hdrs.TE, hdrs.TRAILER, hdrs.TRANSFER_ENCODING, hdrs.UPGRADE, hdrs.HOST),
        *("Proxy-Authenticate", "Proxy-Authorization", SECRET_HEADER, hdrs.COOKIE, hdrs.AUTHORIZATION),
        hdrs.CONTENT_LENGTH,
    )
)
"""Headers that are each connection's own, and those that are for this server only."""
_NOT_PASSED_BACK = _HOP_BY_HOP | {hdrs.SET_COOKIE.lower(), hdrs.SERVER.lower(), hdrs.DATE.lower()}
_SESSION: web.AppKey[aiohttp.ClientSession] = web.AppKey("pack_session")


def set_up(app: web.Application) -> None:
    """Give the application a client of its own."""

    async def keep_session(app: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(timeout=_TIMEOUT, auto_decompress=False) as session:
            app[_SESSION] = session
            yield

    app.cleanup_ctx.append(keep_session)


routes = web.RouteTableDef()


def find_site(request: web.Request) -> PackSite | None:
    """Where a request is answered, if it is for a route of a pack, bare or below `/api`."""
    site = request.app[DISPATCHER].catalog.site
    return site if site is not None and _find_path(request, site) is not None else None


def _find_path(request: web.Request, site: PackSite) -> str | None:
    """The path as a pack registered it, encoded as it came; None if it is no pack's."""
    methods = {"*", request.method, hdrs.METH_GET if request.method == hdrs.METH_HEAD else request.method}
    patterns = [_compile(pattern) for method, pattern in site.routes if method in methods]
    for path in _paths_of(request):
        # As the router in the worker sees it: decoded, but for encoded slashes and percent signs.
        plain = URL.build(path=path, encoded=True).path_safe
        if any(pattern.fullmatch(plain) for pattern in patterns):
            return path
    return None


def _paths_of(request: web.Request) -> Iterator[str]:
    path = quote(request.rel_url.raw_path, safe=string.punctuation, errors="surrogateescape")
    yield path
    if path.startswith("/api/"):
        yield path.removeprefix("/api")


@lru_cache(maxsize=4096)
def _compile(pattern: str) -> re.Pattern[str]:
    """The regular expression of a path as aiohttp writes paths; one that matches nothing if it is no such path."""
    parts: list[str] = []
    for part in _PARAMETER.split(pattern):
        if _PARAMETER.fullmatch(part):
            _, colon, expression = part[1:-1].partition(":")
            parts.append(f"(?:{expression})" if colon else "[^{}/]+")
        else:
            parts.append(re.escape(part))
    try:
        return re.compile("".join(parts))
    except re.error:
        return re.compile(r"(?!)")


async def pass_on(request: web.Request, site: PackSite) -> web.StreamResponse:
    """Answer a request with what the pack's handler in the worker answers. It gets path and query as they came.

    Raises:
        Refusal: if the body is larger than any body may be.
        WorkerUnavailable: if the worker does not answer.
    """
    if (request.content_length or 0) > request.app[SERVER_SETTINGS].max_upload_bytes:
        raise _refuse_size(request)
    path = _find_path(request, site) or request.rel_url.raw_path
    url = URL.build(
        scheme="http", host="127.0.0.1", port=site.port, path=path, query_string=_query_of(request), encoded=True
    )
    failures: list[Exception] = []
    try:
        async with request.app[_SESSION].request(
            request.method,
            url,
            headers=_headers_of(request, site),
            data=_read_chunks(request, failures) if request.can_read_body else None,
            allow_redirects=False,
        ) as answer:
            return await _pass_back(request, answer)
    except (aiohttp.ClientError, TimeoutError) as error:
        if failures:  # it was not the worker that failed
            raise failures[0] from None
        raise WorkerUnavailable(
            f"The worker that holds the pack behind {request.path[:200]} does not answer; try again soon."
        ) from error


def _headers_of(request: web.Request, site: PackSite) -> CIMultiDict[str]:
    """The headers that the pack sees, and the secret that lets the request in. The server's token is none of them."""
    headers = CIMultiDict((name, value) for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP)
    if request.app[GATE].requires_token and hdrs.REFERER in headers:
        headers[hdrs.REFERER] = headers[hdrs.REFERER].partition("?")[0]
    headers[SECRET_HEADER] = site.secret
    return headers


def _query_of(request: web.Request) -> str:
    """The query as it came, but without the server's own token."""
    query, gate = request.rel_url.raw_query_string, request.app[GATE]
    if "token" in request.query:
        parts = [part.partition("=") for part in query.split("&")]
        query = "&".join(
            f"{name}{sign}{value}"
            for name, sign, value in parts
            if unquote_plus(name) != "token" or not gate.is_token(unquote_plus(value))
        )
    return quote(query, safe=string.punctuation, errors="surrogateescape")


def _refuse_size(request: web.Request) -> Refusal:
    limit = request.app[SERVER_SETTINGS].max_upload_bytes
    return too_large(f"The body is larger than {limit / 2**20:g} MiB; --max-upload-size raises the limit.")


async def _read_chunks(request: web.Request, failures: list[Exception]) -> AsyncIterator[bytes]:
    """The body as it comes. What goes wrong is put into `failures`, as who sends it on reports its own failure.

    Raises:
        Refusal: as soon as it is larger than any body may be.
    """
    limit, taken = request.app[SERVER_SETTINGS].max_upload_bytes, 0
    try:
        async for chunk in request.content.iter_chunked(_CHUNK_BYTES):
            taken += len(chunk)
            if taken > limit:
                raise _refuse_size(request)
            yield chunk
    except Exception as error:
        failures.append(error)
        raise


async def _pass_back(request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, reason=answer.reason)
    for name, value in answer.headers.items():
        if name.lower() not in _NOT_PASSED_BACK:
            response.headers.add(name, value)
    response.content_length = answer.content_length
    await response.prepare(request)
    async for chunk in answer.content.iter_chunked(_CHUNK_BYTES):
        await response.write(chunk)
    await response.write_eof()
    return response


async def answer_other_methods(request: web.Request) -> web.StreamResponse:
    """A route of a pack that changes something, or a method that our own routes at this path don't take."""
    site = find_site(request)
    if site is None:
        raise web.HTTPMethodNotAllowed(request.method, await _methods_at(request))
    return await pass_on(request, site)


async def _methods_at(request: web.Request) -> set[str]:
    methods = {hdrs.METH_GET, hdrs.METH_HEAD}
    for resource in request.app.router.resources():
        if resource.canonical not in _ANY_PATH:
            methods |= (await resource.resolve(request))[1]
    return methods


_ANY_PATH = {"/{path}", "/api/{path}"}
for _method in (hdrs.METH_POST, hdrs.METH_PUT, hdrs.METH_PATCH, hdrs.METH_DELETE):
    routes.route(_method, "/{path:.+}")(answer_other_methods)
