"""The first middleware and the headers: what every answer carries, and requests that come in no good order."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.server import security
from engine.server.security import STRICT_POLICY
from tests.engine.server.fakes import VALUE, FakeServer
from tests.engine.server.raw import RawServer

_TOKEN = "a-token-of-some-length"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawServer]:
    with RawServer(tmp_path_factory.mktemp("base"), max_upload_bytes=2**20) as running:
        yield running


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawServer]:
    with RawServer(tmp_path_factory.mktemp("base"), token=_TOKEN) as running:
        yield running


# -- headers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/queue", {}),
        ("GET", "/nothing", {}),
        ("PUT", "/queue", {}),
        ("POST", "/prompt", {}),
        ("GET", "/ws", {}),
        ("GET", "/queue", {"Origin": "http://evil.example"}),
        ("G@T", "/queue", {}),
        ("GET", "/" + "x" * 20_000, {}),
    ],
)
def test_every_answer_says_what_a_browser_may_do(
    server: RawServer, method: str, path: str, headers: dict[str, str]
) -> None:
    reply = server.ask(method, path, headers=headers)
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Security-Policy"] == STRICT_POLICY
    assert reply.headers["X-Frame-Options"] == "DENY"
    assert reply.headers["Referrer-Policy"] == "same-origin"
    assert "aiohttp" not in str(reply.headers)


def test_websockets_carry_them_too() -> None:
    async def run() -> None:
        async with FakeServer() as server:
            socket = await server.client.ws_connect("/ws")
            assert socket._response.headers["X-Content-Type-Options"] == "nosniff"

    asyncio.run(run())


@pytest.mark.parametrize("front_end", [False, True])
def test_pages_reach_nobody_but_us(tmp_path: Path, front_end: bool) -> None:
    options = {}
    if front_end:
        (tmp_path / "page").mkdir()
        (tmp_path / "page" / "index.html").write_text("<p>Page</p>")
        options = {"front_end_root": tmp_path / "page"}
    with RawServer(tmp_path, **options) as server:
        policy = server.get("/").headers["Content-Security-Policy"]
        parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
        assert parts["default-src"].startswith("'self'")
        assert ("unsafe-inline" in policy) == front_end
        assert parts["frame-ancestors"] == "'none'"
        assert f"ws://127.0.0.1:{server.port}" in parts["connect-src"]
        assert "*" not in policy
        assert "https:" not in policy


# -- pages of others -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "localhost."},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/prompt"),
        ("GET", "/queue"),
        ("GET", "/view"),
        ("POST", "/upload/image"),
        ("GET", "/api/v1/jobs"),
        ("GET", "/nothing"),
        ("POST", "/interrupt"),
        ("OPTIONS", "/prompt"),
    ],
)
def test_nothing_is_done_for_them(server: RawServer, method: str, path: str, headers: dict[str, str]) -> None:
    if "Host" in headers and method == "POST":
        headers = {**headers, "Content-Type": "application/json"}
    reply = server.ask(method, path, b"{}" if method == "POST" else None, headers)
    assert reply.status == 403 if "Host" not in headers else reply.status in (400, 403)
    assert "Access-Control-Allow-Origin" not in reply.headers


@pytest.mark.parametrize("allowed", ["*", "http://studio.example"])
def test_pages_that_the_user_allowed(tmp_path: Path, allowed: str) -> None:
    page = {"Origin": "http://studio.example", "Sec-Fetch-Site": "cross-site"}
    with RawServer(tmp_path, cors_origin=allowed) as server:
        asked = {**page, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        reply = server.ask("OPTIONS", "/prompt", headers=asked)
        assert (reply.status, reply.body) == (204, b"")
        assert "POST" in reply.headers["Access-Control-Allow-Methods"]
        assert "Content-Type" in reply.headers["Access-Control-Allow-Headers"]
        for one in (reply, server.get("/queue", **page), server.get("/nothing", **page)):
            assert one.headers["Access-Control-Allow-Origin"] == allowed
            # Every page may not do what the user's cookies may.
            assert (one.headers["Access-Control-Allow-Credentials"] == "true") == (allowed != "*")
            assert "Origin" in one.headers["Vary"]
        other = server.ask("OPTIONS", "/prompt", headers={**asked, "Origin": "http://evil.example"})
        assert (other.status == 204) == (allowed == "*")


# -- tokens ----------------------------------------------------------------------------------------------------------


def test_the_token_opens_every_door_and_nothing_else_does(guarded: RawServer) -> None:
    for path in ("/queue", "/prompt", "/object_info", "/view?filename=x.png", "/api/v1/jobs", "/nothing", "/ws"):
        reply = guarded.get(path)
        assert (reply.status, reply.error["type"]) == (401, "token_required")
        assert reply.headers["WWW-Authenticate"]
        assert guarded.get(path, Authorization=f"Bearer {_TOKEN}").status not in (401, 403)
        joint = "&" if "?" in path else "?"
        assert guarded.get(f"{path}{joint}token={_TOKEN}").status not in (401, 403)
    assert guarded.get("/api/v1/health").status == 200


def test_uploads_are_refused_before_they_are_read(guarded: RawServer) -> None:
    assert guarded.post_form("/upload/image", "a.png", bytes(10**6)).status == 401
    assert not list((guarded.directory).glob("input/*"))


def test_a_browser_gets_a_cookie_for_the_token(guarded: RawServer) -> None:
    reply = guarded.get(f"/?token={_TOKEN}", Accept="text/html")
    assert (reply.status, reply.headers["Location"]) == (303, "/")
    cookie = reply.headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in cookie
    assert _TOKEN not in cookie
    pair = cookie.split(";")[0]
    assert guarded.get("/queue", Cookie=pair).status == 200
    assert guarded.get("/queue", Cookie=pair + "x").status == 401


def test_without_it_a_browser_is_shown_where_to_enter_it(guarded: RawServer) -> None:
    reply = guarded.get("/", Accept="text/html,*/*")
    assert (reply.status, reply.headers["Location"]) == (303, "/login")
    assert guarded.get("/", Accept="application/json").status == 401


def test_tokens_are_not_logged(guarded: RawServer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        guarded.get(f"/queue?token={_TOKEN}")
        guarded.get(f"/queue?%74oken={_TOKEN}")
        guarded.get(f"/nothing?token={_TOKEN}", Authorization=f"Bearer {_TOKEN}")
        guarded.ask("G@T", f"/?token={_TOKEN}")
        guarded.get("/queue?token=guess-that-is-wrong")
    assert "/queue" in caplog.text
    assert _TOKEN not in caplog.text
    assert "guess-that-is-wrong" not in caplog.text


# -- bodies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "x"])
def test_encoded_bodies_are_not_unpacked(server: RawServer, encoding: str) -> None:
    bomb = gzip.compress(bytes(50 * 2**20))
    reply = server.ask("POST", "/prompt", bomb, {"Content-Encoding": encoding, "Content-Type": "application/json"})
    assert (reply.status, reply.error["type"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        *((path, "--max-upload-size") for path in ("/prompt", "/userdata/a.json", "/api/v1/jobs")),
        *((path, "1 MiB, a fixed limit") for path in ("/settings", "/queue")),
    ],
)
def test_bodies_that_are_too_large(server: RawServer, path: str, limit: str) -> None:
    reply = server.ask("POST", path, bytes(2**20 + 1), {"Content-Type": "application/json"})
    assert reply.status == 413
    assert limit in reply.error["message"]


def test_json_has_a_limit_of_its_own(tmp_path: Path) -> None:
    with RawServer(tmp_path, max_json_bytes=1_000) as server:
        reply = server.post_json("/prompt", {"prompt": VALUE, "extra_data": {"x": "a" * 1_000}})
        assert reply.status == 413
        assert "--max-json-size" in reply.error["message"]
        assert server.post_form("/upload/image", "a.json", bytes(2_000)).status != 413


def test_who_asks_first_need_not_send_what_is_too_large(server: RawServer) -> None:
    headers = {"Expect": "100-continue", "Content-Type": "application/json", "Content-Length": str(10**9)}
    assert server.ask("POST", "/prompt", headers=headers).status == 413
    assert server.ask("POST", "/prompt", b"{}", {"Expect": "a miracle"}).status == 417


@pytest.mark.parametrize(
    "kind", ["text/plain", "", ";;;", "application/json; charset=utf-16", "a/b; charset=\x7f", "multipart/form-data"]
)
def test_odd_types(server: RawServer, kind: str) -> None:
    reply = server.ask("POST", "/prompt", b'{"prompt": 1}', {"Content-Type": kind})
    assert 400 <= reply.status < 500
    assert reply.error["message"]


def test_a_body_that_hardly_comes_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "_BODY_GRACE_S", 0.2)

    async def run() -> bytes:
        async with asyncio.timeout(30), FakeServer() as server:
            reader, writer = await asyncio.open_connection(server.client.host, server.client.port)
            writer.write(b"POST /prompt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
            answer = await reader.read()
            writer.close()
            assert (await server.client.post("/prompt", json={"prompt": VALUE})).status == 200
            return answer

    head, _, body = asyncio.run(run()).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    for what in (b"Only 1 bytes", b"1024 a second", b"fixed limit"):  # what came, and what is wanted
        assert what in body


def test_text_is_compressed_for_who_takes_it(tmp_path: Path) -> None:
    with RawServer(tmp_path, compresses=True) as server:
        reply = server.get("/queue", Accept_Encoding="gzip")
        assert gzip.decompress(reply.body).startswith(b'{"queue_running"')
        assert "Content-Encoding" not in server.get("/queue").headers
        # What goes out in pieces, too.
        text = json.dumps({"nodes": [], "note": "x" * 2**20}).encode()
        path = "/api/v1/workflows/files/long.json"
        assert server.ask("PUT", path, text, {"Content-Type": "application/json"}).status == 201
        reply = server.get(path, Accept_Encoding="gzip")
        assert len(reply.body) < 10_000
        plain = server.get(path)
        assert gzip.decompress(reply.body) == plain.body == text
        assert "Content-Length" not in plain.headers
