"""The channel: every message arrives as it was sent, in order; what is no message is an error, not a surprise."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.jobs.events import ErrorRecord, NodeFinished, NodeProgress, NodesCached
from engine.workers import channel as channel_module
from engine.workers import messages
from engine.workers.channel import ChannelError, Listener, ServerSide, WorkerSide, connect_to_server
from engine.workers.messages import EventTold, Hello, RunJob, Stop

_PAYLOADS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def _both(talk: Callable[[ServerSide, WorkerSide], Awaitable[None]]) -> None:
    """Connect the two sides and let them talk, for a bounded time."""

    async def connect() -> None:
        listener = await Listener.open()
        secret, expected = listener.expect()
        worker = await connect_to_server("127.0.0.1", listener.port)
        await worker.send(Hello(secret, 1))
        server = await asyncio.wait_for(expected, 10)
        await listener.close()
        try:
            await asyncio.wait_for(talk(server, worker), 30)
        finally:
            await worker.close()
            await server.close()

    asyncio.run(connect())


# -- laws ------------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.text(), st.binary(max_size=100), _PAYLOADS), max_size=5))
def test_messages_arrive_as_they_were_sent_and_in_order(contents: list[tuple[str, bytes, Any]]) -> None:
    sent: list[messages.ToWorker] = [
        RunJob(job_id, data, (), secrets={"value": payload}) for job_id, data, payload in contents
    ]

    async def talk(server: ServerSide, worker: WorkerSide) -> None:
        for message in sent:
            await server.send(message)
        await server.close()
        assert [message async for message in worker] == sent

    _both(talk)


@given(st.sampled_from([messages.ToServer, messages.ToWorker]), st.binary(max_size=60))
def test_bytes_that_are_no_message_are_an_error(kind: Any, junk: bytes) -> None:
    async def read() -> object:
        reader = asyncio.StreamReader()
        reader.feed_data(struct.pack(">I", len(junk)) + junk)
        reader.feed_eof()
        return await _channel_of(reader, kind).receive()

    try:
        expected = msgspec.msgpack.Decoder(kind).decode(junk)
    except msgspec.MsgspecError:
        with pytest.raises(ChannelError):
            asyncio.run(read())
    else:
        assert asyncio.run(read()) == expected


class _NoTransport(asyncio.Transport):
    def is_closing(self) -> bool:
        return True

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        return


def _channel_of(reader: asyncio.StreamReader, kind: Any) -> ServerSide:
    protocol = asyncio.StreamReaderProtocol(reader)
    writer = asyncio.StreamWriter(_NoTransport(), protocol, reader, asyncio.get_running_loop())
    return ServerSide(reader, writer, kind)


# -- examples --------------------------------------------------------------------------------------------------------


def test_every_kind_of_message_is_told_apart() -> None:
    error = ErrorRecord(type="t", message="m")
    told: list[messages.ToServer] = [
        Hello("s", 1),
        messages.StartFailed(error),
        EventTold("j", NodesCached(("1", "2"))),
        EventTold("j", NodeProgress("1", "1", 0.5, 1)),
        EventTold("j", NodeFinished("1", "T", "1", 0.1, {"images": [{"filename": "a.png"}]})),
        messages.Preview(
            job_id="j", node_id="1", display_id="1", parent_id=None, media_type="image/jpeg", data=b"\xff\xd8"
        ),
        messages.RunEnded(job_id="j", state="failed", seconds=1.0, error=error),
        messages.Validation(request_id=1, failure=error),
        messages.MemoryReport(request_id=2, holders=(), devices=(), process_bytes=3),
        messages.PackMessage("n", {"a": [1, None]}),
        messages.LogLine(1.5, "text"),
    ]

    async def talk(server: ServerSide, worker: WorkerSide) -> None:
        for message in told:
            await worker.send(message)
        await worker.close()
        assert [message async for message in server] == told

    _both(talk)


def test_large_messages_cross_while_both_sides_send() -> None:
    async def talk(server: ServerSide, worker: WorkerSide) -> None:
        prompt = b"x" * (20 * 2**20)
        line = messages.LogLine(0.0, "y" * (20 * 2**20))
        sending = asyncio.gather(server.send(RunJob("j", prompt, ())), worker.send(line))
        got = await worker.receive()
        assert isinstance(got, RunJob)
        assert got.prompt == prompt
        assert await server.receive() == line
        await sending

    _both(talk)


def test_the_end_of_the_other_side_ends_the_loop() -> None:
    async def talk(server: ServerSide, worker: WorkerSide) -> None:
        await server.send(Stop())
        server.abort()
        assert [message async for message in worker] in ([Stop()], [])  # an abort may lose what was on its way
        assert await worker.receive() is None
        with pytest.raises(ConnectionError):
            await _send_for_ever(worker)

    _both(talk)


async def _send_for_ever(worker: WorkerSide) -> None:
    while True:
        await worker.send(Hello("s", 1))
        await asyncio.sleep(0)


def test_only_who_knows_the_secret_is_let_in_and_only_once() -> None:
    async def knock(port: int, *said: messages.ToServer) -> None:
        worker = await connect_to_server("127.0.0.1", port)
        for message in said:
            await worker.send(message)
        assert await asyncio.wait_for(worker.receive(), 10) is None
        await worker.close()

    async def try_doors() -> None:
        listener = await Listener.open()
        secret, expected = listener.expect()
        await knock(listener.port, Hello("wrong", 1))
        await knock(listener.port, messages.LogLine(0.0, secret))
        assert not expected.done()
        worker = await connect_to_server("127.0.0.1", listener.port)
        await worker.send(Hello(secret, 1))
        server = await asyncio.wait_for(expected, 10)
        await knock(listener.port, Hello(secret, 1))
        _, given_up = listener.expect()
        given_up.cancel()
        await listener.close()
        await worker.close()
        await server.close()

    asyncio.run(try_doors())


def test_a_message_cut_short_is_an_error() -> None:
    async def read(data: bytes) -> object:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        return await _channel_of(reader, messages.ToServer).receive()

    for data in (b"\0", b"\0\0\0\5", b"\0\0\0\5abc"):
        with pytest.raises(ChannelError, match="in the middle of a message"):
            asyncio.run(read(data))
    assert asyncio.run(read(b"")) is None


def test_frames_beyond_the_limit_are_neither_sent_nor_read(monkeypatch: pytest.MonkeyPatch) -> None:
    async def talk(server: ServerSide, worker: WorkerSide) -> None:
        monkeypatch.setattr(channel_module, "MOST_FRAME_BYTES", 1000)
        with pytest.raises(ChannelError, match=r"RunJob is too large"):
            await server.send(RunJob("j", b"x" * 1000, ()))
        await server.send(Stop())
        assert await worker.receive() == Stop()
        monkeypatch.setattr(channel_module, "MOST_FRAME_BYTES", 2000)
        await server.send(RunJob("j", b"x" * 1000, ()))
        monkeypatch.setattr(channel_module, "MOST_FRAME_BYTES", 1000)
        with pytest.raises(ChannelError, match="was announced"):
            await worker.receive()

    _both(talk)


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1, "\ud800", object(), {1, (2,)}])
def test_what_cannot_be_written_is_an_error_and_the_channel_lives(value: object) -> None:
    async def talk(server: ServerSide, worker: WorkerSide) -> None:
        if isinstance(value, set):
            await server.send(RunJob("j", b"", (), secrets={"value": value}))  # a set crosses as a list
            assert await worker.receive() is not None
            return
        with pytest.raises(ChannelError, match="RunJob cannot be sent"):
            await server.send(RunJob("j", b"", (), secrets={"value": value}))
        await server.send(Stop())
        assert await worker.receive() == Stop()

    _both(talk)
