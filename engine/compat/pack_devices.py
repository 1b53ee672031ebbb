"""Devices, types and memory as packs ask for them: what they import as `comfy.model_management`.

Our own networks are in the pool, which loads them when they are used. Modules of packs are wrapped in a
`ModulePatcher`, which knows where they compute and where they wait.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

import torch
from torch import Tensor, nn

from engine.compat.host import current_host
from engine.compat.not_offered import refuse
from engine.compat.pack_tensors import module_size
from engine.memory.device import measure_free_bytes
from engine.memory.pool import Pool
from engine.memory.weights import Role, Weights
from engine.settings import GIB

HOST = torch.device("cpu")
_FAST_HALF = (5, 3)


class VRAMState(Enum):
    """How sparing models are with a device's memory."""

    DISABLED = 0
    NO_VRAM = 1
    LOW_VRAM = 2
    NORMAL_VRAM = 3
    HIGH_VRAM = 4
    SHARED = 5


class CPUState(Enum):
    """What computes."""

    GPU = 0
    CPU = 1
    MPS = 2


def _pool() -> Pool:
    return current_host().pool()


# -- which device ----------------------------------------------------------------------------------------------------


def get_torch_device() -> torch.device:
    """Where networks compute."""
    return _pool().device


def host_device(*_: Any, **__: Any) -> torch.device:
    """Where values between nodes, and models that wait, are: in host memory."""
    return HOST


def compute_device(*_: Any, **__: Any) -> torch.device:
    """As `get_torch_device`, whatever is asked besides."""
    return _pool().device


def get_torch_device_name(device: torch.device) -> str:
    """A device's name for people."""
    return f"{device} {torch.cuda.get_device_name(device)}" if device.type == "cuda" else str(device)


def cpu_state() -> CPUState:
    """What computes."""
    return CPUState.GPU if _pool().device.type == "cuda" else CPUState.CPU


def vram_state() -> VRAMState:
    """How sparing models are with memory."""
    return VRAMState.NORMAL_VRAM if _pool().device.type == "cuda" else VRAMState.DISABLED


def is_device_type(device: Any, kind: str) -> bool:
    """Whether a device is of a kind."""
    return getattr(device, "type", device) == kind


def is_nvidia() -> bool:
    """Whether networks compute on a device of NVIDIA's."""
    return _pool().device.type == "cuda" and torch.version.cuda is not None


def get_autocast_device(dev: Any) -> str:
    """What `torch.autocast` calls the kind of a device."""
    return getattr(dev, "type", None) or "cuda"


# -- which types -----------------------------------------------------------------------------------------------------


def dtype_of(role: Role) -> torch.dtype:
    """What a network of this role computes in."""
    return _pool().dtype_for(role)


def should_use_fp16(device: Any = None, *_: Any, **__: Any) -> bool:
    """Whether a device computes faster in float16."""
    device = torch.device(device) if device is not None else _pool().device
    return device.type == "cuda" and torch.cuda.get_device_capability(device) >= _FAST_HALF


def should_use_bf16(device: Any = None, *_: Any, **__: Any) -> bool:
    """Whether a device computes in bfloat16 at full speed."""
    device = torch.device(device) if device is not None else _pool().device
    return device.type == "cuda" and torch.cuda.get_device_capability(device) >= (8, 0)


def dtype_size(dtype: torch.dtype) -> int:
    """Bytes of a number."""
    return dtype.itemsize


def cast_to(
    weight: Tensor,
    dtype: torch.dtype | None = None,
    device: Any = None,
    non_blocking: bool = False,
    copy: bool = False,
    **_: Any,
) -> Tensor:
    """A tensor in another type or place."""
    return weight.to(device=device, dtype=dtype, non_blocking=non_blocking, copy=copy)


def cast_to_device(tensor: Tensor, device: Any, dtype: torch.dtype, copy: bool = False) -> Tensor:
    """A tensor in a type and place."""
    return tensor.to(device=device, dtype=dtype, copy=copy)


# -- memory ----------------------------------------------------------------------------------------------------------


def get_free_memory(dev: Any = None, torch_free_too: bool = False) -> Any:
    """Bytes that can still be had on a device; with `torch_free_too` twice, as torch keeps nothing back from us."""
    free = measure_free_bytes(torch.device(dev) if dev is not None else _pool().device) or 0
    return (free, free) if torch_free_too else free


def get_total_memory(dev: Any = None, torch_total_too: bool = False) -> Any:
    """Bytes that a device has."""
    device = torch.device(dev) if dev is not None else _pool().device
    if device.type == "cuda":
        total = torch.cuda.get_device_properties(device).total_memory
    else:
        import psutil

        total = psutil.virtual_memory().total
    return (total, total) if torch_total_too else total


def minimum_inference_memory() -> int:
    """Bytes that are left free for what networks compute."""
    return GIB


def soft_empty_cache(force: bool = False) -> None:
    """Give memory that nothing uses back to the device."""
    del force
    gc.collect()
    if _pool().device.type == "cuda":
        torch.cuda.empty_cache()


def free_memory(memory_required: float, device: Any, keep_loaded: Sequence[Any] = (), **_: Any) -> list[Any]:
    """Make so much room, by unloading what is not in use."""
    del keep_loaded
    if getattr(device, "type", device) != "cpu":
        _unload_patchers()
    _pool().make_room(int(memory_required))
    return []


def unload_all_models() -> None:
    """Unload every network that is not in use."""
    _unload_patchers()
    _pool().unload_all()


class ModulePatcher:
    """A module of a pack: where it computes, and where it waits. Patches of its weights are not offered yet.

    Args:
        model: The module.
        load_device: Where it computes.
        offload_device: Where it waits.
        size: Bytes of its parameters; counted if 0.
    """

    def __init__(
        self,
        model: nn.Module,
        load_device: Any,
        offload_device: Any,
        size: int = 0,
        weight_inplace_update: bool = False,
    ) -> None:
        del weight_inplace_update
        self.model = model
        self.load_device = torch.device(load_device)
        self.offload_device = torch.device(offload_device)
        self.size = size
        self.model_options: dict[str, Any] = {"transformer_options": {}}

    def model_size(self) -> int:
        """Bytes of its parameters and buffers."""
        self.size = self.size or module_size(self.model)
        return self.size

    def loaded_size(self) -> int:
        """As many, if it is where it computes."""
        return self.model_size() if self.current_loaded_device() == self.load_device else 0

    def current_loaded_device(self) -> torch.device:
        """Where it is."""
        return next((parameter.device for parameter in self.model.parameters()), self.offload_device)

    def model_dtype(self) -> torch.dtype | None:
        """What its numbers are."""
        return next((parameter.dtype for parameter in self.model.parameters()), None)

    def clone(self) -> ModulePatcher:
        """Another one of the same module."""
        return ModulePatcher(self.model, self.load_device, self.offload_device, self.size)

    def is_clone(self, other: Any) -> bool:
        """Whether both are of the same module."""
        return getattr(other, "model", None) is self.model

    def get_model_object(self, name: str) -> Any:
        """An attribute of the module by a path with dots."""
        value: Any = self.model
        for part in name.split("."):
            value = getattr(value, part)
        return value

    def patch_model(self, device_to: Any = None, *_: Any, **__: Any) -> nn.Module:
        """Move it to where it computes."""
        self.model.to(device_to or self.load_device)
        return self.model

    def unpatch_model(self, device_to: Any = None, *_: Any, **__: Any) -> None:
        """Move it to where it waits."""
        self.model.to(device_to or self.offload_device)

    def detach(self, unpatch_all: bool = True) -> nn.Module:
        """Move it to where it waits."""
        del unpatch_all
        self.unpatch_model()
        return self.model

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        refuse(f"comfy.model_patcher.ModelPatcher.{name}")


def loaded_patchers() -> list[Any]:
    """Modules of packs that are where they compute."""
    return current_host().made.setdefault("loaded_patchers", [])


def load_models_gpu(models: Iterable[Any], memory_required: float = 0, **_: Any) -> None:
    """Make these models ready to compute, and room for as much as is said."""
    if memory_required:
        _pool().make_room(int(memory_required))
    for model in models:
        weights = getattr(model, "weights", None)
        if isinstance(weights, Weights):
            with _pool().use(weights):
                continue
        patcher = getattr(model, "patcher", model)
        patcher.patch_model()
        if not any(each is patcher for each in loaded_patchers()):
            loaded_patchers().append(patcher)


def _unload_patchers() -> None:
    for patcher in loaded_patchers():
        with contextlib.suppress(Exception):  # a module of a pack's own, whatever it is
            patcher.unpatch_model()
    loaded_patchers().clear()
