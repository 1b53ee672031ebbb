"""Clients that take nothing of what they asked for are left; those that take it slowly are not."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from aiohttp import web

from engine.server import delivery, stalls
from engine.server.pieces import Pieces
from tests.engine.server.fakes import FakeServer

_SIZE = 16 * 2**20
_KINDS = ("/view?filename=large.bin", "/pieces", "/body")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stalls, "STALLED_S", 1.0)
    monkeypatch.setattr(stalls, "_LOOK_EVERY_S", 0.1)


@pytest.fixture(params=["by what the system tells", "by our own buffer"], autouse=True)
def how(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "by our own buffer":
        monkeypatch.setattr(stalls, "_TCP_INFO", None)
        monkeypatch.setattr(delivery, "SEES_PAST_BUFFER", False)
    return request.param


async def _answer_pieces(request: web.Request) -> web.StreamResponse:
    pieces = Pieces(request)
    for _ in range(_SIZE // 2**20):
        await pieces.add(bytes(2**20))
    return await pieces.end()


async def _answer_body(_: web.Request) -> web.Response:
    return web.Response(body=bytes(_SIZE))


def _serve(directory: Path, talk: Callable[[FakeServer], Awaitable[None]]) -> None:
    (directory / "output").mkdir(exist_ok=True)
    (directory / "output" / "large.bin").write_bytes(bytes(_SIZE))

    async def run() -> None:
        server = FakeServer(directory)
        server.app.router.add_get("/pieces", _answer_pieces)
        server.app.router.add_get("/body", _answer_body)
        async with asyncio.timeout(120), server:
            await talk(server)

    asyncio.run(run())


@asynccontextmanager
async def _ask(server: FakeServer, path: str) -> AsyncGenerator[socket.socket]:
    """A connection with little room, over which something is asked for; nothing is read."""
    loop = asyncio.get_running_loop()
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32_768)
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", server.client.port))
        await loop.sock_sendall(client, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        yield client


def _connections(server: FakeServer) -> int:
    return len(server.client.server.handler.connections)


@pytest.mark.parametrize("path", _KINDS)
def test_who_takes_nothing_is_left(tmp_path: Path, path: str, caplog: pytest.LogCaptureFixture) -> None:
    async def talk(server: FakeServer) -> None:
        async with _ask(server, path) as one, _ask(server, path), server.client.get("/queue") as answer:
            assert answer.status == 200
            while _connections(server) < 3:
                await asyncio.sleep(0.05)
            while _connections(server) > 1:  # who has taken all of its answer may stay
                await asyncio.sleep(0.05)
            received = 0
            with pytest.raises(ConnectionError):  # noqa: PT012 - whichever read finds it out
                while piece := await asyncio.get_running_loop().sock_recv(one, 2**20):
                    received += len(piece)
                raise ConnectionResetError
            assert received < _SIZE
        assert (await server.client.get("/queue")).status == 200

    _serve(tmp_path, talk)
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate")
def test_over_tls_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def talk(server: FakeServer) -> None:
        runner = server.client.server.runner
        assert runner is not None
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        [port] = {address[1] for address in runner.addresses} - {server.client.port}
        trusting = ssl.create_default_context(cafile=certificate)
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=trusting, server_hostname="localhost", limit=2**16
        )
        writer.write(b"GET /view?filename=large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while not _connections(server):
            await asyncio.sleep(0.05)
        while _connections(server):
            await asyncio.sleep(0.05)
        with suppress(OSError):
            assert len(await reader.read()) < _SIZE
        writer.transport.abort()

    _serve(tmp_path, talk)
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]


@pytest.mark.parametrize("path", _KINDS)
def test_who_takes_it_slowly_gets_all(tmp_path: Path, path: str, how: str) -> None:
    # The system lets us write again once a third of its own buffer is free, which may be a MiB or more.
    step = 2**16 if how == "by what the system tells" else 2**20

    async def talk(server: FakeServer) -> None:
        loop = asyncio.get_running_loop()
        async with _ask(server, path) as client:
            end = loop.time() + 3 * stalls.STALLED_S
            received = taken = 0
            while received < _SIZE:
                piece = await loop.sock_recv(client, 2**16)
                assert piece, f"the server left after {received} bytes"
                received, taken = received + len(piece), taken + len(piece)
                if taken >= step and loop.time() < end:
                    taken = 0
                    await asyncio.sleep(0.2)
        assert loop.time() >= end

    _serve(tmp_path, talk)


def test_who_asks_nothing_more_for_a_while_stays(tmp_path: Path) -> None:
    async def talk(server: FakeServer) -> None:
        async with server.client.get("/queue") as answer:
            await answer.read()
            before = _connections(server)
            await asyncio.sleep(2 * stalls.STALLED_S)
            assert _connections(server) == before > 0

    _serve(tmp_path, talk)
