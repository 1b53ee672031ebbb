"""What goes wrong in a node becomes an error that names the node. Decides nothing about what happens next."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

from engine.errors import EngineError, NodeError, OutOfMemory, text_of
from engine.execution.cache import OutputCache
from engine.execution.calls import Lists, WrongResultError
from engine.execution.remedies import find_remedies
from engine.graph.json_values import show
from engine.graph.workflow import Node

if TYPE_CHECKING:
    from engine.memory.pool import Pool

_MOST_PARTS_SHOWN = 6
_MOST_HOLDERS_SHOWN = 3
_CPU_ALLOCATOR = "DefaultCPUAllocator"


def make_node_error(node: Node, error: BaseException, lists: Lists | None = None) -> NodeError:
    """The error for a node that raised; to be raised `from` what it raised.

    An `EngineError` keeps its sentence, as it is meant for the user; anything else is named by its type.
    """
    if isinstance(error, WrongResultError):
        said = f"the node is at fault: {text_of(error)}."
    elif isinstance(error, EngineError):
        said = text_of(error)
    else:
        text = text_of(error)
        said = f"{type(error).__name__}: {text}" if text else f"{type(error).__name__}."
    return NodeError(
        f"Node {node.label}: {said}",
        node_id=node.id,
        node_type=node.type,
        title=node.title,
        inputs=describe_inputs(lists or {}),
    )


def make_memory_error(node: Node, lists: Lists, pool: Pool, cache: OutputCache) -> OutOfMemory:
    """The error for a node that ran out of memory again after everything was freed that could be.

    Says what is left, and three things that help.
    """
    holders = [(held.name, str(held.device), held.bytes) for held in pool.held()]
    holders += [(f"the output of {label}", place, size) for label, place, size in cache.biggest()]
    holders.sort(key=lambda holder: -holder[2])
    shown = ", ".join(f"{name} ({_in_units(size)}, {place})" for name, place, size in holders[:_MOST_HOLDERS_SHOWN])
    return OutOfMemory(
        f"Node {node.label}: there is not enough memory on {pool.device}, even after everything that could be freed was"
        f" freed.{f' What holds most: {shown}.' if shown else ''}",
        node_id=node.id,
        node_type=node.type,
        title=node.title,
        inputs=describe_inputs(lists),
        remedies=find_remedies(node, lists, pool),
    )


def memory_shortage(error: BaseException | None) -> Literal["host", "accelerator"] | None:
    """Where memory ran out, if that is what the error says."""
    if isinstance(error, MemoryError):
        return "host"
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(error, RuntimeError):
        return None
    if isinstance(error, torch.OutOfMemoryError):
        return "accelerator"
    return "host" if _CPU_ALLOCATOR in str(error) else None


def describe_inputs(lists: Lists) -> dict[str, str]:
    """Each input in a few words; of several values the first, and how many there are."""
    return {
        name: (describe(values[0]) if len(values) == 1 else f"{len(values)} values, first {describe(values[0])}")
        if values
        else "no values"
        for name, values in lists.items()
    }


def describe(value: Any, depth: int = 1) -> str:
    """A value in a few words: type, shape and place of a tensor, short text of anything else."""
    try:
        return _describe(value, depth)
    except BaseException:  # objects of packs may do anything when they are looked at
        return f"an object of type {type(value).__name__}"


def _describe(value: Any, depth: int) -> str:
    shape = getattr(value, "shape", None)
    if shape is not None and hasattr(value, "dtype"):
        dtype = str(value.dtype).removeprefix("torch.")
        return f"{dtype} {list(shape)} on {getattr(value, 'device', 'cpu')}"
    if isinstance(value, Mapping) and depth:
        record = cast("Mapping[str, Any]", value)
        parts = [f"{key}: {describe(part, depth - 1)}" for key, part in list(record.items())[:_MOST_PARTS_SHOWN]]
        return "{" + ", ".join(parts) + (", ..." if len(record) > _MOST_PARTS_SHOWN else "") + "}"
    return show(cast("object", value))


def _in_units(size_bytes: int) -> str:
    return f"{size_bytes / 2**30:.1f} GiB" if size_bytes >= 2**30 else f"{size_bytes / 2**20:.0f} MiB"
