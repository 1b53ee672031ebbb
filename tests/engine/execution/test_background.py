from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.execution.background import Background, Completion


@pytest.fixture
def background() -> Iterator[Background[str]]:
    background: Background[str] = Background()
    yield background
    background.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("files", "coroutines"))]


def take(background: Background[str]) -> Completion[str]:
    completion = background.take(60)
    assert completion is not None
    return completion


def fail(error: BaseException) -> Callable[[], Any]:
    def work() -> Any:
        raise error

    return work


def fail_later(error: BaseException) -> Callable[[], Any]:
    async def work() -> Any:
        raise error

    return work


def test_no_thread_before_the_first_job(background: Background[str]):
    assert background.take(0) is None
    assert background.pending == background.pending_file_jobs == 0


def test_file_jobs_are_done_one_after_another(background: Background[str]):
    done: list[int] = []
    for index in range(20):
        background.start_file_job(str(index), [lambda index=index: done.append(index) or index] * 2)
    assert background.pending == background.pending_file_jobs == 20
    completions = [take(background) for _ in range(20)]
    assert [completion.job for completion in completions] == [str(index) for index in range(20)]
    assert [completion.results for completion in completions] == [[index, index] for index in range(20)]
    assert done == sorted(done)
    assert background.pending == background.pending_file_jobs == 0


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(3), KeyboardInterrupt(), asyncio.CancelledError()])
def test_whatever_is_raised_comes_back(error: BaseException, background: Background[str]):
    background.start_file_job("file", [fail(error)])
    assert take(background).error is error
    background.start_coroutines("coroutine", [fail_later(error), fail_later(ValueError("second"))])
    assert take(background).error is error
    background.start_file_job("file", [lambda: 1])  # both threads live on
    assert take(background).results == [1]


def test_coroutines_of_a_job_give_their_results_in_order(background: Background[str]):
    events = [asyncio.Event() for _ in range(3)]

    async def work(index: int) -> int:
        if index < 2:
            await events[index + 1].wait()  # they end in the reverse order
        events[index].set()
        return index

    background.start_coroutines("job", [lambda index=index: work(index) for index in range(3)])
    assert take(background).results == [0, 1, 2]


def test_close_cancels_what_waits():
    ended: list[str] = []

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    background: Background[str] = Background()
    started = threading.Event()

    async def start() -> None:
        started.set()
        await wait()

    background.start_coroutines("job", [start])
    assert started.wait(60)
    background.close()
    assert ended == ["cancelled"]
    Background[str]().close()
