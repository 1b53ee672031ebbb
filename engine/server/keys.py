"""What handlers find in the application: typed keys, set once by `engine.server.app.make_app`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from engine.server.hub import Hub
    from engine.settings import ServerSettings, Settings
    from engine.workers.dispatch import Dispatcher

DISPATCHER: web.AppKey[Dispatcher] = web.AppKey("dispatcher")
"""Takes jobs in and tells what happens to them; `.store` is the database, `.catalog` knows the node types."""
SETTINGS: web.AppKey[Settings] = web.AppKey("settings")
SERVER_SETTINGS: web.AppKey[ServerSettings] = web.AppKey("server_settings")
HUB: web.AppKey[Hub] = web.AppKey("hub")
"""The websocket clients."""
