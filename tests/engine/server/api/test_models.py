"""The model library: what each file is, what it says of itself and what it looks like; nothing but model files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from engine.provenance import open_hashes
from tests.engine.images.files import encode, noise
from tests.engine.server.api.checked import Api, with_api

UNET = {
    "model.diffusion_model.input_blocks.0.0.weight": [320, 4, 3, 3],
    "model.diffusion_model.middle_block.1.transformer_blocks.0.attn2.to_k.weight": [1280, 768],
}


def tensor_file(metadata: Any, shapes: dict[str, Any]) -> bytes:
    tensors = {name: {"dtype": "F16", "shape": shape, "data_offsets": [0, 0]} for name, shape in shapes.items()}
    header = json.dumps({"__metadata__": metadata, **tensors}).encode()
    return len(header).to_bytes(8, "little") + header + bytes(4)


def fill(api: Api) -> Path:
    folder = api.settings.directory("models") / "checkpoints"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub/a.safetensors").write_bytes(tensor_file({"modelspec.title": "A", "long": "x" * 9000}, UNET))
    (folder / "sub/a.preview.jpg").write_bytes(encode(noise(900, 300), "JPEG"))
    (folder / "b.ckpt").write_bytes(b"\x80\x02")
    (folder / "cut.safetensors").write_bytes(b"<html>")
    (folder / "odd.safetensors").write_bytes(tensor_file({"a": 1}, {"x": "no list", "y": [-1], "z": [2**60]}))
    (folder / "notes.md").write_text("secret")
    (folder.parent / "secret.safetensors").write_bytes(tensor_file({}, UNET))
    return folder


@with_api()
async def test_each_file_says_what_it_is(api: Api) -> None:
    path = fill(api) / "sub/a.safetensors"
    listed = (await api.get("/models", params={"kind": "checkpoints"}))["folders"][0]["files"]
    assert {one["name"]: one["has_picture"] for one in listed} == {
        "b.ckpt": False,
        "cut.safetensors": False,
        "odd.safetensors": False,
        "sub/a.safetensors": True,
    }
    shown = await api.get("/models/checkpoints/sub%2Fa.safetensors")
    assert (shown["family"], shown["tensors"], shown["dtypes"]) == ("Stable Diffusion 1", 2, ["F16"])
    assert shown["parameters"] == 320 * 4 * 9 + 1280 * 768
    assert shown["metadata"]["modelspec.title"] == "A"
    assert len(shown["metadata"]["long"]) < 9000
    assert (shown["sha256"], shown["size_bytes"]) == (None, os.path.getsize(path))
    digest, _ = open_hashes(api.settings).sha256(path)
    assert (await api.get("/models/checkpoints/sub%2Fa.safetensors"))["sha256"] == digest


@with_api()
async def test_files_that_cannot_be_looked_into_are_there_all_the_same(api: Api) -> None:
    fill(api)
    pickled = await api.get("/models/checkpoints/b.ckpt")
    assert (pickled["family"], pickled["tensors"], pickled["problem"]) == ("", None, "")
    assert "cut off" in (await api.get("/models/checkpoints/cut.safetensors"))["problem"]
    assert (await api.get("/models/checkpoints/odd.safetensors"))["metadata"] == {}


@with_api()
async def test_a_picture_is_made_small(api: Api) -> None:
    fill(api)
    async with api.client.get("/api/v1/models/checkpoints/sub%2Fa.safetensors/picture") as response:
        assert (response.status, response.content_type) == (200, "image/webp")
        assert (await response.read())[8:12] == b"WEBP"
    await api.refused("GET", "/models/checkpoints/b.ckpt/picture", 404, "b.ckpt")


@with_api()
async def test_nothing_but_model_files_is_there(api: Api) -> None:
    fill(api)
    for name in ("notes.md", "..%2Fsecret.safetensors", "%2Fetc%2Fpasswd", "sub", ".%2Fb.ckpt", "none.safetensors"):
        await api.refused("GET", f"/models/checkpoints/{name}", 404)
        await api.refused("GET", f"/models/checkpoints/{name}/picture", 404)
    await api.refused("GET", "/models/nothing/a.safetensors", 404, "nothing")
