"""`comfy_extras.nodes_preview_any`: nodes of ours as classes."""

from typing import Any

from engine.compat.builtin_classes import class_of


def __getattr__(name: str) -> Any:
    return class_of(name, __name__)
