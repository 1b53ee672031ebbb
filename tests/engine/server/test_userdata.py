"""The user's files: kept whole, listed, moved, never deleted for good; nothing else of the disk is touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.server.nasty import NAMES, THE_FOLDER_ITSELF, outside
from tests.engine.server.raw import RawServer, Reply


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RawServer]:
    (tmp_path / "user/default").mkdir(parents=True)
    (tmp_path / "user/jobs.sqlite3").write_bytes(b"secret")
    outside(tmp_path, tmp_path / "user/default")
    with RawServer(tmp_path, max_upload_bytes=100_000) as running:
        yield running


def put(server: RawServer, name: str, content: bytes = b"{}", query: str = "") -> Reply:
    return server.ask("POST", f"/userdata/{quote(name, safe='')}{query}", content)


def read(server: RawServer, name: str) -> Reply:
    return server.get(f"/userdata/{quote(name, safe='')}")


def trashed(server: RawServer) -> list[bytes]:
    trash = server.directory / "user/default/.trash"
    return [path.read_bytes() for path in sorted(trash.rglob("*")) if path.is_file()]


def test_what_is_written_is_read(server: RawServer) -> None:
    assert put(server, "workflows/a b.json", b'{"x": 1}').json() == "workflows/a b.json"
    reply = read(server, "workflows/a b.json")
    assert (reply.status, reply.body) == (200, b'{"x": 1}')
    assert (server.directory / "user/default/workflows/a b.json").read_bytes() == b'{"x": 1}'
    assert server.get("/api/userdata/workflows%2Fa%20b.json").body == b'{"x": 1}'


@given(st.binary(max_size=2000))
def test_any_bytes_come_back(shared: RawServer, content: bytes) -> None:
    put(shared, "bytes.bin", content)
    assert read(shared, "bytes.bin").body == content


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawServer]:
    with RawServer(tmp_path_factory.mktemp("shared")) as running:
        yield running


def test_overwriting_is_asked_for(server: RawServer) -> None:
    put(server, "a.json", b"1")
    refused = put(server, "a.json", b"2", "?overwrite=false")
    assert (refused.status, refused.error["type"]) == (409, "file_exists")
    assert read(server, "a.json").body == b"1"
    info = put(server, "a.json", b"234", "?full_info=true").json()
    assert (info["path"], info["size"]) == ("a.json", 3)
    assert isinstance(info["modified"], float)


def test_deleting_moves_to_the_trash(server: RawServer) -> None:
    put(server, "w/a.json", b"precious")
    assert server.ask("DELETE", "/userdata/w%2Fa.json").status == 204
    assert read(server, "w/a.json").status == 404
    assert trashed(server) == [b"precious"]
    assert server.ask("DELETE", "/userdata/w%2Fa.json").error
    assert server.ask("DELETE", "/userdata/w").status == 404
    assert server.get("/userdata?dir=.&recurse=true").json() == []


def test_moving(server: RawServer) -> None:
    put(server, "a.json", b"1")
    assert server.ask("POST", "/userdata/a.json/move/b%2Fc.json").json() == "b/c.json"
    assert read(server, "a.json").status == 404
    put(server, "d.json", b"2")
    refused = server.ask("POST", "/userdata/d.json/move/b%2Fc.json?overwrite=false")
    assert refused.status == 409
    assert server.ask("POST", "/userdata/d.json/move/b%2Fc.json?full_info=true").json()["size"] == 1
    assert read(server, "b/c.json").body == b"2"
    assert trashed(server) == [b"1"]
    assert server.ask("POST", "/userdata/none.json/move/x.json").status == 404


def test_files_and_folders_do_not_take_each_others_place(server: RawServer) -> None:
    put(server, "folder/a.json", b"1")
    assert put(server, "folder", b"2").status == 409
    assert put(server, "folder/a.json/b.json", b"2").status == 409
    put(server, "b.json")
    assert server.ask("POST", "/userdata/b.json/move/folder").status == 409
    assert server.ask("POST", "/userdata/b.json/move/folder%2Fa.json%2Fc").status == 409
    assert read(server, "folder/a.json").body == b"1"


def test_lists(server: RawServer) -> None:
    for name in ("w/a.json", "w/b/c.json", "w/.index.json", "other.json"):
        put(server, name)
    assert read(server, "w/.index.json").status == 200
    assert server.get("/userdata?dir=w").json() == ["a.json"]
    assert server.get("/userdata?dir=w&recurse=true").json() == ["a.json", "b/c.json"]
    assert server.get("/userdata?dir=w&recurse=true&split=true").json() == [
        ["a.json", "a.json"],
        ["b/c.json", "b", "c.json"],
    ]
    full = server.get("/userdata?dir=w&recurse=true&full_info=true").json()
    assert [set(entry) for entry in full] == [{"path", "size", "modified", "created"}] * 2
    assert [entry["path"] for entry in full] == ["a.json", "b/c.json"]
    entries = server.get("/v2/userdata?path=w").json()
    assert [(one["name"], one["path"], one["type"]) for one in entries] == [
        ("b", "w/b", "directory"),
        ("a.json", "w/a.json", "file"),
    ]
    assert {one["name"] for one in server.get("/v2/userdata").json()} == {"w", "other.json"}


def test_lists_of_nothing(server: RawServer) -> None:
    assert server.get("/userdata").status == 400
    assert server.get("/userdata?dir=").status == 400
    assert server.get("/userdata?dir=none").status == 404
    assert server.get("/v2/userdata?path=none").status == 404
    assert server.get("/userdata?dir=w&recurse=maybe").status == 400


def test_limits(server: RawServer) -> None:
    assert put(server, "big.json", bytes(100_001)).status == 413
    assert put(server, "x" * 300, b"1").status == 400
    assert read(server, "big.json").status == 404


@pytest.mark.parametrize("user", ["somebody", "../default", "DEFAULT", "x" * 5000])
def test_there_is_one_user(server: RawServer, user: str) -> None:
    for method, target in (
        ("GET", "/userdata?dir=."),
        ("GET", "/settings"),
        ("POST", "/userdata/a.json"),
        ("GET", "/users"),
    ):
        assert server.ask(method, target, b"{}" if method == "POST" else None, {"comfy-user": user}).error
    assert server.get("/userdata?dir=.", comfy_user="default").status == 200


def test_what_the_server_keeps_there_is_its_own(server: RawServer) -> None:
    server.post_json("/settings", {"a": 1})
    put(server, "thrown.json", b"away")
    server.ask("DELETE", "/userdata/thrown.json")
    (trash,) = (server.directory / "user/default/.trash").iterdir()
    for name in ("comfy.settings.json", "COMFY.settings.json", "./comfy.settings.json", "comfy.settings.json/x"):
        assert put(server, name, b"no json").status in (403, 409)
        assert server.ask("DELETE", f"/userdata/{quote(name, safe='')}").status in (403, 404)
        put(server, "mine.json")
        assert server.ask("POST", f"/userdata/mine.json/move/{quote(name, safe='')}").status in (403, 409)
    for name in (f".trash/{trash.name}/thrown.json", ".trash", ".Trash/x"):
        assert read(server, name).status in (403, 404)
        assert put(server, name).status == 403
    assert server.get("/userdata?dir=.trash").status == 403
    assert server.get("/settings").json() == {"a": 1}


@pytest.mark.parametrize("name", ["x.html", "x.svg", "x.xhtml", "x.js", "x.mjs", "x.mht", "x.xml"])
def test_what_a_browser_would_run_is_an_attachment(server: RawServer, name: str) -> None:
    put(server, name, b"<script>alert(1)</script>")
    reply = read(server, name)
    assert reply.headers["Content-Type"] == "application/octet-stream"
    assert reply.headers["Content-Disposition"].startswith("attachment")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reply.headers["Content-Security-Policy"]


def test_a_style_sheet_keeps_its_type(server: RawServer) -> None:
    put(server, "user.css", b"body {}")
    assert read(server, "user.css").headers["Content-Type"] == "text/css"


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_outside(server: RawServer, name: str) -> None:
    def below(folder: Path) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}

    put(server, "mine.json", b"mine")
    before = below(server.directory)
    path = name.replace("/", "%2F")
    for method, target in (
        ("GET", f"/userdata/{path}"),
        ("GET", f"/v2/userdata?path={name}"),
        ("GET", f"/userdata?dir={name}&recurse=true&full_info=true"),
        ("DELETE", f"/userdata/{path}"),
        ("POST", f"/userdata/{path}/move/x.json"),
        ("GET", f"/settings/{path}"),
    ):
        reply = server.ask(method, target.replace(" ", "%20"))
        assert b"secret" not in reply.body.replace(b"secret.png", b"")
        assert str(server.directory).encode() not in reply.body
        listed = target.startswith(("/v2", "/userdata?")) and name in THE_FOLDER_ITSELF
        if (not listed and not target.startswith("/settings")) or reply.status != 200:
            assert reply.error, target
    assert below(server.directory) == before
    for target in (f"/userdata/{path}?overwrite=true", f"/userdata/mine.json/move/{path}"):
        reply = server.ask("POST", target.replace("\\", "%5C"), b"written")
        assert reply.status == 200 or reply.error
    kept = {path: content for path, content in before.items() if "/user/default/" not in path}
    assert {path: content for path, content in below(server.directory).items() if "/user/default/" not in path} == kept


def test_the_same_answer_for_what_is_outside_and_what_is_nowhere(server: RawServer) -> None:
    for there, nowhere in (("..%2Fjobs.sqlite3", "..%2Fjobs.sqlite4"), ("linked%2Fsecret.png", "linked%2Fnopeno.png")):
        answers = [server.get(f"/userdata/{name}") for name in (there, nowhere)]
        assert answers[0].status == answers[1].status == 403
