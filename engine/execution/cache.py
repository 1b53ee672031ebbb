"""OutputCache: outputs of nodes by content key, within a byte budget for each device, unless `Settings` say otherwise.

Equal keys mean equal outputs, so results are shared between runs, workflow files and node ids. What has to go when a
budget is exceeded is chosen by GreedyDual-Size (P. Cao, S. Irani, "Cost-Aware WWW Proxy Caching Algorithms", USENIX
1997): an entry's priority on a device is

    clock + seconds to compute again / bytes held there

as of when it was last used, the lowest goes first, and the clock then moves up to the priority of what went, so that
whatever is not used ages against whatever is. From an accelerator an entry moves to host memory, from there it goes.
What is in use counts in no budget, as it has to be there anyway. A heap makes each step logarithmic. Not thread-safe:
one run at a time uses it.

In the mode `lru` the number of results counts instead, and the one longest unused goes first. In the mode `none` a
result goes when its last user has done with it: equal nodes of one run may share it, later runs find nothing.
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
from engine.execution.footprint import HOST, CannotRelocateError, StorageKey, measure, relocate
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
_NO_LIMIT: Final = 2**63


@dataclass(slots=True, eq=False)
class _Holding:
    """What one entry holds in one place. `ticket`: its place in the ledger's heap, None if it is not in the ledger."""

    entry: Entry
    place: str
    bytes: int
    plain_bytes: int
    storages: dict[StorageKey, int]
    ticket: int | None = None


@dataclass(slots=True, eq=False)
class Entry:
    """One node's outputs.

    Attributes:
        key: Content key of the node.
        label: What it is, for people: the node's type.
        outputs: The values; shared, never written to.
        ui: What the node gave to be shown.
        seconds: What it took to compute.
        users: How many use it at the moment; while anybody does, it stays and counts in no budget.
    """

    key: bytes
    label: str
    outputs: Outputs
    ui: Ui | None
    seconds: float
    users: int = 0
    holdings: list[_Holding] = field(default_factory=list["_Holding"])
    origins: dict[StorageKey, str] = field(default_factory=dict[StorageKey, str])


class _Ledger:
    """The account of one place: what lies there that nobody uses, in bytes, and who goes first."""

    __slots__ = ("_clock", "_heap", "_live", "_serial", "_shares", "budget_bytes", "used_bytes")

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self.used_bytes = 0
        self._clock = 0.0
        self._shares: dict[StorageKey, int] = {}
        self._heap: list[tuple[float, int, _Holding]] = []
        self._serial = count()
        self._live = 0

    def add(self, holding: _Holding) -> None:
        """Nobody uses it any more: its age starts."""
        self.used_bytes += holding.plain_bytes
        for key, size in holding.storages.items():
            sharers = self._shares.get(key, 0)
            self._shares[key] = sharers + 1
            if not sharers:
                self.used_bytes += size
        self._live += 1
        holding.ticket = next(self._serial)
        priority = self._clock + holding.entry.seconds / holding.bytes
        heapq.heappush(self._heap, (priority, holding.ticket, holding))

    def remove(self, holding: _Holding) -> None:
        """It is used again, or gone. Its record in the heap is recognized by its ticket when it comes up."""
        self.used_bytes -= holding.plain_bytes
        for key, size in holding.storages.items():
            sharers = self._shares[key] - 1
            if sharers:
                self._shares[key] = sharers
            else:
                del self._shares[key]
                self.used_bytes -= size
        self._live -= 1
        holding.ticket = None
        if len(self._heap) > 2 * self._live + 64:
            self._heap = [record for record in self._heap if record[2].ticket == record[1]]
            heapq.heapify(self._heap)

    def pop_least(self) -> _Holding | None:
        """The least valuable holding, to be removed now; advances the clock."""
        while self._heap:
            priority, ticket, holding = heapq.heappop(self._heap)
            if holding.ticket == ticket:
                self._clock = max(self._clock, priority)
                return holding
        return None


class OutputCache:
    """Outputs of nodes by content key. See the module for the policy.

    Args:
        settings: `cache_mode` is the policy; `cache_bytes` the budget of every device (None: a quarter of it),
            `host_cache_bytes` that of what was moved to host memory; `cache_results` how many results `lru` keeps.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._entries: dict[bytes, Entry] = {}
        self._ledgers: dict[str, _Ledger] = {SPILLED: _Ledger(settings.host_cache_bytes)}
        self._by_age: dict[Entry, None] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def used_bytes(self) -> dict[str, int]:
        """Bytes of each budget that are used: by device, and `spilled` for what was moved to host memory."""
        return {place: ledger.used_bytes for place, ledger in self._ledgers.items()}

    def biggest(self, number: int = 3) -> list[tuple[str, str, int]]:
        """What holds most, in use or not: (node type, place, bytes), largest first. Also from other threads."""
        entries = list(self._entries.values())  # at one go: a run may go on
        holdings = (holding for entry in entries for holding in entry.holdings)
        largest = heapq.nlargest(number, holdings, key=lambda holding: holding.bytes)
        return [(holding.entry.label, holding.place, holding.bytes) for holding in largest]

    def peek(self, key: bytes) -> Outputs | None:
        """The outputs of an entry, to look at: they may lie anywhere, and may go at any time."""
        entry = self._entries.get(key)
        return None if entry is None else entry.outputs

    def take(self, key: bytes) -> Entry | None:
        """Use an entry: it is moved back to where it was made, and stays until `release`."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if not entry.users:
            self._by_age.pop(entry, None)
            self._leave_ledgers(entry)
            if entry.origins and not self._move(entry, entry.origins, origins={}):
                return None
        entry.users += 1
        return entry

    def put(self, key: bytes, label: str, outputs: Outputs, ui: Ui | None, seconds: float) -> Entry:
        """Keep outputs, in use until `release`. An entry of the same key is replaced."""
        if (previous := self._entries.get(key)) is not None:
            self.drop(previous)
        entry = self._entries[key] = Entry(key, label, outputs, ui, seconds, users=1)
        entry.holdings = self._measure(entry)
        return entry

    def release(self, entry: Entry) -> None:
        """One user less. What nobody uses counts, and may go when a budget is exceeded."""
        entry.users -= 1
        if not entry.users and self._entries.get(entry.key) is entry:
            self._rest(entry)

    def drop(self, entry: Entry) -> None:
        """Forget an entry. Users keep the values they have."""
        if self._entries.get(entry.key) is entry:
            del self._entries[entry.key]
            self._by_age.pop(entry, None)
            self._leave_ledgers(entry)
            entry.outputs, entry.ui, entry.holdings = (), None, []  # a heap may still hold it, until it comes up

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

    def _rest(self, entry: Entry) -> None:
        """Enter the ledgers, and bring them back within their budgets."""
        if self._settings.cache_mode == "none":
            self.drop(entry)
            return
        for holding in entry.holdings:
            self._ledgers[holding.place].add(holding)
        for holding in entry.holdings:  # a list of its own: an entry that moves gets a new one
            ledger = self._ledgers[holding.place]
            if holding.ticket is not None and holding.bytes > ledger.budget_bytes:
                self._shed(holding)  # it would drive out everything else, and then have to go itself
            while ledger.used_bytes > ledger.budget_bytes and (least := ledger.pop_least()) is not None:
                self._shed(least)
        if self._settings.cache_mode == "lru" and self._entries.get(entry.key) is entry:
            self._by_age[entry] = None  # one that only moved keeps its place
            while len(self._by_age) > self._settings.cache_results:
                self.drop(next(iter(self._by_age)))

    def _leave_ledgers(self, entry: Entry) -> None:
        for holding in entry.holdings:
            if holding.ticket is not None:
                self._ledgers[holding.place].remove(holding)

    def _shed(self, holding: _Holding) -> None:
        """Move what an entry holds on an accelerator to host memory; forget the entry if that cannot be."""
        entry = holding.entry
        if holding.place in (HOST, SPILLED) or holding.bytes > self._settings.host_cache_bytes:
            self.drop(entry)
            return
        self._leave_ledgers(entry)
        if self._move(entry, dict.fromkeys(holding.storages, HOST), origins=entry.origins, origin=holding.place):
            log.debug("moved %d bytes of %s from %s to host memory", holding.bytes, entry.label, holding.place)
            self._rest(entry)

    def _move(
        self, entry: Entry, targets: Mapping[StorageKey, str], origins: dict[StorageKey, str], origin: str | None = None
    ) -> bool:
        """Replace the values by copies elsewhere; where what is new comes from is `origin`. False if it cannot be."""
        before = {key for holding in entry.holdings for key in holding.storages}
        try:
            entry.outputs = relocate(entry.outputs, targets)
        except (CannotRelocateError, MemoryError, RuntimeError) as error:  # RuntimeError: out of memory on the way
            log.debug("forgot %s, which could not be moved: %s", entry.label, error)
            self.drop(entry)
            return False
        entry.origins = origins
        if origin is not None:
            entry.origins |= {key: origin for key in measure(entry.outputs).storages if key not in before}
        entry.holdings = self._measure(entry)
        return True

    def _measure(self, entry: Entry) -> list[_Holding]:
        """What the entry holds, by place; the host's part is never missing, as the entry itself lies there."""
        footprint = measure(entry.outputs)
        by_place: dict[str, dict[StorageKey, int]] = {HOST: {}}
        for key, size in footprint.storages.items():
            by_place.setdefault(SPILLED if key in entry.origins else key[0], {})[key] = size
        holdings: list[_Holding] = []
        for place, storages in by_place.items():
            if place not in self._ledgers:
                self._ledgers[place] = self._open_ledger(place)
            plain_bytes = ENTRY_BYTES + footprint.plain_bytes if place == HOST else 0
            size = plain_bytes + sum(storages.values()) if storages else plain_bytes
            holdings.append(_Holding(entry, place, size, plain_bytes, storages))
        return holdings

    def _open_ledger(self, device: str) -> _Ledger:
        if self._settings.cache_mode == "lru":
            return _Ledger(_NO_LIMIT)
        budget_bytes = self._settings.cache_bytes
        return _Ledger(_memory_bytes(device) // 4 if budget_bytes is None else budget_bytes)


def _memory_bytes(device: str) -> int:
    """All the memory that a device has; what shares the host's memory has the host's."""
    torch = sys.modules.get("torch")
    if torch is not None and device.startswith("cuda"):
        return int(torch.cuda.get_device_properties(device).total_memory)
    if not hasattr(os, "sysconf"):
        return ASSUMED_MEMORY_BYTES
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
