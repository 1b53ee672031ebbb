"""What waits to be sent over a websocket, and the sender that writes it. Nobody waits for a client that does not read.

A message is framed once and the same bytes go to every client (frames from a server are not masked, RFC 6455 5.3).
Writing is a call of `transport.write`, which never blocks; there is no task for each client, because waking a thousand
tasks costs more than writing to a thousand sockets. The more clients a message concerns, the longer the sender collects
before it writes, so that watching a run costs a small, fixed share of one core.
"""

from __future__ import annotations

import asyncio
import logging
from itertools import islice

LOGGER = logging.getLogger(__name__)
TEXT = 0x81
BINARY = 0x82
"""First bytes of a frame that is a whole message."""

_FULL_BYTES = 64 * 1024
"""A transport that holds so much is written to no more until it has sent some of it."""
_MOST_BYTES = 32 * 2**20
_MOST_FRAMES = 10_000
_BACKLOG_FRAMES = 64
"""From here on, of messages with the same key only the last is kept."""
_STALLED_S = 20.0
_RETRY_S = 0.1
_AT_ONCE = 32
"""So few clients are written to without collecting."""
_PAUSE_PER_CLIENT_S = 0.0002
_LONGEST_PAUSE_S = 0.25
_SLICE = 500


def frame(kind: int, payload: bytes) -> bytes:
    """A websocket frame that holds a whole message of this kind."""
    size = len(payload)
    if size < 126:
        return bytes((kind, size)) + payload
    if size < 2**16:
        return bytes((kind, 126)) + size.to_bytes(2, "big") + payload
    return bytes((kind, 127)) + size.to_bytes(8, "big") + payload


class Outbox:
    """Frames that wait for one client, in order, bounded by number and size. Who does not read in time is cut off."""

    def __init__(self, transport: asyncio.Transport, sender: Sender) -> None:
        self._transport = transport
        self._sender = sender
        self._frames: dict[int, bytes] = {}
        self._latest: dict[object, int] = {}
        self._droppable: set[int] = set()
        self._count = 0
        self._size_bytes = 0
        self._held_bytes = 0
        self._moved_at: float | None = None

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def is_open(self) -> bool:
        """Whether anything can still be sent."""
        return not self._transport.is_closing()

    def put(self, data: bytes, *, key: object = None, droppable: bool = False) -> None:
        """Have a frame sent.

        Args:
            data: From `frame`.
            key: What it is about: a later frame about the same replaces one that waits in a long queue.
            droppable: It is replaced by a later one even in a short queue, and is the first to go.
        """
        if not self.is_open:
            return
        if key is not None:
            place = self._latest.get(key)
            if place is not None and (droppable or len(self._frames) >= _BACKLOG_FRAMES):
                self._remove(place)
            self._latest[key] = self._count
        if droppable:
            self._droppable.add(self._count)
        self._frames[self._count] = data
        self._count += 1
        self._size_bytes += len(data)
        if self._size_bytes > _MOST_BYTES or len(self._frames) > _MOST_FRAMES:
            self._make_room()
        self._sender.mark(self)

    def _remove(self, place: int) -> None:
        data = self._frames.pop(place, None)
        if data is not None:
            self._size_bytes -= len(data)
            self._droppable.discard(place)

    def _make_room(self) -> None:
        """Unfinished pictures go first; if events alone are too much, the client goes."""
        for place in list(self._droppable):
            self._remove(place)
        if self._size_bytes > _MOST_BYTES or len(self._frames) > _MOST_FRAMES:
            self.cut(f"{len(self._frames)} messages of {self._size_bytes} bytes wait for it")

    def flush(self, now: float) -> bool:
        """Write what waits as far as the transport takes it; whether nothing is left to do."""
        if not self._frames or not self.is_open:
            return True
        held = self._transport.get_write_buffer_size()
        if held > _FULL_BYTES:
            if self._moved_at is None or held < self._held_bytes:
                self._moved_at = now
            elif now - self._moved_at > _STALLED_S:
                self.cut(f"it has read nothing for {_STALLED_S:g} seconds")
                return True
            self._held_bytes = held
            return False
        self._transport.write(next(iter(self._frames.values())) if len(self._frames) == 1 else self._joined())
        self._frames.clear()
        self._latest.clear()
        self._droppable.clear()
        self._size_bytes = 0
        self._moved_at = None
        return True

    def _joined(self) -> bytes:
        return b"".join(self._frames.values())

    def cut(self, reason: str) -> None:
        """Drop the connection and all that waits for it."""
        LOGGER.info("A websocket client was disconnected: %s.", reason)
        self._frames.clear()
        self._latest.clear()
        self._droppable.clear()
        self._size_bytes = 0
        self._transport.abort()


class Sender:
    """Writes outboxes to their clients, soon. One for each server; everything happens on its event loop."""

    def __init__(self) -> None:
        self._marked: dict[Outbox, None] = {}
        self._lagging: dict[Outbox, None] = {}
        self._timer: asyncio.Handle | None = None
        self._retry: asyncio.TimerHandle | None = None

    def mark(self, outbox: Outbox) -> None:
        """Have this outbox written soon."""
        if outbox in self._lagging:
            return
        self._marked[outbox] = None
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_soon(self._begin)

    def _begin(self) -> None:
        """Write at once if few are concerned, else let more messages come together first."""
        count = len(self._marked)
        if count <= _AT_ONCE:
            self._write()
        else:
            pause_s = min(count * _PAUSE_PER_CLIENT_S, _LONGEST_PAUSE_S)
            self._timer = asyncio.get_running_loop().call_later(pause_s, self._write)

    def _write(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for outbox in list(islice(self._marked, _SLICE)):
            del self._marked[outbox]
            if not outbox.flush(now):
                self._lagging[outbox] = None
        # In slices, so that requests are answered in between however many clients there are.
        self._timer = loop.call_soon(self._write) if self._marked else None
        if self._lagging and self._retry is None:
            self._retry = loop.call_later(_RETRY_S, self._try_again)

    def _try_again(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for outbox in [outbox for outbox in self._lagging if outbox.flush(now)]:
            del self._lagging[outbox]
        self._retry = loop.call_later(_RETRY_S, self._try_again) if self._lagging else None

    def flush(self) -> None:
        """Write what can be written now; for the end of the server."""
        now = asyncio.get_running_loop().time()
        for outbox in (*self._marked, *self._lagging):
            outbox.flush(now)
