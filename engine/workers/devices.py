"""The devices of a worker, as `/system_stats` shows them: its own first, then the host."""

from __future__ import annotations

import psutil
import torch

from engine.memory.device import measure_free_bytes, name_device
from engine.workers.messages import DeviceInfo


def describe_devices(own: torch.device) -> tuple[DeviceInfo, ...]:
    """The device that computes and, if that is another one, the host. Other accelerators have workers of their own."""
    host = torch.device("cpu")
    return (_describe_host(),) if own == host else (_describe_accelerator(own), _describe_host())


def list_accelerators() -> tuple[str, ...]:
    """Every device of the machine that a worker can have for itself."""
    return tuple(f"cuda:{index}" for index in range(torch.cuda.device_count())) if torch.cuda.is_available() else ()


def _describe_host() -> DeviceInfo:
    memory = psutil.virtual_memory()
    free = measure_free_bytes(torch.device("cpu"))
    free = memory.available if free is None else free
    return DeviceInfo(
        name="cpu",
        type="cpu",
        index=None,
        memory_total=memory.total,
        memory_free=free,
        torch_memory_total=memory.total,
        torch_memory_free=free,
    )


def _describe_accelerator(device: torch.device) -> DeviceInfo:
    free, total = torch.cuda.mem_get_info(device)
    reserved, allocated = torch.cuda.memory_reserved(device), torch.cuda.memory_allocated(device)
    return DeviceInfo(
        name=name_device(device),
        type=device.type,
        index=device.index,
        memory_total=total,
        memory_free=free + reserved - allocated,
        torch_memory_total=reserved,
        torch_memory_free=reserved - allocated,
    )
