"""Skein's engine: typed nodes, a workflow graph, and the executor that runs it.

The public names are resolved on first use (PEP 562), so that importing a part of the engine never loads torch
before something needs it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.context import Context as Context
    from engine.errors import CheckpointError as CheckpointError
    from engine.errors import EngineError as EngineError
    from engine.errors import FileError as FileError
    from engine.errors import InputError as InputError
    from engine.errors import InputValueError as InputValueError
    from engine.errors import Interrupted as Interrupted
    from engine.errors import NodeError as NodeError
    from engine.errors import OutOfMemory as OutOfMemory
    from engine.errors import ValidationError as ValidationError
    from engine.errors import WorkflowError as WorkflowError
    from engine.graph.node import node as node
    from engine.graph.schema import ExecutionBlocker as ExecutionBlocker
    from engine.graph.schema import Lazy as Lazy
    from engine.graph.schema import ModelFile as ModelFile
    from engine.graph.schema import NodeDef as NodeDef
    from engine.graph.schema import NodeResult as NodeResult
    from engine.graph.schema import Number as Number
    from engine.graph.schema import SeedControl as SeedControl
    from engine.graph.schema import Socket as Socket
    from engine.graph.schema import Text as Text
    from engine.graph.schema import Widget as Widget
    from engine.graph.workflow import Workflow as Workflow
    from engine.runtime import Engine as Engine
    from engine.settings import Settings as Settings

_HOME = {
    "engine.context": ("Context",),
    "engine.errors": (
        "CheckpointError",
        "EngineError",
        "FileError",
        "InputError",
        "InputValueError",
        "Interrupted",
        "NodeError",
        "OutOfMemory",
        "ValidationError",
        "WorkflowError",
    ),
    "engine.graph.node": ("node",),
    "engine.graph.schema": (
        "ExecutionBlocker",
        "Lazy",
        "ModelFile",
        "NodeDef",
        "NodeResult",
        "Number",
        "SeedControl",
        "Socket",
        "Text",
        "Widget",
    ),
    "engine.graph.workflow": ("Workflow",),
    "engine.runtime": ("Engine",),
    "engine.settings": ("Settings",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted(_MODULE_OF)  # pyright: ignore[reportUnsupportedDunderAll]  (the names are resolved by __getattr__)


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    value = getattr(import_module(module), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF})
