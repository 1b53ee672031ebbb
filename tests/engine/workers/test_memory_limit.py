from __future__ import annotations

import asyncio
import mmap
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.workers.memory_limit import (
    MemoryOf,
    MemoryWatch,
    choose_excess,
    default_memory_limit_bytes,
    machine_memory_bytes,
)

_TAKEN = st.dictionaries(st.integers(0, 9), st.integers(0, 100))


@given(_TAKEN, st.integers(0, 100))
def test_exactly_those_above_their_own_limit_must_go(taken: dict[int, int], limit: int) -> None:
    gone = choose_excess(taken, limit, is_shared=False)
    assert all((taken[number] > limit) == (number in gone) for number in taken)


@given(_TAKEN, st.integers(0, 300))
def test_of_those_who_share_a_limit_the_largest_goes(taken: dict[int, int], limit: int) -> None:
    gone = choose_excess(taken, limit, is_shared=True)
    if sum(taken.values()) <= limit:
        assert gone == []
    else:
        assert [taken[number] for number in gone] == [max(taken.values())]


def test_the_default_is_less_than_the_machine_has() -> None:
    assert 0 < default_memory_limit_bytes() < machine_memory_bytes() <= psutil.virtual_memory().total


def test_children_count() -> None:
    async def measure() -> None:
        before = await MemoryOf(os.getpid()).measure()
        code = "food = b'x' * (64 << 20); print('full', flush=True); input()"
        with subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "full\n"
            assert await MemoryOf(os.getpid()).measure() > before + (50 << 20)
            child.communicate("\n")

    asyncio.run(measure())


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell them apart")
def test_files_that_are_mapped_to_be_read_do_not_count(tmp_path: Path) -> None:
    """They count for nothing in what the system refuses a worker, either: both must mean the same."""
    path = tmp_path / "model"
    path.write_bytes(b"x" * (64 << 20))

    def grown_by(write: bool) -> int:
        before = asyncio.run(MemoryOf(os.getpid()).measure())
        access = mmap.ACCESS_COPY if write else mmap.ACCESS_READ
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=access) as mapped:
            for place in range(0, len(mapped), mmap.PAGESIZE):
                if write:
                    mapped[place] = 0
                else:
                    assert mapped[place]
            return asyncio.run(MemoryOf(os.getpid()).measure()) - before

    assert grown_by(write=False) < 32 << 20
    assert grown_by(write=True) > 48 << 20


def test_where_the_system_does_not_tell_them_apart_all_that_is_resident_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_text", lambda _path: "Name:\tpython\nVmRSS:\t1 kB\n")
    assert asyncio.run(MemoryOf(os.getpid()).measure()) > 1 << 20


def test_who_takes_too_much_is_named_once_with_the_limit_and_its_flag() -> None:
    told: list[tuple[int, int, str]] = []

    async def look() -> None:
        watch = MemoryWatch(1 << 20, lambda *excess: told.append(excess))
        watch.watch(3, os.getpid())
        await watch.look()
        assert watch.taken_bytes(3) == 0
        await watch.look()

    asyncio.run(look())
    [(number, taken, limit)] = told
    assert number == 3
    assert taken > 1 << 20
    assert "--worker-memory-limit" in limit
    assert "1 MiB" in limit


def test_a_process_that_is_gone_takes_nothing() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    memory = MemoryOf(child.pid)
    child.wait()
    assert asyncio.run(memory.measure()) == 0
