"""What the server costs: how soon it is there, how fast it answers while a worker computes, how much it takes in.

Everything is measured from outside, over loopback, with a server of its own that starts empty. The peer, for what has
one, is a bare aiohttp application that answers the same requests with constants: what no server on this library can
beat. Other programs on the machine show in every figure, so both are measured in turns, and the medians are printed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from aiohttp import ClientSession, WSMsgType

from benchmarks._promises import Check
from tests.engine.server.real import ROOT, RealServer
from tests.reliability.driving import add_pack, graph, wait_until

SUMMARY = "start, answers while sampling, events and prompts per second, against a bare aiohttp application"


def main(arguments: list[str]) -> int:
    """Measure everything once, or `--rounds` times, and print the table. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks server", description=SUMMARY)
    parser.add_argument("--rounds", type=int, default=3, help="how often each figure is measured (default: 3)")
    parser.add_argument("--steps", type=int, default=200, help="sampling steps while the queue is asked for")
    parser.add_argument("--check", action="store_true", help="end with status 1 if a promise is missed")
    options = parser.parse_args(arguments)
    check = Check()
    measure(options, check)
    return check.conclude() if options.check else 0


def measure(options: argparse.Namespace, check: Check) -> None:
    """Measure all, print it, and hand over what is promised."""
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        add_pack(base)
        print_row("", "figure", "peer", "ratio")
        starts = [measure_start(base) for _ in range(options.rounds)]
        start = statistics.median(page for page, _ in starts)
        check.take("start", start)
        print_row("command to first page, s", start)
        print_row("command to a worker ready, s", statistics.median(ready for _, ready in starts))
        with RealServer(base) as server:
            wait_until(lambda: server.ask("/api/v1/ready")[0] == 200)
            with Bare() as bare:
                compare(
                    "GET /queue, p99 in ms, idle",
                    options.rounds,
                    lambda: ask_repeatedly(server.address, "/queue", 2.0)[1],
                    lambda: ask_repeatedly(bare.address, "/queue", 2.0)[1],
                )
                figures = [measure_while_sampling(server, options.steps, seed) for seed in range(options.rounds)]
                waiting = statistics.median(one[1] for one in figures)
                check.take("waiting", waiting)
                print_row("GET /queue, p50 in ms, sampling", statistics.median(one[0] for one in figures))
                print_row("GET /queue, p99 in ms, sampling", waiting)
                compare(
                    "prompts accepted per second, 8 clients",
                    options.rounds,
                    lambda: asyncio.run(submit_many(server.address, 400)),
                    lambda: asyncio.run(submit_many(bare.address, 400)),
                    more_is_better=True,
                )
            server.post("/queue", {"clear": True})
            wait_until(lambda: server.get("/prompt")["exec_info"]["queue_remaining"] == 0)
            events = [asyncio.run(count_events(server, place)) for place in range(options.rounds)]
            print_row("websocket messages per second, 1 client", statistics.median(events))


def print_row(what: str, figure: float | str, peer: float | str = "", ratio: float | str = "") -> None:
    """One line of the table."""
    cells = [f"{cell:>12.2f}" if isinstance(cell, float) else f"{cell:>12}" for cell in (figure, peer, ratio)]
    print(f"{what:42}{''.join(cells)}", flush=True)


def compare(
    what: str, rounds: int, ours: Callable[[], float], peers: Callable[[], float], *, more_is_better: bool = False
) -> None:
    """Measure both in turns; the ratio is how many times worse ours is."""
    pairs = [(ours(), peers()) for _ in range(rounds)]
    own, peer = (statistics.median(values) for values in zip(*pairs, strict=True))
    print_row(what, own, peer, peer / own if more_is_better else own / peer)


def measure_start(base: Path) -> tuple[float, float]:
    """Seconds from the command to the first page, and to a worker that is ready."""
    began = time.perf_counter()
    with RealServer(base) as server:
        assert server.ask("/")[0] == 200
        page = time.perf_counter() - began
        wait_until(lambda: server.ask("/api/v1/ready")[0] == 200)
        return page, time.perf_counter() - began


def ask_repeatedly(address: str, path: str, seconds: float, until: Callable[[], bool] | None = None) -> list[float]:
    """p50, p99 and the longest wait for a path, in milliseconds, asked for every ten milliseconds."""

    async def ask() -> list[float]:
        waits: list[float] = []
        end = time.perf_counter() + seconds
        async with ClientSession() as session:
            while time.perf_counter() < end and not (until is not None and until()):
                began = time.perf_counter()
                async with session.get(address + path) as answer:
                    assert answer.status == 200
                    await answer.read()
                waits.append((time.perf_counter() - began) * 1000)
                await asyncio.sleep(0.01)
        return sorted(waits)

    waits = asyncio.run(ask())
    return [waits[len(waits) // 2], waits[int(len(waits) * 0.99)], waits[-1]]


def measure_while_sampling(server: RealServer, steps: int, seed: int) -> list[float]:
    """As `ask_repeatedly`, while the worker makes a picture with the model that ships."""
    document = json.loads((ROOT / "workflows" / "text_to_image.json").read_bytes())
    prompt = server.post("/api/v1/convert", {"workflow": document})["prompt"]
    for node in prompt.values():
        if "steps" in node["inputs"]:
            node["inputs"].update(steps=steps, seed=seed)
    job_id = server.post("/prompt", {"prompt": prompt})["prompt_id"]
    wait_until(lambda: server.get(f"/api/v1/jobs/{job_id}")["state"] == "running")
    ended = threading.Event()

    def watch() -> None:
        while server.get(f"/api/v1/jobs/{job_id}")["state"] in ("queued", "running"):
            time.sleep(0.25)
        ended.set()

    threading.Thread(target=watch, daemon=True).start()
    return ask_repeatedly(server.address, "/queue", 600.0, ended.is_set)


async def submit_many(address: str, count: int, clients: int = 8) -> float:
    """Prompts accepted per second; each is on disk when its answer comes."""
    async with ClientSession() as session:

        async def submit(first: int) -> None:
            for place in range(first, count, clients):
                body = {"prompt": graph(("Slow", {"seconds": 0.0, "flag": ""}), ("Fine", {"text": str(place)}))}
                async with session.post(f"{address}/prompt", json=body) as answer:
                    assert answer.status == 200, await answer.text()
                    await answer.read()

        began = time.perf_counter()
        await asyncio.gather(*(submit(first) for first in range(clients)))
        return count / (time.perf_counter() - began)


async def count_events(server: RealServer, salt: int, nodes: int = 3_000) -> float:
    """Messages per second that one client receives of a run of many small nodes."""
    prompt = graph(*[("Fine", {"text": f"{salt} {place}"}) for place in range(nodes)])
    async with ClientSession() as session, session.ws_connect(f"{server.address}/ws?clientId=bench") as socket:
        async with session.post(f"{server.address}/prompt", json={"prompt": prompt, "client_id": "bench"}) as answer:
            assert answer.status == 200
        count, began = 0, 0.0
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            count += 1
            record = json.loads(message.data)
            if record["type"] == "execution_start":
                began = time.perf_counter()
            if record["type"] == "execution_success":
                break
    return count / (time.perf_counter() - began)


_BARE = """
import asyncio, sys
from aiohttp import web

async def answer(request):
    await request.read()
    return web.json_response({"queue_running": [], "queue_pending": [], "prompt_id": "x"})

async def serve():
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)

asyncio.run(serve())
"""


class Bare:
    """The peer: a process with an aiohttp application whose answers are constants.

    Attributes:
        address: Where it is.
    """

    address = ""

    def __enter__(self) -> Bare:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _BARE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.address = f"http://127.0.0.1:{self._process.stdout.readline().strip()}"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate("", timeout=30)
