"""Many clients, slow ones, silent ones, and large requests: nobody waits for anybody else."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, TCPConnector, WSMsgType

from tests.engine.server.real import RealServer
from tests.reliability.driving import Line, assert_next_runs, connect_deaf, graph, strict_json

CLIENTS, DEAF = 150, 30


def _url(server: RealServer, sid: str) -> str:
    return f"{server.address}/ws?clientId={sid}"


async def _listen_to_the_end(listening: ClientWebSocketResponse, job_id: str) -> list[str]:
    """The names of messages up to the one that says that the job has ended."""
    heard: list[str] = []
    while True:
        message = await listening.receive(timeout=60)
        if message.type is WSMsgType.BINARY:
            continue
        assert message.type is WSMsgType.TEXT, message
        record = strict_json(message.data)
        heard.append(record["type"])
        if record["type"] == "executing" and record["data"] == {"node": None, "prompt_id": job_id}:
            return heard


async def _submit(session: ClientSession, server: RealServer, prompt: dict[str, Any], sid: str) -> str:
    async with session.post(f"{server.address}/prompt", json={"prompt": prompt, "client_id": sid}) as answer:
        assert answer.status == 200, await answer.text()
        return (await answer.json())["prompt_id"]


def test_all_who_listen_hear_everything_whoever_else_does_not(server: RealServer) -> None:
    """All share one client id, so that each is sent every event of the run."""
    prompt = graph(*[("Fine", {"text": f"crowd {place} {time.time()}"}) for place in range(100)])

    async def watch() -> list[list[str]]:
        deaf = [connect_deaf(server, "crowd") for _ in range(DEAF)]
        async with asyncio.timeout(60), ClientSession(connector=TCPConnector(limit=0)) as session:
            clients = [await session.ws_connect(_url(server, "crowd")) for _ in range(CLIENTS)]
            job_id = await _submit(session, server, prompt, "crowd")
            heard = await asyncio.gather(*(_listen_to_the_end(client, job_id) for client in clients))
            await asyncio.gather(*(client.close() for client in clients))
        for one in deaf:
            one.close()
        return list(heard)

    heard = asyncio.run(watch())
    assert {names.count("executed") for names in heard} == {100}
    assert_next_runs(server)


def test_clients_that_say_too_little_take_no_place(server: RealServer) -> None:
    """Half requests, half handshakes, half bodies: two hundred of them, and everybody else is answered."""
    host, port = server.address.removeprefix("http://").split(":")
    starts = (
        b"",
        b"GET /queue HT",
        b"GET /queue HTTP/1.1\r\nHost: x",
        b"POST /prompt HTTP/1.1\r\nContent-Length: 100\r\n",
    )
    lines = [socket.create_connection((host, int(port))) for _ in range(200)]
    for place, line in enumerate(lines):
        line.sendall(starts[place % len(starts)])
    assert_next_runs(server)
    assert server.get("/queue")["queue_running"] == []
    for line in lines:
        line.close()


def test_large_requests_hold_up_nobody(server: RealServer) -> None:
    """While hundred megabytes of JSON, 1.5 million nodes and 50,000 good ones come in, another client is answered.

    How soon: `python -m benchmarks reliability blocking`.
    """
    bodies = (
        b'{"prompt": {"1": {"class_type": "Fine", "inputs": {"text": "' + b"x" * 100_000_000 + b'"}}}}',
        b'{"prompt":{' + b",".join(b'"%d":{"class_type":"A"}' % place for place in range(1_500_000)) + b"}}",
        json.dumps({"prompt": graph(*[("Nope", {"text": place}) for place in range(50_000)])}).encode(),
        b'{"prompt": {"1": {"class_type": "Nope", "inputs": {"text": "' + b"x" * 12_000_000 + b'"}}}}',
    )
    answered = 0

    async def ask(session: ClientSession) -> None:
        nonlocal answered
        while True:
            async with session.get(f"{server.address}/prompt") as answer:
                assert answer.status == 200
                await answer.read()
            answered += 1
            await asyncio.sleep(0.002)

    async def send() -> list[int]:
        statuses: list[int] = []
        async with asyncio.timeout(120), ClientSession() as session:
            asking = asyncio.create_task(ask(session))
            for body in bodies:
                before = answered
                headers = {"Content-Type": "application/json"}
                answer = await asyncio.to_thread(Line(server).ask, "POST", "/prompt", headers, body)
                statuses.append(answer[0])
                assert answered > before
            asking.cancel()
            await asyncio.wait({asking})
        return statuses

    assert asyncio.run(send()) == [413, 413, 400, 400]
    assert_next_runs(server)
