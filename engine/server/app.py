"""The application: which routes and middlewares there are, and in which order."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from aiohttp import web

from engine.server import heavy
from engine.server.gate import Gate, choose_token
from engine.server.hub import Hub
from engine.server.keys import DISPATCHER, GATE, HUB, SERVER_SETTINGS, SETTINGS, STORE
from engine.server.login import wants_page
from engine.server.refusal import Handler, Refusal, answer_errors
from engine.server.security import add_headers, answer_expectation, compress, guard

if TYPE_CHECKING:
    from engine.jobs.store import Store
    from engine.settings import ServerSettings, Settings
    from engine.workers.dispatch import Dispatcher

_ROUTE_MODULES = (
    "prompts",
    "queue",
    "history",
    "job_list",
    "websocket",
    "login",
    "files",
    "uploads",
    "objects",
    "model_files",
    "userdata",
    "preferences",
    "system",
    "api",
    "pack_routes",
    "static",
)
"""Modules or packages below `engine.server` with `routes` and, if there is something to prepare, `set_up(app)`.

The first route to match wins."""


def make_app(
    dispatcher: Dispatcher,
    store: Store,
    settings: Settings,
    server_settings: ServerSettings,
    *,
    token: str | None = None,
) -> web.Application:
    """The application over a dispatcher, which may not have been started yet.

    Args:
        dispatcher: Takes jobs in.
        store: Where it keeps them.
        settings: Directories and limits.
        server_settings: Whom to let in, and what to refuse.
        token: As `choose_token` gave it, for who prints it; None chooses it here.
    """
    app = web.Application(
        middlewares=[answer_errors, _ask_for_token, guard, compress], client_max_size=server_settings.max_upload_bytes
    )
    app[DISPATCHER] = dispatcher
    app[STORE] = store
    app[SETTINGS] = settings
    app[SERVER_SETTINGS] = server_settings
    app[GATE] = Gate(server_settings, token or choose_token(server_settings))
    app[HUB] = Hub(
        dispatcher,
        shows_internals=server_settings.shows_internals,
        sends_plain=server_settings.sends_previews is True,
    )
    app.on_response_prepare.append(add_headers)
    heavy.set_up(app)
    for name in _ROUTE_MODULES:
        module = import_module(f"engine.server.{name}")
        if hasattr(module, "set_up"):
            module.set_up(app)
        add_routes(app, module.routes)
    return app


def run_server(settings: Settings, server_settings: ServerSettings) -> int:
    """Serve until told to stop; see `engine.server.serving`."""
    from engine.server.serving import run_server as run

    return run(settings, server_settings)


def add_routes(app: web.Application, routes: web.RouteTableDef) -> None:
    """Add each route bare and below `/api`; those that say `/api` themselves, and the page, only as they are."""
    for route in routes:
        if not isinstance(route, web.RouteDef):
            route.register(app.router)
            continue
        has_twin = route.path != "/" and not route.path.startswith("/api/")
        for path in (route.path, f"/api{route.path}") if has_twin else (route.path,):
            arguments: dict[str, Any] = {"expect_handler": answer_expectation, **route.kwargs}
            if route.method == "GET":
                app.router.add_get(path, route.handler, **arguments)  # with its HEAD
            else:
                app.router.add_route(route.method, path, route.handler, **arguments)


@web.middleware
async def _ask_for_token(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Show who opened the page without a token where to enter it."""
    try:
        return await handler(request)
    except Refusal as refusal:
        if refusal.status == 401 and wants_page(request):
            raise web.HTTPSeeOther("/login") from refusal
        raise
