"""Laws of the pool: one copy, loaded when used, never dropped while in use, gone with the last one who holds it."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import engine.memory.pool as pool_module
from engine.errors import CheckpointError
from engine.memory.pool import WORKING_BYTES, Pool
from engine.memory.weights import Role, Weights
from engine.settings import Settings

WIDTH = 64


@dataclass
class Loader:
    """Counts how often it loads, and remembers what it loaded."""

    loaded: list[weakref.ref[nn.Module]] = field(default_factory=list[weakref.ref[nn.Module]])

    def __call__(self, dtype: torch.dtype) -> nn.Module:
        module = nn.Linear(WIDTH, WIDTH, bias=False, dtype=dtype)
        self.loaded.append(weakref.ref(module))
        return module

    @property
    def alive(self) -> int:
        return sum(module() is not None for module in self.loaded)


def make(name: str = "net") -> tuple[Weights[nn.Module], Loader]:
    loader = Loader()
    return Weights(name, "unet", loader, torch.float32, WIDTH * WIDTH), loader


def make_pool(measure_free: Callable[[torch.device], int | None] = lambda _: None) -> Pool:
    return Pool(Settings(device="cpu"), measure_free=measure_free)


class Memory:
    """A device that has room for so many networks besides what is kept free."""

    def __init__(self, room: int) -> None:
        self.loaders: list[Loader] = []
        self.room = room

    def free(self, device: torch.device) -> int:
        used = sum(loader.alive for loader in self.loaders)
        return (self.room - used) * WIDTH * WIDTH * 4 + WORKING_BYTES

    def make(self, name: str) -> tuple[Weights[nn.Module], Loader]:
        weights, loader = make(name)
        self.loaders.append(loader)
        return weights, loader


def names(pool: Pool) -> list[str]:
    return [held.name for held in pool.held()]


def test_a_network_is_loaded_once_when_it_is_first_used() -> None:
    pool = make_pool()
    weights, loader = make()
    assert (pool.held(), loader.loaded) == ([], [])
    with pool.use(weights) as first:
        pass
    with pool.use(weights) as second:
        assert second is first
    assert len(loader.loaded) == 1
    assert pool.held() == [("net", torch.device("cpu"), WIDTH * WIDTH * 4, False)]


def test_two_weights_are_two_networks_even_if_they_look_alike() -> None:
    pool = make_pool()
    (a, _), (b, _) = make(), make()
    with pool.use(a) as first, pool.use(b) as second:
        assert first is not second


def test_it_is_pinned_while_it_is_used() -> None:
    pool = make_pool()
    weights, loader = make()
    with pool.use(weights), pool.use(weights) as module:
        assert pool.held()[0].is_pinned
        pool.unload_all()
        assert loader.alive == 1
        assert isinstance(module, nn.Linear)
    assert not pool.held()[0].is_pinned
    del module
    pool.unload_all()
    assert loader.alive == 0
    assert pool.held() == []


def test_an_error_while_it_is_used_unpins_it() -> None:
    pool = make_pool()
    weights, _ = make()
    with pytest.raises(RuntimeError, match="in the middle"), pool.use(weights):
        raise RuntimeError("in the middle")
    assert not pool.held()[0].is_pinned


def test_it_goes_with_the_last_one_who_holds_it() -> None:
    gc.disable()
    try:
        pool = make_pool()
        weights, loader = make()
        with pool.use(weights):
            pass
        assert loader.alive == 1
        del weights
        assert loader.alive == 0
        assert pool.held() == []
    finally:
        gc.enable()


def test_a_failed_load_leaves_nothing() -> None:
    def fail(dtype: torch.dtype) -> nn.Module:
        raise CheckpointError("x.safetensors", "is damaged.")

    pool = make_pool()
    weights = Weights[nn.Module]("x", "unet", fail, torch.float32, 0)
    for _ in range(2):
        with pytest.raises(CheckpointError, match="is damaged"), pool.use(weights):
            pass
    assert pool.held() == []


def test_short_of_memory_once_everything_idle_goes_and_it_is_tried_again() -> None:
    pool = make_pool()
    other, other_loader = make("other")
    with pool.use(other):
        pass

    def load(dtype: torch.dtype) -> nn.Module:
        if other_loader.alive:
            raise torch.OutOfMemoryError("full")
        return nn.Linear(1, 1)

    with pool.use(Weights[nn.Module]("net", "unet", load, torch.float32, 1)):
        assert names(pool) == ["net"]


def test_the_one_longest_unused_goes_first() -> None:
    memory = Memory(room=2)
    pool = make_pool(memory.free)
    made = {name: memory.make(name)[0] for name in "abc"}
    for name in "aba":
        with pool.use(made[name]):
            pass
    assert names(pool) == ["b", "a"]
    with pool.use(made["c"]):
        assert names(pool) == ["a", "c"]


def test_what_is_in_use_stays_even_if_memory_is_short() -> None:
    memory = Memory(room=1)
    pool = make_pool(memory.free)
    (a, _), (b, _) = memory.make("a"), memory.make("b")
    with pool.use(a), pool.use(b):
        assert names(pool) == ["a", "b"]
    assert not pool.make_room(10 * WORKING_BYTES)
    assert pool.held() == []


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=25))
def test_any_order_of_uses(room: int, uses: list[tuple[int, bool]]) -> None:
    """What is in use is there once; loading leaves no more than there is room for, unless all of it is in use."""
    memory = Memory(room)
    pool = make_pool(memory.free)
    made = [memory.make(str(index)) for index in range(5)]
    stack: list[tuple[int, AbstractContextManager[nn.Module]]] = []
    for index, enters in uses:
        is_loaded = False
        if enters:
            is_loaded = made[index][1].alive == 0
            use = pool.use(made[index][0])
            use.__enter__()
            stack.append((index, use))
        elif stack:
            _, use = stack.pop()
            use.__exit__(None, None, None)
        held = {held.name: held for held in pool.held()}
        pinned = {str(index) for index, _ in stack}
        assert pinned == {name for name, one in held.items() if one.is_pinned}
        assert all(loader.alive == (weights.name in held) for weights, loader in made)
        assert not is_loaded or len(held) <= max(room, len(pinned))


def test_threads_share_one_copy() -> None:
    memory = Memory(room=2)
    pool = make_pool(memory.free)
    made = [memory.make(str(index)) for index in range(3)]
    start = threading.Barrier(8)

    def work(thread: int) -> None:
        start.wait()
        for step in range(50):
            weights, loader = made[(thread + step) % 3]
            with pool.use(weights):  # without a name, which would keep the network alive until the next one has it
                assert loader.alive == 1

    with ThreadPoolExecutor(8) as executor:
        for done in [executor.submit(work, thread) for thread in range(8)]:
            done.result()
    assert not any(held.is_pinned for held in pool.held())


def test_on_another_device_nothing_is_left_in_host_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(name: str) -> torch.device:
        return torch.device("meta")

    monkeypatch.setattr(pool_module, "resolve_device", resolve)
    pool = Pool(Settings(dtype="float16"), measure_free=lambda _: None)
    weights, _ = make()
    with pool.use(weights) as module:
        assert all(parameter.is_meta and parameter.dtype == torch.float16 for parameter in module.parameters())
    assert pool.held() == [("net", torch.device("meta"), WIDTH * WIDTH * 2, False)]


@pytest.mark.parametrize(
    ("role", "stored", "is_channels_last"),
    [("vae", torch.float16, True), ("vae", torch.float32, False), ("unet", torch.float16, False)],
)
def test_autoencoders_are_laid_out_for_their_convolutions_unless_that_needs_a_copy(
    role: Role, stored: torch.dtype, is_channels_last: bool
) -> None:
    def load(dtype: torch.dtype) -> nn.Module:
        return nn.Conv2d(4, 4, 3, dtype=dtype)

    with make_pool().use(Weights[nn.Module]("net", role, load, stored, 1)) as module:
        weight = next(module.parameters())
        assert weight.is_contiguous(memory_format=torch.channels_last) == is_channels_last


def test_parameters_made_in_inference_mode_can_be_used_outside() -> None:
    pool = make_pool()
    weights, _ = make()
    with torch.inference_mode(), pool.use(weights) as module:
        pass
    assert not any(parameter.is_inference() for parameter in module.parameters())
