"""`/ws`: who is told what, in which order, and what becomes of clients that misbehave."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from engine.jobs.events import JobCancelled, NodeProgress, NodeStarted, NodeText
from engine.jobs.job import Job, Submission
from engine.workers.messages import PackMessage, PackText, Preview
from engine.workers.notices import PreviewShown, RunSnapshot
from tests.engine.server.fakes import VALUE, FakeServer

Talk = Callable[[FakeServer], Awaitable[None]]
_FLAGS = '{"type": "feature_flags", "data": {"supports_preview_metadata": true}}'


def _serve(talk: Talk, **options: Any) -> None:
    async def run() -> None:
        async with asyncio.timeout(60), FakeServer(**options) as server:
            await talk(server)

    asyncio.run(run())


async def _connect(server: FakeServer, sid: str = "me") -> ClientWebSocketResponse:
    """A connection that has heard who it is."""
    socket = await server.client.ws_connect(f"/ws?clientId={sid}")
    first = json.loads((await socket.receive(10)).data)
    assert first["type"] == "status"
    assert first["data"]["sid"] == sid
    return socket


async def _submit(server: FakeServer, client_id: str = "me", job_id: str = "j") -> Job:
    return await server.dispatcher.submit(Submission(id=job_id, prompt=VALUE, targets=("2",), client_id=client_id))


async def _hear(socket: ClientWebSocketResponse) -> list[Any]:
    """Everything up to now: pictures as bytes, messages as (name, data)."""
    await socket.send_str('{"type": "feature_flags", "data": {}}')  # answered at once, after whatever waited
    heard: list[Any] = []
    while True:
        message = await socket.receive(10)
        if message.type is WSMsgType.BINARY:
            heard.append(message.data)
            continue
        assert message.type is WSMsgType.TEXT, message
        record = json.loads(message.data)
        if record["type"] == "feature_flags":
            return heard
        heard.append((record["type"], record["data"]))


def _names(heard: list[Any]) -> list[str]:
    return [one[0] for one in heard]


def test_a_run_from_the_outside() -> None:
    async def talk(server: FakeServer) -> None:
        socket = await _connect(server)
        await _submit(server)
        await server.dispatcher.run_next()
        heard = await _hear(socket)
        assert _names(heard) == [
            "status",
            "status",
            "execution_start",
            "execution_cached",
            "progress_state",
            "executing",
            "executed",
            "progress_state",
            "execution_success",
            "status",
            "executing",
        ]
        counts = [data["status"]["exec_info"]["queue_remaining"] for name, data in heard if name == "status"]
        assert counts == [1, 1, 0]
        assert heard[-1][1] == {"node": None, "prompt_id": "j"}

    _serve(talk)


def test_others_hear_only_how_long_the_queue_is() -> None:
    async def talk(server: FakeServer) -> None:
        mine, others = await _connect(server), await _connect(server, "other")
        await _submit(server)
        await server.dispatcher.run_next()
        assert set(_names(await _hear(others))) == {"status"}
        assert "executed" in _names(await _hear(mine))

    _serve(talk)


def test_two_connections_of_one_client_both_live() -> None:
    async def talk(server: FakeServer) -> None:
        sockets = [await _connect(server), await _connect(server)]
        await _submit(server)
        await server.dispatcher.run_next()
        first, second = [await _hear(socket) for socket in sockets]
        assert first == second
        await sockets[0].close()
        await _submit(server, job_id="k")
        await server.dispatcher.run_next()
        assert "execution_success" in _names(await _hear(sockets[1]))

    _serve(talk)


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_runs_that_end_badly(state: Any) -> None:
    async def talk(server: FakeServer) -> None:
        mine, others = await _connect(server), await _connect(server, "other")
        await _submit(server)
        job = await server.dispatcher.start_next()
        server.dispatcher.tell(job, NodeStarted("2", "Show", "2"))
        await server.dispatcher.finish(job, state)
        ending = "execution_error" if state == "failed" else "execution_interrupted"
        assert _names(await _hear(mine))[-3:] == [ending, "status", "executing"]
        assert ("execution_interrupted" in _names(await _hear(others))) == (state == "cancelled")

    _serve(talk)


def test_a_job_taken_out_of_the_queue_changes_only_its_length() -> None:
    async def talk(server: FakeServer) -> None:
        socket = await _connect(server)
        await _submit(server)
        await server.dispatcher.cancel("j")
        assert _names(await _hear(socket)) == ["status", "status"]

    _serve(talk)


def test_who_comes_back_hears_where_its_run_is() -> None:
    async def talk(server: FakeServer) -> None:
        await _submit(server)
        job = await server.dispatcher.start_next()
        server.dispatcher.snapshots["j"] = RunSnapshot(
            job, 0, 9, running=(NodeStarted("2", "Show", "2"),), progress={"2": NodeProgress("2", "2", 3, 20)}
        )
        heard = await _hear(await _connect(server))
        assert _names(heard) == ["progress_state", "executing", "progress"]
        assert await _hear(await _connect(server, "other")) == []

    _serve(talk)


def test_pictures_come_in_the_form_that_was_announced() -> None:
    async def talk(server: FakeServer) -> None:
        plain, detailed, other = await _connect(server), await _connect(server), await _connect(server, "other")
        await detailed.send_str(_FLAGS)
        answer = json.loads((await detailed.receive(10)).data)
        assert answer == {
            "type": "feature_flags",
            "data": {"supports_preview_metadata": True, "max_upload_size": 100 * 2**20},
        }
        preview = Preview(
            job_id="j", node_id="2", display_id="2", parent_id=None, media_type="image/jpeg", data=b"picture"
        )
        server.dispatcher.notify(PreviewShown(preview, "me"))
        server.dispatcher.notify(
            PreviewShown(msgspec.structs.replace(preview, media_type="image/png", final=True), "me")
        )
        for socket, kind in ((plain, 1), (detailed, 4)):
            for _ in range(2):
                data = (await socket.receive(10)).data
                assert int.from_bytes(data[:4], "big") == kind
                assert data.endswith(b"picture")
        assert await _hear(other) == []

    _serve(talk, sends_previews=True)


def test_pictures_in_webp_are_jpeg_for_who_knows_no_other_format() -> None:
    async def talk(server: FakeServer) -> None:
        plain, detailed = await _connect(server), await _connect(server)
        await detailed.send_str(_FLAGS)
        await detailed.receive(10)
        preview = Preview(
            job_id="j", node_id="2", display_id="2", parent_id=None, media_type="image/webp", data=b"webp", jpeg=b"jpeg"
        )
        server.dispatcher.notify(PreviewShown(msgspec.structs.replace(preview, jpeg=b""), "me"))
        server.dispatcher.notify(PreviewShown(preview, "me"))
        assert await _hear(plain) == [bytes.fromhex("0000000100000001") + b"jpeg"]
        for data in await _hear(detailed):
            assert data[:4] == bytes.fromhex("00000004")
            assert b'"image_type":"image/webp"' in data
            assert data.endswith(b"webp")

    _serve(talk, sends_previews=True, preview_format="webp")


def test_who_comes_back_in_mid_run_gets_the_latest_picture_at_once() -> None:
    async def talk(server: FakeServer) -> None:
        job = await _submit(server)
        picture = Preview(
            job_id=job.id, node_id="2", display_id="2", parent_id=None, media_type="image/jpeg", data=b"first"
        )
        server.dispatcher.notify(PreviewShown(picture, "me"))
        server.dispatcher.notify(PreviewShown(msgspec.structs.replace(picture, data=b"second"), "me"))

        async def come_back(sid: str) -> list[bytes]:
            socket = await _connect(server, sid)
            await socket.send_str(_FLAGS)
            return [each for each in await _hear_after_flags(socket) if isinstance(each, bytes)]

        (latest,) = await come_back("me")
        assert latest.endswith(b"second")
        assert await come_back("other") == []
        server.dispatcher.tell(job, JobCancelled("2", "Value"))
        assert await come_back("me") == []

    _serve(talk)


async def _hear_after_flags(socket: ClientWebSocketResponse) -> list[Any]:
    return [*await _hear(socket), *await _hear(socket)]


def test_who_announced_nothing_gets_only_finished_pictures_unless_the_user_says_so() -> None:
    """Clients such as comfy-api-simplified take every picture for a result."""

    async def talk(server: FakeServer) -> None:
        plain = await _connect(server)
        preview = Preview(
            job_id="j", node_id="2", display_id="2", parent_id=None, media_type="image/png", data=b"unfinished"
        )
        server.dispatcher.notify(PreviewShown(preview, "me"))
        server.dispatcher.notify(PreviewShown(msgspec.structs.replace(preview, data=b"result", final=True), "me"))
        (picture,) = await _hear(plain)
        assert picture[8:] == b"result"

    _serve(talk)


def test_texts_of_nodes_and_messages_of_packs() -> None:
    async def talk(server: FakeServer) -> None:
        mine, other = await _connect(server), await _connect(server, "other")
        job = await _submit(server)
        server.dispatcher.tell(job, NodeText("2", "half done"))
        server.dispatcher.notify(PackMessage("pack.to-one", {"a": 1}, "me"))
        server.dispatcher.notify(PackMessage("pack.to-all", [1]))
        server.dispatcher.notify(PackText("7", "to one", "other"))
        server.dispatcher.notify(PackText("8", "to all"))
        heard = await _hear(mine)
        assert heard[1] == bytes.fromhex("00000003") + b"\0\0\0\x012half done"
        to_all = bytes.fromhex("00000003") + b"\0\0\0\x018to all"
        assert heard[2:] == [("pack.to-one", {"a": 1}), ("pack.to-all", [1]), to_all]
        heard = await _hear(other)
        assert heard[1:] == [("pack.to-all", [1]), bytes.fromhex("00000003") + b"\0\0\0\x017to one", to_all]

    _serve(talk)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "[" * 20000,
        '{"type": 7}',
        '{"type": "other"}',
        '{"type": "feature_flags", "data": [1]}',
        '{"type": "feature_flags"}',
        '"\\ud800"',
        '{"type": "feature_flags", "data": {"supports_preview_metadata": "no"}}',
    ],
)
def test_what_clients_say_is_ignored_unless_it_means_something(text: str) -> None:
    async def talk(server: FakeServer) -> None:
        socket = await _connect(server)
        await socket.send_str(text)
        await socket.send_bytes(b"\x00\xff")
        await _submit(server)
        while True:
            record = json.loads((await socket.receive(10)).data)
            if record["type"] != "feature_flags":
                break
        assert record["type"] == "status"

    _serve(talk)


def test_a_message_that_is_too_large_ends_the_connection_only() -> None:
    async def talk(server: FakeServer) -> None:
        socket, other = await _connect(server), await _connect(server)
        await socket.send_str("x" * 200_000)
        assert (await socket.receive(10)).type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR)
        await _submit(server)
        assert _names(await _hear(other)) == ["status"]

    _serve(talk)


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_pages_of_others_get_no_socket(headers: dict[str, str]) -> None:
    async def talk(server: FakeServer) -> None:
        with pytest.raises(WSServerHandshakeError, match="403"):
            await server.client.ws_connect("/ws", headers=headers)

    _serve(talk)


@pytest.mark.parametrize("sid", ["%00", "a" * 300, "%0a"])
def test_ids_that_are_none(sid: str) -> None:
    async def talk(server: FakeServer) -> None:
        with pytest.raises(WSServerHandshakeError, match="400"):
            await server.client.ws_connect(f"/ws?clientId={sid}")

    _serve(talk)


def test_without_an_id_one_is_made() -> None:
    async def talk(server: FakeServer) -> None:
        sids = set[str]()
        for _ in range(2):
            socket = await server.client.ws_connect("/api/ws")
            sids.add(json.loads((await socket.receive(10)).data)["data"]["sid"])
        assert len(sids) == 2
        assert all(len(sid) == 32 for sid in sids)

    _serve(talk)


def test_asked_without_an_upgrade() -> None:
    async def talk(server: FakeServer) -> None:
        answer = await server.client.get("/ws")
        assert answer.status == 426
        assert (await answer.json())["error"]["type"] == "upgrade_required"

    _serve(talk)


def test_a_client_that_does_not_read_holds_up_nobody() -> None:
    async def talk(server: FakeServer) -> None:
        socket = await _connect(server)
        deaf = [await _connect(server) for _ in range(10)]  # nobody receives on them
        job = await _submit(server)
        big = {"text": ["x" * 100_000]}
        await server.dispatcher.start_next()
        for count in range(50):
            server.dispatcher.run_node(job, str(count), ui=big)
            await asyncio.sleep(0)
        await server.dispatcher.finish(job)
        heard = await _hear(socket)
        assert _names(heard).count("executed") == 50
        assert _names(heard)[-1] == "executing"
        del deaf

    _serve(talk)


@pytest.mark.parametrize("path", ["/ws?clientId=me", "/api/v1/events/ws"])
def test_who_sends_too_much_is_told_the_limit(path: str) -> None:
    async def talk(server: FakeServer) -> None:
        socket = await server.client.ws_connect(path)
        await socket.send_str("x" * 64 * 1024)
        await socket.send_str('{"type": "feature_flags"}')  # so much is taken, and means nothing
        await socket.send_str("x" * (64 * 1024 + 1))
        while (message := await socket.receive(10)).type is not WSMsgType.CLOSE:
            assert message.type is WSMsgType.TEXT
        assert (message.data, message.extra) == (1009, "A message may have 64 KiB, a fixed limit.")

    _serve(talk)


def test_the_end_of_the_server_is_told() -> None:
    async def talk(server: FakeServer) -> None:
        socket = await _connect(server)
        closing = asyncio.create_task(server.client.server.close())
        message = await socket.receive(10)
        assert message.type is WSMsgType.CLOSE
        assert message.data == 1001
        await closing

    _serve(talk)


def test_ids_of_jobs_that_ended_are_not_kept() -> None:
    async def talk(server: FakeServer) -> None:
        job = await _submit(server)
        server.dispatcher.tell(job, JobCancelled())
        socket = await _connect(server)
        await _submit(server, job_id="k")
        await server.dispatcher.run_next()
        await server.dispatcher.run_next()
        heard = await _hear(socket)
        assert [data["prompt_id"] for name, data in heard if name == "executing" and data["node"] is None] == ["j", "k"]

    _serve(talk)
