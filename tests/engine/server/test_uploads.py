"""Uploads: what is brought in is what it says, lies where it says, and is whole; nothing else changes on the disk."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from engine.images.metadata import read_metadata
from engine.server.refusal import Refusal
from engine.server.uploads import remove_old_parts, split_upload_name
from tests.engine.images.files import encode, noise, png_of_size
from tests.engine.server.nasty import NAMES, outside
from tests.engine.server.raw import RawServer

PNG = encode(noise(), "PNG")
OTHER = encode(noise(seed=1), "PNG")
LIMIT = 300_000

HEADS = {
    ".mp3": b"ID3\x04",
    ".wav": b"RIFF\x24\0\0\0WAVEfmt ",
    ".flac": b"fLaC",
    ".ogg": b"OggS",
    ".m4a": b"\0\0\0\x20ftypM4A ",
    ".mp4": b"\0\0\0\x20ftypisom",
    ".mov": b"\0\0\0\x08wide",
    ".webm": b"\x1a\x45\xdf\xa3",
    ".avi": b"RIFF\x24\0\0\0AVI LIST",
    ".glb": b"glTF\2\0\0\0",
    ".gltf": b'{"asset": {}}',
    ".obj": b"# a cube\nv 0 0 0\n",
    ".stl": b"solid cube".ljust(90),
    ".latent": (20).to_bytes(8, "little") + b'{"latent_tensor":{}}',
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawServer]:
    base = tmp_path_factory.mktemp("uploads")
    for folder in ("input/sub", "output", "temp"):
        (base / folder).mkdir(parents=True)
    outside(base, base / "input")
    with RawServer(base, max_upload_bytes=LIMIT) as running:
        yield running


def everything(base: Path) -> dict[str, bytes]:
    """What lies below a directory, links not followed."""
    return {
        str(path.relative_to(base)): path.read_bytes()
        for path in sorted(base.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


# -- what is taken ---------------------------------------------------------------------------------------------------


def test_a_picture_lies_where_the_reply_says(server: RawServer) -> None:
    reply = server.post_form("/upload/image", "cat.png", PNG)
    assert (reply.status, reply.json()) == (200, {"name": "cat.png", "subfolder": "", "type": "input"})
    assert (server.directory / "input/cat.png").read_bytes() == PNG
    assert server.get("/view?filename=cat.png&type=input").body == PNG


def test_the_same_contents_are_one_file_and_others_get_a_number(server: RawServer) -> None:
    names = [
        server.post_form("/api/upload/image", "same.png", content).json()["name"]
        for content in (PNG, PNG, OTHER, OTHER)
    ]
    assert names == ["same.png", "same.png", "same (1).png", "same (1).png"]


def test_overwrite_replaces(server: RawServer) -> None:
    for content in (PNG, OTHER):
        reply = server.post_form("/upload/image", "over.png", content, overwrite="true")
        assert reply.json()["name"] == "over.png"
    assert (server.directory / "input/over.png").read_bytes() == OTHER


def test_type_and_subfolder(server: RawServer) -> None:
    reply = server.post_form("/upload/image", "a.png", PNG, type="temp", subfolder="x/y\\z")
    assert reply.json() == {"name": "a.png", "subfolder": "x/y/z", "type": "temp"}
    assert (server.directory / "temp/x/y/z/a.png").read_bytes() == PNG
    assert server.post_form("/upload/image", "b.png", PNG, type="output").json()["type"] == "output"


@pytest.mark.parametrize("suffix", sorted(HEADS))
def test_sounds_films_and_models_are_taken_if_they_are_some(server: RawServer, suffix: str) -> None:
    assert server.post_form("/upload/image", f"x{suffix}", HEADS[suffix] + b"\0" * 8).status in (200, 400)
    assert server.post_form("/upload/image", f"ok{suffix}", HEADS[suffix]).status == 200
    assert server.post_form("/upload/image", f"bad{suffix}", b"<html><script>alert(1)</script></html>").error


def test_a_jpeg_that_is_called_png_is_a_picture_all_the_same(server: RawServer) -> None:
    assert server.post_form("/upload/image", "photo.png", encode(noise(), "JPEG")).status == 200


# -- what is not -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("page.html", b"<html>", "none of"),
        ("x.svg", b"<svg/>", "none of"),
        ("x.js", b"alert(1)", "none of"),
        ("x.py", b"print()", "none of"),
        ("x", PNG, "none of"),
        ("x.png", b"<html>", "not a picture"),
        ("x.png", b"", "empty"),
        ("x.png", PNG[:-40], "truncated"),
        ("x.png", png_of_size(40_000, 40_000), "pixels"),
        ("x.png.html", PNG, "none of"),
        ("x.png [output]", PNG, "none of"),
    ],
)
def test_what_is_not_what_it_says_is_refused_and_leaves_nothing(
    server: RawServer, name: str, content: bytes, says: str
) -> None:
    before = everything(server.directory)
    assert says in server.post_form("/upload/image", name, content).error["message"]
    assert everything(server.directory) == before


def test_large_files_are_refused_before_they_are_stored(server: RawServer) -> None:
    before = everything(server.directory)
    reply = server.post_form("/upload/image", "big.png", PNG + bytes(LIMIT))
    assert reply.status == 413
    assert "--max-upload-size" in reply.error["message"]
    assert everything(server.directory) == before


WITH_BOUNDARY = "multipart/form-data; boundary=b"


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("", b"", 415),
        ("multipart/form-data", b"x", 400),
        (WITH_BOUNDARY, b"", 400),
        (WITH_BOUNDARY, b"--b\r\n", 400),
        (WITH_BOUNDARY, b"--b\r\nContent-Disposition: form-data; name=image; filename=x.png\r\n\r\nabc", 400),
        (WITH_BOUNDARY, b"no boundary at all" * 100, 400),
        (WITH_BOUNDARY, b"--b\r\nbroken header\r\n\r\nabc\r\n--b--\r\n", 400),
        (WITH_BOUNDARY, b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c--\r\n--b--\r\n", 400),
        ("multipart/form-data; boundary=" + "b" * 500, b"--b--\r\n", 400),
    ],
)
def test_forms_that_are_none(server: RawServer, content_type: str, body: bytes, status: int) -> None:
    before = everything(server.directory)
    reply = server.ask("POST", "/upload/image", body, {"Content-Type": content_type} if content_type else None)
    assert reply.status == status, reply.body
    assert reply.error
    assert everything(server.directory) == before


def test_an_upload_that_breaks_off_leaves_nothing(server: RawServer) -> None:
    before = everything(server.directory)
    head = f"POST /upload/image HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: {WITH_BOUNDARY}\r\n"
    part = b'--b\r\nContent-Disposition: form-data; name="image"; filename="x.png"\r\n\r\n' + PNG
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head.encode() + b"Content-Length: 100000\r\n\r\n" + part)
        for _ in range(1_000):
            if everything(server.directory).keys() != before.keys():  # it has begun
                break
            time.sleep(0.01)
    for _ in range(1_000):
        if everything(server.directory) == before:
            break
        time.sleep(0.01)
    assert everything(server.directory) == before


@pytest.mark.parametrize(
    "texts",
    [{"type": "models"}, {"type": "\0"}, {"subfolder": "x" * 3000}, {"subfolder": "a\nb"}, {"type": "x" * 100_000}],
)
def test_bad_fields(server: RawServer, texts: dict[str, str]) -> None:
    assert server.post_form("/upload/image", "a.png", PNG, **texts).error


def test_no_file_no_name_two_files_too_many_fields(server: RawServer) -> None:
    assert server.post_form("/upload/image", type="input").error["type"] == "no_file"
    assert server.post_form("/upload/image", "", PNG).error["type"] == "no_file"
    assert server.post_form("/upload/image", "a.png", PNG, field="picture").error["type"] == "no_file"
    many = server.post_form("/upload/image", "a.png", PNG, **{f"f{i}": "x" for i in range(80)})
    assert "more than 50 fields, a fixed limit" in many.error["message"]


def test_what_is_too_long_is_told_the_limit(server: RawServer) -> None:
    long = server.post_form("/upload/image", "a.png", PNG, original_ref="x" * 100_000)
    assert (long.status, "65536 bytes, a fixed limit" in long.error["message"]) == (413, True)
    for named in ({"filename": "x" * 250 + ".png"}, {"filename": "a.png", "subfolder": "x" * 250}):
        reply = server.post_form("/upload/image", content=PNG, **named)
        assert (reply.status, "200 bytes, a fixed limit" in reply.error["message"]) == (400, True)


def test_a_folder_or_a_file_in_the_way(server: RawServer) -> None:
    (server.directory / "input/folder.png").mkdir(exist_ok=True)
    assert server.post_form("/upload/image", "folder.png", PNG).json()["name"] == "folder (1).png"
    assert server.post_form("/upload/image", "folder.png", PNG, overwrite="1").json()["name"] == "folder (1).png"
    server.post_form("/upload/image", "file.png", PNG)
    assert server.post_form("/upload/image", "a.png", PNG, subfolder="file.png").status == 409
    assert server.post_form("/upload/image", "a.png", PNG, subfolder="file.png/deeper").status == 409


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_written_outside(server: RawServer, name: str) -> None:
    plain = unquote(name, errors="surrogateescape").replace('"', "").replace("\r", "").replace("\n", "")
    watched = everything(server.directory)
    for reply in (
        server.post_form("/upload/image", plain, PNG, overwrite="true"),
        server.post_form("/upload/image", f"{plain}.png", PNG, overwrite="true"),
        server.post_form("/upload/image", "a.png", PNG, overwrite="true", subfolder=plain),
        server.post_form("/upload/image", "a.png", PNG, overwrite="true", type=plain),
        server.post_form("/upload/mask", "a.png", PNG, original_ref=json.dumps({"filename": plain, "type": "input"})),
    ):
        assert reply.status == 200 or reply.error
    after = everything(server.directory)
    assert {path: content for path, content in after.items() if not path.startswith("input")} == {
        path: content for path, content in watched.items() if not path.startswith("input")
    }
    assert not any(path.endswith(".part") for path in after)


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_cleaned_name_is_one_name_in_one_folder(folder: str, name: str) -> None:
    try:
        subfolder, cleaned = split_upload_name(folder, name)
    except Refusal:
        return
    assert "/" not in cleaned
    assert "\\" not in cleaned
    for part in (*filter(None, subfolder.split("/")), cleaned):
        assert part not in (".", "..")
        assert not part.startswith(".")
        assert not set(part) & set('<>:"|?*\0')
        assert part == part.strip()


# -- masks -----------------------------------------------------------------------------------------------------------


def mask_form(server: RawServer, reference: object, mask: bytes, **texts: str):
    text = reference if isinstance(reference, str) else json.dumps(reference)
    return server.post_form("/upload/mask", "masked.jpg", mask, original_ref=text, **texts)


def test_a_mask_becomes_the_transparency_of_the_original_which_keeps_its_texts(server: RawServer) -> None:
    texts = PngInfo()
    texts.add_text("prompt", '{"1": {}}')
    texts.add_text("note", "grün 猫")
    original = noise(16, 8)
    (server.directory / "output/made.png").write_bytes(encode(original, "PNG", pnginfo=texts))
    mask = noise(16, 8, 4, seed=5)
    reply = mask_form(server, {"filename": "made.png", "type": "output"}, encode(mask, "PNG"), subfolder="clipspace")
    assert reply.json() == {"name": "masked.png", "subfolder": "clipspace", "type": "input"}
    path = server.directory / "input/clipspace/masked.png"
    with Image.open(path) as made:
        pixels = np.asarray(made)
    assert np.array_equal(pixels[..., :3], np.asarray(original))
    assert np.array_equal(pixels[..., 3], np.asarray(mask)[..., 3])
    assert read_metadata(path) == {"prompt": '{"1": {}}', "note": "grün 猫"}


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "no json",
        "[" * 100_000,
        "[]",
        "3",
        "null",
        {},
        {"filename": 3},
        {"filename": ""},
        {"filename": "missing.png"},
        {"filename": "made.png", "type": "models"},
        {"filename": "made.png", "type": 7},
        {"filename": "made.png", "subfolder": ["x"]},
        {"filename": "made.png", "subfolder": "../output"},
        {"filename": "../secret.png", "type": "input"},
        {"filename": "link.png", "type": "input"},
    ],
)
def test_a_bad_original_is_refused_and_nothing_is_written(server: RawServer, reference: object) -> None:
    before = everything(server.directory)
    assert mask_form(server, reference, encode(noise(16, 8, 4), "PNG")).error
    assert everything(server.directory) == before


def test_a_mask_of_another_size_or_none_is_refused(server: RawServer) -> None:
    (server.directory / "output/made.png").write_bytes(encode(noise(16, 8), "PNG"))
    reference = {"filename": "made.png"}
    assert "16" in mask_form(server, reference, encode(noise(8, 8, 4), "PNG")).error["message"]
    assert "the mask" in mask_form(server, reference, b"<html>").error["message"]
    assert server.post_form("/upload/mask", "m.png", PNG).error


def test_what_a_killed_server_left_is_removed(tmp_path: Path) -> None:
    names = [f".{'a' * 16}.part", f".{'b' * 16}.part", ".mine.part", "x.png"]
    for name in names:
        (tmp_path / name).write_bytes(b"x")
        if name != names[1]:
            os.utime(tmp_path / name, (1_000_000, 1_000_000))
    remove_old_parts(tmp_path)
    remove_old_parts(tmp_path / "none")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:])
