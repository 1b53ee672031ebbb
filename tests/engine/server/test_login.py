"""/login: the form, and what it lets in."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from tests.engine.server.raw import RawServer, Reply

_TOKEN = "a token & more"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawServer]:
    with RawServer(tmp_path_factory.mktemp("base"), token=_TOKEN) as running:
        yield running


def _send(server: RawServer, token: str) -> Reply:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{server.port}"}
    return server.ask("POST", "/login", urlencode({"token": token}).encode(), headers)


def test_the_form_is_self_contained(server: RawServer) -> None:
    reply = server.get("/login")
    assert reply.status == 200
    assert reply.headers["Content-Type"].startswith("text/html")
    assert "script" not in reply.body.decode()
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert "form-action 'self'" in reply.headers["Content-Security-Policy"]
    assert reply.headers["Cache-Control"] == "no-store"


def test_the_right_token_lets_in(server: RawServer) -> None:
    reply = _send(server, _TOKEN)
    assert (reply.status, reply.headers["Location"]) == (303, "/")
    assert server.get("/queue", Cookie=reply.headers["Set-Cookie"].split(";")[0]).status == 200


def test_a_wrong_one_shows_the_form_again(server: RawServer) -> None:
    reply = _send(server, "<b>wrong</b>")
    assert reply.status == 401
    assert b"The token is wrong." in reply.body
    assert b"<b>" not in reply.body
    assert "Set-Cookie" not in reply.headers


def test_other_pages_cannot_send_it(server: RawServer) -> None:
    body = urlencode({"token": _TOKEN}).encode()
    assert server.ask("POST", "/login", body, {"Origin": "http://evil.example"}).status == 403


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"token", b"a=b", b"x" * 9_000])
def test_odd_forms(server: RawServer, body: bytes) -> None:
    assert server.ask("POST", "/login", body).status in (401, 413)


def test_where_no_token_is_asked_for_there_is_no_form(tmp_path_factory: pytest.TempPathFactory) -> None:
    with RawServer(tmp_path_factory.mktemp("base")) as server:
        assert server.get("/login").headers["Location"] == "/"
