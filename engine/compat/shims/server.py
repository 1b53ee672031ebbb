"""`server`: routes and messages."""

from __future__ import annotations

from aiohttp import web

from engine.compat.not_offered import absent_names
from engine.compat.pack_server import BinaryEventTypes, PromptServer

__all__ = ["BinaryEventTypes", "PromptServer", "web"]

globals().update(
    absent_names("server", "cache_control", "compress_body", "create_cors_middleware", "create_origin_only_middleware")
)
