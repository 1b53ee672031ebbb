"""The HTTP routes that packs registered, answered in the worker; the server passes requests on.

A site of its own on the loopback address, in a thread of its own: whatever a handler does, the worker's control loop
and its runs go on. Only who knows the secret is answered.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
import threading
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from aiohttp import web

from engine.compat.host import Host
from engine.workers.messages import PackSite

log = logging.getLogger(__name__)

SECRET_HEADER: Final = "X-Skein-Secret"
_START_TIMEOUT_S = 10.0
_MOST_BYTES = 2**40
"""The server has looked at the size before."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def open_site(host: Host) -> PackSite | None:
    """Begin to answer; None if packs registered no routes, or the site could not be opened."""
    if not host.routes:
        return None
    secret = secrets.token_hex(32)
    opened: list[int] = []
    is_open = threading.Event()
    routes = tuple(host.routes)

    def serve() -> None:
        asyncio.run(_serve(routes, secret, opened, is_open))

    threading.Thread(target=serve, name="pack-site", daemon=True).start()
    if not is_open.wait(_START_TIMEOUT_S) or not opened:
        log.warning("The routes of packs cannot be answered.")
        return None
    return PackSite(port=opened[0], secret=secret, routes=tuple((method, path) for method, path, _ in routes))


async def _serve(
    routes: Sequence[tuple[str, str, Callable[..., Any]]], secret: str, opened: list[int], is_open: threading.Event
) -> None:
    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, ""), secret):
            raise web.HTTPForbidden
        return await handler(request)

    app = web.Application(middlewares=[guard], client_max_size=_MOST_BYTES)
    for method, path, handler in routes:
        try:
            app.router.add_route(method, path, handler)
        except (ValueError, RuntimeError, TypeError) as error:
            log.warning("The route %s %s of a pack cannot be answered: %s", method, path, error)
    runner = web.AppRunner(app, access_log=None)
    try:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        opened.append(runner.addresses[0][1])
    finally:
        is_open.set()
    await asyncio.Event().wait()
