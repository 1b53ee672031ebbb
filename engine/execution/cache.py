"""OutputCache: outputs of nodes by content key, within a byte budget for each device.

Equal keys mean equal outputs, so results are shared between runs, workflow files and node ids. What has to go when a
budget is exceeded is chosen by GreedyDual-Size (P. Cao, S. Irani, "Cost-Aware WWW Proxy Caching Algorithms", USENIX
1997): an entry's priority on a device is

    clock + seconds to compute again / bytes held there

as of when it was last used, the lowest goes first, and the clock then moves up to the priority of what went, so that
whatever is not used ages against whatever is. From an accelerator an entry moves to host memory, from there it goes.
A lazy heap makes each step logarithmic. Not thread-safe: one run at a time uses it.
"""

from __future__ import annotations

import heapq
import logging
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from engine.execution.events import Ui
from engine.execution.footprint import HOST, CannotRelocateError, Footprint, StorageKey, measure, relocate
from engine.settings import GIB, Settings

log = logging.getLogger(__name__)

Outputs = tuple[list[Any], ...]
"""What a node gave: for each output the list of its values, one for each call."""

SPILLED: Final = "spilled"
"""The place of what was moved to host memory, which has a budget of its own."""
ENTRY_BYTES: Final = 1024
"""About what an entry takes besides its values, so that a budget also bounds the number of tiny entries."""
ASSUMED_MEMORY_BYTES: Final = 8 * GIB
"""Where the system does not say how much it has."""


@dataclass(slots=True, eq=False)
class _Holding:
    """What one entry holds in one place."""

    entry: Entry
    place: str
    bytes: int
    plain_bytes: int
    storages: dict[StorageKey, int]
    priority: float = 0.0
    is_queued: bool = False
    is_gone: bool = False


@dataclass(slots=True, eq=False)
class Entry:
    """One node's outputs.

    Attributes:
        key: Content key of the node.
        label: What it is, for people: the node's type.
        outputs: The values; shared, never written to.
        ui: What the node gave to be shown.
        seconds: What it took to compute.
        pins: How many users there are at the moment; an entry in use stays.
    """

    key: bytes
    label: str
    outputs: Outputs
    ui: Ui | None
    seconds: float
    pins: int = 0
    holdings: list[_Holding] = field(default_factory=list["_Holding"])
    origins: dict[StorageKey, str] = field(default_factory=dict[StorageKey, str])


class _Ledger:
    """The account of one place: what is there, in bytes, and who goes first."""

    __slots__ = ("_heap", "_live", "_serial", "_shares", "budget_bytes", "clock", "used_bytes")

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self.used_bytes = 0
        self.clock = 0.0
        self._shares: dict[StorageKey, int] = {}
        self._heap: list[tuple[float, int, _Holding]] = []
        self._serial = count()
        self._live = 0

    def add(self, holding: _Holding) -> None:
        self.used_bytes += holding.plain_bytes
        for key, size in holding.storages.items():
            users = self._shares.get(key, 0)
            self._shares[key] = users + 1
            if not users:
                self.used_bytes += size
        self._live += 1
        self.touch(holding)

    def remove(self, holding: _Holding) -> None:
        self.used_bytes -= holding.plain_bytes
        for key, size in holding.storages.items():
            users = self._shares[key] - 1
            if users:
                self._shares[key] = users
            else:
                del self._shares[key]
                self.used_bytes -= size
        self._live -= 1
        holding.is_gone = True
        if len(self._heap) > 2 * self._live + 64:
            self._heap = [record for record in self._heap if not record[2].is_gone]
            heapq.heapify(self._heap)

    def touch(self, holding: _Holding) -> None:
        """The entry was used: its age starts again."""
        holding.priority = self.clock + holding.entry.seconds / holding.bytes

    def queue(self, holding: _Holding) -> None:
        """The entry may go from now on."""
        if not holding.is_queued:
            holding.is_queued = True
            heapq.heappush(self._heap, (holding.priority, next(self._serial), holding))

    def pop_least(self) -> _Holding | None:
        """The least valuable holding that nobody uses; advances the clock. It must be removed or queued again."""
        while self._heap:
            priority, _, holding = heapq.heappop(self._heap)
            holding.is_queued = False
            if holding.is_gone or holding.entry.pins:
                continue  # what is in use is queued again when its last user lets go
            if holding.priority > priority:
                self.queue(holding)  # it was used since
                continue
            self.clock = max(self.clock, priority)
            return holding
        return None


class OutputCache:
    """Outputs of nodes by content key. See the module for the policy.

    Args:
        settings: `cache_bytes` is the budget of every device (None: a quarter of it), `host_cache_bytes` that of what
            was moved to host memory.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._entries: dict[bytes, Entry] = {}
        self._ledgers: dict[str, _Ledger] = {SPILLED: _Ledger(settings.host_cache_bytes)}

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def used_bytes(self) -> dict[str, int]:
        """Bytes held in each place: by device, and `spilled` for what was moved to host memory."""
        return {place: ledger.used_bytes for place, ledger in self._ledgers.items()}

    def biggest(self, number: int = 3) -> list[tuple[str, str, int]]:
        """What holds most: (node type, place, bytes), largest first."""
        holdings = (holding for entry in self._entries.values() for holding in entry.holdings)
        largest = heapq.nlargest(number, holdings, key=lambda holding: holding.bytes)
        return [(holding.entry.label, holding.place, holding.bytes) for holding in largest]

    def find(self, key: bytes) -> Entry | None:
        """The entry, without using it."""
        return self._entries.get(key)

    def take(self, key: bytes) -> Entry | None:
        """Use an entry: it is moved back to where it was made, counts as fresh, and stays until `release`."""
        entry = self._entries.get(key)
        if entry is None or (entry.origins and not self._bring_back(entry)):
            return None
        entry.pins += 1
        for holding in entry.holdings:
            self._ledgers[holding.place].touch(holding)
        return entry

    def put(self, key: bytes, label: str, outputs: Outputs, ui: Ui | None, seconds: float) -> Entry:
        """Keep outputs, in use until `release`. An entry of the same key is replaced."""
        if (previous := self._entries.get(key)) is not None:
            self.drop(previous)
        entry = self._entries[key] = Entry(key, label, outputs, ui, seconds, pins=1)
        self._account(entry, measure(*outputs))
        self._trim(entry)
        return entry

    def release(self, entry: Entry) -> None:
        """One user less. What nobody uses may go when a budget is exceeded."""
        entry.pins -= 1
        if entry.pins == 0 and self._entries.get(entry.key) is entry:
            for holding in entry.holdings:
                self._ledgers[holding.place].queue(holding)
            self._trim(entry)

    def drop(self, entry: Entry) -> None:
        """Forget an entry. Users keep the values they have."""
        if self._entries.get(entry.key) is entry:
            del self._entries[entry.key]
            for holding in entry.holdings:
                self._ledgers[holding.place].remove(holding)
            # The heaps still hold it, until it comes up.
            entry.outputs, entry.ui, entry.holdings = (), None, []

    def clear(self) -> None:
        """Forget everything."""
        for entry in list(self._entries.values()):
            self.drop(entry)

    def vacate(self, *, host: bool) -> None:
        """Make room at once by all that is not in use: from accelerators to host memory, from there away."""
        for place, ledger in list(self._ledgers.items()):
            if host == (place in (HOST, SPILLED)):
                while (holding := ledger.pop_least()) is not None:
                    self._shed(holding)

    def _trim(self, entry: Entry) -> None:
        """Bring the places where this entry lies back within their budgets."""
        for holding in tuple(entry.holdings):
            ledger = self._ledgers[holding.place]
            while ledger.used_bytes > ledger.budget_bytes and (least := ledger.pop_least()) is not None:
                self._shed(least)

    def _account(self, entry: Entry, footprint: Footprint) -> None:
        by_device: dict[str, dict[StorageKey, int]] = {HOST: {}}
        for key, size in footprint.storages.items():
            place = SPILLED if key in entry.origins else key[0]
            by_device.setdefault(place, {})[key] = size
        entry.holdings = []
        for place, storages in by_device.items():
            plain_bytes = ENTRY_BYTES + footprint.plain_bytes if place == HOST else 0
            holding = _Holding(entry, place, plain_bytes + sum(storages.values()), plain_bytes, storages)
            entry.holdings.append(holding)
            ledger = self._ledgers.get(place) or self._open(place)
            ledger.add(holding)
            if not entry.pins:
                ledger.queue(holding)

    def _open(self, device: str) -> _Ledger:
        budget_bytes = self._settings.cache_bytes
        if budget_bytes is None:
            budget_bytes = _memory_bytes(device) // 4
        ledger = self._ledgers[device] = _Ledger(budget_bytes)
        return ledger

    def _shed(self, holding: _Holding) -> None:
        if holding.place in (HOST, SPILLED):
            self.drop(holding.entry)
        else:
            self._spill(holding)

    def _spill(self, holding: _Holding) -> None:
        """Move what an entry holds on an accelerator to host memory, or forget the entry if that cannot be."""
        entry = holding.entry
        if holding.bytes > self._settings.host_cache_bytes:
            self.drop(entry)
            return
        before = {key for each in entry.holdings for key in each.storages}
        outputs = self._relocate(entry, dict.fromkeys(holding.storages, HOST))
        if outputs is not None:
            log.debug("moving %d bytes of %s from %s to host memory", holding.bytes, entry.label, holding.place)
            footprint = measure(*outputs)
            entry.origins |= {key: holding.place for key in footprint.storages if key not in before}
            self._replace(entry, outputs, footprint)
            self._trim(entry)

    def _bring_back(self, entry: Entry) -> bool:
        """Move what was spilled to where it was made. False if that cannot be; the entry is then forgotten."""
        outputs = self._relocate(entry, entry.origins)
        if outputs is None:
            return False
        entry.origins = {}
        self._replace(entry, outputs, measure(*outputs))
        return True

    def _relocate(self, entry: Entry, targets: Mapping[StorageKey, str]) -> Outputs | None:
        try:
            return relocate(entry.outputs, targets)
        except (CannotRelocateError, MemoryError, RuntimeError) as error:  # RuntimeError: out of memory on the way
            log.debug("forgot %s, which could not be moved: %s", entry.label, error)
            self.drop(entry)
            return None

    def _replace(self, entry: Entry, outputs: Outputs, footprint: Footprint) -> None:
        for holding in entry.holdings:
            self._ledgers[holding.place].remove(holding)
        entry.outputs = outputs
        self._account(entry, footprint)


def _memory_bytes(device: str) -> int:
    """All the memory that a device has; what shares the host's memory has the host's."""
    torch = sys.modules.get("torch")
    if torch is not None and device.startswith("cuda"):
        return int(torch.cuda.get_device_properties(device).total_memory)
    if not hasattr(os, "sysconf"):
        return ASSUMED_MEMORY_BYTES
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
