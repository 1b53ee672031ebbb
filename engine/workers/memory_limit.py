"""Memory of workers: how much the machine has for them, how much each takes, and which one must go.

Looked at a few times a second from outside, because a process that is being filled cannot be trusted to look itself;
child processes of a worker count too. Costs some tens of microseconds a look; children are searched once a second.
Shared pages of forked children are counted once for each, so the sum errs on the high side.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

_log = logging.getLogger(__name__)

LOOKS_PER_SECOND = 5
_CHILDREN_EVERY_S = 1.0
_SHARE_OF_MACHINE = 0.9
_CGROUP_FILES = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def machine_memory_bytes() -> int:
    """What this machine or, if it is less, this container has."""
    total = psutil.virtual_memory().total
    for name in _CGROUP_FILES:
        with contextlib.suppress(OSError, ValueError):  # absent, or "max"
            total = min(total, int(Path(name).read_text()))
    return total


def default_memory_limit_bytes() -> int:
    """What workers may take together where nobody said: most of the machine."""
    return int(machine_memory_bytes() * _SHARE_OF_MACHINE)


class MemoryOf:
    """What a process and its children have in memory, but for mapped files. Raises psutil.Error if there is none."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._process = psutil.Process(pid)
        self._children: list[psutil.Process] = []
        self._searched_at = 0.0

    async def measure(self) -> int:
        """Bytes; 0 once the process is gone."""
        if time.monotonic() - self._searched_at >= _CHILDREN_EVERY_S:
            self._children = await asyncio.to_thread(self._search)
            self._searched_at = time.monotonic()
        return sum(_resident_bytes(process) for process in (self._process, *self._children))

    def _search(self) -> list[psutil.Process]:
        """Looks at every process of the machine: off the event loop."""
        try:
            return self._process.children(recursive=True)
        except psutil.Error:
            return []


def _resident_bytes(process: psutil.Process) -> int:
    """Without files that are mapped to be read, where the system tells: models and libraries, which it can drop again.

    What a worker is refused from inside (`limit_memory`) does not count these either: if they counted here, a worker
    that keeps within its limit would be removed.
    """
    try:
        written = _written_bytes(process.pid) if sys.platform == "linux" else None
        return process.memory_info().rss if written is None else written
    except (psutil.Error, OSError, ValueError):
        return 0


def _written_bytes(pid: int) -> int | None:
    """`RssAnon` and `RssShmem` of proc(5), in bytes; None where the system does not tell them, as some sandboxes."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    kilobytes = [int(line.split()[1]) for line in status if line.startswith(("RssAnon:", "RssShmem:"))]
    return 1024 * sum(kilobytes) if kilobytes else None


class MemoryWatch:
    """Looks after the memory of several workers.

    Args:
        limit_bytes: Of each worker; None means that together they may take most of the machine.
        on_excess: Told which worker must go, what it takes, and in words what limit that breaks.
    """

    def __init__(self, limit_bytes: int | None, on_excess: Callable[[int, int, str], None]) -> None:
        self.limit_bytes = limit_bytes or default_memory_limit_bytes()
        self._is_shared = limit_bytes is None
        self._on_excess = on_excess
        self._watched: dict[int, MemoryOf] = {}
        self._taken: dict[int, int] = {}

    def watch(self, number: int, pid: int) -> None:
        """Look after this worker's process from now on, if that is not done already."""
        if number not in self._watched or self._watched[number].pid != pid:
            with contextlib.suppress(psutil.Error):
                self._watched[number] = MemoryOf(pid)

    def forget(self, number: int) -> None:
        """The worker's process is gone."""
        self._watched.pop(number, None)
        self._taken.pop(number, None)

    def taken_bytes(self, number: int) -> int:
        """What a worker took when last looked at."""
        return self._taken.get(number, 0)

    async def run(self) -> None:
        """Look, until cancelled."""
        while True:
            await asyncio.sleep(1 / LOOKS_PER_SECOND)
            try:
                await self.look()
            except (OSError, psutil.Error, RuntimeError) as error:
                _log.warning("The memory of workers could not be measured: %s", error)

    async def look(self) -> None:
        """Measure every worker and name those that must go."""
        for number, memory in list(self._watched.items()):
            taken = await memory.measure()
            if self._watched.get(number) is memory:
                self._taken[number] = taken
        for number in choose_excess(self._taken, self.limit_bytes, is_shared=self._is_shared):
            taken = self._taken[number]
            self.forget(number)
            self._on_excess(number, taken, self._describe())

    def _describe(self) -> str:
        limit = describe_bytes(self.limit_bytes)
        if self._is_shared:
            return f"workers may take {limit}, nine tenths of the machine's memory (--worker-memory-limit sets a limit)"
        return f"the limit is {limit} (--worker-memory-limit)"


def describe_bytes(size: int) -> str:
    """A size for people."""
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 else f"{size / 2**20:.0f} MiB"


def choose_excess(taken: Mapping[int, int], limit_bytes: int, *, is_shared: bool) -> list[int]:
    """Workers that must go: those above the limit; or, if they share it, the largest if all together are above it."""
    if not is_shared:
        return [number for number, size in taken.items() if size > limit_bytes]
    if sum(taken.values()) <= limit_bytes:
        return []
    return [max(taken, key=lambda number: taken[number])]
