"""One worker: what is told of a process that starts, speaks and ends in every possible way."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import psutil
import pytest

from engine.workers.channel import Listener
from engine.workers.messages import Configure, FreeMemory, LogLine, Ready, ToServer
from engine.workers.supervisor import Death, Worker

_PATIENCE_S = 30


class _Watcher:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.deaths: list[Death] = []
        self.ready: list[Ready] = []
        self.heard: list[ToServer] = []
        self.lines: list[str] = []
        self.states: list[str] = []
        self._changed = asyncio.Event()

    async def on_ready(self, worker: Worker, ready: Ready) -> None:
        self.ready.append(ready)

    async def on_message(self, worker: Worker, message: ToServer) -> None:
        self.heard.append(message)

    async def on_death(self, worker: Worker, death: Death) -> None:
        self.deaths.append(death)
        self._changed.set()

    def on_line(self, text: str) -> None:
        self.lines.append(text)

    def on_change(self, worker: Worker) -> None:
        if not self.states or self.states[-1] != worker.state:
            self.states.append(worker.state)
        self._changed.set()

    async def wait_until(self, condition: Callable[[], object]) -> None:
        while not condition():
            await self._changed.wait()
            self._changed.clear()


def _watch(
    part: str, look: Callable[[Worker, _Watcher], Awaitable[None]], *, start_timeout_s: float = 20.0
) -> _Watcher:
    async def work() -> _Watcher:
        watcher, listener = _Watcher(), await Listener.open()
        worker = Worker(
            0,
            Configure(settings={}, node_packages=()),
            watcher,
            listener,
            start_timeout_s=start_timeout_s,
            command=(sys.executable, "-m", "tests.engine.workers.puppet", part),
        )
        worker.start()
        try:
            await asyncio.wait_for(look(worker, watcher), _PATIENCE_S)
        finally:
            pid = worker.pid
            await worker.stop()
            await listener.close()
            assert pid is None or not psutil.pid_exists(pid)
        return watcher

    return asyncio.run(work())


async def _wait_until_idle(worker: Worker, watcher: _Watcher) -> None:
    await watcher.wait_until(lambda: worker.state == "idle")


def test_a_worker_becomes_ready_and_stops_when_told_to() -> None:
    async def look(worker: Worker, watcher: _Watcher) -> None:
        await _wait_until_idle(worker, watcher)
        assert worker.pid is not None
        assert worker.started_at is not None
        worker.job_id = "a job"
        assert worker.state == "busy"
        worker.job_id = None

    watcher = _watch("works", look)
    assert watcher.states == ["starting", "idle", "starting", "dead"]
    assert [ready.versions for ready in watcher.ready] == [{"python": "3"}]
    assert watcher.heard == [LogLine(1.0, "on my way")]
    assert watcher.deaths == []


def test_one_that_does_not_stop_when_told_to_is_killed() -> None:
    assert _watch("stays", _wait_until_idle).deaths == []


@pytest.mark.parametrize(
    ("part", "kind", "reason"),
    [
        ("quits", "ended", "ended by itself with exit code 7"),
        ("refuses", "refused", "could not start: No module named 'nodes'"),
    ],
)
def test_what_dies_at_its_start_is_tried_again_ever_later(part: str, kind: str, reason: str) -> None:
    async def look(worker: Worker, watcher: _Watcher) -> None:
        await watcher.wait_until(lambda: worker.state == "dead")
        assert (worker.failures, worker.failure) == (2, reason)
        await watcher.wait_until(lambda: worker.failures == 3)

    watcher = _watch(part, look)
    assert set(watcher.deaths) == {Death(kind, reason, was_ready=False)}  # type: ignore[arg-type]
    assert watcher.states[:4] == ["starting", "dead", "starting", "dead"]
    assert watcher.ready == []


@pytest.mark.parametrize("part", ["hangs", "lies"])
def test_what_is_not_ready_in_time_is_replaced(part: str) -> None:
    async def look(worker: Worker, watcher: _Watcher) -> None:
        await watcher.wait_until(lambda: watcher.deaths)

    [death, *_] = _watch(part, look, start_timeout_s=1.0).deaths
    assert death == Death("silent", "was not ready after 1 seconds", was_ready=False)


def test_what_a_process_said_before_its_end_counts() -> None:
    async def look(worker: Worker, watcher: _Watcher) -> None:
        await _wait_until_idle(worker, watcher)
        worker.send(FreeMemory(True, True))
        await watcher.wait_until(lambda: watcher.deaths)
        assert len(watcher.heard) == 1002
        assert watcher.heard[-1] == LogLine(1000.0, "last words")
        await _wait_until_idle(worker, watcher)
        assert (worker.failures, worker.deaths) == (0, 1)

    watcher = _watch("dies", look)
    assert watcher.deaths == [Death("ended", "ended by itself with exit code 5")]


@pytest.mark.parametrize(
    ("part", "words"),
    [("leaves", "closed its connection to the server"), ("babbles", "what it sent cannot be used")],
)
def test_one_that_cannot_be_spoken_with_is_replaced(part: str, words: str) -> None:
    async def look(worker: Worker, watcher: _Watcher) -> None:
        await watcher.wait_until(lambda: watcher.deaths)

    [death, *_] = _watch(part, look).deaths
    assert death.kind == "silent"
    assert words in death.reason
    assert death.was_ready


def test_the_first_reason_for_a_kill_is_the_one_told() -> None:
    async def look(worker: Worker, watcher: _Watcher) -> None:
        await _wait_until_idle(worker, watcher)
        worker.kill("memory", "took too much")
        worker.kill("interrupt", "did not obey")
        await watcher.wait_until(lambda: watcher.deaths)
        await _wait_until_idle(worker, watcher)

    watcher = _watch("works", look)
    assert watcher.deaths == [Death("memory", "took too much")]


def test_a_program_that_is_not_there_is_a_reason_too() -> None:
    async def work() -> None:
        watcher, listener = _Watcher(), await Listener.open()
        configuration: Any = Configure(settings={}, node_packages=())
        worker = Worker(0, configuration, watcher, listener, start_timeout_s=1.0, command=("/no/such/program",))
        worker.start()
        await asyncio.wait_for(watcher.wait_until(lambda: watcher.deaths), _PATIENCE_S)
        await worker.stop()
        await listener.close()
        assert watcher.deaths[0] == Death("ended", "could not be started: No such file or directory", was_ready=False)

    asyncio.run(work())
