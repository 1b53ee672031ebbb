"""Connections that say nothing, too little, or nothing any more, are closed; what is not HTTP gets an answer."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest

from engine.server import connection, websocket
from tests.engine.server.fakes import FakeServer

_UPGRADE = (
    b"GET /ws?clientId=%b HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + base64.b64encode(bytes(16)) + b"\r\n\r\n"
)


async def _open(server: FakeServer) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(server.client.host, server.client.port)


@pytest.mark.parametrize("before", [b"", b"GET /queue HTTP/1.1\r\nHost: localhost\r\n\r\n"])
@pytest.mark.parametrize(
    "start", [b"", b"G", b"GET /queue HTTP/1.1\r\nHost: local", b"GET /queue HTTP/1.1\r\nX: secret\r\n"]
)
def test_headers_that_do_not_come_are_not_waited_for(
    before: bytes, start: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_HEADER_TIMEOUT_S", 0.5)

    async def run() -> bytes:
        async with asyncio.timeout(30), FakeServer() as server:
            reader, writer = await _open(server)
            writer.write(before)
            if before:
                await reader.readuntil(b"}")
            writer.write(start)
            answer = await reader.read()
            writer.close()
            return answer

    answer = asyncio.run(run())
    if not start:
        assert answer == b"", "who asks for nothing is told nothing"
        return
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split()[1] == b"408"
    error = json.loads(body)["error"]
    assert error["type"] == "request_timeout"
    assert "within 0.5 seconds, a fixed limit" in error["message"]
    assert b"secret" not in answer


def test_who_begins_another_request_in_time_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_HEADER_TIMEOUT_S", 1.0)

    async def run() -> None:
        async with asyncio.timeout(30), FakeServer() as server:
            reader, writer = await _open(server)
            for _ in range(4):
                for piece in (b"GET /queue HTTP/1.1\r\n", b"Host: local", b"host\r\n\r\n"):
                    writer.write(piece)
                    await asyncio.sleep(0.1)
                assert b" 200 " in await reader.readline()
                await reader.readuntil(b"}")
            writer.close()

    asyncio.run(run())


def test_a_websocket_whose_client_is_gone_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "_HEARTBEAT_S", 0.2)

    async def run() -> None:
        async with asyncio.timeout(30), FakeServer() as server:
            reader, writer = await _open(server)
            writer.write(_UPGRADE % b"gone")
            await reader.readuntil(b"\r\n\r\n")
            data = await reader.read()  # pings are not answered: the server ends it
            assert b'"sid":"gone"' in data
            writer.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /queue HTTP/9.9\r\n\r\n",
        b"G@T /queue HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /queue HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"POST /prompt HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /prompt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        b"GET /queue HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n",
    ],
)
def test_what_is_not_http_gets_the_error_object_and_the_end(data: bytes) -> None:
    status, error = _ask_raw(data)
    assert status == 400
    assert error["message"]


@pytest.mark.parametrize(
    ("data", "code", "limit"),
    [
        (
            b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "address_too_long",
            connection.LONGEST_LINE_BYTES,
        ),
        (b"GET /queue?x=" + b"secret" * 3_000 + b" HTTP/1.1\r\n", "address_too_long", connection.LONGEST_LINE_BYTES),
        (
            b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"secret" * 3_000 + b"\r\n\r\n",
            "headers_too_large",
            connection.LONGEST_HEADER_BYTES,
        ),
        (
            b"GET / HTTP/1.1\r\nHost: a\r\n" + b"secret" * 3_000 + b": x\r\n\r\n",
            "headers_too_large",
            connection.LONGEST_HEADER_BYTES,
        ),
        (b"GET / HTTP/1.1\r\n" + b"X: secret\r\n" * 200 + b"\r\n", "headers_too_large", connection.MOST_HEADERS),
    ],
)
def test_too_much_before_the_body_is_refused_with_its_limit(data: bytes, code: str, limit: int) -> None:
    status, error = _ask_raw(data)
    assert (status, error["type"]) == (400, code)
    assert str(limit) in error["message"]
    assert "fixed limit" in error["message"]
    assert "secret" not in str(error)


def _ask_raw(data: bytes) -> tuple[int, dict[str, Any]]:
    """Status and error object of what is answered before the connection is closed."""

    async def run() -> bytes:
        async with asyncio.timeout(30), FakeServer() as server:
            reader, writer = await _open(server)
            writer.write(data)
            answer = await reader.read()
            writer.close()
            return answer

    head, _, body = asyncio.run(run()).partition(b"\r\n\r\n")
    record = json.loads(body)
    assert set(record) == {"error", "node_errors"}
    return int(head.split()[1]), record["error"]
