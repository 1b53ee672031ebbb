from __future__ import annotations

import random
from typing import Any, cast

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from engine.execution import footprint
from engine.execution.cache import ENTRY_BYTES, SPILLED, Entry, OutputCache, _Ledger
from engine.execution.footprint import measure
from engine.settings import Settings

KIB = 1024


def cache_of(entries: float, spilled: float = 0) -> OutputCache:
    """Room for so many entries of one KiB each."""
    each = ENTRY_BYTES + KIB
    return OutputCache(Settings(cache_bytes=int(entries * each), host_cache_bytes=int(spilled * KIB)))


def put(cache: OutputCache, key: str, seconds: float = 1.0, kib: float = 1, value: Any = None) -> Entry:
    """An entry that nobody uses any more."""
    outputs = ([torch.zeros(int(kib * 256)) if value is None else value],)
    entry = cache.put(key.encode(), f"Node {key}", outputs, None, seconds)
    cache.release(entry)
    return entry


def keys(cache: OutputCache) -> str:
    return "".join(sorted(key.decode() for key in cache._entries))


def use(cache: OutputCache, key: str) -> Any:
    entry = cache.take(key.encode())
    assert entry is not None
    cache.release(entry)
    return entry.outputs[0][0]


def test_what_was_put_is_found_and_shared():
    cache = cache_of(2)
    value = [torch.zeros(3)]
    put(cache, "a", value=value)
    assert use(cache, "a") is value
    assert b"a" in cache
    assert cache.take(b"b") is None
    assert len(cache) == 1


def test_the_cheapest_per_byte_goes_first():
    cache = cache_of(3.5)
    put(cache, "a", seconds=9)
    put(cache, "b", seconds=1)
    put(cache, "c", seconds=5)
    put(cache, "d", seconds=5)
    assert keys(cache) == "acd"
    put(cache, "e", seconds=5, kib=3)  # the same time for more bytes
    assert keys(cache) == "acd"


def test_among_equals_the_one_longest_unused_goes_first():
    cache = cache_of(3.5)
    for key in "abc":
        put(cache, key)
    put(cache, "d")
    assert keys(cache) == "bcd"  # the clock has moved on
    use(cache, "b")
    put(cache, "e")
    assert keys(cache) == "bde"


def test_what_is_not_used_ages_however_dear_it_was():
    cache = cache_of(3.5)
    put(cache, "x", seconds=5)
    for index in range(200):
        put(cache, f"{index:03}", seconds=1)
    assert b"x" not in cache


def test_what_is_in_use_stays_and_takes_no_room():
    cache = cache_of(1.5)
    entry = cache.put(b"a", "A", ([torch.zeros(256)],), None, 0.0)
    for key in "bcd":
        put(cache, key, seconds=100)
    assert keys(cache) == "ad"
    cache.release(entry)
    assert keys(cache) == "d"


def test_an_entry_larger_than_the_budget_is_not_kept():
    cache = cache_of(1.5)
    put(cache, "a")
    put(cache, "b", kib=100, seconds=0.001)
    assert keys(cache) == "a"


def test_tiny_entries_are_bounded_too():
    cache = OutputCache(Settings(cache_bytes=100 * ENTRY_BYTES))
    for index in range(1000):
        put(cache, str(index), value=index)
    assert len(cache) == 100


def test_shared_storages_count_once_over_the_cache_and_until_the_last_goes():
    cache = cache_of(100)
    image = torch.zeros(1024)
    first = put(cache, "a", value=image)
    second = put(cache, "b", value=image[10:])
    assert cache.used_bytes()["cpu"] == 2 * ENTRY_BYTES + 4096
    cache.drop(first)
    assert cache.used_bytes()["cpu"] == ENTRY_BYTES + 4096
    cache.drop(second)
    assert cache.used_bytes()["cpu"] == 0


def test_clear_forgets_even_what_is_in_use():
    cache = cache_of(3)
    entry = cache.put(b"a", "A", ([1],), None, 1.0)
    cache.clear()
    cache.release(entry)
    assert len(cache) == 0
    assert set(cache.used_bytes().values()) <= {0}


def test_biggest_names_what_holds_most():
    cache = cache_of(100)
    for kib, key in ((1, "a"), (9, "b"), (5, "c")):
        put(cache, key, kib=kib)
    assert cache.biggest(2) == [("Node b", "cpu", ENTRY_BYTES + 9 * KIB), ("Node c", "cpu", ENTRY_BYTES + 5 * KIB)]


def test_without_a_budget_a_quarter_of_the_memory_is_taken():
    cache = OutputCache(Settings())
    put(cache, "a")
    assert cache._ledgers["cpu"].budget_bytes > 2**27


def test_the_heap_stays_small_however_often_entries_are_used():
    cache = cache_of(10)
    for key in "abcdefghi":
        put(cache, key)
    for _ in range(2000):
        use(cache, "a")
    assert len(cache._ledgers["cpu"]._heap) < 100


# -- accelerators --------------------------------------------------------------------------------------------------


class Accelerator:
    """Pretends that some storages lie on another device."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.places: dict[int, str] = {}
        self._alive: list[Any] = []
        self._storage_of = footprint._storage_of
        self._copy_storage = footprint._copy_storage
        self.room_bytes = 10**9
        monkeypatch.setattr(footprint, "_storage_of", self.storage_of)
        monkeypatch.setattr(footprint, "_copy_storage", self.copy_storage)

    def zeros(self, kib: float, device: str = "gpu:0") -> torch.Tensor:
        tensor = torch.rand(int(kib * 256))
        self._place(tensor.untyped_storage(), device)
        return tensor

    def storage_of(self, tensor: torch.Tensor) -> Any:
        (device, address), size = self._storage_of(tensor)
        return (self.places.get(address, device), address), size

    def copy_storage(self, storage: torch.UntypedStorage, device: str) -> torch.UntypedStorage:
        if device != "cpu" and storage.nbytes() > self.room_bytes:
            raise torch.OutOfMemoryError("no room")
        copy = self._copy_storage(storage, "cpu")
        self._place(copy, device)
        return copy

    def _place(self, storage: torch.UntypedStorage, device: str) -> None:
        self._alive.append(storage)  # so that no address comes twice
        self.places[storage.data_ptr()] = device


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Accelerator:
    return Accelerator(monkeypatch)


def small_cache(gpu_kib: int = 4, host_kib: int = 8) -> OutputCache:
    cache = OutputCache(Settings(cache_bytes=10**6, host_cache_bytes=host_kib * KIB))
    cache._ledgers["gpu:0"] = _Ledger(gpu_kib * KIB)
    return cache


def test_from_an_accelerator_values_move_to_the_host_and_back(gpu: Accelerator):
    cache = small_cache()
    image = gpu.zeros(3)
    value = {"samples": image, "again": (image[5:], "text")}
    put(cache, "a", value=value, seconds=1)
    put(cache, "b", value=gpu.zeros(3), seconds=2)
    assert cache.used_bytes() | {"cpu": 0} == {SPILLED: 3 * KIB, "cpu": 0, "gpu:0": 3 * KIB}
    back = use(cache, "a")
    assert torch.equal(back["samples"], image)
    assert torch.equal(back["again"][0], image[5:])
    assert set(measure(back).storages) == {("gpu:0", back["samples"].untyped_storage().data_ptr())}
    assert cache.used_bytes()["gpu:0"] == 3 * KIB  # b had to make room
    assert cache.used_bytes()[SPILLED] == 3 * KIB


def test_when_the_host_is_full_the_least_valuable_goes(gpu: Accelerator):
    cache = small_cache(gpu_kib=3, host_kib=6)
    for index, key in enumerate("abcd"):
        put(cache, key, value=gpu.zeros(3), seconds=index + 1)
    assert keys(cache) == "bcd"
    put(cache, "e", value=gpu.zeros(2), seconds=9)
    assert cache.used_bytes()["gpu:0"] <= 3 * KIB
    assert cache.used_bytes()[SPILLED] <= 6 * KIB


def test_what_does_not_fit_into_the_host_or_cannot_be_moved_goes(gpu: Accelerator):
    cache = small_cache(gpu_kib=3, host_kib=2)
    put(cache, "a", value=gpu.zeros(3))
    put(cache, "b", value=gpu.zeros(3))
    assert keys(cache) == "b"
    cache = small_cache(gpu_kib=3)
    put(cache, "a", value=torch.nn.Parameter(gpu.zeros(3)))
    put(cache, "b", value=gpu.zeros(3))
    assert keys(cache) == "b"


def test_what_cannot_come_back_is_forgotten(gpu: Accelerator):
    cache = small_cache(gpu_kib=3)
    put(cache, "a", value=gpu.zeros(3))
    put(cache, "b", value=gpu.zeros(3))
    gpu.room_bytes = 0
    assert cache.take(b"a") is None
    assert keys(cache) == "b"


def test_two_devices_are_two_accounts(gpu: Accelerator):
    cache = small_cache(gpu_kib=3)
    cache._ledgers["gpu:1"] = _Ledger(3 * KIB)
    put(cache, "a", value=[gpu.zeros(2), gpu.zeros(2, "gpu:1")])
    put(cache, "b", value=gpu.zeros(2, "gpu:1"))
    assert cache.used_bytes()["gpu:0"] == cache.used_bytes()["gpu:1"] == cache.used_bytes()[SPILLED] == 2 * KIB
    devices = {device for device, _ in measure(use(cache, "a")).storages}
    assert devices == {"gpu:0", "gpu:1"}


def test_vacate_empties_accelerators_but_for_what_is_in_use(gpu: Accelerator):
    cache = small_cache(gpu_kib=100)
    put(cache, "a", value=gpu.zeros(3))
    held = cache.put(b"b", "B", ([gpu.zeros(2)],), None, 1.0)
    put(cache, "c", value=torch.zeros(256))
    cache.vacate(host=False)
    assert cache.used_bytes()["gpu:0"] == 0
    assert measure(*held.outputs).storages.keys() == {("gpu:0", held.outputs[0][0].untyped_storage().data_ptr())}
    assert keys(cache) == "abc"
    cache.vacate(host=True)
    assert keys(cache) == "b"
    cache.release(held)


# -- laws ----------------------------------------------------------------------------------------------------------


class CacheLaws(RuleBasedStateMachine):
    """Whatever happens to a cache, its accounts are right and its budget holds."""

    held = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self.budget = 8 * KIB
        self.cache = OutputCache(Settings(cache_bytes=self.budget))
        self.storages = [torch.zeros(size) for size in (1, 100, 300, 500, 900)]
        self.in_use: list[Entry] = []

    @rule(target=held, key=st.integers(0, 9), parts=st.lists(st.integers(0, 4), max_size=3), seconds=st.floats(0, 9))
    def put(self, key: int, parts: list[int], seconds: float) -> Entry:
        outputs = ([self.storages[part][part:] for part in parts], [str(parts)])
        self.in_use.append(entry := self.cache.put(bytes([key]), "", outputs, None, seconds))
        return entry

    @rule(target=held, key=st.integers(0, 9))
    def take(self, key: int) -> Entry | None:
        entry = self.cache.take(bytes([key]))
        assert (entry is not None) == (bytes([key]) in self.cache)
        if entry is not None:
            self.in_use.append(entry)
        return entry

    @rule(entry=consumes(held))
    def release(self, entry: Entry | None) -> None:
        if entry is not None:
            self.in_use.remove(entry)
            self.cache.release(entry)

    @rule(host=st.booleans())
    def vacate(self, host: bool) -> None:
        self.cache.vacate(host=host)

    @invariant()
    def accounts_are_right(self) -> None:
        idle = [entry for entry in self.cache._entries.values() if entry not in self.in_use]
        footprint = measure(*(value for entry in idle for value in entry.outputs))
        plain = sum(measure(*entry.outputs).plain_bytes for entry in idle)
        expected = len(idle) * ENTRY_BYTES + plain + sum(footprint.storages.values())
        assert self.cache.used_bytes().get("cpu", 0) == expected

    @invariant()
    def the_budget_holds(self) -> None:
        assert self.cache.used_bytes().get("cpu", 0) <= self.budget


TestCacheLaws = cast("Any", CacheLaws.TestCase)  # pyright: ignore[reportUnknownMemberType]  (hypothesis does not type it)
TestCacheLaws.settings = settings(deadline=None, max_examples=25, stateful_step_count=30)


@given(st.integers(0, 2**32))
def test_the_heap_chooses_like_a_plain_search(seed: int):
    """GreedyDual-Size written down naively: priorities in a dict, the least one by looking at all."""
    source = random.Random(seed)
    cache, clock = cache_of(5.5), 0.0
    priorities: dict[str, float] = {}
    seconds: dict[str, float] = {}
    for _ in range(80):
        key = source.choice("abcdefghijkl")
        if key in priorities:
            use(cache, key)
            priorities[key] = clock + seconds[key] / (ENTRY_BYTES + KIB)
        else:
            seconds[key] = source.uniform(1, 50)
            put(cache, key, seconds=seconds[key])
            priorities[key] = clock + seconds[key] / (ENTRY_BYTES + KIB)
            if len(priorities) > 5:
                clock = max(clock, priorities.pop(min(priorities, key=lambda each: priorities[each])))
        assert keys(cache) == "".join(sorted(priorities))


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcdefgh")), max_size=60), st.integers(1, 5))
def test_lru_keeps_the_results_used_last_whatever_their_size(steps: list[tuple[bool, str]], most: int):
    cache = OutputCache(Settings(cache_mode="lru", cache_results=most, cache_bytes=1))
    expected: dict[str, None] = {}
    for is_put, key in steps:
        if is_put:
            put(cache, key, seconds=ord(key) % 3, kib=ord(key) % 5)
        elif key in expected:
            use(cache, key)
        else:
            assert cache.take(key.encode()) is None
            continue
        expected.pop(key, None)
        expected[key] = None
        expected = dict.fromkeys(list(expected)[-most:])
        assert keys(cache) == "".join(sorted(expected))


def test_lru_counts_nothing_that_is_in_use():
    cache = OutputCache(Settings(cache_mode="lru", cache_results=1))
    held = [cache.put(key.encode(), key, ([1],), None, 1.0) for key in "abc"]
    assert keys(cache) == "abc"
    for entry in held:
        cache.release(entry)
    assert keys(cache) == "c"


def test_lru_makes_room_where_memory_had_run_out():
    cache = OutputCache(Settings(cache_mode="lru", cache_results=9))
    for key in "abc":
        put(cache, key)
    cache.vacate(host=True)
    assert keys(cache) == ""
    put(cache, "d")
    assert keys(cache) == "d"


def test_without_a_cache_a_result_goes_with_its_last_user():
    cache = OutputCache(Settings(cache_mode="none"))
    entry = cache.put(b"a", "Node a", ([1],), None, 1.0)
    assert cache.take(b"a") is entry
    cache.release(entry)
    assert keys(cache) == "a"
    cache.release(entry)
    assert keys(cache) == ""
    assert entry.outputs == ()
    assert cache.take(b"a") is None
    assert all(not used for used in cache.used_bytes().values())
