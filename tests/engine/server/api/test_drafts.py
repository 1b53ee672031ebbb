"""Drafts: stored whole, never overwritten unseen, within a quota, and still there after a kill."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.server.api.route import PREFIX
from engine.server.canvas import drafts
from engine.server.canvas.database import Database
from tests.engine.server.api.checked import Api, with_api

DOCUMENT = {"z": 1, "nodes": [{"id": 18446744073709551615, "type": "Ä"}], "a": 0.5}

_WRITER = """
import asyncio, sys
from pathlib import Path
from functools import partial
from engine.server.canvas.database import Database
from engine.server.api.drafts import _pack
from engine.server.canvas.drafts import store_draft

async def write():
    database = Database.open(Path(sys.argv[1]))
    for number in range(10**6):
        text, packed = _pack({"number": number})
        store = partial(store_draft, draft_id=str(number % 7), text=text, packed=packed, name="", file=None,
                        base=None, window=None, expected=None)
        await database.run(store)
        print(number, flush=True)

asyncio.run(write())
"""


@with_api()
async def test_drafts_come_back_as_they_were(api: Api) -> None:
    body = {"document": DOCUMENT, "name": "cat", "file": "a.json", "base": "abc", "window": "w1"}
    stored = await api.call("PUT", "/drafts/one", json=body)
    assert (stored.status, stored.body["window"]) == (200, "w1")
    shown = await api.call("GET", "/drafts/one")
    assert (shown.body["document"], list(shown.body["document"])) == (DOCUMENT, ["z", "nodes", "a"])
    assert shown.headers["ETag"] == stored.headers["ETag"]
    assert [draft["id"] for draft in (await api.get("/drafts"))["drafts"]] == ["one"]
    again = await api.call("PUT", "/drafts/one", json={"document": {}}, headers={"If-Match": stored.headers["ETag"]})
    assert again.status == 200
    late = await api.call("PUT", "/drafts/one", json={"document": {}}, headers={"If-Match": stored.headers["ETag"]})
    assert (late.status, late.body["error"]["extra_info"]) == (412, {"revision": again.body["revision"]})
    assert (await api.call("DELETE", "/drafts/one")).status == 204
    await api.refused("GET", "/drafts/one", 404, "'one'")


@with_api()
async def test_of_two_windows_that_take_a_draft_over_one_is_given_it(api: Api) -> None:
    body = {"document": DOCUMENT, "name": "cat", "file": "a.json", "base": "abc", "window": "w1"}
    stored = (await api.call("PUT", "/drafts/one", json=body)).body
    wanted = [api.call("POST", "/drafts/one/take", json={"id": f"two-{n}", "window": f"w{n}"}) for n in (2, 3)]
    taken = sorted(await asyncio.gather(*wanted), key=lambda reply: reply.status)
    assert [reply.status for reply in taken] == [200, 404]
    now = taken[0].body
    assert {**now, "id": "one", "window": "w1"} == stored
    assert [draft["id"] for draft in (await api.get("/drafts"))["drafts"]] == [now["id"]]
    assert (await api.get(f"/drafts/{now['id']}"))["document"] == DOCUMENT
    # Who had it comes back, and writes: both are there.
    assert (await api.call("PUT", "/drafts/one", json=body)).status == 200
    await api.refused("POST", f"/drafts/{now['id']}/take", 409, "'one'", json={"id": "one"})
    assert {draft["id"] for draft in (await api.get("/drafts"))["drafts"]} == {"one", now["id"]}


@with_api()
async def test_drafts_say_whether_their_window_is_there(api: Api) -> None:
    async def listed() -> dict[str, bool]:
        return {draft["id"]: draft["is_open"] for draft in (await api.get("/drafts"))["drafts"]}

    for window in ("w1", "w2", None):
        assert (await api.call("PUT", f"/drafts/{window}", json={"document": {}, "window": window})).status == 200
    async with api.client.ws_connect(f"{PREFIX}/events/ws?window=w1") as socket:
        await socket.receive_json()
        assert await listed() == {"w1": True, "w2": False, "None": False}
    while (await listed())["w1"]:
        await asyncio.sleep(0.01)


@with_api(max_json_bytes=100_000)
async def test_a_page_that_is_left_packs_what_it_sends(api: Api) -> None:
    text = json.dumps({"document": DOCUMENT, "name": "Ä"}).encode()
    packed = {"Content-Type": "application/gzip"}
    stored = await api.call("PUT", "/drafts/one", data=gzip.compress(text), headers=packed)
    assert stored.status == 200
    assert (await api.get("/drafts/one"))["document"] == DOCUMENT
    bomb = gzip.compress(b'{"document": {"x": "' + b"a" * 200_000 + b'"}}')
    assert (await api.call("PUT", "/drafts/one", data=bomb, headers=packed)).status == 413
    followed = bomb + gzip.compress(b"{}")  # which claims to be small
    await api.refused("PUT", "/drafts/one", 400, "larger than it says", data=followed, headers=packed)
    two = gzip.compress(text) * 2
    for wrong in (text, two, gzip.compress(text)[:-20], gzip.compress(b"[]"), gzip.compress(b"{"), b""):
        await api.refused("PUT", "/drafts/one", 400, data=wrong, headers=packed)
    await api.refused("PUT", "/drafts/one", 415, "text/plain", data=text, headers={"Content-Type": "text/plain"})
    assert (await api.get("/drafts/one"))["name"] == "Ä"


@with_api()
async def test_a_workflow_of_several_megabytes_is_a_draft_too(api: Api) -> None:
    large = json.dumps({"document": {"nodes": [{"id": number, "text": "x" * 1000} for number in range(5000)]}})
    body, headers = io.BytesIO(large.encode()), {"Content-Type": "application/json"}
    assert (await api.call("PUT", "/drafts/one", data=body, headers=headers)).status == 200


@with_api()
async def test_too_many_or_too_large_ones_are_refused_in_words(api: Api) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drafts, "MOST_DRAFTS", 2)
        patch.setattr(drafts, "MOST_BYTES", 2**19)
        for name in ("a", "b"):
            assert (await api.call("PUT", f"/drafts/{name}", json={"document": {}})).status == 200
        await api.refused("PUT", "/drafts/c", 507, "2 drafts", json={"document": {}})
        assert (await api.call("PUT", "/drafts/a", json={"document": {"x": 1}})).status == 200
        large: dict[str, Any] = {"document": {"x": "y" * 600_000}}
        error = await api.refused("PUT", "/drafts/a", 507, "0.5 MiB", json=large)
        assert error["type"] == "draft_quota"
        assert (await api.get("/drafts/a"))["document"] == {"x": 1}


def test_what_was_stored_outlives_a_kill(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."}
    )
    assert process.stdout is not None
    told = [int(process.stdout.readline()) for _ in range(100)]
    process.send_signal(signal.SIGKILL)
    told += [int(line) for line in process.stdout.read().split() if line]
    process.wait(10)
    process.stdout.close()

    async def read() -> list[bytes]:
        database = Database.open(tmp_path)
        try:
            found = await database.ask(drafts.list_drafts)
            return [(await database.ask(lambda c, i=one.id: drafts.read_draft(c, i)))[1] for one in found]
        finally:
            await asyncio.to_thread(database.close)

    numbers = sorted(int(text.split(b":")[1].rstrip(b"}")) for text in asyncio.run(read()))
    assert len(numbers) == 7
    assert max(numbers) >= max(told)
    assert numbers == list(range(numbers[0], numbers[0] + 7))


def test_a_damaged_file_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "canvas.sqlite3").write_bytes(b"no database" * 1000)
    database = Database.open(tmp_path)
    assert asyncio.run(database.ask(drafts.list_drafts)) == []
    database.close()
    assert [path.name.startswith("canvas.damaged-") for path in tmp_path.glob("canvas.damaged*")] == [True]
