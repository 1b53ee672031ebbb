"""Requests for routes that packs registered are passed on to the worker that holds the packs.

Packs' code runs in workers only; here it is looked whether a path is one of theirs, and request and reply are streamed
through. Who may ask was decided before, as for every route.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from functools import lru_cache

import aiohttp
from aiohttp import hdrs, web
from multidict import CIMultiDict

from engine.errors import WorkerUnavailable
from engine.server.keys import DISPATCHER, SERVER_SETTINGS
from engine.server.refusal import too_large
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
    if site is None:
        return None
    path = path_of(request)
    methods = {"*", request.method, hdrs.METH_GET if request.method == hdrs.METH_HEAD else request.method}
    is_theirs = any(method in methods and _compile(pattern).fullmatch(path) for method, pattern in site.routes)
    return site if is_theirs else None


def path_of(request: web.Request) -> str:
    """The path as the pack registered it."""
    return request.path.removeprefix("/api") or "/"


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
    """Answer a request with what the pack's handler in the worker answers.

    Raises:
        WorkerUnavailable: if the worker does not answer.
    """
    headers = CIMultiDict((name, value) for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP)
    headers[SECRET_HEADER] = site.secret
    url = f"http://127.0.0.1:{site.port}{path_of(request)}"
    try:
        async with request.app[_SESSION].request(
            request.method,
            url,
            params=request.query,
            headers=headers,
            data=_read_chunks(request) if request.can_read_body else None,
            allow_redirects=False,
        ) as answer:
            return await _pass_back(request, answer)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise WorkerUnavailable(
            f"The worker that holds the pack behind {path_of(request)} does not answer; try again soon."
        ) from error


async def _read_chunks(request: web.Request) -> AsyncIterator[bytes]:
    """The body as it comes.

    Raises:
        Refusal: as soon as it is larger than any body may be.
    """
    limit, taken = request.app[SERVER_SETTINGS].max_upload_bytes, 0
    async for chunk in request.content.iter_chunked(_CHUNK_BYTES):
        taken += len(chunk)
        if taken > limit:
            raise too_large(f"The body has more than {limit} bytes; --max-upload-size raises the limit.")
        yield chunk


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
