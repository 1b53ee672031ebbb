"""Model files: named by kind, never by their place on the disk; what they say and show of themselves."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from engine.server import model_files
from tests.engine.images.files import encode, noise, png_of_size
from tests.engine.server.fakes import FakeServer
from tests.engine.server.nasty import NAMES, outside
from tests.engine.server.raw import RawServer


def tensor_file(metadata: object, *, padding: int = 0) -> bytes:
    tensor = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
    header = json.dumps({"__metadata__": metadata, "x": tensor}).encode() + b" " * padding
    return len(header).to_bytes(8, "little") + header + bytes(4)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawServer]:
    base = tmp_path_factory.mktemp("models")
    loras, cover = base / "models/loras", base64.b64encode(encode(noise(600, 300), "JPEG")).decode()
    for folder in ("loras/sub", "embeddings", "clip", "ipadapter", "vae"):
        (base / "models" / folder).mkdir(parents=True)
    (loras / "a.safetensors").write_bytes(tensor_file({"ss_name": "a", "n": "1"}))
    (loras / "a.preview.png").write_bytes(encode(noise(), "PNG"))
    (loras / "sub/b.safetensors").write_bytes(tensor_file({"modelspec.thumbnail": f"data:image/jpeg;base64,{cover}"}))
    (loras / "covers.safetensors").write_bytes(tensor_file({"ssmd_cover_images": json.dumps(["no base 64!", cover])}))
    (loras / "plain.safetensors").write_bytes(tensor_file({}))
    (loras / "odd.safetensors").write_bytes(tensor_file([1]))
    (loras / "cut.safetensors").write_bytes(tensor_file({"a": "b"})[:20])
    (loras / "large.safetensors").write_bytes(tensor_file({"a": "b"}, padding=5_000_000))
    (loras / "pickle.ckpt").write_bytes(b"\x80\x02")
    (loras / "bomb.safetensors").write_bytes(tensor_file({"ssmd_cover_images": "[" * 100_000}))
    (loras / "bomb.png").write_bytes(png_of_size(50_000, 50_000))
    (base / "models/embeddings/style.pt").write_bytes(b"x")
    (base / "models/clip/old.safetensors").write_bytes(b"x")
    outside(base, base / "models/vae")
    with RawServer(base) as running:
        yield running


def test_kinds(server: RawServer) -> None:
    kinds = server.get("/models").json()
    assert {"checkpoints", "loras", "vae", "text_encoders", "ipadapter"} <= set(kinds)
    assert "clip" not in kinds
    assert len(kinds) == len(set(kinds))


def test_names_of_a_kind(server: RawServer) -> None:
    assert "sub/b.safetensors" in server.get("/api/models/loras").json()
    assert server.get("/models/clip").json() == server.get("/models/text_encoders").json() == ["old.safetensors"]
    assert server.get("/models/nothing").status == 404
    assert server.get("/embeddings").json() == ["style"]


def test_folders_are_named_not_placed(server: RawServer) -> None:
    folders = {one["name"]: one["folders"] for one in server.get("/experiment/models").json()}
    assert folders["loras"] == ["loras"]
    assert folders["text_encoders"] == ["text_encoders", "clip"]
    records = {one["name"]: one for one in server.get("/experiment/models/text_encoders").json()}
    assert records["old.safetensors"]["pathIndex"] == 1
    assert records["old.safetensors"]["size"] == 1
    assert str(server.directory).encode() not in server.get("/experiment/models").body


def test_paths_are_shown_to_who_asked_for_them(tmp_path: Path) -> None:
    with RawServer(tmp_path, shows_internals=True) as server:
        assert str(tmp_path).encode() in server.get("/experiment/models").body
        assert str(tmp_path).encode() in server.get("/internal/folder_paths").body


def test_what_a_file_says_about_itself(server: RawServer) -> None:
    assert server.get("/view_metadata/loras?filename=a.safetensors").json() == {"ss_name": "a", "n": "1"}


@pytest.mark.parametrize("name", ["plain", "odd", "cut", "large", "none", "pickle.ckpt", ""])
def test_metadata_that_are_not_there(server: RawServer, name: str) -> None:
    name = name if "." in name else f"{name}.safetensors"
    assert server.get(f"/view_metadata/loras?filename={name}").status == 404
    assert server.get("/view_metadata/loras").status == 404


@pytest.mark.parametrize(
    ("name", "size"),
    [("a.safetensors", (22, 17)), ("sub/b.safetensors", (512, 256)), ("covers.safetensors", (512, 256))],
)
def test_pictures_of_models(server: RawServer, name: str, size: tuple[int, int]) -> None:
    reply = server.get(f"/experiment/models/preview/loras/0/{name}")
    assert reply.headers["Content-Type"] == "image/webp"
    with Image.open(io.BytesIO(reply.body)) as picture:
        assert (picture.format, picture.size) == ("WEBP", size)


def test_large_pictures_in_headers_are_made_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few kilobytes may be a million pixels."""
    made: list[tuple[int, int]] = []
    encode_picture = model_files.encode_picture

    def watched(picture: Image.Image, *arguments: Any) -> bytes:
        made.append(picture.size)
        return encode_picture(picture, *arguments)

    monkeypatch.setattr(model_files, "encode_picture", watched)
    (tmp_path / "models/loras").mkdir(parents=True)
    for name, size in (("small", (100, 50)), ("large", (2_000, 1_000))):
        cover = base64.b64encode(encode(Image.new("RGB", size), "PNG")).decode()
        assert len(cover) < 100_000
        metadata = {"modelspec.thumbnail": f"data:image/png;base64,{cover}"}
        (tmp_path / f"models/loras/{name}.safetensors").write_bytes(tensor_file(metadata))

    async def ask() -> None:
        async with asyncio.timeout(60), FakeServer(tmp_path) as server:
            for name, size in (("small", (100, 50)), ("large", (512, 256))):
                answer = await server.client.get(f"/experiment/models/preview/loras/0/{name}.safetensors")
                with Image.open(io.BytesIO(await answer.read())) as picture:
                    assert picture.size == size

    asyncio.run(ask())
    assert made == [(100, 50)]


@pytest.mark.parametrize(
    "target",
    [
        *("loras/0/plain.safetensors", "loras/0/bomb.safetensors", "loras/0/none.safetensors", "loras/1/a.safetensors"),
        *("loras/-1/a.safetensors", "loras/x/a.safetensors", "loras/0/", "nothing/0/a.safetensors", "loras/9999999/a"),
    ],
)
def test_no_picture(server: RawServer, target: str) -> None:
    assert server.get(f"/experiment/models/preview/{target}").error["type"] == "not_found"


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_outside(server: RawServer, name: str) -> None:
    path = name.replace("/", "%2F")
    for target in (
        f"/models/{path}",
        f"/experiment/models/{path}",
        f"/view_metadata/{path}?filename=a.safetensors",
        f"/view_metadata/loras?filename={name}",
        f"/view_metadata/loras?filename={name}.safetensors",
        f"/experiment/models/preview/loras/0/{name}",
        f"/experiment/models/preview/{path}/0/a.safetensors",
        f"/experiment/models/preview/vae/0/{name}",
    ):
        reply = server.get(target)
        if reply.status == 200:  # dots that the address itself swallows: /models/. is /models
            assert name in (".", ".."), target
            continue
        assert reply.error, target
        assert str(server.directory).encode() not in reply.body


def test_the_metadata_of_every_shape_are_texts(tmp_path: Path) -> None:
    (tmp_path / "models/loras").mkdir(parents=True)
    values: dict[str, Any] = {"text": "x", "number": 3, "list": [1], "none": None}
    (tmp_path / "models/loras/m.safetensors").write_bytes(tensor_file(values))
    with RawServer(tmp_path) as server:
        assert server.get("/view_metadata/loras?filename=m.safetensors").json() == {"text": "x"}
