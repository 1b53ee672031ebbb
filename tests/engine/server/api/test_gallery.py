"""The gallery: what lies in the output directory is found, whoever made it, marked, fetched and deleted."""

from __future__ import annotations

import asyncio
import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image, PngImagePlugin

from engine.server.canvas.state import CANVAS
from tests.engine.server.api.checked import Api, with_api

PARAMETERS = """a blue whale
Negative prompt: fog
Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 7, Size: 512x768, Model: other"""


def prompt(text: str, seed: int, model: str = "sd15.safetensors") -> str:
    return json.dumps(
        {
            "1": {"class_type": "Load", "inputs": {"ckpt_name": model}},
            "2": {"class_type": "Encode", "inputs": {"text": text, "clip": ["1", 1]}},
            "3": {"class_type": "Encode", "inputs": {"text": "ugly", "clip": ["1", 1]}},
            "4": {
                "class_type": "Sampler",
                "inputs": {"seed": seed, "steps": 12, "positive": ["2", 0], "negative": ["3", 0]},
            },
        }
    )


def draw(api: Api, name: str, size: tuple[int, int] = (40, 20), **texts: str) -> Path:
    path = api.settings.directory("output") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    info = PngImagePlugin.PngInfo()
    for key, text in texts.items():
        info.add_text(key, text)
    Image.new("RGB", size, "red").save(path, pnginfo=info)
    return path


async def find(api: Api, search: str = "", **params: Any) -> list[str]:
    more = "".join(f"&{key}={value}" for key, value in params.items())
    page = await api.get(f"/gallery?q={quote(search)}{more}")
    assert page["total"] >= len(page["items"])
    return [item["name"] for item in page["items"]]


async def look(api: Api) -> None:
    _, scanner = await api.app[CANVAS].gallery()
    await scanner.look()


@with_api()
async def test_files_are_found_by_what_they_tell(api: Api) -> None:
    draw(api, "cats/fox.png", (1200, 800), prompt=prompt("a red fox", 18446744073709551615))
    draw(api, "whale.png", parameters=PARAMETERS)
    draw(api, "plain.png")
    (api.settings.directory("output") / "film.mp4").write_bytes(b"\0\0\0\x18ftypisom")
    (api.settings.directory("output") / "notes.txt").write_text("no picture")
    await look(api)
    assert sorted(await find(api)) == ["cats/fox.png", "film.mp4", "plain.png", "whale.png"]
    expected = {
        "model:SD15": ["cats/fox.png"],
        "seed:18446744073709551615": ["cats/fox.png"],
        '"red fox"': ["cats/fox.png"],
        '"fox red"': [],
        "whal": ["whale.png"],
        "fox whale": [],
        "size:>=1024": ["cats/fox.png"],
        "size:40x20 -whale": ["plain.png"],
        "steps:12..20 cfg:7": ["whale.png"],
        "sampler:euler": ["whale.png"],
        "folder:cats": ["cats/fox.png"],
        "kind:video": ["film.mp4"],
        "-kind:picture": ["film.mp4"],
        "after:2999": [],
        "before:2000-01-31": [],
        "name:%": [],
    }
    for search, names in expected.items():
        assert await find(api, search) == names, search
    for search in ("colour:red", "size:big", "after:monday", "after:2026-13", "kind:model"):
        await api.refused("GET", f"/gallery?q={quote(search)}", 400)
    details = (await api.get("/gallery?q=fox"))["items"][0]
    shown = await api.get(f"/gallery/{details['id']}")
    assert (shown["prompt"], shown["negative"], shown["models"]) == ("a red fox", "ugly", ["sd15.safetensors"])
    assert (shown["width"], shown["height"], shown["settings"]) == (1200, 800, {"steps": ["12"]})
    assert json.loads(shown["texts"]["prompt"])["4"]["inputs"]["steps"] == 12
    facets = await api.get("/gallery/facets")
    assert facets["folders"] == [{"value": "", "count": 3}, {"value": "cats", "count": 1}]
    assert await find(api, sort="name", descending="false", limit=2) == ["cats/fox.png", "film.mp4"]
    assert await find(api, sort="name", descending="false", limit=2, offset=2) == ["plain.png", "whale.png"]


@with_api()
async def test_what_comes_changes_and_goes_is_seen(api: Api) -> None:
    told: list[tuple[int, int]] = []
    api.app[CANVAS].subscribe(lambda added, removed: told.append((added, removed)))
    path = draw(api, "a.png")
    await look(api)
    (item,) = (await api.get("/gallery"))["items"]
    await api.post("/gallery/mark", {"ids": [item["id"]], "star": True, "rating": 4, "add_tags": ["Best", "sky"]})
    draw(api, "a.png", (64, 64), prompt=prompt("a boat", 1))
    draw(api, "new/deep/b.png")
    await look(api)
    (item,) = (await api.get(f"/gallery?q={quote('star rating:>3 tag:best boat')}"))["items"]
    assert (item["width"], item["rating"], item["tags"]) == (64, 4, ["Best", "sky"])
    marked = await api.post("/gallery/mark", {"ids": [item["id"]], "star": False, "remove_tags": ["sky"]})
    assert (marked.body["items"][0]["star"], marked.body["items"][0]["tags"]) == (False, ["Best"])
    aside = path.rename(path.with_name(".hidden"))
    await look(api)
    assert await find(api) == ["new/deep/b.png"]
    assert (await api.call("GET", f"/gallery/{item['id']}")).status == 404
    aside.rename(path)
    await look(api)
    assert await find(api, "tag:best") == ["a.png"]  # what comes back is what it was
    assert sum(added for added, _ in told) == 4
    assert sum(removed for _, removed in told) == 1


@with_api()
async def test_a_job_that_leaves_files_is_soon_in_the_gallery(api: Api) -> None:
    await api.app[CANVAS].gallery()
    draw(api, "made.png")
    await api.submit(
        {
            "1": {"class_type": "Value", "inputs": {"value": 3}},
            "2": {"class_type": "Show", "inputs": {"source": ["1", 0]}},
        }
    )
    await api.dispatcher.run_next({"images": [{"filename": "made.png", "subfolder": "", "type": "output"}]})
    while not (page := await api.get("/gallery"))["items"]:
        await asyncio.sleep(0.02)
    details = await api.get(f"/gallery/{page['items'][0]['id']}")
    assert details["asset"]["filename"] == "made.png"


@with_api()
async def test_thumbnails_archives_and_the_trash(api: Api) -> None:
    draw(api, "cats/a.png", (1000, 500))
    draw(api, "b.png")
    (api.settings.directory("output") / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    (api.settings.directory("output") / "film.mp4").write_bytes(b"\0\0\0\x18ftypisom")
    await look(api)
    ids = {item["name"]: item["id"] for item in (await api.get("/gallery"))["items"]}
    for size in (256, 512):
        reply = await api.call("GET", f"/gallery/{ids['cats/a.png']}/thumbnail?size={size}")
        picture = Image.open(io.BytesIO(reply.body))
        assert (picture.format, picture.size) == ("WEBP", (size, size // 2))
        headers = {"If-None-Match": reply.headers["ETag"]}
        assert (
            await api.call("GET", f"/gallery/{ids['cats/a.png']}/thumbnail?size={size}", headers=headers)
        ).status == 304
    assert len(list((api.settings.directory("temp") / "thumbnails").rglob("*.webp"))) == 2
    await api.refused("GET", f"/gallery/{ids['broken.png']}/thumbnail", 400)
    await api.refused("GET", f"/gallery/{ids['film.mp4']}/thumbnail", 404, "no picture")
    content = await api.call("GET", f"/gallery/{ids['b.png']}/content")
    assert content.body == (api.settings.directory("output") / "b.png").read_bytes()
    for reply in (
        await api.call("GET", f"/gallery/zip?ids={ids['cats/a.png']},{ids['b.png']},99"),
        await api.post("/gallery/zip", {"ids": [ids["cats/a.png"], ids["b.png"]]}),
    ):
        with zipfile.ZipFile(io.BytesIO(reply.body)) as archive:
            assert archive.testzip() is None
            assert sorted(archive.namelist()) == ["b.png", "cats/a.png"]
            assert archive.read("b.png") == content.body
    assert (await api.post("/gallery/delete", {"ids": [ids["b.png"], 99]})).body == {"deleted": [ids["b.png"]]}
    assert "b.png" not in await find(api)
    trash = api.settings.directory("user") / "default/.trash"
    assert [path.name for path in trash.rglob("*.png")] == ["b.png"]


@with_api()
async def test_links_lead_nowhere(api: Api) -> None:
    secret = api.settings.base_directory / "secret"
    secret.mkdir()
    Image.new("RGB", (2, 2)).save(secret / "s.png")
    output = api.settings.directory("output")
    output.mkdir()
    os.symlink(secret, output / "folder")
    os.symlink(secret / "s.png", output / "s.png")
    await look(api)
    assert await find(api) == []


@with_api()
async def test_old_thumbnails_do_not_outlive_their_picture(api: Api) -> None:
    path = draw(api, "a.png", (10, 10))
    await look(api)
    (item,) = (await api.get("/gallery"))["items"]
    first = await api.call("GET", f"/gallery/{item['id']}/thumbnail")
    Image.new("RGB", (10, 20), "blue").save(path)
    await look(api)
    second = await api.call("GET", f"/gallery/{item['id']}/thumbnail")
    assert first.headers["ETag"] != second.headers["ETag"]
    assert Image.open(io.BytesIO(second.body)).size == (10, 20)
