"""Requests to routes of packs: the pack gets them as they were sent, but for what is meant for the server."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiohttp import web

from engine.compat import pack_server
from engine.compat.host import Host
from engine.workers.messages import PackSite
from engine.workers.pack_site import open_site
from tests.engine.server.raw import RawServer

_TOKEN = "a-token-of-the-server"
_LIMIT = 100_000


async def _tell(request: web.Request) -> web.Response:
    told = {
        "text": request.match_info.get("text"),
        "raw": request.rel_url.raw_path,
        "query": list(request.query.items()),
        "raw_query": request.rel_url.raw_query_string,
        "headers": dict(request.headers),
        "size": len(await request.read()),
    }
    return web.json_response(told)


@pytest.fixture(scope="module")
def site() -> PackSite:
    routes = [("*", path, _tell) for path in ("/rev/echo/{text}", "/rev/all/{text:.*}", "/api/rev/own", "/apiary")]
    opened = open_site(cast("Host", SimpleNamespace(routes=routes)))
    assert opened is not None
    return opened


@pytest.fixture(scope="module", params=["", _TOKEN])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, site: PackSite) -> Iterator[Any]:
    with RawServer(tmp_path_factory.mktemp("base"), token=request.param or None, max_upload_bytes=_LIMIT) as running:
        running.fake.dispatcher.catalog.site = site
        yield running


def _ask(server: RawServer, target: str, **headers: str) -> dict[str, Any]:
    reply = server.get(target, Authorization=f"Bearer {_TOKEN}", **headers)
    assert reply.status == 200, reply.body
    return reply.json()


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a%23b", "a#b"),
        ("a%3Fb=2", "a?b=2"),
        ("a%252Fb", "a%2Fb"),
        ("a%2Fb", "a/b"),
        ("a%2fb", "a/b"),
        ("%25", "%"),
        ("a+b%20c", "a+b c"),
        ("%C3%A9", "é"),
        ("..%2F..%2Fx", "../../x"),
        ("a;b=c&d", "a;b=c&d"),
    ],
)
def test_paths_are_not_altered(server: RawServer, written: str, text: str) -> None:
    for prefix in ("", "/api"):
        told = _ask(server, f"{prefix}/rev/echo/{written}?q=1")
        assert (told["text"], told["query"]) == (text, [["q", "1"]])
        assert told["raw"] == f"/rev/echo/{written}"
        assert _ask(server, f"{prefix}/rev/all/{written}")["text"] == text


@pytest.mark.parametrize(
    "query", ["a=1&a=2&b", "a=%26%23%2B+%20", "x=a;b", "token=of-the-pack&token=", "%F0%9F%98%80=1"]
)
def test_queries_are_not_altered(server: RawServer, query: str) -> None:
    assert _ask(server, f"/rev/echo/x?{query}")["raw_query"] == query


def test_routes_that_begin_like_ours(server: RawServer) -> None:
    assert _ask(server, "/api/rev/own")["raw"] == "/api/rev/own"
    assert _ask(server, "/apiary")["raw"] == "/apiary"


def test_what_is_for_the_server_alone_is_not_passed_on(site: PackSite, tmp_path: Path) -> None:
    with RawServer(tmp_path, token=_TOKEN) as server:
        server.fake.dispatcher.catalog.site = site
        reply = server.get(
            f"/rev/echo/x?a=%23&token={_TOKEN}&b=2&%74oken={_TOKEN}&token=mine",
            Cookie=f"token={_TOKEN}",
            Authorization=f"Bearer {_TOKEN}",
            Referer=f"http://127.0.0.1:{server.port}/?token={_TOKEN}",
        )
        told = reply.json()
        assert told["raw_query"] == "a=%23&b=2&token=mine"
        assert _TOKEN not in str(told)
        assert server.get("/rev/echo/x?token=mine").status == 401


def _post(server: RawServer, headers: str, body: bytes) -> bytes:
    """Send a body under these headers; all that comes back."""
    head = f"POST /rev/echo/x HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{headers}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(head.encode() + body)
        received = b""
        while piece := connection.recv(65_536):
            received += piece
    return received


@pytest.mark.parametrize("is_chunked", [False, True])
@pytest.mark.parametrize("size", [_LIMIT, _LIMIT + 1, 20 * _LIMIT])
def test_bodies_have_the_limit_of_all(site: PackSite, tmp_path: Path, size: int, is_chunked: bool) -> None:
    with RawServer(tmp_path, max_upload_bytes=_LIMIT) as server:
        server.fake.dispatcher.catalog.site = site
        body = b"x" * size
        if is_chunked:
            answer = _post(server, "Transfer-Encoding: chunked", b"%x\r\n%b\r\n0\r\n\r\n" % (size, body))
        else:
            answer = _post(server, f"Content-Length: {size}", body)
        status = int(answer.split(b" ", 2)[1])
        if size <= _LIMIT:
            assert (status, b'"size": 100000' in answer) == (200, True), answer[:500]
        else:
            assert status == 413, answer[:500]
            assert b"0.0953674 MiB; --max-upload-size raises the limit." in answer


def test_a_worker_that_does_not_answer(tmp_path: Path) -> None:
    with RawServer(tmp_path) as server, socket.create_server(("127.0.0.1", 0)) as closing:
        port: int = closing.getsockname()[1]
        closing.close()
        server.fake.dispatcher.catalog.site = PackSite(port=port, secret="s", routes=(("*", "/rev/echo/{text}"),))
        reply = server.ask("POST", "/rev/echo/x", b"body")
        assert (reply.status, reply.error["type"]) == (503, "worker_unavailable")


def test_directories_of_packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "files" / "sub").mkdir(parents=True)
    (tmp_path / "files" / "sub" / "a%#.txt").write_text("inside")
    (tmp_path / "secret.txt").write_text("outside")
    host = SimpleNamespace(routes=[])
    monkeypatch.setattr(pack_server, "current_host", lambda: host)
    pack_server.add_static("/rev/files/", tmp_path / "files")
    with RawServer(tmp_path) as server:
        server.fake.dispatcher.catalog.site = open_site(cast("Host", host))
        assert server.get("/rev/files/sub/a%25%23.txt").body == b"inside"
        for name in ("..%2Fsecret.txt", "sub/..%2F..%2Fsecret.txt", "../secret.txt", "sub", "none"):
            assert server.get(f"/rev/files/{name}").status == 404
