"""The page: whose files, under which rules; nothing outside of its directory, no listing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.server import static
from engine.workers.messages import PackInfo
from tests.engine.server.nasty import NAMES, outside
from tests.engine.server.raw import RawServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawServer]:
    base = tmp_path_factory.mktemp("static")
    page, pack = base / "page", base / "custom_nodes" / "my-pack"
    for folder in ("assets", "extensions/core", "templates", "empty"):
        (page / folder).mkdir(parents=True)
    (pack / "js").mkdir(parents=True)
    (pack / "__init__.py").touch()
    for name, text in {
        "index.html": "<!doctype html>",
        "assets/app.js": "1",
        "assets/app.css": "body{}",
        "assets/a.png": "x",
        "assets/a.svg": "<svg/>",
        "assets/a.wasm": "x",
        "assets/a.mjs": "2",
        "assets/strange.zzz": "x",
        "extensions/core/one.js": "3",
        "templates/index.de.json": "[1]",
        ".env": "secret",
    }.items():
        (page / name).write_text(text)
    (pack / "js" / "pack.js").write_text("4")
    outside(base, page)
    with RawServer(base, front_end_root=page) as running:
        info = PackInfo(name="my-pack", standing="loads", summary="", web_directory="js")
        running.fake.dispatcher.catalog.packs = (info,)
        yield running


def test_the_page_is_never_out_of_a_cache(server: RawServer) -> None:
    for target in ("/", "/?x=1"):
        reply = server.get(target)
        assert (reply.status, reply.body) == (200, b"<!doctype html>")
        assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
        assert (reply.headers["Cache-Control"], reply.headers["Pragma"], reply.headers["Expires"]) == (
            *("no-cache", "no-cache", "0"),
        )


@pytest.mark.parametrize(
    ("name", "kind", "cache"),
    [
        ("assets/app.js", "text/javascript; charset=utf-8", "no-cache"),
        ("assets/a.mjs", "text/javascript; charset=utf-8", "no-cache"),
        ("assets/app.css", "text/css; charset=utf-8", "no-cache"),
        ("assets/a.png", "image/png", "public, max-age=86400"),
        ("assets/a.svg", "image/svg+xml", "public, max-age=86400"),
        ("assets/a.wasm", "application/wasm", "no-cache"),
        ("assets/strange.zzz", "application/octet-stream", "no-cache"),
    ],
)
def test_types_and_caches(server: RawServer, name: str, kind: str, cache: str) -> None:
    reply = server.get(f"/{name}")
    assert (reply.headers["Content-Type"], reply.headers["Cache-Control"]) == (kind, cache)
    assert server.get(f"/{name}", If_None_Match=reply.headers["ETag"]).status == 304


@pytest.mark.parametrize(
    "target", ["assets", "assets/", "empty/", ".env", "none.js", "page", "api/assets/app.js", "api/none"]
)
def test_no_listings_no_hidden_files_no_twins(server: RawServer, target: str) -> None:
    reply = server.get(f"/{target}")
    assert (reply.status, reply.error["type"]) == (404, "not_found")


def test_missing_pictures_may_be_remembered_for_an_hour(server: RawServer) -> None:
    assert server.get("/none.png").headers["Cache-Control"] == "public, max-age=3600"


def test_a_place_for_the_users_style(server: RawServer) -> None:
    for target in ("/user.css", "/api/userdata/user.css"):
        reply = server.get(target)
        assert (reply.status, reply.body) == (200, b"")
        assert reply.headers["Content-Type"].startswith("text/css")


def test_extensions(server: RawServer) -> None:
    assert server.get("/api/extensions").json() == ["/extensions/core/one.js", "/extensions/my-pack/pack.js"]
    assert server.get("/extensions/core/one.js").body == b"3"
    assert server.get("/extensions/my-pack/pack.js").body == b"4"
    assert server.get("/extensions/my-pack/..%2Fsecret.png").status == 404
    assert server.get("/extensions/none/pack.js").status == 404


def test_templates(server: RawServer) -> None:
    names = server.get("/workflow_templates").json()["skein"]
    assert "text_to_image" in names
    for name in names:
        assert "nodes" in json.loads(server.get(f"/api/workflow_templates/skein/{name}.json").body)
        assert server.get(f"/api/workflow_templates/skein/{name}.jpg").headers["Content-Type"] == "image/jpeg"
    assert server.get("/workflow_templates/other/x.json").status == 404
    assert server.get("/templates/index.json").json() == []
    assert server.get("/templates/index.de.json").body == b"[1]"
    assert server.get("/templates/none.json").status == 404


@pytest.mark.parametrize("target", ["/i18n", "/global_subgraphs", "/node_replacements"])
def test_what_is_empty(server: RawServer, target: str) -> None:
    assert server.get(target).json() == server.get(f"/api{target}").json() == {}


def test_no_such_subgraph(server: RawServer) -> None:
    assert server.get("/global_subgraphs/x").status == 404


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_outside(server: RawServer, name: str) -> None:
    for start in ("/", "/assets/", "/extensions/", "/extensions/my-pack/", "/templates/", "/workflow_templates/skein/"):
        reply = server.get(start + name)
        if start == "/" and name == ".":
            continue  # the page itself
        assert reply.error, start + name
        assert b"secret" not in reply.body.replace(b"secret.png", b"")
        assert str(server.directory).encode() not in reply.body


def test_without_a_front_end_there_is_a_page_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static, "BUILT_PAGE", tmp_path / "dist")
    with RawServer(tmp_path) as server:
        page = server.get("/").body.decode()
        assert "Skein runs" in page
        for name, kind in {"page.js": "text/javascript", "page.css": "text/css", "icon.svg": "image/svg+xml"}.items():
            assert name in page
            assert server.get(f"/{name}").headers["Content-Type"].startswith(kind)
        (tmp_path / "dist").mkdir()
        (tmp_path / "dist/index.html").write_text("built")
        assert server.get("/").body == b"built"
