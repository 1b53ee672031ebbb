"""Devices: which one is meant, what it computes in, how much of its memory is free.

Nothing is chosen twice: `engine.memory.pool` asks once and everybody asks the pool.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import torch

from engine.errors import EngineError
from engine.memory.weights import Role
from engine.settings import DTypeName

DEFAULT_DTYPES: Final[Mapping[str, Mapping[Role, torch.dtype]]] = {
    "cpu": {"unet": torch.float32, "vae": torch.float32, "clip": torch.float32},
    "cuda": {"unet": torch.float16, "vae": torch.bfloat16, "clip": torch.float16},
}
"""By kind of device. Autoencoders have activations beyond float16's range, so they never get it."""
NAMED_DTYPES: Final[Mapping[DTypeName, torch.dtype]] = {
    "float32": torch.float32,
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
}
BFLOAT16_CAPABILITY: Final = (8, 0)
"""The first generation of NVIDIA's devices that computes in bfloat16 at full speed."""

_HOST_ALLOCATOR = "DefaultCPUAllocator"
"""What torch names in the plain RuntimeError that it raises where the host has no more memory."""
_MEMINFO = Path("/proc/meminfo")
_CGROUPS = Path("/sys/fs/cgroup")
_OWN_CGROUP = Path("/proc/self/cgroup")


def resolve_device(name: str) -> torch.device:
    """The device that a setting means: `auto`, `cpu`, `cuda`, `cuda:N`; of several with commas, the first.

    Raises:
        EngineError: If there is no such device; says which there are.
    """
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    name = name.partition(",")[0]
    if name == "auto":
        return torch.device("cuda", 0) if count else torch.device("cpu")
    known = ["cpu", *(f"cuda:{index}" for index in range(count))]
    wanted = "cuda:0" if name == "cuda" else name
    if wanted not in known:
        missing = "" if count or not name.startswith("cuda") else " No CUDA device was found."
        raise EngineError(f"There is no device {name!r}: expected auto or one of {', '.join(known)}.{missing}")
    return torch.device(wanted)


def name_device(device: torch.device) -> str:
    """The device with its maker's name: `cuda:0 NVIDIA H100`; `cpu` for the host, which has its name elsewhere."""
    return f"{device} {torch.cuda.get_device_name(device)}" if device.type == "cuda" else str(device)


def count_threads(device: torch.device) -> int:
    """How many threads of the processor compute on it; 0 if it is no processor."""
    return torch.get_num_threads() if device.type == "cpu" else 0


def choose_dtype(role: Role, device: torch.device, wanted: DTypeName = "auto") -> torch.dtype:
    """What a network computes in.

    Args:
        role: What it is for.
        device: Where.
        wanted: What the user asked for; an autoencoder gets bfloat16 for float16.
    """
    dtype = DEFAULT_DTYPES[device.type][role] if wanted == "auto" else NAMED_DTYPES[wanted]
    if role == "vae" and dtype == torch.float16:
        dtype = torch.bfloat16
    if dtype == torch.bfloat16 and wanted != "bfloat16" and not _is_fast_in_bfloat16(device):
        return torch.float32
    return dtype


def _is_fast_in_bfloat16(device: torch.device) -> bool:
    return device.type == "cuda" and torch.cuda.get_device_capability(device) >= BFLOAT16_CAPABILITY


def measure_free_bytes(device: torch.device) -> int | None:
    """Memory that can still be had on a device; None where the system does not say.

    On CUDA, what torch keeps for reuse counts as free. In host memory, limits of control groups count.
    """
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    try:
        return min(_read_host_limits())
    except (OSError, ValueError):
        return None


def is_out_of_memory(error: Exception) -> bool:
    """Whether an error says that memory ran out, on an accelerator or in the host."""
    return isinstance(error, (torch.OutOfMemoryError, MemoryError)) or _HOST_ALLOCATOR in str(error)


def _read_host_limits() -> Iterator[int]:
    """What each part of the system would still give: the machine, and every control group that we are in."""
    lines = dict(line.split(":", 1) for line in _MEMINFO.read_text().splitlines())
    yield int(lines["MemAvailable"].split()[0]) * 1024
    own = next((line[3:] for line in _OWN_CGROUP.read_text().splitlines() if line.startswith("0::")), "/")
    group = _CGROUPS / own.strip("/")
    for directory in (group, *group.parents):
        if not directory.is_relative_to(_CGROUPS):
            return
        limit = directory / "memory.max"
        if limit.is_file() and (text := limit.read_text().strip()) != "max":
            used = int((directory / "memory.current").read_text())
            statistics = dict(line.split() for line in (directory / "memory.stat").read_text().splitlines())
            yield int(text) - used + int(statistics.get("inactive_file", 0))
