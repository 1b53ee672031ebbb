"""Node types with the choices of the moment: one text, sent again as long as nothing changed."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.graph.object_info import object_info
from engine.server import validation
from engine.workers.catalog import Catalog
from tests.engine.graph.examples import REGISTRY
from tests.engine.server.nasty import NAMES
from tests.engine.server.raw import RawServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RawServer]:
    (tmp_path / "models/checkpoints").mkdir(parents=True)
    (tmp_path / "models/checkpoints/a.safetensors").write_bytes(b"x")
    with RawServer(tmp_path) as running:
        yield running


def test_every_node_type_is_there_as_the_engine_describes_it(server: RawServer) -> None:
    def files(folder: str) -> list[str]:
        return ["a.safetensors"] if folder == "checkpoints" else []

    wanted = {one.type: object_info(one, files) for one in REGISTRY}
    assert server.get("/object_info").json() == json.loads(json.dumps(wanted))
    for name, record in wanted.items():
        assert server.get(f"/api/object_info/{name}").json() == json.loads(json.dumps({name: record}))


def test_an_unknown_type_gives_nothing(server: RawServer) -> None:
    reply = server.get("/object_info/NoSuchNode")
    assert (reply.status, reply.json()) == (200, {})


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_answered(server: RawServer, name: str) -> None:
    reply = server.get(f"/object_info/{name.replace('/', '%2F')}")
    assert (reply.status, reply.body) == (200, b"{}") or reply.error


def test_who_has_it_gets_nothing(server: RawServer) -> None:
    for target in ("/object_info", "/object_info/Draw"):
        etag = server.get(target).headers["ETag"]
        again = server.get(target, If_None_Match=etag)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["ETag"] == etag
        assert server.get(target, If_None_Match='"other"').status == 200


def test_it_is_packed_for_those_who_can_unpack(server: RawServer) -> None:
    plain, packed = server.get("/object_info"), server.get("/object_info", Accept_Encoding="gzip, deflate")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert packed.headers["ETag"] == plain.headers["ETag"]
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_it_is_packed_once(tmp_path: Path) -> None:
    with RawServer(tmp_path, compresses=True) as server:
        plain, packed = server.get("/object_info"), server.get("/object_info", Accept_Encoding="gzip")
        assert gzip.decompress(packed.body) == plain.body


def test_new_files_and_new_declarations_are_seen(server: RawServer) -> None:
    def choices() -> list[str]:
        return server.get("/object_info").json()["Draw"]["input"]["required"]["model"][0]

    assert choices() == ["a.safetensors"]
    etag = server.get("/object_info").headers["ETag"]
    (server.directory / "models/checkpoints/b.safetensors").write_bytes(b"x")
    assert choices() == ["a.safetensors", "b.safetensors"]
    assert server.get("/object_info").headers["ETag"] != etag
    catalog = server.fake.dispatcher.catalog
    assert catalog.registry is not None
    catalog.registry = type(catalog.registry)([one for one in catalog.registry if one.type != "Value"])
    catalog.etag = "another"
    assert "Value" not in server.get("/object_info").json()


def test_it_is_written_once(server: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
    first = server.get("/object_info")

    def refuse(*_: object) -> None:
        raise AssertionError("It was written again.")

    monkeypatch.setattr(Catalog, "object_info", refuse)
    assert server.get("/object_info").body == first.body


def test_without_a_worker_it_is_told_after_a_while(server: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "READY_TIMEOUT_S", 0.05)
    server.fake.dispatcher.catalog.registry = None
    for target in ("/object_info", "/object_info/Draw"):
        reply = server.get(target)
        assert (reply.status, reply.error["type"]) == (503, "worker_unavailable")
