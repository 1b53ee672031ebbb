"""Every route, whatever it is asked: a clear answer, never 500, never a hang; strangers get nothing but a refusal."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.engine.server.fakes import FakeServer
from tests.engine.server.real import RealServer
from tests.reliability.driving import Line, assert_next_runs, strict_json

PARAMETER = re.compile(r"\{[^}]+\}")
WORDS = (
    *("-1", "abc", "1e309", "NaN", "null", "[]", "true", "9" * 400, "-9223372036854775809"),
    *("%00", "a%00b", "%0d%0aX:1", "%ff%fe", "%ED%A0%80", "%", "%zz", "..", "../../../../etc/passwd"),
    *("%2e%2e%2f%2e%2e%2fsecret.txt", "%2Fetc%2Fpasswd", "C:%5Cx", "%5C%5Chost%5Cx", "x.png%20[output]"),
    *("x" * 2_000, "x" * 50_000, "%F0%9F%92%A9" * 300, "'%22<script>"),
)
NAMES = (
    *("max_items", "offset", "limit", "since", "wait", "after", "order", "descending", "state", "status", "text"),
    *("filename", "subfolder", "type", "preview", "channel", "dir", "recurse", "full_info", "split", "overwrite"),
    *("clientId", "token", "job_id", "prompt_id", "client_id", "kind", "category", "sort_by", "sort_order", "path"),
    *("id", "workflow_id"),
)
BODIES = (
    b"",
    b"{",
    b"null",
    b"7",
    b'"text"',
    b"[]",
    b"{}",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"a": NaN}',
    b'{"a": 1e999}',
    b'{"a": ' + b"9" * 5_000 + b"}",
    b'{"a": "\\ud800"}',
    b'{"a": 1, "a": 2}',
    b"\xff\xfe{\x00}\x00",
    b"{'a': 1}",
    b"\x00" * 100,
    b'{"prompt": 7, "delete": 7, "clear": 7, "id": [], "ids": 7, "unload_models": "x", "enabled": "x", "front": 7}',
    b'{"prompt": {"1": null, "2": [], "3": {"class_type": [1]}}, "workflow": [], "to": 7, "before": {}}',
    b'{"delete": [null, 7, {}], "ids": [null, 7], "prompt_id": 7, "clientId": [], "job_ids": [[]], "states": {"a": 1}}',
)


def _routes() -> list[tuple[str, str]]:
    """Method and path of every route there is."""
    found = {
        (route.method, route.resource.canonical)
        for route in FakeServer(None).app.router.routes()
        if route.resource is not None and route.method != "*"
    }
    return sorted(found)


ROUTES = _routes()


def _assert_clear(status: int, content_type: str, body: bytes, asked: object) -> None:
    assert status < 500 or status == 503, (asked, status, body[:500])
    if content_type.startswith("application/json") and body:
        value = strict_json(body)
        if status >= 400:
            assert set(value) == {"error", "node_errors"}, (asked, value)
            assert set(value["error"]) == {"type", "message", "details", "extra_info"}, (asked, value)
            assert value["error"]["message"], (asked, value)
    elif status >= 400 and body:
        raise AssertionError((asked, status, content_type, body[:200]))
    assert b"Traceback" not in body, asked


def _ask(line: Line, method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b"") -> int:
    """Ask, and check that the answer is clear; returns the status."""
    status, content_type, answer = line.ask(method, target, headers, body)
    _assert_clear(status, content_type, answer, (method, target[:200], body[:60]))
    return status


def _fill(path: str, word: str) -> str:
    return PARAMETER.sub(lambda _: word, path)


def _targets(method: str, path: str, chance: random.Random) -> Iterator[str]:
    """The path with nasty words in its places, and with nasty values of parameters."""
    for word in WORDS if "{" in path else ():
        yield _fill(path, word)
    plain = _fill(path, "x")
    for word in WORDS if method == "GET" else chance.sample(WORDS, 4):
        yield f"{plain}?{'&'.join(f'{name}={word[:300]}' for name in NAMES)}"
        yield f"{plain}?{chance.choice(NAMES)}={word}"
    yield f"{plain}?{'&'.join(['a=1'] * 2_000)}"


def test_bad_words_and_parameters(server: RealServer) -> None:
    chance = random.Random(1)
    secret = server.directory.parent / "secret.txt"
    secret.write_text("canary-7291", encoding="utf-8")
    with closing(Line(server, keeps=True)) as line:
        for method, path in ROUTES:
            if method == "HEAD" or (path.startswith("/api/") and not path.startswith("/api/v1/")):
                continue
            for target in _targets(method, path, chance):
                _ask(line, method, target)
    assert secret.read_text(encoding="utf-8") == "canary-7291"
    assert_next_runs(server)


def test_bad_bodies(server: RealServer) -> None:
    line = Line(server)
    types = (
        "application/json",
        "text/plain",
        "application/json; charset=utf-16",
        "multipart/form-data; boundary=x",
        "x",
    )
    for method, path in ROUTES:
        if method in ("GET", "HEAD") or (path.startswith("/api/") and not path.startswith("/api/v1/")):
            continue
        for place, body in enumerate(BODIES):
            for content_type in (types[0], types[1 + place % (len(types) - 1)]):
                _ask(line, method, _fill(path, "x"), {"Content-Type": content_type}, body)
        for encoding in ("gzip", "br", "x, y"):
            headers = {"Content-Type": types[0], "Content-Encoding": encoding}
            packed = b"\x1f\x8b" + bytes(100)
            assert _ask(line, method, _fill(path, "x"), headers, packed) in (400, 404, 405, 415)
    assert_next_runs(server)


def test_names_outside_get_the_same_answer_whether_or_not_something_is_there(server: RealServer) -> None:
    line = Line(server)
    (server.directory.parent / "there.png").write_bytes(b"canary-7291")
    (server.directory / "input").mkdir(exist_ok=True)
    link = server.directory / "input" / "link.png"
    if not link.is_symlink():
        link.symlink_to(server.directory.parent / "there.png")
    patterns = ("../../{}", "..%2f..%2f{}", "%2e%2e/%2e%2e/{}", str(server.directory.parent) + "/{}", "..%5c..%5c{}")
    for method, path in ROUTES:
        if method != "GET" or (path.startswith("/api/") and not path.startswith("/api/v1/")):
            continue
        plain = _fill(path, "x")
        for pattern in patterns:
            answers = [
                (status, kind, body.replace(name.encode(), b"NAME"))
                for name in ("there.png", "gone8.png")
                for word in [pattern.format(name)]
                for target in [
                    _fill(path, quote(word, safe="%"))
                    if "{" in path
                    else f"{plain}?filename={word}&dir={word}&subfolder=&type=input"
                ]
                for status, kind, body in [line.ask("GET", target)]
            ]
            assert len(answers) == 2
            assert all(b"canary-7291" not in body for _, _, body in answers), (path, pattern)
            if "/history" not in path and "/logs" not in path and "stats" not in path and "/v1/" not in path:
                assert answers[0][0] == answers[1][0], (path, pattern, answers)
    for name in ("link.png", "link.png [input]", "x [output]"):
        status, _, body = line.ask("GET", f"/view?filename={quote(name)}&type=input")
        assert status in (400, 404)
        assert b"canary" not in body


FOREIGN = (
    {"Host": "evil.example"},
    {"Host": "127.0.0.1.evil.example:8188"},
    {"Host": "localhost.:8188"},
    {"Host": "localhost.evil.example"},
    {"Host": ""},
    {"Origin": "null"},
    {"Origin": "http://evil.example"},
    {"Origin": "http://127.0.0.1.evil.example"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "file://"},
)


def test_strangers_are_refused_on_every_route(server: RealServer) -> None:
    """Foreign hosts and origins get nothing, from sockets neither; nor do pages of other sites."""
    line = Line(server)
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    for method, path in ROUTES:
        target = _fill(path, "x")
        more = {**upgrade, "Sec-WebSocket-Key": "MDEyMzQ1Njc4OTAxMjM0NQ=="} if path.endswith("/ws") else {}
        for headers in FOREIGN:
            assert line.ask(method, target, {**more, **headers})[0] == 403, (method, target, headers)
        site = {**more, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
        assert line.ask(method, target, site)[0] == 403, (method, target)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        headers = {"Content-Type": kind, "Sec-Fetch-Site": "same-origin"}
        assert line.ask("POST", "/prompt", headers, b"{}")[0] == 415


def test_open_to_others_every_route_asks_for_the_token(tmp_path: Path) -> None:
    with RealServer(tmp_path, "--listen", "0.0.0.0") as server:
        address, token = server.address.split("/?token=")
        server.address = f"http://127.0.0.1:{address.rsplit(':', 1)[1]}"
        line = Line(server)
        open_paths = {"/login", "/api/v1/health", "/api/v1/ready"}
        for method, path in ROUTES:
            target = _fill(path, "x")
            status = line.ask(method, target)[0]
            if path in open_paths:
                assert status != 401 or method == "POST", path  # nothing was entered in the form
            else:
                assert status == 401, (method, path, status)
        for good in ({"Authorization": f"Bearer {token}"}, {"Cookie": ""}):
            status = line.ask("GET", "/queue" if "Authorization" in good else f"/queue?token={token}", good)[0]
            assert status == 200
        for wrong in (token[:-1], token + "x", "", "\xff"):
            assert line.ask("GET", "/queue", {"Authorization": f"Bearer {wrong}"})[0] in (401, 400)
        statuses = {line.ask("GET", f"/queue?token=wrong{place}")[0] for place in range(20)}
        assert statuses == {401, 429}
        assert line.ask("GET", "/queue", {"Authorization": f"Bearer {token}"})[0] in (200, 429)
        assert not any(token in line for line in server.lines if not line.startswith("Skein "))


@pytest.mark.parametrize(
    "field", ["prompt_id", "client_id", "number", "front", "extra_data", "partial_execution_targets"]
)
def test_fields_of_any_type(server: RealServer, field: str) -> None:
    """A wrong one is named; a right one is taken; nothing is 500 or forgotten."""
    prompt = {"1": {"class_type": "Fine", "inputs": {"text": "x"}}}
    line = Line(server)
    for value in (None, True, 7, -1, 1.5, 1e300, "", "x", "x" * 50_000, "\x00", [], [7], [None], {}, {"a": []}, ["1"]):
        body = json.dumps({"prompt": prompt, field: value}).encode()
        status, _, answer = line.ask("POST", "/prompt", {"Content-Type": "application/json"}, body)
        assert status in (200, 400, 409), (field, value, answer)
        if status == 400:
            assert field.encode() in answer or value == [], (field, value, answer)
    assert_next_runs(server)
