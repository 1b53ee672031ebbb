"""A process that comes in where workers do and behaves as its first argument says; starts fast, as it has no torch."""

from __future__ import annotations

import asyncio
import os
import sys
import time

from engine.jobs.events import ErrorRecord
from engine.workers.channel import connect_to_server
from engine.workers.messages import Configure, Hello, LogLine, Ready, StartFailed, Stop


async def play(part: str, port: int, secret: str) -> None:
    if part == "quits":
        os._exit(7)
    if part == "hangs":
        time.sleep(3600)
    channel = await connect_to_server("127.0.0.1", port)
    await channel.send(Hello("wrong" if part == "lies" else secret, os.getpid()))
    configuration = await channel.receive()
    if part == "lies":
        assert configuration is None
        time.sleep(3600)
    assert isinstance(configuration, Configure)
    if part == "refuses":
        await channel.send(StartFailed(ErrorRecord(type="pack_error", message="No module named 'nodes'.")))
        os._exit(3)
    await channel.send(LogLine(1.0, "on my way"))
    await channel.send(Ready(declarations=(), versions={"python": "3"}, devices=()))
    if part == "babbles":
        await channel.send_frame(b"\0\0\0\x04\xc1\xc1\xc1\xc1")
    if part == "leaves":
        await channel.send(LogLine(2.0, "last words"))
        await channel.close()
        time.sleep(3600)
    async for message in channel:
        if isinstance(message, Stop):
            if part == "stays":
                time.sleep(3600)
            return
        if part == "dies":
            for number in range(1000):
                channel.post(LogLine(float(number), "x" * 100))
            await channel.send(LogLine(1000.0, "last words"))
            os._exit(5)


if __name__ == "__main__":
    asyncio.run(play(sys.argv[1], int(sys.argv[3]), sys.stdin.readline().strip()))
    os._exit(0)
