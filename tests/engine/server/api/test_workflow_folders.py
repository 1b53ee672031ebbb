"""Folders of workflow files, files that stand first, and the trash: what is deleted comes back whole, or never."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from urllib.parse import quote

from engine.server.canvas.state import CANVAS
from engine.server.canvas.trash import KEPT_DAYS, keep_emptying, remove_expired
from tests.engine.server.api.checked import Api, with_api
from tests.engine.server.api.test_workflow_files import document, folder, save

A, B = (quote(f"work/{name}.json", safe="") for name in ("a", "deep/b"))
DAY = 24 * 3600


async def names(api: Api) -> list[str]:
    return [file["name"] for file in (await api.get("/workflows/files"))["files"]]


async def fill(api: Api) -> None:
    for path, value in ((A, 1), (A, 2), (B, 3)):
        await save(api, document(value), f"/workflows/files/{path}")


def trash(api: Api) -> Path:
    return folder(api).parent / ".trash"


@with_api()
async def test_folders_are_made_and_listed_and_moved_with_all_versions(api: Api) -> None:
    await fill(api)
    assert (await api.post("/workflows/folders", {"name": "empty/one"})).status == 201
    assert (await api.get("/workflows/files"))["folders"] == ["empty", "empty/one", "work", "work/deep"]
    await api.refused("POST", "/workflows/folders", 409, "empty/one", json={"name": "empty/one"})
    moved = await api.post("/workflows/folders/work/move", {"to": "empty/work"})
    assert (moved.status, moved.body) == (200, {"name": "empty/work"})
    assert await names(api) == ["empty/work/a.json", "empty/work/deep/b.json"]
    path = quote("empty/work/a.json", safe="")
    assert len((await api.get(f"/workflows/files/{path}/versions"))["versions"]) == 2
    assert len((await api.get("/workflows/files"))["folders"]) == 4


@with_api()
async def test_folders_stay_where_they_belong(api: Api) -> None:
    await fill(api)
    await api.refused("POST", "/workflows/folders/work/move", 409, "itself", json={"to": "work/deep/work"})
    await api.refused("POST", "/workflows/folders/none/move", 404, "'none'", json={"to": "other"})
    deep = quote("work/deep", safe="")
    await api.refused("POST", f"/workflows/folders/{deep}/move", 409, "a.json", json={"to": "work/a.json"})
    for name in ("../out", ".hidden", "a//b", "/a", "a\\b", " ", "x" * 300):
        assert (await api.post("/workflows/folders", {"name": name})).status == 400, name
        assert (await api.post("/workflows/folders/work/move", {"to": name})).status == 400, name
        gone = await api.call("DELETE", f"/workflows/folders/{quote(name, safe='')}")
        assert gone.status == (404 if len(name) > 200 else 400), name
    assert await names(api) == ["work/a.json", "work/deep/b.json"]


@with_api()
async def test_a_deleted_folder_is_in_the_trash_file_by_file(api: Api) -> None:
    await fill(api)
    (folder(api) / "work" / ".hidden").write_text("kept")
    outside = folder(api).parent / "outside"
    outside.mkdir()
    (outside / "c.json").write_text("{}")
    (folder(api) / "work/link").symlink_to(outside)
    deleted = await api.call("DELETE", "/workflows/folders/work")
    assert len(deleted.body["trash_ids"]) == 4
    assert not (folder(api) / "work").exists()
    assert (outside / "c.json").exists()
    files = {one["name"]: one["trash_id"] for one in (await api.get("/workflows/trash"))["files"]}
    back = await api.post(f"/workflows/trash/{files['work/a.json']}/restore", {})
    assert back.body["name"] == "work/a.json"
    assert len((await api.get(f"/workflows/files/{A}/versions"))["versions"]) == 2
    assert not (trash(api) / files["work/a.json"]).exists()


@with_api()
async def test_favourites_keep_their_place_under_another_name_and_in_the_trash(api: Api) -> None:
    await fill(api)
    assert (await api.post(f"/workflows/files/{A}/mark", {"favourite": True})).body["name"] == "work/a.json"
    await api.refused("POST", "/workflows/files/none.json/mark", 404, json={"favourite": True})
    assert (await api.get("/workflows/files"))["favourites"] == ["work/a.json"]
    await api.post("/workflows/folders/work/move", {"to": "w"})
    await api.post(f"/workflows/files/{quote('w/a.json', safe='')}/move", {"to": "a.json"})
    assert (await api.get("/workflows/files"))["favourites"] == ["a.json"]
    place = (await api.call("DELETE", "/workflows/files/a.json")).body["trash_id"]
    assert (await api.get("/workflows/files"))["favourites"] == []
    await api.post(f"/workflows/trash/{place}/restore", {})
    assert (await api.get("/workflows/files"))["favourites"] == ["a.json"]
    await api.post("/workflows/files/a.json/mark", {"favourite": False})
    assert (await api.get("/workflows/files"))["favourites"] == []


@with_api()
async def test_versions_are_called_what_the_user_calls_them(api: Api) -> None:
    await fill(api)
    last, first = (await api.get(f"/workflows/files/{A}/versions"))["versions"]
    named = await api.call("PATCH", f"/workflows/files/{A}/versions/{first['id']}", json={"label": " the good one "})
    assert named.body["label"] == "the good one"
    labels = [one["label"] for one in (await api.get(f"/workflows/files/{A}/versions"))["versions"]]
    assert labels == ["", "the good one"]
    await api.refused("PATCH", f"/workflows/files/{B}/versions/{last['id']}", 404, json={"label": "x"})


@with_api()
async def test_what_is_deleted_for_good_is_gone_with_its_versions(api: Api) -> None:
    await fill(api)
    places = [(await api.call("DELETE", f"/workflows/files/{path}")).body["trash_id"] for path in (A, B)]
    assert (await api.call("DELETE", f"/workflows/trash/{places[0]}")).status == 204
    await api.refused("DELETE", f"/workflows/trash/{places[0]}", 404, places[0])
    await api.refused("DELETE", f"/workflows/trash/{quote('../workflows', safe='')}", 404)
    (trash(api) / "mine").mkdir()
    assert (await api.call("DELETE", "/workflows/trash")).body == {"removed": 1}
    assert [path.name for path in trash(api).iterdir()] == ["mine"]
    database = await api.app[CANVAS].database()
    left = await database.ask(lambda connection: connection.execute("SELECT COUNT(*) FROM contents").fetchone())
    assert left == (0,)


@with_api()
async def test_the_trash_is_emptied_of_what_was_deleted_a_month_ago(api: Api) -> None:
    await fill(api)
    old, new = [(await api.call("DELETE", f"/workflows/files/{path}")).body["trash_id"] for path in (A, B)]
    then = time.time() - (KEPT_DAYS + 1) * DAY
    aged = time.strftime("%Y%m%d-%H%M%S", time.localtime(then)) + old[15:]
    (trash(api) / old).rename(trash(api) / aged)
    files = await api.app[CANVAS].files()
    assert await remove_expired(files) == 0  # the name alone says nothing: a clock may have been wrong
    os.utime(trash(api) / aged, (then, then))
    os.utime(trash(api) / new, (then, then))  # nor does the time alone: a copy may have changed it
    assert await remove_expired(files) == 1
    assert [path.name for path in trash(api).iterdir()] == [new]
    assert await remove_expired(files, time.time() + (KEPT_DAYS + 1) * DAY) == 1


@with_api()
async def test_a_trash_that_cannot_be_emptied_is_no_reason_to_stop_trying(api: Api) -> None:
    await fill(api)
    await api.call("DELETE", f"/workflows/files/{A}")
    files = await api.app[CANVAS].files()
    await (await api.app[CANVAS].database()).run(lambda connection: connection.execute("DROP TABLE versions"))
    place = next(trash(api).iterdir())
    aged = place.rename(place.with_name("20200101-000000-aaaaaa"))
    os.utime(aged, (0, 0))
    task = asyncio.create_task(keep_emptying(files))
    await asyncio.sleep(0.5)
    assert not task.done()
    task.cancel()
