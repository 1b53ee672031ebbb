"""Events over both wires: the same ones, from any point, without what clients must not see."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.jobs.events import ErrorRecord, NodeProgress
from engine.server.api.events import OPEN_STREAMS, close_streams
from engine.server.api.route import PREFIX
from engine.workers.messages import Preview
from engine.workers.notices import PreviewShown
from tests.engine.server.api.checked import Api, check, with_api
from tests.engine.server.fakes import VALUE

Event = dict[str, Any]
_SCHEMA = {"$ref": "#/components/schemas/StreamedEvent"}


async def read_stream(api: Api, path: str, count: int, headers: dict[str, str] | None = None) -> list[Event]:
    """The first events of a stream, or all if it ends before."""
    events: list[Event] = []
    async with api.client.get(PREFIX + path, headers=headers) as response:
        assert response.status == 200
        assert response.content_type == "text/event-stream"
        while len(events) < count:
            block = await response.content.readuntil(b"\n\n")
            fields = dict(line.split(": ", 1) for line in block.decode().splitlines() if ": " in line)
            if "data" in fields:
                event = json.loads(fields["data"])
                check(_SCHEMA, event)
                assert fields["event"] == event["event"]["type"]
                assert fields["id"] == str(event["seq"])
                events.append(event)
    return events


async def read_socket(api: Api, path: str, count: int) -> list[Event]:
    """The first events of a websocket."""
    async with api.client.ws_connect(PREFIX + path) as socket:
        events = [json.loads(await socket.receive_str(timeout=10)) for _ in range(count)]
    for event in events:
        check(_SCHEMA, event)
    return events


def types(events: list[Event]) -> list[str]:
    return [event["event"]["type"] for event in events]


_RUN = ["queued", "started", "nodes_cached", "node_started", "node_finished", "succeeded"]


@with_api()
async def test_both_wires_tell_the_same(api: Api) -> None:
    streaming = asyncio.create_task(read_stream(api, "/events", 7))
    listening = asyncio.create_task(read_socket(api, "/events/ws", 7))
    while len(api.app[OPEN_STREAMS]) < 2:
        await asyncio.sleep(0.01)
    await api.submit(VALUE)
    await api.dispatcher.run_next()
    streamed, heard = await streaming, await listening
    assert types(streamed) == ["hello", *_RUN]
    assert streamed[1:] == heard[1:]
    replayed = await read_stream(api, f"/events?since={streamed[0]['seq']}", 7)
    assert replayed[1:] == streamed[1:]


@with_api()
async def test_a_job_tells_its_story_and_the_stream_ends(api: Api) -> None:
    job = await api.submit(VALUE)
    other = await api.submit(VALUE)
    streaming = asyncio.create_task(read_stream(api, f"/jobs/{job['id']}/events", 7))
    for _ in range(2):
        await api.dispatcher.run_next()
    events = await streaming
    assert types(events) == ["hello", *_RUN]
    assert {event["job_id"] for event in events[1:]} == {job["id"]}
    async with api.client.get(f"{PREFIX}/jobs/{other['id']}/events") as response:
        text = await response.text()  # it ends by itself
    assert text.count("\ndata: ") == 7
    last = str(events[-1]["seq"])
    reply = await api.call("GET", f"/jobs/{job['id']}/events", headers={"Last-Event-ID": last})
    assert reply.status == 204
    assert types(await read_socket(api, f"/events/ws?since=0&job_id={other['id']}", 7)) == ["hello", *_RUN]


@settings(max_examples=10)
@given(st.lists(st.tuples(st.integers(1, 6), st.booleans()), min_size=1, max_size=5))
def test_cut_anywhere_and_taken_up_again_nothing_is_lost_or_doubled(cuts: list[tuple[int, bool]]) -> None:
    @with_api()
    async def run(api: Api) -> None:
        seen: list[Event] = []
        since = 0
        for count, is_socket in cuts:
            await api.submit(VALUE)
            await api.dispatcher.run_next()  # six events more: nobody waits for some that never come
            if is_socket:
                events = await read_socket(api, f"/events/ws?since={since}", count)
            else:  # the header counts more
                events = await read_stream(api, "/events?since=0", count, {"Last-Event-ID": str(since)})
            assert events[0]["event"]["type"] == "hello"
            seen += events[1:]
            since = events[-1]["seq"]
        everything = await api.dispatcher.events(0)
        assert [event["seq"] for event in seen] == [event.seq for event in everything][: len(seen)]

    run()


@with_api()
async def test_failures_come_without_traceback_and_progress_is_told(api: Api) -> None:
    await api.submit(VALUE)
    job = await api.dispatcher.start_next()
    api.dispatcher.tell(job, NodeProgress("2", "2", 1.0, 4.0))
    await api.dispatcher.finish(job, "failed", ErrorRecord(type="t", message="m", traceback=("secret line",)))
    events = await read_stream(api, f"/jobs/{job.id}/events", 6)
    assert types(events)[-2:] == ["node_progress", "failed"]
    assert "secret line" not in json.dumps(events)


@with_api()
async def test_what_is_no_number_of_ours(api: Api) -> None:
    await api.refused("GET", "/events?since=x", 400, "'since'", "a whole number")
    await api.refused("GET", "/events?since=-1", 400, "'since'")
    await api.refused("GET", f"/events?since={2**70}", 400, "'since'")
    await api.submit(VALUE)
    assert types(await read_stream(api, "/events?since=0", 2, {"Last-Event-ID": "odd"})) == ["hello", "queued"]


@with_api()
async def test_streams_end_when_the_server_stops(api: Api) -> None:
    async with (
        api.client.get(f"{PREFIX}/events") as response,
        api.client.ws_connect(f"{PREFIX}/events/ws") as socket,
    ):
        await response.content.readuntil(b"\n\n")
        await socket.receive_str(timeout=10)
        await close_streams(api.app)
        assert b"hello" in await response.content.read()
        message = await socket.receive(timeout=10)
        assert message.data == 1001


@with_api()
async def test_a_plain_request_is_no_websocket(api: Api) -> None:
    error = await api.refused("GET", "/events/ws", 426, "websocket")
    assert error["type"] == "upgrade_required"


@with_api()
async def test_a_client_that_leaves_is_forgotten(api: Api) -> None:
    await read_stream(api, "/events", 1)
    await read_socket(api, "/events/ws", 1)
    for _ in range(200):
        if not api.app[OPEN_STREAMS]:
            return
        await api.submit(VALUE)  # writing to a socket that is gone is what tells
        await asyncio.sleep(0.02)
    pytest.fail("streams of clients that left are still there")


@with_api()
async def test_one_socket_tells_the_rest_too(api: Api) -> None:
    """How things are, at once and when it changes; previews; all beside the events."""
    path = f"{PREFIX}/events/ws?tell=queue,workers,catalog,gallery,previews"
    async with api.client.ws_connect(path) as socket:
        hello = await socket.receive_json(timeout=10)
        assert hello["event"]["type"] == "hello"
        first = [await socket.receive_json(timeout=10) for _ in range(3)]
        assert [told["event"]["type"] for told in first] == ["catalog_changed", "queue_changed", "workers_changed"]
        assert [told["seq"] for told in first] == [0, 0, 0]
        assert first[0]["event"]["etag"] == "fake"
        assert first[1]["event"] == {"type": "queue_changed", "remaining": 0, "paused": False}
        await api.dispatcher.pause()
        told = await socket.receive_json(timeout=10)
        assert told["event"] == {"type": "queue_changed", "remaining": 0, "paused": True}
        preview = Preview(
            job_id="j", node_id="7", display_id="7", parent_id=None, media_type="image/jpeg", data=b"picture"
        )
        api.dispatcher.notify(PreviewShown(preview, "somebody"))
        data = await socket.receive_bytes(timeout=10)
        length = int.from_bytes(data[4:8], "big")
        record = json.loads(data[8 : 8 + length])
        assert (int.from_bytes(data[:4], "big"), data[8 + length :]) == (4, b"picture")
        assert (record["prompt_id"], record["node_id"]) == ("j", "7")
        output = api.settings.directory("output")
        output.mkdir()
        Image.new("RGB", (2, 2)).save(output / "a.png")
        await api.get("/gallery")
        told = await socket.receive_json(timeout=10)
        assert told["event"] == {"type": "gallery_changed", "added": 1, "removed": 0}
        job = await api.submit(VALUE)
        types = [(await socket.receive_json(timeout=10))["event"]["type"] for _ in range(2)]
        assert (sorted(types), job["state"]) == (["queue_changed", "queued"], "queued")
    async with api.client.ws_connect(f"{PREFIX}/events/ws") as socket:
        await socket.receive_json(timeout=10)
        await api.dispatcher.resume()
        await api.submit(VALUE)
        assert (await socket.receive_json(timeout=10))["event"]["type"] == "queued"
