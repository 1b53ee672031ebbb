"""`nodes`: our own node types as classes, and the constants and functions that packs take from there."""

from __future__ import annotations

from typing import Any

from engine.compat.builtin_classes import MAPPINGS, class_of, titles
from engine.compat.host import current_host
from engine.compat.not_offered import absent_names
from engine.compat.pack_progress import check_interrupted, interrupt
from engine.compat.pack_sampling import common_ksampler

__all__ = ["common_ksampler"]

MAX_RESOLUTION = 16384
NODE_CLASS_MAPPINGS = MAPPINGS
before_node_execution = check_interrupted
interrupt_processing = interrupt
globals().update(
    absent_names(
        "nodes", "load_custom_node", "init_extra_nodes", "init_external_custom_nodes", "init_builtin_extra_nodes"
    )
)


def get_module_name(module_path: str) -> str:
    """The name of a pack by the path of its folder or file."""
    return module_path.rstrip("/").rpartition("/")[2].removesuffix(".py")


def __getattr__(name: str) -> Any:
    match name:
        case "NODE_DISPLAY_NAME_MAPPINGS":
            return titles()
        case "EXTENSION_WEB_DIRS":
            return current_host().web_directories
        case "LOADED_MODULE_DIRS":
            return current_host().directories
        case _ if name in globals():
            return globals()[name]
        case _:
            return class_of(name, "nodes")
