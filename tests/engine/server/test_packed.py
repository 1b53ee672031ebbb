"""What is large without looking so: packed texts, parts of forms, pictures of many parts. The server reads none."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from engine.errors import FileError
from engine.images import containers
from engine.images.containers import PNG_SIGNATURE
from engine.images.frames import check_picture, measure_picture
from engine.images.metadata import scan_texts
from engine.server import uploads
from engine.server.canvas import facts
from engine.server.canvas.facts import ALL, LITTLE, facts_of, read_facts
from engine.server.canvas.state import CANVAS
from engine.server.heavy import THREAD_BYTES
from engine.server.uploads import _ApplyMask  # pyright: ignore[reportPrivateUsage]
from engine.server.work import Known
from tests.engine.images.files import encode, noise
from tests.engine.server.fakes import VALUE, FakeServer
from tests.engine.server.watching import refuse_large

NOTE = "x" * 2 * THREAD_BYTES


def _talk(talk: Callable[[FakeServer], Awaitable[None]], **options: Any) -> None:
    async def run() -> None:
        async with asyncio.timeout(300), FakeServer(**options) as server:
            await talk(server)

    asyncio.run(run())


def _form(**parts: Any) -> FormData:
    """A form: bytes become files of the name before them, texts stay what they are, other values become JSON."""
    data = FormData(default_to_multipart=True)
    for name, value in parts.items():
        match value:
            case (str(filename), bytes(content)):
                data.add_field(name, io.BytesIO(content), filename=filename, content_type="application/octet-stream")
            case str():
                data.add_field(name, value)
            case _:
                data.add_field(name, io.BytesIO(json.dumps(value).encode()), content_type="application/json")
    return data


def _picture(**texts: Any) -> bytes:
    """A PNG that carries these texts, packed."""
    info, file = PngInfo(), io.BytesIO()
    for key, value in texts.items():
        info.add_text(key, json.dumps(value), zip=True)
    Image.new("RGB", (2, 2)).save(file, "PNG", pnginfo=info)
    return file.getvalue()


@pytest.fixture
def small_only(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """As in `test_heavy`."""
    return refuse_large(monkeypatch)


# -- bodies ------------------------------------------------------------------------------------------------------------


def test_parts_of_forms_count_as_much_as_their_file(small_only: list[int]) -> None:
    extra = {"extra_pnginfo": {"note": NOTE}}
    inputs = {f"1.{number}": "x" * 100 for number in range(THREAD_BYTES // 100)}

    async def talk(server: FakeServer) -> None:
        file = ("small.json", json.dumps(VALUE).encode())
        for path, parts, status in (
            ("jobs", {"extra_data": extra}, 201),
            ("jobs", {"inputs": inputs}, 400),
            ("workflows/validate", {"inputs": inputs}, 400),
            ("convert", {"inputs": inputs}, 400),
        ):
            answer = await server.client.post(f"/api/v1/{path}", data=_form(file=file, **parts))
            assert answer.status == status, (path, (await answer.text())[:500])
        assert all(size <= THREAD_BYTES for size in small_only)

    _talk(talk)


def test_json_in_forms_and_files_is_bounded_as_json_is() -> None:
    async def talk(server: FakeServer) -> None:
        large = json.dumps({**VALUE, "note": "x" * 60_000}).encode()
        small = ("small.json", json.dumps(VALUE).encode())
        for data in (
            _form(file=small, extra_data={"a": "x" * 60_000}),
            _form(file=small, extra_data={"a": "x" * 30_000}, inputs={"1.value": "x" * 30_000}),
            _form(file=("large.json", large)),
            large,
        ):
            headers = {"Content-Type": "application/octet-stream"} if isinstance(data, bytes) else None
            answer = await server.client.post("/api/v1/jobs", data=data, headers=headers)
            assert answer.status == 413
            assert "--max-json-size" in (await answer.json())["error"]["message"]
        picture = encode(noise(200, 200), "PNG")
        assert len(picture) > 50_000
        answer = await server.client.post("/api/v1/jobs", data=picture, headers={"Content-Type": "image/png"})
        assert "no workflow" in (await answer.json())["error"]["message"]

    _talk(talk, max_json_bytes=50_000)


def test_what_pictures_carry_packed_is_read_elsewhere(small_only: list[int]) -> None:
    picture = _picture(prompt=VALUE, workflow={"nodes": [], "links": [], "note": NOTE})
    assert len(picture) < 16 * 1024

    async def talk(server: FakeServer) -> None:
        for path, status in (("jobs", 201), ("convert", 200)):
            for data, headers in ((picture, {"Content-Type": "image/png"}), (_form(file=("a.png", picture)), None)):
                answer = await server.client.post(f"/api/v1/{path}", data=data, headers=headers)
                assert answer.status == status, (await answer.text())[:500]
        assert all(size <= THREAD_BYTES for size in small_only)

    _talk(talk)


# -- uploads -----------------------------------------------------------------------------------------------------------


def _chunk(kind: bytes) -> bytes:
    return b"\0\0\0\0" + kind + b"\0\0\0\0"


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (PNG_SIGNATURE, _chunk(b"tEXt")),
        (b"\xff\xd8\xff\xe0\0\2", b"\xff\x01"),
        (b"RIFF\xff\xff\0\0WEBP", b"EXIF\0\0\0\0"),
        (b"GIF89a" + bytes(7), b"\x21\xf9\0"),
        (b"GIF89a" + bytes(7), b"\0"),
    ],
)
def test_a_picture_of_very_many_parts_is_none(
    head: bytes, part: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containers, "MOST_PARTS", 50)
    path = tmp_path / "many"
    path.write_bytes(head + part * 200)
    for look in (check_picture, measure_picture):
        with pytest.raises(FileError, match="parts"):
            look(path, 10**6)
    scanned = scan_texts(path.read_bytes(), 1000)
    assert scanned is not None
    assert scanned.is_cut_off or head.startswith(b"GIF")


def test_large_uploads_are_looked_at_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def look(path: Path, name: str, max_pixels: int) -> None:
        looked.append(name)
        check_content(path, name, max_pixels)

    check_content = uploads.check_content
    monkeypatch.setattr(uploads, "check_content", look)
    many = PNG_SIGNATURE + _chunk(b"tEXt") * (containers.MOST_PARTS + 1)

    async def talk(server: FakeServer) -> None:
        for name, content, status in (
            ("small.png", encode(noise(), "PNG"), 200),
            ("large.bmp", encode(noise(700, 700), "BMP"), 200),
            ("many.png", many, 400),
            ("large.mp3", b"ID3\x04" + bytes(2 * THREAD_BYTES), 200),
        ):
            answer = await server.client.post("/upload/image", data=_form(image=(name, content)))
            assert answer.status == status, await answer.text()
        assert looked == ["small.png", "large.mp3"]

    _talk(talk, directory=tmp_path)


def test_masks_count_and_are_measured_before_they_are_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[str] = []

    def read(source: Path, max_pixels: int, name: str | None = None) -> Any:
        decoded.append(source.name)
        return read_first_frame(source, max_pixels, name)

    read_first_frame = uploads.read_first_frame
    monkeypatch.setattr(uploads, "read_first_frame", read)
    (tmp_path / "output").mkdir()
    original, mask = tmp_path / "output/small.png", tmp_path / "mask.png"
    original.write_bytes(encode(noise(16, 8), "PNG"))
    mask.write_bytes(encode(noise(1100, 1000), "PNG", compress_level=9))
    with pytest.raises(FileError, match="1100"):
        _ApplyMask(part=str(mask), original=str(original)).do(Known.nothing(), b"")
    assert decoded == ["small.png"]
    decoded.clear()

    async def talk(server: FakeServer) -> None:
        data = _form(original_ref='{"filename": "small.png"}', image=("mask.png", mask.read_bytes()))
        answer = await server.client.post("/upload/mask", data=data)
        assert answer.status == 400
        assert "1100" in (await answer.json())["error"]["message"]
        assert decoded == []

    _talk(talk, directory=tmp_path)


# -- the gallery -------------------------------------------------------------------------------------------------------


def test_what_pictures_of_the_gallery_tell_is_read_elsewhere(tmp_path: Path, small_only: list[int]) -> None:
    prompt = {
        "1": {"class_type": "LoadImage", "inputs": {"image": "up.png"}},
        "2": {"class_type": "Encode", "inputs": {"text": "a red fox", "note": NOTE}},
        "3": {"class_type": "Sampler", "inputs": {"seed": 7, "positive": ["2", 0]}},
    }
    for folder in ("input", "output"):
        (tmp_path / folder).mkdir()
    (tmp_path / "output/large.png").write_bytes(_picture(prompt=prompt))
    (tmp_path / "output/small.png").write_bytes(_picture(prompt={"1": prompt["3"]}))
    (tmp_path / "input/up.png").write_bytes(_picture())

    async def talk(server: FakeServer) -> None:
        _, scanner = await server.app[CANVAS].gallery()
        await scanner.look()
        page = await (await server.client.get("/api/v1/gallery?q=fox")).json()
        (item,) = page["items"]
        assert (item["name"], page["total"]) == ("large.png", 1)
        answer = await server.client.get("/api/v1/gallery/lineage?filename=large.png")
        (parent,) = (await answer.json())["parents"]
        assert (parent["node_type"], parent["file"]["filename"]) == ("LoadImage", "up.png")
        assert small_only

    _talk(talk, directory=tmp_path)


def test_how_much_of_a_file_is_read(tmp_path: Path) -> None:
    prompt = {"1": {"class_type": "Sampler", "inputs": {"seed": 7}}}
    small = _picture(prompt=prompt)
    files = {
        "packed.png": _picture(prompt=prompt, note=NOTE),
        "small.png": small,
        "none.png": PNG_SIGNATURE,
        "many.png": PNG_SIGNATURE + _chunk(b"tEXt") * LITTLE.parts + small.removeprefix(PNG_SIGNATURE),
        "too_many.png": PNG_SIGNATURE + _chunk(b"tEXt") * ALL.parts + small.removeprefix(PNG_SIGNATURE),
        "large.jpg": encode(noise(700, 700), "BMP"),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    little = {name: read_facts(tmp_path / name, LITTLE) for name in files}
    more = ["packed.png", "many.png", "too_many.png", "large.jpg"]
    assert [name for name, found in little.items() if found is None] == more
    for name in files:
        found = read_facts(tmp_path / name, ALL)
        assert found is not None
        assert (("seed", "7") in found.found) == (name in ("packed.png", "small.png", "many.png"))


def test_prompts_are_looked_for_in_bounded_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    count = 500
    nodes: dict[str, Any] = {
        str(number): {"class_type": "Encode", "inputs": {"text": f"text {number}", "before": [str(number - 1), 0]}}
        for number in range(count)
    }
    nodes |= {
        f"s{number}": {"class_type": "Sampler", "inputs": {"positive": [str(number), 0], "negative": [str(number), 0]}}
        for number in range(count)
    }
    positive, negative, _ = facts_of({"prompt": json.dumps(nodes)})
    assert sorted(positive.split("\n")) == sorted(f"text {number}" for number in range(len(positive.split("\n"))))
    assert negative
    steps = 0

    def own_texts(node: Any) -> Any:
        nonlocal steps
        steps += 1
        return texts(node)

    texts = facts._own_texts  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(facts, "_own_texts", own_texts)
    facts_of({"prompt": json.dumps(nodes)})
    assert steps <= 20_000
