"""`comfy.cli_args`: the command line."""

from __future__ import annotations

from typing import Any

from engine.compat.pack_arguments import LatentPreviewMethod, PerformanceFeature, arguments

__all__ = ["LatentPreviewMethod", "PerformanceFeature"]

DEFAULT_VERSION_STRING = ""


def __getattr__(name: str) -> Any:
    if name == "args":
        return arguments()
    raise AttributeError(f"module 'comfy.cli_args' has no attribute {name!r}")
