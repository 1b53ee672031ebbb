"""How much memory a value holds and where, and how to make a copy of it that holds it elsewhere.

A value is whatever crosses a link: a tensor, text, a list or dict of such, a frozen dataclass. Tensors are counted by
storage, so that views of one storage count once. What a value only refers to (weights that the pool owns, modules,
tokenizers) counts nothing. Works without torch being imported; what is counted and what is kept is for
`engine.execution.cache` to decide.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import torch

StorageKey = tuple[str, int]
"""Device and address of a storage: unique as long as something holds the storage."""

HOST = "cpu"
_ATOMS = frozenset({int, float, bool, type(None), complex})
_DEEPEST = 32
"""Nesting of containers that `relocate` follows; nothing that holds tensors goes nearly as deep."""


@dataclass(slots=True)
class Footprint:
    """What a value holds.

    Attributes:
        plain_bytes: Text, bytes and arrays in host memory.
        storages: Size in bytes of every tensor storage, by device and address.
    """

    plain_bytes: int
    storages: dict[StorageKey, int]


class CannotRelocateError(Exception):
    """A tensor stands inside something that we don't know how to make again."""


def measure(*values: Any) -> Footprint:
    """Everything that some values hold together. Follows lists, tuples, sets, mappings and dataclasses, not deeper."""
    plain_bytes = 0
    storages: dict[StorageKey, int] = {}
    tensor_type = _tensor_type()
    seen: set[int] = set()
    stack = list(values)
    while stack:
        value = stack.pop()
        kind: Any = value.__class__
        if kind in _ATOMS:
            continue
        if kind is str or kind is bytes:
            plain_bytes += len(value)
        elif tensor_type is not None and isinstance(value, tensor_type):
            key, size = _storage_of(value)
            if size:
                storages[key] = size
        elif id(value) not in seen:
            # Remembered by address: a container that holds itself, or is met twice, is counted once.
            seen.add(id(value))
            if kind is list or kind is tuple:
                stack.extend(value)
            elif (parts := _parts(value)) is not None:
                stack.extend(parts)
            elif isinstance(size := getattr(value, "nbytes", None), int):
                plain_bytes += size
    return Footprint(plain_bytes, storages)


def relocate(value: Any, targets: Mapping[StorageKey, str]) -> Any:
    """A copy of a value in which some storages lie on other devices; whatever is not concerned is shared.

    Tensors that were views of one storage are views of one storage again.

    Raises:
        CannotRelocateError: if such a storage stands in anything but lists, tuples and dicts.
    """
    return _relocate(value, targets, {}, 0)


def _relocate(value: Any, targets: Mapping[StorageKey, str], moved: dict[StorageKey, Any], depth: int) -> Any:
    kind: Any = value.__class__
    if depth < _DEEPEST and kind is list:
        return [_relocate(part, targets, moved, depth + 1) for part in value]
    if depth < _DEEPEST and kind is dict:
        return {name: _relocate(part, targets, moved, depth + 1) for name, part in value.items()}
    if depth < _DEEPEST and isinstance(value, tuple):
        parts = [_relocate(part, targets, moved, depth + 1) for part in cast("tuple[Any, ...]", value)]
        return kind._make(parts) if hasattr(kind, "_make") else tuple(parts)
    tensor_type = _tensor_type()
    if tensor_type is not None and kind is tensor_type:
        return _relocate_tensor(value, targets, moved)
    if any(key in targets for key in measure(value).storages):
        raise CannotRelocateError(kind.__name__)
    return value


def _relocate_tensor(
    tensor: torch.Tensor, targets: Mapping[StorageKey, str], moved: dict[StorageKey, Any]
) -> torch.Tensor:
    import torch

    key, _ = _storage_of(tensor)
    device = targets.get(key)
    if device is None:
        return tensor
    if tensor.requires_grad or tensor.is_conj() or tensor.is_neg():
        raise CannotRelocateError("a tensor that is more than a view of its storage")
    if key not in moved:
        moved[key] = _copy_storage(tensor.untyped_storage(), device)
    # The storage is copied whole, so that all its views can be laid over the one copy.
    empty = torch.empty(0, dtype=tensor.dtype, device=moved[key].device)
    return empty.set_(moved[key], tensor.storage_offset(), tensor.shape, tensor.stride())


def _copy_storage(storage: torch.UntypedStorage, device: str) -> torch.UntypedStorage:
    import torch

    source = torch.empty(0, dtype=torch.uint8, device=storage.device).set_(storage)
    return source.to(device, copy=True).untyped_storage()


def _parts(value: Any) -> Iterable[Any] | None:
    if isinstance(value, (list, tuple, set, frozenset)):
        return cast("Iterable[Any]", value)
    if isinstance(value, Mapping):
        return cast("Mapping[Any, Any]", value).values()
    fields = getattr(cast("type[Any]", type(value)), "__dataclass_fields__", None)
    if fields is not None:
        return [getattr(value, name, None) for name in fields]
    return None


def _storage_of(tensor: torch.Tensor) -> tuple[StorageKey, int]:
    try:
        storage = tensor.untyped_storage()
        return (str(tensor.device), storage.data_ptr()), storage.nbytes() if storage.data_ptr() else 0
    except (NotImplementedError, RuntimeError):  # sparse, and wrappers without a storage of their own
        return (str(tensor.device), 0), 0


def _tensor_type() -> type[Any] | None:
    """`torch.Tensor`, if anything has imported torch: without it, nothing can be a tensor."""
    torch = sys.modules.get("torch")
    return getattr(torch, "Tensor", None)
