"""The application: which routes and middlewares there are, and in which order."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from aiohttp import web

from engine.server.hub import Hub
from engine.server.keys import DISPATCHER, HUB, SERVER_SETTINGS, SETTINGS, STORE
from engine.server.refusal import answer_errors

if TYPE_CHECKING:
    from engine.jobs.store import Store
    from engine.settings import ServerSettings, Settings
    from engine.workers.dispatch import Dispatcher

_ROUTE_MODULES = (
    *("prompts", "websocket", "files", "uploads", "objects", "model_files", "userdata", "preferences", "system", "api"),
    "static",
)
"""Modules or packages below `engine.server` with `routes` and, if there is something to prepare, `set_up(app)`.

The first route to match wins."""


def make_app(
    dispatcher: Dispatcher, store: Store, settings: Settings, server_settings: ServerSettings
) -> web.Application:
    """The application over a dispatcher, which may not have been started yet."""
    app = web.Application(middlewares=[answer_errors], client_max_size=server_settings.max_upload_bytes)
    app[DISPATCHER] = dispatcher
    app[STORE] = store
    app[SETTINGS] = settings
    app[SERVER_SETTINGS] = server_settings
    app[HUB] = Hub(dispatcher, shows_internals=server_settings.shows_internals)
    for name in _ROUTE_MODULES:
        if find_spec(f"engine.server.{name}") is not None:
            module = import_module(f"engine.server.{name}")
            if hasattr(module, "set_up"):
                module.set_up(app)
            if hasattr(module, "routes"):
                add_routes(app, module.routes)
    return app


def add_routes(app: web.Application, routes: web.RouteTableDef) -> None:
    """Add each route bare and below `/api`; those that say `/api` themselves, and the page, only as they are."""
    app.add_routes(routes)
    for route in routes:
        if isinstance(route, web.RouteDef) and route.path != "/" and not route.path.startswith("/api/"):
            app.router.add_route(route.method, f"/api{route.path}", route.handler, **route.kwargs)
