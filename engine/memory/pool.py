"""Pool: which networks are in memory, and who has to go when there is too little of it.

A network is loaded when it is first used, stays while anybody holds its `Weights`, and may be dropped whenever it is
not in use: loading it again is cheap, since the file is mapped. There is never more than one copy of it, and on an
accelerator none in host memory. The device and the types that networks compute in are chosen by `engine.memory.device`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, count
from typing import Any, Final, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import torch
from torch import nn

from engine.memory.device import choose_dtype, measure_free_bytes, resolve_device
from engine.memory.weights import Role, Weights
from engine.settings import GIB, DTypeName, Settings

M = TypeVar("M", bound=nn.Module)

logger = logging.getLogger(__name__)

WORKING_BYTES: Final = GIB
"""Left free for activations when a network is loaded."""

CHANNELS_LAST: Final[frozenset[Role]] = frozenset({"vae"})
"""Whose convolutions are faster with the channels of a pixel side by side: on a CPU, autoencoders by a fifth or more,
UNets not."""


class Held(NamedTuple):
    """A network in memory."""

    name: str
    device: torch.device
    bytes: int
    is_pinned: bool


@dataclass(slots=True, eq=False)
class _Network:
    """A loaded network: how many use it now, and when it was last asked for."""

    module: nn.Module
    bytes: int
    users: int = 0
    last_use: int = 0


class Pool:
    """The networks on one device. Every thread may use it.

    Args:
        settings: Device and types.
        measure_free: How much memory can still be had; another one for tests.

    Raises:
        EngineError: If the device does not exist.
    """

    def __init__(
        self, settings: Settings, *, measure_free: Callable[[torch.device], int | None] = measure_free_bytes
    ) -> None:
        self.device = resolve_device(settings.device)
        self._dtype: DTypeName = settings.dtype
        self._measure_free = measure_free
        self._reserved_bytes = 0 if self.device.type == "cpu" else settings.reserved_bytes
        self._networks: WeakKeyDictionary[Weights[Any], _Network] = WeakKeyDictionary()
        self._clock = count(1)
        self._lock = threading.RLock()

    def dtype_for(self, role: Role) -> torch.dtype:
        """What a network of this role computes in."""
        return choose_dtype(role, self.device, self._dtype)

    def free_bytes(self) -> int | None:
        """Memory of the device that is free and not reserved, besides what networks not in use would give back."""
        free = self._measure_free(self.device)
        return None if free is None else max(free - self._reserved_bytes, 0)

    @contextmanager
    def use(self, weights: Weights[M]) -> Generator[M]:
        """The network, on the device, for as long as the `with` lasts. Uses may be nested.

        Raises:
            CheckpointError: If its file cannot be used.
        """
        with self._lock:
            network = self._networks.get(weights)
            if network is None:
                network = self._networks[weights] = self._load(weights)
            network.users += 1
            network.last_use = next(self._clock)
        try:
            module: Any = network.module
            yield module
        finally:
            with self._lock:
                network.users -= 1

    def make_room(self, needed_bytes: int) -> bool:
        """Drop networks that are not in use, the one longest unused first, until so much memory is free.

        Returns:
            Whether it is, as far as the system says.
        """
        with self._lock:
            while (free := self.free_bytes()) is not None and free < needed_bytes:
                if not self._drop_oldest():
                    return False
            return True

    def unload_all(self) -> None:
        """Drop every network that is not in use."""
        with self._lock:
            while self._drop_oldest():
                pass
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    def held(self) -> list[Held]:
        """What is in memory, the network longest unused first."""
        with self._lock:
            networks = sorted(self._networks.items(), key=lambda item: item[1].last_use)
            return [Held(weights.name, self.device, n.bytes, n.users > 0) for weights, n in networks]

    def _drop_oldest(self) -> bool:
        idle = [(network.last_use, weights) for weights, network in self._networks.items() if not network.users]
        if not idle:
            return False
        _, weights = min(idle, key=lambda item: item[0])
        logger.info("Dropping %s to make room.", weights.name)
        del self._networks[weights]
        return True

    def _load(self, weights: Weights[Any]) -> _Network:
        dtype = self.dtype_for(weights.role)
        self.make_room(weights.size_bytes(dtype) + WORKING_BYTES)
        try:
            module = self._load_once(weights, dtype)
        except torch.OutOfMemoryError:
            self.unload_all()
            module = self._load_once(weights, dtype)
        size = sum(tensor.nbytes for tensor in chain(module.parameters(), module.buffers()))
        logger.info("Loaded %s: %d MiB, %s, %s.", weights.name, size // 2**20, dtype, self.device)
        return _Network(module, size)

    def _load_once(self, weights: Weights[Any], dtype: torch.dtype) -> nn.Module:
        # What is a view of its file would be copied by another layout, and the file's pages would stay as well.
        is_view = self.device.type == "cpu" and weights.stored_dtype == dtype
        # Parameters made in inference mode could not be used outside of it.
        with torch.inference_mode(mode=False), torch.no_grad():
            module: Any = weights.load(dtype).to(self.device)  # torch's types don't know of layouts
            if weights.role in CHANNELS_LAST and not is_view:
                module = module.to(memory_format=torch.channels_last)
        return module
