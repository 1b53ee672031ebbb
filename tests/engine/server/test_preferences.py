"""Settings: any JSON object, whatever clients send; a damaged file is set aside; one user."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.server import preferences
from tests.engine.server.raw import RawServer

FILE = "user/default/comfy.settings.json"
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
IDS = st.text(st.characters(min_codepoint=33, exclude_characters="\x7f", exclude_categories=["Cs"]), min_size=1)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RawServer]:
    with RawServer(tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawServer]:
    with RawServer(tmp_path_factory.mktemp("settings")) as running:
        yield running


def test_settings_are_merged(server: RawServer) -> None:
    assert server.get("/settings").json() == {}
    assert server.get("/settings/Comfy.Locale").json() is None
    assert server.post_json("/settings", {"a": 1, "b": [2]}).status == 200
    assert server.post_json("/api/settings/Comfy.Locale", "de").status == 200
    assert server.post_json("/settings/a", None).status == 200
    assert server.get("/api/settings").json() == {"a": None, "b": [2], "Comfy.Locale": "de"}
    assert json.loads((server.directory / FILE).read_text()) == server.get("/settings").json()


@given(IDS.filter(lambda name: name not in (".", "..")), VALUES)
def test_every_value_comes_back(shared: RawServer, name: str, value: Any) -> None:
    target = f"/settings/{quote(name, safe='')}"
    assert shared.post_json(target, value).status == 200
    assert shared.get(target).json() == value
    assert shared.get("/settings").json()[name] == value


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"3", b"null", b'"x"', b"{", b'{"a": NaN}', b'{"a": "\\ud800"}', b"\xff", b"[" * 5000]
)
def test_wrong_shapes_are_refused_and_change_nothing(server: RawServer, body: bytes) -> None:
    server.post_json("/settings", {"kept": 1})
    assert server.ask("POST", "/settings", body, {"Content-Type": "application/json"}).error
    assert server.get("/settings").json() == {"kept": 1}


@pytest.mark.parametrize("name", ["x" * 600, "a%00b", "a%0Ab"])
def test_ids_have_limits(server: RawServer, name: str) -> None:
    assert server.post_json(f"/settings/{name}", 1).error
    assert server.get("/settings").json() == {}


def test_all_together_have_a_limit(server: RawServer) -> None:
    assert server.post_json("/settings/a", "x" * 9_000_000).status == 413
    assert server.get("/settings").json() == {}


def test_there_may_be_ten_thousand_and_no_more(server: RawServer) -> None:
    many = {f"s{place}": place for place in range(10_001)}
    reply = server.post_json("/settings", many)
    assert reply.status == 413
    assert "10000" in reply.error["message"]
    assert server.get("/settings").json() == {}
    del many["s10000"]
    assert server.post_json("/settings", many).status == 200
    assert server.post_json("/settings/one-more", 1).status == 413
    assert server.post_json("/settings/s7", "again").status == 200
    assert server.get("/settings").json() == {**many, "s7": "again"}


def test_large_settings_are_texts_and_nobody_waits_for_them(server: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are looked through in threads, never become values, and go out piece by piece."""
    threads: set[int] = set()

    def watch(name: str) -> None:
        function = getattr(preferences, name)

        def watched(*arguments: Any, **named: Any) -> Any:
            threads.add(threading.get_ident())
            return function(*arguments, **named)

        monkeypatch.setattr(preferences, name, watched)

    large = {f"s{place}": [place] * 500 for place in range(300)}
    assert len(json.dumps(large)) > 2**19
    (server.directory / FILE).parent.mkdir(parents=True)
    (server.directory / FILE).write_text(json.dumps({"kept": large}, indent=3))
    for name in ("read_settings", "_write", "_merge"):
        watch(name)
    assert server.post_json("/settings", large).status == 200
    monkeypatch.setattr(json, "loads", None)  # nor does anybody use the reader that keeps others waiting
    replies = [server.get("/settings"), server.get("/settings/kept"), server.get("/settings/s3")]
    monkeypatch.undo()
    assert [reply.json() for reply in replies] == [{"kept": large, **large}, large, large["s3"]]
    assert [reply.headers["Transfer-Encoding"] for reply in replies] == ["chunked", "chunked", None]
    loop: Any = server._loop  # pyright: ignore[reportPrivateUsage]
    assert threads
    assert loop._thread_id not in threads


@pytest.mark.parametrize(
    "content",
    [b"", b"{broken", b"[1, 2]", b"\xff\xfe", b"null", b"[" * 100_000, b'{"a": "\xff"}', b'{"a": NaN}', b'{"a": 1} x'],
)
def test_a_damaged_file_is_set_aside(server: RawServer, content: bytes) -> None:
    path = server.directory / FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert server.get("/settings").json() == {}
    assert server.post_json("/settings", {"a": 1}).status == 200
    assert server.get("/settings").json() == {"a": 1}
    (aside,) = path.parent.glob("comfy.settings.damaged-*")
    assert aside.read_bytes() == content


def test_a_folder_in_its_place_is_told(server: RawServer) -> None:
    (server.directory / FILE).mkdir(parents=True)
    assert server.get("/settings").status == 507
    assert server.post_json("/settings", {"a": 1}).status == 507
    assert server.get("/settings").error


def test_many_changes_at_once_are_all_kept(server: RawServer) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda index: server.post_json(f"/settings/s{index}", index), range(40)))
    assert server.get("/settings").json() == {f"s{index}": index for index in range(40)}


def test_one_user(server: RawServer) -> None:
    assert server.get("/users").json() == {"storage": "server", "migrated": True}
    assert server.post_json("/users", {"username": "default"}).error["message"] == "Duplicate username."
    assert server.post_json("/users", {"username": "me"}).status == 403
    assert server.post_json("/users", {}).status == 400
    assert server.post_json("/users", {"username": 3}).status == 400
