"""The gallery: what lies in the output directory is found, whoever made it, marked, fetched and deleted."""

from __future__ import annotations

import asyncio
import io
import json
import os
import time
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image, PngImagePlugin

from engine.jobs.events import Ui
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
        f"date:{time.strftime('%Y-%m')} folder:cats": ["cats/fox.png"],
        f"-date:{time.strftime('%Y')}": [],
        'path:"cats/fox.png"': ["cats/fox.png"],
        "path:fox.png": [],
        'model:="SD15.safetensors"': ["cats/fox.png"],
        'model:="sd15"': [],
        'folder:="" kind:video': ["film.mp4"],
        '-model:="other" whale': [],
        "-model:sd15 -whale kind:picture": ["plain.png"],
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
    assert facets["months"] == [{"value": time.strftime("%Y-%m"), "count": 4}]
    assert facets["ratings"] == [{"value": "0", "count": 4}]
    assert {size["value"] for size in facets["sizes"]} == {"40x20", "1200x800"}
    assert facets["marks"] == [{"value": "star", "count": 0}, {"value": "rejected", "count": 0}]
    everything = await api.get("/gallery/ids?sort=name&descending=false")
    assert (len(everything["ids"]), everything["total"]) == (4, 4)
    assert await api.get("/gallery/ids?sort=name&descending=false&offset=1&limit=2") == {
        "ids": everything["ids"][1:3],
        "total": 4,
    }
    assert (await api.get("/gallery/ids?q=fox"))["ids"] == everything["ids"][:1]
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
    facets = await api.get("/gallery/facets")
    assert facets["tags"] == [{"value": "Best", "count": 1}, {"value": "sky", "count": 1}]
    body = {"ids": [item["id"]], "star": False, "rejected": True, "remove_tags": ["sky"]}
    (marked,) = (await api.post("/gallery/mark", body)).body["items"]
    assert (marked["star"], marked["rejected"], marked["tags"]) == (False, True, ["Best"])
    assert await find(api, "rejected") == ["a.png"]
    assert await find(api, "-rejected") == ["new/deep/b.png"]
    facets = await api.get("/gallery/facets")
    assert facets["tags"] == [{"value": "Best", "count": 1}]
    assert facets["marks"] == [{"value": "star", "count": 0}, {"value": "rejected", "count": 1}]
    aside = path.rename(path.with_name(".hidden"))
    await look(api)
    assert await find(api) == ["new/deep/b.png"]
    assert await find(api, "-fog") == ["new/deep/b.png"]
    assert (await api.get("/gallery/facets"))["tags"] == []
    assert (await api.call("GET", f"/gallery/{item['id']}")).status == 404
    aside.rename(path)
    await look(api)
    assert await find(api, "tag:best") == ["a.png"]  # what comes back is what it was
    assert sum(added for added, _ in told) == 4
    assert sum(removed for _, removed in told) == 1


@with_api()
async def test_a_listed_file_that_was_written_anew_in_its_place_is_soon_seen(api: Api) -> None:
    path = draw(api, "a.png", (40, 20))
    long_ago = time.time() - 3600
    os.utime(path.parent, (long_ago, long_ago))  # its folder tells nothing: writing into a file does not change it
    await look(api)
    await look(api)
    told = asyncio.Event()
    api.app[CANVAS].subscribe(lambda _added, _removed: told.set())
    (before,) = (await api.get("/gallery"))["items"]
    with path.open("r+b") as file:
        Image.new("RGB", (64, 48), "blue").save(file, "PNG")
        file.truncate()
    os.utime(path.parent, (long_ago, long_ago))
    await look(api)
    assert not told.is_set()
    await api.get("/gallery")
    await asyncio.wait_for(told.wait(), 20)
    (after,) = (await api.get("/gallery"))["items"]
    assert (after["id"], after["width"], after["height"]) == (before["id"], 64, 48)
    assert after["modified"] != before["modified"]


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
async def test_a_picture_leads_to_the_job_that_wrote_it(api: Api) -> None:
    """Not to those that showed it again, until one writes it anew."""
    shown: Ui = {"images": [{"filename": "made.png", "subfolder": "", "type": "output"}]}
    path = "/gallery/lineage?filename=made.png"

    async def run(name: str, *, cached: bool) -> None:
        await api.submit(
            {
                "1": {"class_type": "Value", "inputs": {"value": 3}},
                "2": {"class_type": "Show", "inputs": {"source": ["1", 0]}, "_meta": {"title": name}},
            },
            id=name,
        )
        job = await api.dispatcher.start_next()
        if not cached:
            draw(api, "made.png")
        api.dispatcher.run_node(job, "2", ui=shown, cached=cached)
        await api.dispatcher.finish(job)

    async def leads_to(name: str) -> None:
        await look(api)
        (item,) = (await api.get("/gallery"))["items"]
        asset = (await api.get(f"/gallery/{item['id']}"))["asset"]
        lineage = await api.get(path)
        assert (asset["job_id"], lineage["run"]["id"], lineage["file"]["asset"]["job_id"]) == (name, name, name)
        details = await api.get(f"/assets/{asset['id']}")
        assert (details["job"]["id"], details["upstream"]["2"]["title"]) == (name, name)
        assert [one["job_id"] for one in (await api.get("/assets"))["assets"]] == [name]

    await run("wrote", cached=False)
    await leads_to("wrote")
    for again in ("again", "once-more"):
        await run(again, cached=True)
        await leads_to("wrote")
        (output,) = (await api.get(f"/jobs/{again}"))["outputs"]
        assert output["values"] == shown
        assert [one["job_id"] for one in output["assets"]] == ["wrote"]
        assert output["assets"] == (await api.get(f"/assets?job_id={again}"))["assets"]
    await run("anew", cached=False)
    await leads_to("anew")
    await run("and-again", cached=True)
    await leads_to("anew")
    assert [one["job_id"] for one in (await api.get("/assets?job_id=again"))["assets"]] == ["wrote"]
    await api.call("DELETE", "/jobs/anew")
    await leads_to("wrote")


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
    content = await api.call("GET", f"/gallery/{ids['b.png']}/content?at=12.5")
    assert content.body == (api.settings.directory("output") / "b.png").read_bytes()
    for reply in (
        await api.call("GET", f"/gallery/zip?ids={ids['cats/a.png']},{ids['b.png']},99"),
        await api.post("/gallery/zip", {"ids": [ids["cats/a.png"], ids["b.png"]]}),
    ):
        with zipfile.ZipFile(io.BytesIO(reply.body)) as archive:
            assert archive.testzip() is None
            assert sorted(archive.namelist()) == ["b.png", "cats/a.png"]
            assert archive.read("b.png") == content.body
    deleted = (await api.post("/gallery/delete", {"ids": [ids["b.png"], 99]})).body
    assert deleted["deleted"] == [ids["b.png"]]
    assert "b.png" not in await find(api)
    trash = api.settings.directory("user") / "default/.trash"
    assert [path.name for path in trash.rglob("*.png")] == ["b.png"]
    again = {"trash_id": deleted["trash_id"]}
    draw(api, "b.png")
    assert (await api.post("/gallery/restore", again)).body == {"restored": [], "left": ["b.png"]}
    (api.settings.directory("output") / "b.png").unlink()
    assert (await api.post("/gallery/restore", again)).body == {"restored": ["b.png"], "left": []}
    assert (await api.get("/gallery?q=path:b.png"))["items"][0]["id"] == ids["b.png"]
    await api.refused("POST", "/gallery/restore", 404, json=again)
    await api.refused("POST", "/gallery/restore", 404, json={"trash_id": "../.."})


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


def image_prompt(source: str) -> str:
    """A workflow that makes a picture of another."""
    return json.dumps({"1": {"class_type": "LoadImage", "inputs": {"image": source}}})


@with_api()
async def test_lineage_goes_both_ways(api: Api) -> None:
    draw(api, "cats/fox.png", prompt=prompt("a red fox", 1))
    draw(api, "child.png", prompt=image_prompt("cats/fox.png [output]"))
    draw(api, "grandchild.png", prompt=image_prompt("child.png [output]"))
    upload = api.settings.directory("input") / "up.png"
    upload.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (4, 4)).save(upload)
    draw(api, "of_upload.png", prompt=image_prompt("up.png"))
    draw(api, "of_nothing.png", prompt=image_prompt("gone.png"))
    await look(api)
    fox = await api.get("/gallery/lineage?subfolder=cats&filename=fox.png")
    assert [child["name"] for child in fox["children"]] == ["child.png"]
    assert (fox["children_total"], fox["parents"], fox["run"], fox["workflow"]) == (1, [], None, None)
    child = await api.get("/gallery/lineage?filename=child.png")
    (parent,) = child["parents"]
    assert (parent["node_id"], parent["node_type"], parent["input_name"]) == ("1", "LoadImage", "image")
    assert parent["file"]["item"]["name"] == "cats/fox.png"
    assert [one["filename"] for one in child["children"]] == ["grandchild.png"]
    source = await api.get("/gallery/lineage?kind=input&filename=up.png")
    assert (source["file"]["exists"], source["file"]["item"]) == (True, None)
    assert [one["filename"] for one in source["children"]] == ["of_upload.png"]
    assert (await api.get("/gallery/lineage?filename=of_nothing.png"))["parents"] == []
    assert await find(api, "source:fox") == ["child.png"]
    await api.refused("GET", "/gallery/lineage?filename=never.png", 404)
    await api.refused("GET", "/gallery/lineage?filename=..%2F..%2Fsecret.png", 404)


@with_api()
async def test_the_workflow_file_of_a_run_is_named_with_its_version(api: Api) -> None:
    document = {"nodes": [{"id": 1, "type": "Value", "widgets_values": [3]}], "links": [], "version": 0.4}
    saved = (await api.call("PUT", "/workflows/files/mine.json", json=document)).body
    await api.app[CANVAS].gallery()
    draw(api, "made.png")
    changed = {**document, "nodes": [{**document["nodes"][0], "widgets_values": [4]}]}  # pyright: ignore
    await api.submit(
        {
            "1": {"class_type": "Value", "inputs": {"value": 3}},
            "2": {"class_type": "Show", "inputs": {"source": ["1", 0]}},
        },
        extra_data={
            "workflow_file": {"name": "mine.json", "revision": saved["revision"]},
            "extra_pnginfo": {"workflow": changed},
        },
    )
    await api.dispatcher.run_next({"images": [{"filename": "made.png", "subfolder": "", "type": "output"}]})
    api.store.record = None  # type: ignore[assignment]  # what the run left may be large, and is not asked for
    lineage = await api.get("/gallery/lineage?filename=made.png")
    assert lineage["run"]["state"] == "succeeded"
    assert (lineage["workflow"]["name"], lineage["workflow"]["is_newest"]) == ("mine.json", True)
    assert lineage["workflow"]["version"]["id"] == saved["version"]["id"]
    assert lineage["workflow"]["changes"]["counts"]["values"] == 1
    await api.call("PUT", "/workflows/files/mine.json", json=changed)
    assert (await api.get("/gallery/lineage?filename=made.png"))["workflow"]["is_newest"] is False
