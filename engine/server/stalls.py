"""Ends connections whose client takes nothing of what it asked for, however it is sent: from a buffer or from a file.

One look at all of them every few seconds, a microsecond each. Where the system tells what the client's side has
acknowledged (Linux), that is what counts; elsewhere, whether what waits in our own buffer becomes less. A client that
takes little, but something, stays.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

LOGGER = logging.getLogger(__name__)

STALLED_S = 30.0
"""So long a client may take nothing of what waits for it."""
_LOOK_EVERY_S = 5.0

_TCP_INFO: Final[int | None] = getattr(socket, "TCP_INFO", None)
SEES_PAST_BUFFER: Final = _TCP_INFO is not None
_INFO_BYTES = 160
_UNACKED, _ACKED, _UNSENT = 24, 120, 144
"""Where in `struct tcp_info` of Linux these are: two counts of 32 bits and, between them, one of 64."""
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: what was not taken is given up when the connection is closed."""


class Connection(Protocol):
    """What a watch asks of a connection. `resumed`: how often its full buffer became empty enough to go on."""

    resumed: int


class _Mark(NamedTuple):
    """How far a client is; as long as it takes nothing, equal.

    Attributes:
        acknowledged: Bytes that its side has taken, as the system says; 0 if it does not say.
        resumed: See `Connection`.
        buffered: Bytes in our own buffer; -1 where the system tells more.
    """

    acknowledged: int
    resumed: int
    buffered: int


@dataclass(slots=True, eq=False)
class _Client:
    connection: Connection
    transport: asyncio.Transport
    mark: _Mark | None = None
    since: float = 0.0


class Watch:
    """Looks after the connections of one server. Used from its event loop."""

    def __init__(self) -> None:
        self._clients: dict[Connection, _Client] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, connection: Connection, transport: asyncio.Transport) -> None:
        """A client has come."""
        self._clients[connection] = _Client(connection, transport)
        if self._timer is None:
            self._wait()

    def remove(self, connection: Connection) -> None:
        """It has gone."""
        self._clients.pop(connection, None)

    def stop(self) -> None:
        """The server ends."""
        self._clients.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(_LOOK_EVERY_S, self._look)

    def _look(self) -> None:
        now = asyncio.get_running_loop().time()
        left = 0
        for client in list(self._clients.values()):
            mark = _read_mark(client)
            if mark is None or client.mark is None or _is_further(client.mark, mark):
                client.mark, client.since = mark, now
            elif now - client.since >= STALLED_S:
                left += 1
                client.mark = None
                _end(client.transport)
            else:
                client.mark = mark
        if left:
            LOGGER.info("Connections of which clients took nothing for %g seconds were ended: %d.", STALLED_S, left)
        self._timer = None
        if self._clients:
            self._wait()


def _read_mark(client: _Client) -> _Mark | None:
    """How far the client is; None if nothing waits for it."""
    buffered = client.transport.get_write_buffer_size()
    wire = client.transport.get_extra_info("socket")
    info = b""
    if _TCP_INFO is not None and wire is not None:
        with suppress(OSError):  # closed already, or no TCP
            info = wire.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _INFO_BYTES)
    acknowledged = struct.unpack_from("=Q", info, _ACKED)[0] if len(info) == _INFO_BYTES else 0
    if acknowledged > 0:
        waits = buffered or any(struct.unpack_from("=I", info, place)[0] for place in (_UNACKED, _UNSENT))
        return _Mark(acknowledged, client.connection.resumed, -1) if waits else None
    return _Mark(0, client.connection.resumed, buffered) if buffered else None


def _is_further(before: _Mark, now: _Mark) -> bool:
    return now[:2] != before[:2] or now.buffered < before.buffered


def _end(transport: asyncio.Transport) -> None:
    """End a connection at once. A file that is being sent past the buffer fails by the shutdown."""
    wire = transport.get_extra_info("socket")
    if wire is not None:
        with suppress(OSError):
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            wire.shutdown(socket.SHUT_RDWR)
    if transport.get_write_buffer_size():
        transport.abort()
