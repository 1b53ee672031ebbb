"""Where work is done: at once if it is little, in a thread if it is more, and in a process of its own if it is much.

The one place where that is decided, for all that clients send and all that pictures and workflow files hold. (What the
server wrote itself, headers of model files and files of packs are read by those who need them, in threads: their sizes
are bounded there, by a few mebibytes.) Readers and encoders in C hold the interpreter from the first byte to the last,
and the values that are made of 30 MB hold it again when they are freed: in a thread, that keeps everybody else from
being answered. So what is heavy is done elsewhere (`engine.server.heavy_process`), and only bytes come back.

Those processes start when they are first needed, end when nobody needed them for a minute, may take neither more
memory nor more time than is set here, and are replaced when they die of what they were given.
"""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final, TypeVar

from aiohttp import web

from engine.graph.registry import Registry
from engine.server.heavy_process import (
    MOST_MEMORY_BYTES,
    Asking,
    Failed,
    HeavyProcess,
    Outcome,
    Refused,
    write_settings,
)
from engine.server.keys import DISPATCHER, HEAVY, LISTINGS, SERVER_SETTINGS, SETTINGS
from engine.server.refusal import Refusal, too_large
from engine.server.work import INLINE_BYTES, THREAD_BYTES, Body, Known, NeedsWorker, Work

T = TypeVar("T")

PROCESSES: Final = 2
"""So many at once; who brings more waits. With one, a slow body would hold up every other large one."""
_THREADS: Final = 4
"""Of their own, so that work does not keep those waiting who only look at a disk."""
LONGEST_S: Final = 60.0
_IDLE_S: Final = 60.0


class Heavy:
    """Does work. Used from the event loop of an application.

    Args:
        app: The application.
    """

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="work")
        self._waiting = ThreadPoolExecutor(PROCESSES, thread_name_prefix="heavy")
        self._processes: set[HeavyProcess] = set()
        self._idle: list[HeavyProcess] = []
        self._lock = threading.Lock()
        self._is_closed = False

    async def do(self, work: Work[T], body: Body = b"", *, weight: int | None = None) -> T:
        """Do some work where it holds up nobody.

        Args:
            work: What to do.
            body: What with.
            weight: How much it is, where the work cannot tell that by itself; as `Work.weigh`.

        Raises:
            EngineError: What the work has against it.
            NeedsWorker: As the work says.
        """
        weight = work.weigh(body) if weight is None else weight
        if weight <= INLINE_BYTES and not work.uses_files:
            return work.do(self.known(), body)
        loop = asyncio.get_running_loop()
        if weight <= THREAD_BYTES:
            return await loop.run_in_executor(self._threads, work.do, self.known(), body)
        try:
            return _unpack(await loop.run_in_executor(self._waiting, self._do_elsewhere, work, body))
        finally:
            loop.call_later(_IDLE_S + 1, self._end_idle)

    def known(self) -> Known:
        """What work that is done here may look at."""
        catalog, listings = self._app[DISPATCHER].catalog, self._app[LISTINGS]
        return Known(
            settings=listings.settings,
            server=self._app[SERVER_SETTINGS],
            registry=Registry(()) if catalog.registry is None else catalog.registry,
            asked_in_worker=catalog.asked_in_worker,
            choices=listings.choices,
        )

    def close(self) -> None:
        """End all processes, whatever they do."""
        with self._lock:
            self._is_closed = True
            processes = list(self._processes)
        for process in processes:
            process.kill()
        for threads in (self._threads, self._waiting):
            threads.shutdown(wait=False, cancel_futures=True)

    # -- in a thread that only waits -------------------------------------------------------------------------------

    def _do_elsewhere(self, work: Work[Any], body: Body) -> Outcome:
        process = self._take()
        timer = threading.Timer(LONGEST_S, process.kill)
        timer.daemon = True
        timer.start()
        try:
            outcome = process.do(work, body, self._app[DISPATCHER].catalog.declared())
        except BaseException:
            self._drop(process)
            raise
        finally:
            timer.cancel()
        if outcome is None:
            self._drop(process)
            raise too_large(
                f"This takes more than {LONGEST_S:g} seconds or {MOST_MEMORY_BYTES / 2**30:g} GiB of memory, the most"
                " that a request may take: fixed limits, also for pictures that --max-image-size allows."
            )
        with self._lock:
            self._idle.append(process)
        return outcome

    def _take(self) -> HeavyProcess:
        while True:
            with self._lock:
                if not self._idle:
                    break
                process = self._idle.pop()
            if process.lives:
                return process
            self._drop(process)
        process = HeavyProcess(write_settings(self._app[SETTINGS]), write_settings(self._app[SERVER_SETTINGS]))
        with self._lock:
            self._processes.add(process)
            is_closed = self._is_closed
        if is_closed:
            process.kill()
        return process

    def _drop(self, process: HeavyProcess) -> None:
        process.kill()
        with self._lock:
            self._processes.discard(process)

    def _end_idle(self) -> None:
        """Give back the memory of what nobody has needed for a while."""
        with self._lock:
            before = time.monotonic() - _IDLE_S
            spare = [process for process in self._idle if process.used_at < before]
            self._idle = [process for process in self._idle if process not in spare]
        for process in spare:
            self._drop(process)


def _unpack(outcome: Outcome) -> Any:
    """What the other process returned or, as it were, raised."""
    match outcome:
        case Refused():
            raise Refusal(
                outcome.message,
                status=outcome.status,
                code=outcome.code,
                details=outcome.details,
                extra_info=outcome.extra_info,
                node_errors=outcome.node_errors,
                headers=outcome.headers,
            )
        case Asking():
            raise NeedsWorker(outcome.prompt, outcome.targets)
        case Failed():
            raise RuntimeError(outcome.traceback)
        case _:
            return outcome.value


def set_up(app: web.Application) -> None:
    """Give the application its `Heavy`."""
    app[HEAVY] = heavy = Heavy(app)

    async def stop(_: web.Application) -> None:
        with suppress(OSError):
            heavy.close()

    app.on_cleanup.append(stop)
