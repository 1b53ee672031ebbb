"""Channel: typed messages over a stream, the same on both sides. No torch.

A frame is its length in bytes (4 bytes, big-endian) and that many bytes of msgpack, a record of
`engine.workers.messages`. How a worker starts (`python -m engine.workers.process --port P`):

1. The server listens on loopback (`Listener`), starts the process and writes a line with a secret to its standard
   input, which it then keeps open: when that closes, for whatever reason, the system ends the worker.
2. The worker connects and says `Hello` with the secret and its pid. Who says anything else is no worker of ours.
3. The server says `Configure`. The worker imports torch and the nodes, and says `Ready`; or `StartFailed`, and exits.
4. `RunJob` (one at a time), `InterruptRun`, `FreeMemory`, `AskValidate`, `AskMemory`, in any order; at last `Stop`.

Whichever side sees the stream end takes the other for dead.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import struct
from collections.abc import AsyncIterator
from typing import Any, Final, Generic, TypeVar

import msgspec

from engine.errors import EngineError
from engine.workers.messages import Hello, ToServer, ToWorker

Sent = TypeVar("Sent")
Received = TypeVar("Received")

MOST_FRAME_BYTES: Final = 512 * 2**20
"""Larger frames are neither sent nor read. A prompt crosses in one frame, so this is also its limit."""

_LENGTH = struct.Struct(">I")
_READ_AHEAD_BYTES = 2**20
_LARGE_BYTES = 2**16
_HELLO_TIMEOUT_S = 10.0
_MOST_UNSENT_BYTES = 2**20
"""So much may wait in the stream before `send` waits."""


class ChannelError(EngineError):
    """What came is no message, or what is to be sent cannot be one. After the former the channel is of no use."""

    wire_type = "channel_error"


class Channel(Generic[Sent, Received]):
    """One end. `async for message in channel` ends when the other side has closed.

    Args:
        reader: What comes.
        writer: Where to send.
        received: The type of the messages that may come, a union of records.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, received: Any) -> None:
        self._reader = reader
        self._writer = writer
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder: msgspec.msgpack.Decoder[Received] = msgspec.msgpack.Decoder(received)
        writer.transport.set_write_buffer_limits(high=_MOST_UNSENT_BYTES)
        if (connection := writer.get_extra_info("socket")) is not None:
            with contextlib.suppress(OSError):  # not TCP
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._writer.is_closing()

    async def send(self, message: Sent) -> None:
        """Send a message; waits while the other side does not keep up. Several tasks may send.

        Raises:
            ChannelError: if it cannot be written, or is too large. Nothing was sent.
            ConnectionError: if the stream has ended.
        """
        self._write(self._content(message))
        await self._writer.drain()

    def post(self, message: Sent) -> None:
        """Send a message without waiting, in the order of all calls. Only from the thread of the event loop.

        Raises:
            ChannelError: as for `send`.
            ConnectionError: as for `send`.
        """
        self._write(self._content(message))

    def encode(self, message: Sent) -> bytes:
        """The bytes of a message, for `send_frame`. From any thread.

        Raises:
            ChannelError: if it cannot be written, or is too large.
        """
        content = self._content(message)
        return _LENGTH.pack(len(content)) + content

    def _content(self, message: Sent) -> bytes:
        try:
            content = self._encoder.encode(message)
        except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError) as error:
            raise ChannelError(f"A {type(message).__name__} cannot be sent: {error}") from error
        if len(content) > MOST_FRAME_BYTES:
            size = f"{len(content)} bytes; at most {MOST_FRAME_BYTES} can be sent"
            raise ChannelError(f"A {type(message).__name__} is too large: it has {size}.")
        return content

    async def send_frame(self, frame: bytes) -> None:
        """Send what `encode` gave; waits while the other side does not keep up.

        Raises:
            ConnectionError: if the stream has ended.
        """
        self._check()
        self._writer.write(frame)
        await self._writer.drain()

    def open_direct(self) -> socket.socket:
        """A second handle on the connection, through which any thread may send while nothing waits in the stream.

        From now on `send` and `send_frame` wait until nothing does.
        """
        self._writer.transport.set_write_buffer_limits(high=0)
        return self._writer.get_extra_info("socket").dup()

    def _write(self, content: bytes) -> None:
        self._check()
        length = _LENGTH.pack(len(content))
        if len(content) < _LARGE_BYTES:
            self._writer.write(length + content)
        else:  # a copy of it, only to have both in one, would keep everybody waiting
            self._writer.write(length)
            self._writer.write(content)

    def _check(self) -> None:
        if self._writer.is_closing():
            raise ConnectionResetError("the other side of the channel has gone")

    async def receive(self) -> Received | None:
        """The next message; None if the other side has closed.

        Raises:
            ChannelError: if what came is no message of the expected type, or ends in the middle of one.
        """
        try:
            (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
            if length > MOST_FRAME_BYTES:
                raise ChannelError(f"A frame of {length} bytes was announced; at most {MOST_FRAME_BYTES} are read.")
            frame = await self._reader.readexactly(length)
        except asyncio.IncompleteReadError as error:
            if error.partial or error.expected != _LENGTH.size:
                raise ChannelError("The other side has gone in the middle of a message.") from error
            return None
        except ConnectionError:
            return None
        try:
            return self._decoder.decode(frame)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise ChannelError(f"What came is no message: {error}") from error

    async def __aiter__(self) -> AsyncIterator[Received]:
        while (message := await self.receive()) is not None:
            yield message

    async def close(self) -> None:
        """Send what waits and end the stream. Does not raise if it has ended."""
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    def abort(self) -> None:
        """End the stream at once, whatever waits."""
        self._writer.transport.abort()


WorkerSide = Channel[ToServer, ToWorker]
ServerSide = Channel[ToWorker, ToServer]


async def connect_to_server(host: str, port: int) -> WorkerSide:
    """The worker's end.

    Raises:
        OSError: if nobody listens.
    """
    reader, writer = await asyncio.open_connection(host, port, limit=_READ_AHEAD_BYTES)
    return WorkerSide(reader, writer, ToWorker)


class Listener:
    """The place where workers connect, on the server's side. Make one with `open`.

    Attributes:
        port: Of the loopback interface.
    """

    def __init__(self) -> None:
        self.port = 0
        self._server: asyncio.Server | None = None
        self._expected: dict[str, asyncio.Future[ServerSide]] = {}
        self._greeting: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(cls, host: str = "127.0.0.1") -> Listener:
        """Listen on any free port."""
        listener = cls()
        listener._server = await asyncio.start_server(listener._accept, host, 0, limit=_READ_AHEAD_BYTES)
        listener.port = listener._server.sockets[0].getsockname()[1]
        return listener

    def expect(self) -> tuple[str, asyncio.Future[ServerSide]]:
        """A secret for one worker, and what becomes the channel when somebody who knows it says hello.

        Cancel the future when the worker is not expected any more.
        """
        secret = secrets.token_hex(32)
        future: asyncio.Future[ServerSide] = asyncio.get_running_loop().create_future()
        self._expected[secret] = future
        future.add_done_callback(lambda _: self._expected.pop(secret, None))
        return secret, future

    async def close(self) -> None:
        """Accept no more. Channels that there are stay open."""
        for task in self._greeting:
            task.cancel()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        channel = ServerSide(reader, writer, ToServer)
        task = asyncio.current_task()
        assert task is not None
        self._greeting.add(task)
        try:
            hello = await asyncio.wait_for(channel.receive(), _HELLO_TIMEOUT_S)
        except (ChannelError, TimeoutError):
            hello = None
        finally:
            self._greeting.discard(task)
        # A look-up by a secret of 256 bits: there is nothing to learn from how long it takes.
        future = self._expected.get(hello.secret) if isinstance(hello, Hello) else None
        if future is None or future.done():
            channel.abort()
        else:
            future.set_result(channel)
