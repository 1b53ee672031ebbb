"""Assets: what jobs left is found, served as safely as any file, and says where it comes from."""

from __future__ import annotations

import io
import json
import threading
from typing import Annotated, Any

import pytest
from PIL import Image

from engine.graph.node import node
from engine.graph.registry import Registry
from engine.graph.schema import ModelFile
from engine.server.api import assets
from tests.engine.graph.examples import REGISTRY
from tests.engine.graph.examples import Image as ImageSocket
from tests.engine.server.api.checked import Api, with_api


def _any_name(image: str) -> bool:
    return bool(image)


@node("Load", category="test", validate=_any_name)
def load(*, image: Annotated[str, ModelFile("input", image_upload=True)]) -> ImageSocket:
    return b""


NODES = Registry([*REGISTRY, load])
LOADED = {
    "1": {"class_type": "Load", "inputs": {"image": "cats/a.png [output]"}, "_meta": {"title": "My cat"}},
    "2": {"class_type": "Save", "inputs": {"images": ["1", 0], "prefix": "b"}},
    "3": {"class_type": "Value", "inputs": {"value": 3}},
    "4": {"class_type": "Show", "inputs": {"source": ["3", 0]}},
}
MADE = {
    "1": {"class_type": "Value", "inputs": {"value": 3}},
    "2": {"class_type": "Show", "inputs": {"source": ["1", 0]}},
}


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (2, 2)).save(file, "PNG")
    return file.getvalue()


def write(api: Api, name: str, data: bytes) -> None:
    path = api.settings.directory("output") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def shown(filename: str, subfolder: str = "", kind: str = "output") -> dict[str, Any]:
    return {"images": [{"filename": filename, "subfolder": subfolder, "type": kind}]}


@with_api(registry=NODES)
async def test_lineage_leads_from_a_picture_to_what_made_it(api: Api) -> None:
    write(api, "cats/a.png", png())
    first = await api.submit(MADE)
    await api.dispatcher.run_next(shown("a.png", "cats"))
    second = await api.submit(LOADED, targets=["2"])
    await api.dispatcher.run_next(shown("b_00001_.png"))
    (made,) = (await api.get(f"/jobs/{second['id']}"))["outputs"][0]["assets"]
    asset = await api.get(f"/assets/{made['id']}")
    assert (asset["filename"], asset["node_id"], asset["job"]["id"]) == ("b_00001_.png", "2", second["id"])
    assert asset["exists"] is False
    assert asset["upstream"] == {
        "1": {"node_type": "Load", "title": "My cat", "values": {"image": "cats/a.png [output]"}, "links": {}},
        "2": {"node_type": "Save", "title": "", "values": {"prefix": "b"}, "links": {"images": ["1", 0]}},
    }
    (parent,) = asset["parents"]
    assert (parent["node_id"], parent["input_name"]) == ("1", "image")
    assert (parent["asset"]["job_id"], parent["asset"]["media_type"]) == (first["id"], "image/png")
    older = await api.get(f"/assets/{parent['asset']['id']}")
    assert (older["exists"], older["parents"]) == (True, [])
    await api.call("DELETE", f"/jobs/{first['id']}")
    assert (await api.get(f"/assets/{made['id']}"))["parents"] == []
    await api.refused("GET", f"/assets/{older['id']}", 404)


@with_api()
async def test_the_lineage_of_a_large_workflow_is_made_where_it_holds_up_nobody(api: Api) -> None:
    """A little one at once, more in a thread, much in a process of its own, which knows nothing of this watch."""
    seen: list[bool] = []
    here, view = threading.get_ident(), assets._view_node  # pyright: ignore[reportPrivateUsage]

    def watched(*arguments: Any) -> Any:
        seen.append(threading.get_ident() == here)
        return view(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assets, "_view_node", watched)
        for count, places, title in ((1, {True}, ""), (300, {False}, ""), (300, set[bool](), "x" * 5_000)):
            chain: dict[str, Any] = {"1": {"class_type": "Value", "inputs": {"value": 3}}}
            for place in range(2, count + 1):
                inputs = {"a": [str(place - 1), 0], "b": [str(place - 1), 0]}
                chain[str(place)] = {"class_type": "Add", "inputs": inputs, "_meta": {"title": title}}
            chain["show"] = {"class_type": "Show", "inputs": {"source": [str(count), 0]}}
            text = io.BytesIO(json.dumps({"workflow": chain, "id": f"j{count}{title[:1]}"}).encode())
            async with api.client.post("/api/v1/jobs", data=text) as answer:
                assert answer.status == 201, await answer.text()
                job = await answer.json()
            await api.dispatcher.run_next(shown("a.png"))
            (made,) = (await api.get(f"/assets?job_id={job['id']}"))["assets"]
            seen.clear()
            asset = await api.get(f"/assets/{made['id']}")
            assert set(seen) == places
            assert len(asset["upstream"]) == count + 1
            assert asset["upstream"]["show"]["links"] == {"source": [str(count), 0]}
            assert asset["upstream"][str(count)]["title"] == title
            assert (asset["job"]["id"], asset["parents"], asset["seeds"]) == (job["id"], [], {})


@with_api()
async def test_lists_are_filtered_and_paged(api: Api) -> None:
    for number in range(5):
        await api.submit(MADE, id=f"j{number}")
        await api.dispatcher.run_next(shown(f"{number}.png", kind="temp" if number % 2 else "output"))
    names: list[str] = []
    offset = 0
    while offset is not None:
        page = await api.get(f"/assets?limit=2&offset={offset}")
        assert page["total"] == 5
        names += [asset["filename"] for asset in page["assets"]]
        offset = page["next_offset"]
    assert names == [f"{number}.png" for number in reversed(range(5))]
    assert (await api.get("/assets?kind=temp"))["total"] == 2
    assert (await api.get("/assets?job_id=j3"))["assets"][0]["filename"] == "3.png"
    assert (await api.get("/assets?node_id=2"))["total"] == 5
    assert (await api.get("/assets?node_id=1"))["total"] == 0
    await api.refused("GET", "/assets?kind=models", 400, "'kind'", "output")


@with_api()
async def test_content_is_the_file_and_its_parts(api: Api) -> None:
    data = png()
    write(api, "a.png", data)
    await api.submit(MADE, id="j")
    await api.dispatcher.run_next(shown("a.png"))
    url = (await api.get("/assets"))["assets"][0]["url"].removeprefix("/api/v1")
    reply = await api.call("GET", url)
    assert (reply.status, reply.body, reply.headers["Content-Type"]) == (200, data, "image/png")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    part = await api.call("GET", url, headers={"Range": "bytes=1-3"})
    assert (part.status, part.body) == (206, b"PNG")
    assert (await api.call("GET", url, headers={"If-None-Match": reply.headers["ETag"]})).status == 304
    assert (await api.call("GET", url, headers={"Range": "bytes=99999-"})).status == 416
    (api.settings.directory("output") / "a.png").unlink()
    await api.refused("GET", url, 404, "not there any more")
    await api.refused("GET", "/assets/none/content", 404, "'none'")


@with_api()
async def test_names_that_lead_out_give_nothing(api: Api) -> None:
    """Whatever a node says that it left."""
    api.settings.base_directory.mkdir(exist_ok=True)
    (api.settings.base_directory / "secret.txt").write_text("secret")
    write(api, "page.html", b"<script>alert(1)</script>")
    api.settings.directory("output").joinpath("link.txt").symlink_to(api.settings.base_directory / "secret.txt")
    named = [("secret.txt", ".."), ("../secret.txt", ""), ("link.txt", ""), (str(api.settings.base_directory), "")]
    for filename, subfolder in named:
        await api.submit(MADE)
        await api.dispatcher.run_next(shown(filename, subfolder))
    for asset in (await api.get("/assets"))["assets"]:
        reply = await api.call("GET", asset["url"].removeprefix("/api/v1"))
        assert reply.status == 404
        assert str(api.settings.base_directory) not in reply.body["error"]["message"]
    await api.submit(MADE, id="page")
    await api.dispatcher.run_next(shown("page.html"))
    url = (await api.get("/assets?job_id=page"))["assets"][0]["url"].removeprefix("/api/v1")
    reply = await api.call("GET", url)
    assert reply.headers["Content-Disposition"].startswith("attachment")
