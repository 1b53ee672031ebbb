"""End to end: the real server, the real worker, the small model; over sockets, as clients see it."""

from __future__ import annotations

import asyncio
import io
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession, WSMsgType
from comfy_api_simplified import ComfyApiWrapper, ComfyWorkflowWrapper
from PIL import Image

from engine.graph.document import parse_json_text, read_workflow
from engine.graph.registry import Registry
from tests.engine.server.real import ROOT, RealServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with RealServer(tmp_path_factory.mktemp("base"), "--preview-method", "auto") as running:
        yield running


@pytest.fixture(scope="module")
def prompt() -> dict[str, Any]:
    """Text to image in API format, with few steps."""
    document = parse_json_text((ROOT / "workflows" / "text_to_image.json").read_bytes())
    prompt = read_workflow(document, Registry.collect("nodes")).to_api()
    for node in prompt.values():
        if "steps" in node["inputs"]:
            node["inputs"].update(steps=4, seed=11)
    return prompt


async def _run(server: RealServer, body: dict[str, Any]) -> list[Any]:
    """Submit and listen to the end: messages as (name, data), pictures as bytes."""
    heard: list[Any] = []
    async with (
        asyncio.timeout(180),
        ClientSession() as session,
        session.ws_connect(f"{server.address}/ws?clientId=tester") as listening,
    ):
        first = json.loads((await listening.receive()).data)
        assert first["data"]["sid"] == "tester"
        async with session.post(f"{server.address}/prompt", json={**body, "client_id": "tester"}) as answer:
            assert answer.status == 200, await answer.text()
            job_id = (await answer.json())["prompt_id"]
        while not heard or heard[-1] != ("executing", {"node": None, "prompt_id": job_id}):
            message = await listening.receive()
            if message.type is WSMsgType.BINARY:
                heard.append(message.data)
            else:
                assert message.type is WSMsgType.TEXT, message
                record = json.loads(message.data)
                heard.append((record["type"], record["data"]))
    return heard


def _names(heard: list[Any]) -> list[str]:
    return [one[0] for one in heard if not isinstance(one, bytes)]


def test_a_picture_from_a_text(server: RealServer, prompt: dict[str, Any]) -> None:
    heard = asyncio.run(_run(server, {"prompt": prompt, "prompt_id": "first"}))
    names = _names(heard)
    assert names[:4] == ["status", "status", "execution_start", "execution_cached"]
    assert names[-3:] == ["execution_success", "status", "executing"]
    started = [
        data["node"] for name, data in (one for one in heard if not isinstance(one, bytes)) if name == "executing"
    ]
    assert set(started[:-1]) == set(prompt)
    progress = [one[1] for one in heard if not isinstance(one, bytes) and one[0] == "progress" and one[1]["max"] == 4]
    values = [data["value"] for data in progress]  # what comes within 50 ms of another one of the same node is merged
    assert (values[0], values[-1]) == (1, 4)
    assert values == sorted(set(values))
    previews = [one for one in heard if isinstance(one, bytes)]
    assert previews
    assert all(struct.unpack(">II", data[:8]) == (1, 1) and data[8:11] == b"\xff\xd8\xff" for data in previews)

    entry = server.get("/history/first")["first"]
    assert entry["status"]["status_str"] == "success"
    (images,) = [shown["images"] for shown in entry["outputs"].values()]
    status, data = server.ask("/view?" + urlencode(images[0]))
    assert status == 200
    assert data[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_client_from_the_registry_gets_its_picture(tmp_path: Path, prompt: dict[str, Any]) -> None:
    file = tmp_path / "workflow.json"
    titled = {key: {**node, "_meta": {"title": node["class_type"]}} for key, node in prompt.items()}
    file.write_text(json.dumps(titled))
    with RealServer(tmp_path) as server:
        server.get("/object_info/SaveImage")  # there is a worker
        wrapper = ComfyApiWrapper(server.address)
        images = wrapper.queue_and_wait_images(ComfyWorkflowWrapper(str(file)), "SaveImage")
    ((name, data),) = images.items()
    assert name.endswith(".png")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"


def test_again_it_is_all_known(server: RealServer, prompt: dict[str, Any]) -> None:
    asyncio.run(_run(server, {"prompt": prompt}))
    heard = asyncio.run(_run(server, {"prompt": prompt}))
    names = _names(heard)
    assert "executed" in names
    assert names.count("executing") == 1
    (cached,) = [one[1]["nodes"] for one in heard if one[0] == "execution_cached"]
    assert set(cached) == set(prompt)


def test_a_run_is_interrupted(server: RealServer, prompt: dict[str, Any]) -> None:
    long = json.loads(json.dumps(prompt))
    for node in long.values():
        if "steps" in node["inputs"]:
            node["inputs"].update(steps=2_000, seed=12)

    async def run() -> list[Any]:
        task = asyncio.create_task(_run(server, {"prompt": long, "prompt_id": "long"}))
        while not any(item[1] == "long" for item in (await asyncio.to_thread(server.get, "/queue"))["queue_running"]):
            await asyncio.sleep(0.05)
        running = list[str]()
        while running != ["KSampler"]:
            progress = (await asyncio.to_thread(server.get, "/api/v1/jobs/long"))["progress"]
            running = [node["node_type"] for node in progress["running"]]
        await asyncio.to_thread(server.post, "/interrupt", {"prompt_id": "long"})
        return await task

    assert _names(asyncio.run(run()))[-3:] == ["execution_interrupted", "status", "executing"]
    name, data = server.get("/history/long")["long"]["status"]["messages"][-1]
    assert name == "execution_interrupted"
    assert prompt[data["node_id"]]["class_type"] == data["node_type"] == "KSampler"


def test_a_node_that_fails_is_named(server: RealServer) -> None:
    large = {"width": 16_384, "height": 16_384, "upscale_method": "area", "crop": "disabled"}
    prompt = {
        "1": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "batch_size": 64, "color": 0}},
        "2": {"class_type": "ImageScale", "inputs": {"image": ["1", 0], **large}},
        "3": {"class_type": "PreviewImage", "inputs": {"images": ["2", 0]}},
    }
    heard = asyncio.run(_run(server, {"prompt": prompt}))
    assert _names(heard)[-3:] == ["execution_error", "status", "executing"]
    told = heard[-3][1]
    assert told["node_id"] == "2"
    assert told["node_type"] == "ImageScale"
    assert told["traceback"] == []
    assert str(ROOT) not in json.dumps(told)


def test_the_queue_survives_a_restart(tmp_path: Path, prompt: dict[str, Any]) -> None:
    with RealServer(tmp_path) as server:
        ids = [server.post("/prompt", {"prompt": prompt})["prompt_id"] for _ in range(5)]
        server.process.kill()
    with RealServer(tmp_path) as server:

        def known() -> list[str]:
            queue = server.get("/queue")
            waiting = [item[1] for item in queue["queue_running"] + queue["queue_pending"]]
            return [*waiting, *server.get("/history")]

        assert set(ids) <= set(known())
        server.post("/queue", {"clear": True})
        assert server.stop() == 0


def test_pictures_that_are_only_sent(server: RealServer) -> None:
    """`SaveImageWebsocket`: PNG in binary messages while the node runs, each time, and nothing is kept."""
    prompt = {
        "1": {"class_type": "EmptyImage", "inputs": {"width": 24, "height": 16, "batch_size": 2, "color": 255}},
        "2": {"class_type": "SaveImageWebsocket", "inputs": {"images": ["1", 0]}},
    }
    for job_id in ("sent", "again"):
        heard = asyncio.run(_run(server, {"prompt": prompt, "prompt_id": job_id}))
        begun = heard.index(("executing", {"node": "2", "display_node": "2", "prompt_id": job_id}))
        pictures = [one for one in heard[begun:] if isinstance(one, bytes)]
        assert len(pictures) == 2
        for data in pictures:
            assert struct.unpack(">II", data[:8]) == (1, 2)
            with Image.open(io.BytesIO(data[8:])) as picture:
                assert (picture.format, picture.size, picture.getpixel((0, 0))) == ("PNG", (24, 16), (0, 0, 255))
        assert server.get(f"/history/{job_id}")[job_id]["outputs"] == {}
