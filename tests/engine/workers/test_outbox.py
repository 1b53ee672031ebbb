"""The outbox: each thread is heard in its order; who says too much waits; nobody waits for who has gone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest

from engine.jobs.events import NodesCached
from engine.workers import outbox as outbox_module
from engine.workers.channel import Listener, ServerSide, connect_to_server
from engine.workers.messages import EventTold, Hello, LogLine, PackMessage
from engine.workers.outbox import Outbox

_PATIENCE_S = 30.0


def _with_outbox(talk: Callable[[ServerSide, Outbox], Awaitable[None]]) -> None:
    async def connect() -> None:
        listener = await Listener.open()
        secret, arrival = listener.expect()
        worker = await connect_to_server("127.0.0.1", listener.port)
        await worker.send(Hello(secret, 1))
        server = await asyncio.wait_for(arrival, _PATIENCE_S)
        await listener.close()
        outbox = Outbox(worker)
        try:
            await asyncio.wait_for(talk(server, outbox), _PATIENCE_S)
        finally:
            outbox.close()
            await worker.close()
            await server.close()

    asyncio.run(connect())


def test_what_several_threads_say_arrives_in_the_order_of_each() -> None:
    async def talk(server: ServerSide, outbox: Outbox) -> None:
        def say(name: str) -> None:
            for index in range(500):
                outbox.put(EventTold(name, NodesCached((str(index), "x" * (index * 97 % 3000)))))

        threads = [threading.Thread(target=say, args=(name,)) for name in "abc"]
        for thread in threads:
            thread.start()
        heard: dict[str, list[int]] = {}
        for _ in range(1500):
            message = await server.receive()
            assert isinstance(message, EventTold)
            assert isinstance(message.event, NodesCached)
            heard.setdefault(message.job_id, []).append(int(message.event.node_ids[0]))
        assert heard == {name: list(range(500)) for name in "abc"}
        await asyncio.to_thread(lambda: [thread.join() for thread in threads])

    _with_outbox(talk)


def test_who_says_more_than_is_taken_waits_and_what_may_be_dropped_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "MOST_WAITING_BYTES", 2**20)
    size, count = 2**18, 200

    async def talk(server: ServerSide, outbox: Outbox) -> None:
        said = 0

        def say() -> None:
            nonlocal said
            for index in range(count):
                outbox.put(LogLine(index, "x" * size))
                said += 1

        thread = threading.Thread(target=say)
        thread.start()
        before = -1
        while said != before:  # until the thread waits
            before = said
            await asyncio.sleep(0.2)
        assert said < count
        assert outbox.put(LogLine(-1.0, "y"), is_droppable=True)
        heard = [await server.receive() for _ in range(count)]
        assert [message.at for message in heard if isinstance(message, LogLine)] == list(range(count))
        await asyncio.to_thread(thread.join)

    _with_outbox(talk)


def test_when_the_server_has_gone_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "MOST_WAITING_BYTES", 2**18)

    async def talk(server: ServerSide, outbox: Outbox) -> None:
        def say() -> None:
            for _ in range(100):
                outbox.put(LogLine(0.0, "x" * 2**18))

        thread = threading.Thread(target=say)
        thread.start()
        await server.receive()
        server.abort()
        await asyncio.to_thread(thread.join, _PATIENCE_S)
        assert not thread.is_alive()
        assert outbox.put(LogLine(0.0, "nobody hears"))
        await outbox.flush()

    _with_outbox(talk)


def test_what_cannot_be_written_is_logged_and_left_out(caplog: pytest.LogCaptureFixture) -> None:
    async def talk(server: ServerSide, outbox: Outbox) -> None:
        assert not outbox.put(PackMessage("n", {"value": object()}))
        assert "A PackMessage cannot be sent" in caplog.text
        assert outbox.put(LogLine(1.0, "after"))
        assert await server.receive() == LogLine(1.0, "after")

    _with_outbox(talk)


def test_flush_waits_until_all_is_handed_over() -> None:
    async def talk(server: ServerSide, outbox: Outbox) -> None:
        texts = [f"{index}{'x' * 2**20}" for index in range(8)]
        for text in texts:
            outbox.put(LogLine(0.0, text))
        reading = asyncio.gather(*(server.receive() for _ in range(1)))
        flushing = asyncio.create_task(outbox.flush())
        heard = [*await reading]
        while len(heard) < len(texts):
            heard.append(await server.receive())
        await flushing
        assert [message.text for message in heard if isinstance(message, LogLine)] == texts

    _with_outbox(talk)
