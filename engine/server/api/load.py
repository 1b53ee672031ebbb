"""How busy the machine is: processor, memory, memory of devices. Cheap enough to ask every second."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

import psutil
from aiohttp import web
from msgspec import Struct

from engine.server.api.route import route
from engine.server.system import list_devices

_FRESH_S = 1.0
"""What was measured within so long is told again: windows share one measurement."""


class DeviceLoad(Struct, frozen=True, kw_only=True):
    """The memory of a device that computes.

    Attributes:
        name: Of the device.
        memory_bytes: All of it.
        used_bytes: What is in use, by whomever.
    """

    name: str
    memory_bytes: int
    used_bytes: int


class LoadView(Struct, frozen=True, kw_only=True):
    """How busy the machine is.

    Attributes:
        cpu_percent: Of all cores together, since it was measured last; null at the first time.
        cpu_cores: How many there are.
        memory_bytes: Of the machine.
        used_bytes: What is in use and could not be had by another program.
        devices: Those with memory of their own, as a worker last told of them.
    """

    cpu_percent: float | None
    cpu_cores: int
    memory_bytes: int
    used_bytes: int
    devices: list[DeviceLoad]


@dataclass
class Gauge:
    """Measures the machine; one for an application.

    Attributes:
        latest: What was measured last; None until something was.
        at: When, by the monotonic clock.
        lock: Held while it measures.
    """

    latest: LoadView | None = None
    at: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


GAUGE: web.AppKey[Gauge] = web.AppKey("load_gauge")


@route("GET", "/load", tag="server")
async def show_load(request: web.Request) -> LoadView:
    """How busy the machine is: processor, memory, and the memory of its devices."""
    gauge = request.app[GAUGE]
    async with gauge.lock:
        if gauge.latest is None or time.monotonic() - gauge.at >= _FRESH_S:
            gauge.latest = await _measure(request, is_first=gauge.latest is None)
            gauge.at = time.monotonic()
        return gauge.latest


async def _measure(request: web.Request, *, is_first: bool) -> LoadView:
    devices = await list_devices(request)
    percent, memory = psutil.cpu_percent(None), psutil.virtual_memory()
    return LoadView(
        cpu_percent=None if is_first else percent,
        cpu_cores=psutil.cpu_count() or 1,
        memory_bytes=memory.total,
        used_bytes=memory.total - memory.available,
        devices=[
            DeviceLoad(name=one.name, memory_bytes=one.memory_total, used_bytes=one.memory_total - one.memory_free)
            for one in devices
            if one.type != "cpu"
        ],
    )
