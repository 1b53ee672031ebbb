"""One worker: a place for a process that computes, in which there is always one, or one on its way.

Starts the process, waits until it is ready, hands on what it says, notices its end, says why it ended, and starts the
next at once; only when it ends before it is ready, repeatedly, does the next wait longer each time. What to do about a
run whose worker died is the business of `engine.workers.dispatch`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import time
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from engine.workers.channel import ChannelError, Listener, ServerSide
from engine.workers.child import Child
from engine.workers.messages import Configure, DeviceInfo, Ready, StartFailed, Stop, ToServer, ToWorker
from engine.workers.notices import WorkerState

PROGRAM = (sys.executable, "-P", "-m", "engine.workers.process")
STOP_TIMEOUT_S = 2.5
_DRAIN_S = 1.0
_KILL_TIMEOUT_S = 10.0
_LONGEST_BACK_OFF_S = 60.0
_LISTEN_S = 0.002
"""So long one worker is listened to before others have their turn."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Death:
    """Why a worker's process ended.

    Attributes:
        kind: `ended`: by itself or by somebody else's hand; `refused`: it said why it cannot start; otherwise we killed
            it, because of its memory, because an interrupt was not obeyed, or because it no longer answered.
        reason: The rest of a sentence that begins with the worker: `was killed by signal 11 (SIGSEGV, ...)`.
        was_ready: It had been ready to compute.
    """

    kind: Literal["ended", "refused", "memory", "interrupt", "silent"]
    reason: str
    was_ready: bool = True


class Observer(Protocol):
    """Who is told what a worker does. Called on the event loop, one after the other for one worker."""

    def on_ready(self, worker: Worker, ready: Ready) -> Awaitable[None]:
        """The process can compute; it counts as idle when this is done."""
        ...

    def on_message(self, worker: Worker, message: ToServer) -> Awaitable[None]:
        """The process said something else."""
        ...

    def on_death(self, worker: Worker, death: Death) -> Awaitable[None]:
        """The process ended without having been told to. The next one starts when this is done."""
        ...

    def on_line(self, text: str) -> None:
        """The process, or one that it started, wrote a line to its standard streams."""
        ...

    def on_change(self, worker: Worker) -> None:
        """`state` or `pid` changed."""
        ...


class Worker:
    """A place for a worker process.

    Attributes:
        number: Its place among the workers.
        configuration: What processes are told first.
        job_id: The job that it runs; set by who gives it one.
        is_worn: To be replaced when its run has ended: a thread of it hangs.
        devices: As the process said when it became ready.
        deaths: Processes that died here.
        failures: Processes in a row that ended before they were ready.
        failure: How the last one ended.
        started_at: When the process became ready, in seconds since 1970; None if it is not.
    """

    def __init__(
        self,
        number: int,
        configuration: Configure,
        observer: Observer,
        listener: Listener,
        *,
        start_timeout_s: float,
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] = PROGRAM,
    ) -> None:
        self.number = number
        self.configuration = configuration
        self.job_id: str | None = None
        self.is_worn = False
        self.devices: tuple[DeviceInfo, ...] = ()
        self.deaths = 0
        self.failures = 0
        self.failure: str | None = None
        self.started_at: float | None = None
        self._observer = observer
        self._listener = listener
        self._command = command
        # What the server can import the worker can import, wherever the server was started; and nothing that happens
        # to lie in that directory (-P).
        paths = os.pathsep.join(filter(None, sys.path))
        self._environment = {"PYTHONPATH": paths, **(environment or {})}
        self._start_timeout_s = start_timeout_s
        self._state: WorkerState = "starting"
        self._child: Child | None = None
        self._channel: ServerSide | None = None
        self._death: Death | None = None
        self._last_words: tuple[str, ...] = ()
        self._is_stopping = asyncio.Event()
        self._life: asyncio.Task[None] | None = None

    @property
    def state(self) -> WorkerState:
        """How it is."""
        return "busy" if self._state == "idle" and self.job_id is not None else self._state

    @property
    def pid(self) -> int | None:
        """The process, if there is one."""
        return self._child.pid if self._child is not None else None

    def start(self) -> None:
        """Start the first process, in the background."""
        self._life = asyncio.create_task(self._live(), name=f"worker-{self.number}")

    def send(self, message: ToWorker) -> None:
        """Say something to the process; lost if there is none or it dies before it has read it.

        Raises:
            ChannelError: if it is too large.
        """
        if self._channel is not None:
            with contextlib.suppress(ConnectionError):  # its end will be noticed
                self._channel.post(message)

    def kill(self, kind: Literal["memory", "interrupt", "silent"], reason: str) -> None:
        """End the process and all it started; the next is started at once.

        Args:
            kind: Why.
            reason: The rest of a sentence that begins with the worker.
        """
        if self._child is not None and not self._child.exited.done():
            self._death = self._death or Death(kind, reason, was_ready=self.started_at is not None)
            self._child.kill()

    async def stop(self) -> None:
        """End the process for good: ask it to, wait a moment, kill it."""
        self._is_stopping.set()
        if self._life is None:
            return
        if self.started_at is not None:
            self.send(Stop())
            await asyncio.wait({self._life}, timeout=STOP_TIMEOUT_S)
        if self._child is not None:
            self._child.kill()
        await asyncio.wait({self._life}, timeout=STOP_TIMEOUT_S)
        self._life.cancel()
        await asyncio.wait({self._life})

    def drop(self) -> None:
        """End the process for good, now, and wait for nothing."""
        self._is_stopping.set()
        if self._child is not None:
            self._child.kill()

    # -- one process after the other -------------------------------------------------------------------------------

    async def _live(self) -> None:
        while not self._is_stopping.is_set():
            self._enter("starting")
            try:
                death = await self._live_once()
            except OSError as error:  # no process, no socket: the machine is out of something
                death = Death("ended", f"could not be started: {error.strerror or error}", was_ready=False)
            if self._is_stopping.is_set():
                break
            await self._mourn(death)
            if self.failures:
                await self._back_off()
        self._enter("dead")

    async def _mourn(self, death: Death) -> None:
        self.deaths += 1
        self.failures = 0 if death.was_ready else self.failures + 1
        self.failure = death.reason
        # Where it was is for whoever started the server; from what clients see of the log, `log_ring` takes it out.
        place = "".join(f"\n{line}" for line in _find_stacks(self._last_words))
        _log.warning("Worker %d %s.%s", self.number, death.reason, place)
        try:
            await self._observer.on_death(self, death)
        except Exception:  # whatever is wrong there, the next process must start
            _log.exception("The death of worker %d could not be dealt with.", self.number)

    async def _back_off(self) -> None:
        """Wait before the next start: not at all after the first failure, then 1, 2, 4 ... seconds."""
        pause_s = min(_LONGEST_BACK_OFF_S, 2.0 ** (self.failures - 2)) if self.failures > 1 else 0.0
        if pause_s:
            self._enter("dead")
            _log.warning("Worker %d is started again in %g seconds.", self.number, pause_s)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_stopping.wait(), pause_s)

    def _enter(self, state: WorkerState) -> None:
        self._state = state
        self._observer.on_change(self)

    # -- one process -----------------------------------------------------------------------------------------------

    async def _live_once(self) -> Death:
        self._death, self._last_words = None, ()
        self.is_worn = False
        secret, arrival = self._listener.expect()
        command = [*self._command, "--port", str(self._listener.port)]
        conversation: asyncio.Task[None] | None = None
        child: Child | None = None
        try:
            child = self._child = Child.spawn(
                command, stdin=f"{secret}\n".encode(), environment=self._environment, on_line=self._hear_line
            )
            self._observer.on_change(self)
            conversation = asyncio.create_task(self._converse(arrival))
            await asyncio.wait({conversation, child.exited}, return_when=asyncio.FIRST_COMPLETED)
            self._enter("starting")  # nobody gives it a job any more
            # Whichever ended first, the other should soon follow: what the process said before its end counts.
            await asyncio.wait({conversation, child.exited}, timeout=_DRAIN_S)
            self.kill("silent", "closed its connection to the server without ending")
            await asyncio.wait({child.exited}, timeout=_KILL_TIMEOUT_S)
            how = child.describe_exit(child.exited.result()) if child.exited.done() else "cannot be ended"
            return self._death or Death("ended", how, was_ready=self.started_at is not None)
        finally:
            arrival.cancel()
            if child is not None:
                child.kill()
            if self._channel is not None:
                self._channel.abort()
            if conversation is not None:
                await asyncio.wait({conversation})
            if child is not None:
                await child.close()
                self._last_words = tuple(child.last_lines)
            self._child, self._channel, self.started_at = None, None, None

    async def _converse(self, arrival: asyncio.Future[ServerSide]) -> None:
        """From the first message to the end of the stream."""
        try:
            async with asyncio.timeout(self._start_timeout_s):
                await asyncio.wait({arrival})
                if arrival.cancelled():
                    return
                channel = self._channel = arrival.result()
                channel.post(self.configuration)
                ready = await self._wait_until_ready(channel)
            if ready is not None:
                self.started_at, self.devices = time.time(), ready.devices
                await self._observer.on_ready(self, ready)
                self._enter("idle")
                await self._listen(channel)
        except ConnectionError:
            return
        except TimeoutError:
            self.kill("silent", f"was not ready after {self._start_timeout_s:g} seconds")
        except ChannelError as error:
            await self._distrust(str(error))
        except Exception:
            _log.exception("Listening to worker %d failed.", self.number)
            self.kill("silent", "said something that the server failed on")

    async def _wait_until_ready(self, channel: ServerSide) -> Ready | None:
        async for message in channel:
            match message:
                case Ready():
                    return message
                case StartFailed():
                    reason = message.error.message.rstrip(".")
                    self._death = Death("refused", f"could not start: {reason}", was_ready=False)
                case _:
                    await self._observer.on_message(self, message)
        return None

    async def _listen(self, channel: ServerSide) -> None:
        began = time.perf_counter()
        async for message in channel:
            await self._observer.on_message(self, message)
            if time.perf_counter() - began > _LISTEN_S:
                await asyncio.sleep(0)  # what is in the buffer already comes without waiting
                began = time.perf_counter()

    async def _distrust(self, problem: str) -> None:
        """A stream that breaks off is the end of the process, told elsewhere; one that says nonsense is not."""
        if self._child is not None:
            await asyncio.wait({self._child.exited}, timeout=_DRAIN_S)
            if not self._child.exited.done():
                self.kill("silent", f"was stopped because what it sent cannot be used: {problem}")

    def _hear_line(self, text: str) -> None:
        self._observer.on_line(text)


def _find_stacks(lines: Sequence[str]) -> Sequence[str]:
    """What `faulthandler` wrote when the process crashed, or took too long; nothing if it did neither."""
    starts = [place for place, line in enumerate(lines) if line.startswith(("Fatal Python error", "Timeout ("))]
    return lines[starts[-1] :] if starts else ()
