"""What handlers find in the application: typed keys, set once by `engine.server.app.make_app`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from engine.jobs.store import Store
    from engine.server.gate import Gate
    from engine.server.heavy import Heavy
    from engine.server.hub import Hub
    from engine.server.listings import Listings
    from engine.server.log_ring import LogRing
    from engine.server.pack_files import PackFiles
    from engine.settings import ServerSettings, Settings
    from engine.workers.dispatch import Dispatcher

DISPATCHER: web.AppKey[Dispatcher] = web.AppKey("dispatcher")
"""Takes jobs in and tells what happens to them; `.catalog` knows the node types."""
STORE: web.AppKey[Store] = web.AppKey("store")
"""Every accepted job and what became of it."""
SETTINGS: web.AppKey[Settings] = web.AppKey("settings")
SERVER_SETTINGS: web.AppKey[ServerSettings] = web.AppKey("server_settings")
GATE: web.AppKey[Gate] = web.AppKey("gate")
"""Who is let in."""
HUB: web.AppKey[Hub] = web.AppKey("hub")
"""The websocket clients."""
LISTINGS: web.AppKey[Listings] = web.AppKey("listings")
"""Names of model files and pictures, for `/object_info` and validation."""
HEAVY: web.AppKey[Heavy] = web.AppKey("heavy")
"""Where what clients send is read, and pictures are made: large ones in processes of their own."""
LOGS: web.AppKey[LogRing] = web.AppKey("logs")
"""The last lines logged."""
PACK_FILES: web.AppKey[PackFiles] = web.AppKey("pack_files")
"""What packs bring for the page."""
