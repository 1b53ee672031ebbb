"""Workflow files: saved byte for byte, never overwritten unseen, every save a version that can be had again."""

from __future__ import annotations

import io
import json
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from engine.server.canvas import versions
from engine.server.canvas.looking import NOT_COMPARED
from engine.server.canvas.state import CANVAS
from engine.server.work import THREAD_BYTES
from tests.engine.server.api.checked import Api, Reply, with_api
from tests.engine.server.watching import refuse_large

NAME = quote("cats/my work.json", safe="")
FILE = f"/workflows/files/{NAME}"


def document(*values: Any) -> bytes:
    """A canvas document whose spelling no other program would choose."""
    nodes = [{"id": index, "type": "Value", "widgets_values": [value]} for index, value in enumerate(values)]
    return b'{ "z": 1.50, "big": 18446744073709551615,\n' + json.dumps({"nodes": nodes}).encode()[1:]


def folder(api: Api) -> Path:
    return api.settings.directory("user") / "default/workflows"


async def save(api: Api, text: bytes, path: str = FILE, **headers: str) -> Reply:
    return await api.call("PUT", path, data=io.BytesIO(text), headers={"Content-Type": "application/json", **headers})


@with_api()
async def test_what_is_saved_is_read_byte_for_byte(api: Api) -> None:
    saved = await save(api, document(1))
    assert (saved.status, saved.body["name"], saved.body["nodes"]) == (201, "cats/my work.json", 1)
    assert (folder(api) / "cats/my work.json").read_bytes() == document(1)
    async with api.client.get(f"/api/v1{FILE}") as response:
        assert await response.read() == document(1)
        assert response.headers["ETag"] == saved.headers["ETag"] == f'"{saved.body["revision"]}"'
    listed = await api.get("/workflows/files")
    assert [file["name"] for file in listed["files"]] == ["cats/my work.json"]
    assert listed["folders"] == ["cats"]
    assert (await api.call("GET", FILE, headers={"If-None-Match": saved.headers["ETag"]})).status == 304


@with_api()
async def test_nobody_overwrites_what_they_have_not_seen(api: Api) -> None:
    first = await save(api, document(1), **{"If-None-Match": "*"})
    second = await save(api, document(2), **{"If-Match": first.headers["ETag"]})
    assert second.status == 200
    for headers in ({"If-Match": first.headers["ETag"]}, {"If-None-Match": "*"}):
        refused = await save(api, document(3), **headers)
        assert refused.status == 412
        current = refused.body["error"]["extra_info"]["current"]
        assert (current["revision"], current["name"]) == (second.body["revision"], "cats/my work.json")
    gone = await save(api, document(3), "/workflows/files/none.json", **{"If-Match": "*"})
    assert (gone.status, gone.body["error"]["extra_info"]["current"]) == (412, None)
    assert (await api.call("DELETE", FILE, headers={"If-Match": first.headers["ETag"]})).status == 412
    assert (folder(api) / "cats/my work.json").read_bytes() == document(2)


@with_api()
async def test_every_save_is_a_version_also_of_what_others_wrote(api: Api) -> None:
    await save(api, document(1))
    await save(api, document(1))  # nothing new
    (folder(api) / "cats/my work.json").write_bytes(document(1, 2))
    await save(api, document(5, 2))
    listed = (await api.get(f"{FILE}/versions"))["versions"]
    assert [version["origin"] for version in listed] == ["saved", "found", "saved"]
    assert [version["changes"]["text"] for version in listed] == ["1 value changed", "1 node added", "first version"]
    assert listed[0]["changes"]["changed"][0]["values"] == [{"name": "0", "before": 1, "after": 5}]
    first = listed[-1]["id"]
    assert (await api.call("GET", f"{FILE}/versions/{first}")).body == json.loads(document(1))
    restored = await api.call("POST", f"{FILE}/versions/{first}/restore")
    assert (restored.status, restored.body["version"]["origin"]) == (200, "restored")
    assert (folder(api) / "cats/my work.json").read_bytes() == document(1)
    assert len((await api.get(f"{FILE}/versions"))["versions"]) == 4
    await api.refused("GET", f"{FILE}/versions/99999", 404, "99999")


@with_api()
async def test_versions_go_where_their_file_goes(api: Api) -> None:
    await save(api, document(1))
    await save(api, document(2))
    moved = await api.post(f"{FILE}/move", {"to": "b.json"})
    assert (moved.status, moved.body["name"]) == (200, "b.json")
    assert len((await api.get("/workflows/files/b.json/versions"))["versions"]) == 2
    copied = await api.post("/workflows/files/b.json/copy", {"to": "c.json"})
    assert copied.status == 201
    await api.refused("POST", "/workflows/files/b.json/copy", 409, "c.json'", json={"to": "c.json"})
    await api.refused("POST", "/workflows/files/b.json/move", 409, "c.json'", json={"to": "c.json"})
    trash_id = (await api.call("DELETE", "/workflows/files/b.json")).body["trash_id"]
    await api.refused("GET", "/workflows/files/b.json", 404, "'b.json'")
    assert [one["name"] for one in (await api.get("/workflows/trash"))["files"]] == ["b.json"]
    back = await api.post(f"/workflows/trash/{trash_id}/restore", {})
    assert (back.status, back.body["name"]) == (200, "b.json")
    assert len((await api.get("/workflows/files/b.json/versions"))["versions"]) == 2
    await api.refused("POST", f"/workflows/trash/{trash_id}/restore", 404, json={})


@with_api()
async def test_names_and_bodies_that_are_none_are_refused(api: Api) -> None:
    (folder(api)).mkdir(parents=True)
    (folder(api).parent / "secret.json").write_text("{}")
    for name in ("../secret.json", "a.txt", ".json", ".hidden.json", "a//b.json", "/a.json", "..\\secret.json"):
        path = f"/workflows/files/{quote(name, safe='')}"
        assert (await save(api, b"{}", path)).status == 400, name
        assert (await api.call("GET", path)).status == 400, name
    for text in (b"", b"[]", b"{", b'{"a": NaN}', b'{"a": 1, "a": 2}'):
        assert (await save(api, text)).status == 400, text
    assert (await save(api, b"{}", **{"If-Match": "bare"})).status == 400
    (folder(api) / "folder.json").mkdir()
    assert (await save(api, b"{}", "/workflows/files/folder.json")).status == 409


@with_api()
async def test_many_versions_are_thinned_out_but_not_the_newest_nor_the_first(api: Api) -> None:
    database = await api.app[CANVAS].database()
    for number in range(versions.MOST_OF_A_FILE + 5):
        text = document(number)
        keep = partial(versions.keep_version, file="a.json", text=text, origin="saved", compared=NOT_COMPARED)
        await database.run(keep)
    kept = await database.ask(lambda connection: versions.list_versions(connection, "a.json"))
    assert len(kept) == versions.MOST_OF_A_FILE
    ids = [version.id for version in kept]
    assert ids[: versions.KEPT_WHOLE] == list(range(ids[0], ids[0] - versions.KEPT_WHOLE, -1))
    assert ids[-1] == 1


@with_api(max_json_bytes=3 * 2**20)
async def test_large_files_are_looked_into_elsewhere_and_very_large_ones_not_at_all(api: Api) -> None:
    with pytest.MonkeyPatch.context() as patch:
        refuse_large(patch)
        large = document(*range(3_000), "x" * THREAD_BYTES)
        saved = await save(api, large)
        assert (saved.status, saved.body["nodes"]) == (201, 3_001)
        again = await save(api, document(*range(3_000), "y" * THREAD_BYTES))
        assert (again.status, again.body["version"]["changes"]["text"]) == (200, "1 value changed")
        # What other programs put there, and /userdata takes.
        (folder(api) / "other.json").write_bytes(large)
        (folder(api) / "none.json").write_bytes(document("x" * 4 * 2**20))
        listed = (await api.client.get("/api/v1/workflows/files")).json()
        nodes = {file["name"]: (file["nodes"], file["revision"]) for file in (await listed)["files"]}
        assert {name: count for name, (count, _) in nodes.items()} == {
            "cats/my work.json": 3_001,
            "other.json": 3_001,
            "none.json": None,
        }
        assert nodes["other.json"][1] == saved.body["revision"]
        answer = await api.client.get("/api/v1/workflows/files/none.json/versions")
        (version,) = (await answer.json())["versions"]
        assert (version["nodes"], version["revision"]) == nodes["none.json"]
        stale = await save(api, b"{}", **{"If-Match": '"none"'})
        assert stale.status == 412
