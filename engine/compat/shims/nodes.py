"""`nodes`: our own node types as classes, and the constants that packs take from there."""

from __future__ import annotations

from typing import Any

from engine.compat.builtin_classes import ClassMappings

MAX_RESOLUTION = 16384
NODE_CLASS_MAPPINGS = ClassMappings()
NODE_DISPLAY_NAME_MAPPINGS: dict[str, str] = {}
EXTENSION_WEB_DIRS: dict[str, str] = {}
LOADED_MODULE_DIRS: dict[str, str] = {}


def __getattr__(name: str) -> Any:
    if name in globals():
        return globals()[name]
    try:
        return NODE_CLASS_MAPPINGS[name]
    except KeyError:
        raise AttributeError(f"module 'nodes' has no attribute {name!r}: there is no such node type") from None
