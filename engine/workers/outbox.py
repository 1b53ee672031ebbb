"""Outbox: messages from any thread of a worker to its server, in order. No torch.

They are encoded in the thread that has something to say, and handed to the system by it, if nothing else waits: so what
was put before the process crashed arrives. Otherwise the event loop moves the bytes. A thread that says more than the
server takes waits; nobody waits once the server has gone.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from engine.workers.channel import ChannelError, WorkerSide
from engine.workers.messages import ToServer

log = logging.getLogger(__name__)

MOST_WAITING_BYTES: Final = 64 * 2**20
"""So much may wait to be sent before whoever has more to say waits."""


class Outbox:
    """Made on the event loop; `put` may be called from any thread.

    Args:
        channel: Where messages go.
    """

    def __init__(self, channel: WorkerSide) -> None:
        self._channel = channel
        self._direct = channel.open_direct()
        self._is_sending = False
        self._loop = asyncio.get_running_loop()
        self._loop_thread = threading.get_ident()
        self._frames: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._has_room = threading.Condition()
        self._is_closed = False
        self._wake = asyncio.Event()
        self._is_empty = asyncio.Event()
        self._is_empty.set()
        self._sending = asyncio.create_task(self._send(), name="outbox")

    def put(self, message: ToServer, *, is_droppable: bool = False) -> bool:
        """Send a message. Whether it could be written; that it cannot is logged.

        Args:
            message: What to say.
            is_droppable: Leave it out rather than wait.
        """
        try:
            frame = self._channel.encode(message)
        except ChannelError as error:
            log.error("%s", error)
            return False
        with self._has_room:
            if is_droppable and self._waiting_bytes >= MOST_WAITING_BYTES // 8:
                return True
            if threading.get_ident() != self._loop_thread:  # the loop is what makes room
                self._has_room.wait_for(lambda: self._waiting_bytes < MOST_WAITING_BYTES or self._is_closed)
            if self._is_closed:
                return True
            if not self._frames and not self._is_sending and not (frame := self._send_now(frame)):
                return True
            self._frames.append(frame)
            self._waiting_bytes += len(frame)
            is_first = len(self._frames) == 1
        if is_first:
            self.call_on_loop(self._wake_up)
        return True

    def _send_now(self, frame: bytes) -> bytes:
        """Hand over as much as the system takes without waiting; returns the rest."""
        try:
            return frame[self._direct.send(frame) :]
        except OSError:  # full, or the server has gone, which the loop will notice
            return frame

    def call_on_loop(self, function: Callable[[], None]) -> None:
        """Have something done by the event loop's thread, soon."""
        try:
            self._loop.call_soon_threadsafe(function)
        except RuntimeError:  # the loop is closed: the process is about to end
            log.debug("nothing is sent any more")

    def call_later(self, delay_s: float, function: Callable[[], None]) -> None:
        """Have something done by the event loop's thread, later."""

        def begin() -> None:
            self._loop.call_later(delay_s, function)

        self.call_on_loop(begin)

    async def flush(self) -> None:
        """Wait until everything was handed to the system, or the server has gone."""
        self._wake_up()
        waiting = {asyncio.ensure_future(self._is_empty.wait()), self._sending}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)

    def close(self) -> None:
        """Nothing is sent any more, and nobody waits."""
        with self._has_room:
            self._is_closed = True
            self._direct.close()
            self._has_room.notify_all()
        self._sending.cancel()

    def _wake_up(self) -> None:
        if self._frames:
            self._is_empty.clear()
            self._wake.set()

    async def _send(self) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while frame := self._take():
                    await self._channel.send_frame(frame)
                if not self._frames:
                    self._is_empty.set()
        except ConnectionError:
            self.close()

    def _take(self) -> bytes | None:
        with self._has_room:
            self._is_sending = bool(self._frames)
            if not self._frames:
                return None
            frame = self._frames.popleft()
            self._waiting_bytes -= len(frame)
            self._has_room.notify_all()
            return frame
