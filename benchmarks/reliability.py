"""The long tests of what the server promises: kills, large requests, a thousand clients, a soak; each with its figures.

What is promised, and the short tests of it: `tests/reliability`. The cost of clients is a ratio of runs with and
without them, in turns, on the same server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from aiohttp import ClientSession, ClientWebSocketResponse, TCPConnector, WSMsgType
from PIL import Image

from benchmarks._large import large_prompts, large_requests, put_files
from benchmarks._promises import Check, growth
from benchmarks.server import print_row
from tests.engine.server.real import RealServer
from tests.reliability.driving import Line, add_pack, assert_next_runs, connect_deaf, graph, run, wait_until
from tests.reliability.kills import kill_again_and_again

SUMMARY = "kills, large requests, 1,000 clients, a soak: nothing lost, nobody held up, nothing grows"
PARTS = ("kills", "blocking", "clients", "soak")


def main(arguments: list[str]) -> int:
    """Run all parts, or those that are named. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks reliability", description=SUMMARY)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (default: all)")
    parser.add_argument("--kills", type=int, default=100, help="how often the server is killed (default: 100)")
    parser.add_argument("--seed", type=int, default=None, help="of the moments")
    parser.add_argument("--clients", type=int, default=1_000, help="websockets (default: 1000)")
    parser.add_argument("--deaf", type=int, default=100, help="how many of them never read (default: 100)")
    parser.add_argument("--rounds", type=int, default=5, help="runs with and without clients (default: 5)")
    parser.add_argument("--runs", type=int, default=600, help="of the soak (default: 600)")
    parser.add_argument("--check", action="store_true", help="end with status 1 if a promise is missed")
    options = parser.parse_args(arguments)
    check = Check()
    measure(options, check)
    return check.conclude() if options.check else 0


def measure(options: argparse.Namespace, check: Check) -> None:
    """Run the parts, print their figures, and hand over those that are promised."""
    for part in options.parts or PARTS:
        print(f"-- {part}")
        {"kills": _kills, "blocking": _blocking, "clients": _clients, "soak": _soak}[part](options, check)


# -- kills -----------------------------------------------------------------------------------------------------------


def _kills(options: argparse.Namespace, check: Check) -> None:
    seed = random.randrange(2**32) if options.seed is None else options.seed
    with tempfile.TemporaryDirectory() as base:
        began = time.perf_counter()
        found = kill_again_and_again(Path(base), options.kills, random.Random(seed))
        seconds = time.perf_counter() - began
    for name, ones in (
        ("lost", found.lost),
        ("unmarked", found.repeated_unmarked),
        ("damaged", found.damaged),
        ("torn", found.torn),
    ):
        check.take(name, len(ones))
    print(f"kill -9 at {options.kills} random moments (seed {seed}), {seconds:.0f} s")
    for what, figure in (
        ("prompts accepted", len(found.accepted)),
        ("of them lost", len(found.lost)),
        ("given up after three kills in a row", len(found.given_up)),
        ("sent again, as no reply had come", found.resubmitted),
        ("ran to their end more than once", sum(count > 1 for count in found.marks.values())),
        ("of them not marked as restarted", len(found.repeated_unmarked)),
        ("databases damaged", len(found.damaged)),
        ("pictures", found.pictures),
        ("of them torn", len(found.torn)),
    ):
        print_row(what, str(figure))


# -- blocking --------------------------------------------------------------------------------------------------------

_PROBE = """
import http.client, json, sys, threading, time
line, waits, stop = http.client.HTTPConnection(sys.argv[1]), [], threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
print("begun", flush=True)
while not stop.is_set():
    began = time.perf_counter()
    line.request("GET", "/prompt")
    line.getresponse().read()
    waits.append((time.perf_counter() - began) * 1000)
    time.sleep(0.001)
print(json.dumps(sorted(waits)), flush=True)
"""
_TEXT = b'{"prompt":{"1":{"class_type":"Fine","inputs":{"text":"%b"}}}}'
_JSON = {"Content-Type": "application/json"}


def large_bodies() -> dict[str, bytes]:
    """What is sent while another client asks how long the queue is."""
    fine = "Fine"
    nodes = {str(place): {"class_type": fine, "inputs": {"text": str(place)}} for place in range(100_000)}
    chain = {
        str(place): {"class_type": fine, "inputs": {"text": [str(place - 1), 0] if place else "x"}}
        for place in range(50_000)
    }
    keys = {str(place): place for place in range(900_000)}
    extra = {"prompt": graph((fine, {"text": "x"})), "extra_data": {"extra_pnginfo": {"workflow": keys}}}
    wrong = {str(place): {"class_type": f"Nope{place}", "inputs": {}} for place in range(50_000)}
    tiny = b",".join(b'"%d":{"class_type":"A"}' % place for place in range(1_500_000))
    return {
        "100 MB of JSON": _TEXT % (b"x" * 100_000_000),
        "1.5 million tiny nodes": b'{"prompt":{%b}}' % tiny,
        "a text of 16 MB": _TEXT % (b"x" * 16_000_000),
        "16 MB of escapes": _TEXT % (b"\\u00e9" * 2_600_000),
        "4 MB of escapes": _TEXT % (b"\\u00e9" * 650_000),
        "1,900,000 numbers": b'{"prompt":{"1":{"class_type":"Fine","inputs":{"text":[%b1]}}}}' % (b"1," * 1_900_000),
        "100,000 nodes": json.dumps({"prompt": nodes}).encode(),
        "a chain of 50,000 nodes": json.dumps({"prompt": chain}).encode(),
        "50,000 unknown nodes": json.dumps({"prompt": wrong}).encode(),
        "an object of 900,000 members": json.dumps(extra).encode(),
        "1 MB of small nodes": json.dumps({"prompt": dict(list(nodes.items())[:15_000])}).encode(),
        **large_prompts(),
    }


def _blocking(_: argparse.Namespace, check: Check) -> None:
    """How long another client waits for an answer, while this is asked. The jobs that it makes are all listed, too."""
    with tempfile.TemporaryDirectory() as base:
        add_pack(Path(base))
        with RealServer(Path(base)) as server:
            assert_next_runs(server)
            line = Line(server)
            _save_noise(Path(base) / "output" / "noise.png")
            print_row("another client waits, ms", "median", "p99", "longest")
            _print_waits(server, "nothing", lambda: time.sleep(2))

            def watch(what: str, do: Callable[[], object]) -> None:
                check.take("blocking", _print_waits(server, what, do))

            put_files(Path(base))
            found = "/api/v1/gallery?limit=1"
            watch(
                "pictures that tell much are found",
                lambda: wait_until(lambda: server.get(found)["total"] == 4, patience_s=300),
            )
            for one in large_requests():
                watch(one.what, lambda one=one: line.ask(one.method, one.path, one.headers, one.body))
            server.post("/api/v1/queue/pause", {})
            bodies = large_bodies()
            for what, body in bodies.items():
                watch(what, lambda body=body: line.ask("POST", "/prompt", _JSON, body))
            for what in ("100,000 nodes", "16 MB of escapes", "an object of 900,000 members"):
                body = bodies[what].replace(b'"prompt"', b'"workflow"', 1).replace(b'"extra_data"', b'"inputs"', 1)
                for path in ("/api/v1/jobs", "/api/v1/workflows/validate", "/api/v1/convert"):
                    watch(f"{what}: {path}", lambda path=path, body=body: line.ask("POST", path, _JSON, body))
            watch("the whole queue with all that", lambda: server.ask("/queue"))
            ids = [job["id"] for job in server.get("/api/v1/jobs?limit=100")["jobs"]]
            watch("each of these jobs", lambda: [server.ask(f"/api/v1/jobs/{one}") for one in ids])
            watch("each workflow", lambda: [server.ask(f"/api/v1/jobs/{one}/workflow") for one in ids])
            watch("they run, or fail", lambda: _let_run(server))
            watch("the whole history with all that", lambda: server.ask("/history"))
            watch("/jobs", lambda: server.ask("/jobs"))
            for look in ("webp;90", "jpeg;90"):
                path = f"/view?filename=noise.png&preview={look}"
                watch(f"4096 x 4096 pixels of noise as {look}", lambda path=path: server.ask(path))
            path = "/view?filename=noise.png&channel=rgb"
            watch("the same as PNG", lambda: server.ask(path))


def _let_run(server: RealServer) -> None:
    server.post("/api/v1/queue/resume", {})
    wait_until(lambda: server.get("/prompt")["exec_info"]["queue_remaining"] == 0, patience_s=300)


def _save_noise(path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (4096, 4096, 3), dtype=np.uint8)
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(pixels).save(path, compress_level=1)


def _print_waits(server: RealServer, what: str, do: Callable[[], object]) -> float:
    """Another client asks while something is done. Returns the longest that it waited, in milliseconds."""
    address = server.address.removeprefix("http://")
    command = [sys.executable, "-c", _PROBE, address]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as probe:
        assert probe.stdout is not None
        probe.stdout.readline()
        do()
        told, _ = probe.communicate("")
    waits: list[float] = json.loads(told)
    print_row(what, waits[len(waits) // 2], waits[int(len(waits) * 0.99)], waits[-1])
    return waits[-1]


# -- clients ---------------------------------------------------------------------------------------------------------


def _clients(options: argparse.Namespace, check: Check) -> None:
    with tempfile.TemporaryDirectory() as base:
        add_pack(Path(base))
        with RealServer(Path(base)) as server:
            assert_next_runs(server)
            check.take("clients", asyncio.run(_compare_crowd(server, options)))


async def _compare_crowd(server: RealServer, options: argparse.Namespace) -> float:
    """How many times as long a run takes that a crowd watches."""
    alone: list[float] = []
    watched: list[float] = []
    async with ClientSession(connector=TCPConnector(limit=0)) as session:
        for _ in range(options.rounds):
            alone.append(await _time_sampling(session, server))
            clients, deaf = await _gather_crowd(session, server, options)
            reading = [asyncio.create_task(_drain(client)) for client in clients]
            watched.append(await _time_sampling(session, server))
            lost = sum(client.close_code is not None for client in clients)
            print_row("run, seconds: watched, alone; readers lost", watched[-1], alone[-1], str(lost))
            for task in reading:
                task.cancel()
            await asyncio.gather(*(client.close() for client in clients))
            for one in deaf:
                one.close()
    own, crowd = statistics.median(alone), statistics.median(watched)
    print_row("run, seconds: watched, alone, ratio", crowd, own, crowd / own)
    return crowd / own


async def _gather_crowd(
    session: ClientSession, server: RealServer, options: argparse.Namespace
) -> tuple[list[ClientWebSocketResponse], list[socket.socket]]:
    deaf = [connect_deaf(server, "crowd") for _ in range(options.deaf)]
    url = f"{server.address}/ws?clientId=crowd"
    return [await session.ws_connect(url) for _ in range(options.clients - options.deaf)], deaf


async def _drain(client: ClientWebSocketResponse) -> None:
    async for message in client:
        assert message.type in (WSMsgType.TEXT, WSMsgType.BINARY)


async def _time_sampling(session: ClientSession, server: RealServer, steps: int = 150) -> float:
    """Seconds that a picture takes, as the job itself has it; every step is told to all who share the client's id."""
    workflow = json.loads((Path(__file__).parent.parent / "workflows" / "text_to_image.json").read_bytes())
    body = {"workflow": workflow, "client_id": "crowd"}
    async with session.post(f"{server.address}/api/v1/convert", json={"workflow": workflow}) as answer:
        prompt = (await answer.json())["prompt"]
    for node in prompt.values():
        if "steps" in node["inputs"]:
            node["inputs"].update(steps=steps, seed=random.randrange(2**31))
    body["workflow"] = prompt
    async with session.post(f"{server.address}/api/v1/jobs?wait=600", json=body) as answer:
        job: dict[str, Any] = await answer.json()
    assert job["state"] == "succeeded", job
    return job["finished_at"] - job["started_at"]


# -- soak ------------------------------------------------------------------------------------------------------------


def _soak(options: argparse.Namespace, check: Check) -> None:
    memory: list[float] = []
    worker_memory: list[float] = []
    all_handles: list[float] = []
    with tempfile.TemporaryDirectory() as base:
        add_pack(Path(base))
        with RealServer(Path(base), "--history-limit", "100", "--cache-lru", "50") as server:
            assert_next_runs(server)
            chance = random.Random(options.seed)
            samples = 10
            print_row("after so many runs", "server, MB", "worker, MB", "handles")
            for part in range(samples):
                for place in range(options.runs // samples):
                    _do_something(server, chance, part * options.runs + place)
                process = psutil.Process(server.process.pid)
                workers = process.children(recursive=True)
                handles = process.num_fds() + sum(worker.num_fds() for worker in workers)
                own, theirs = process.memory_info().rss, sum(worker.memory_info().rss for worker in workers)
                print_row(str((part + 1) * (options.runs // samples)), own / 2**20, theirs / 2**20, str(handles))
                memory.append(own)
                worker_memory.append(theirs)
                all_handles.append(handles)
    for name, figures in (("server memory", memory), ("worker memory", worker_memory), ("handles", all_handles)):
        check.take(name, growth(figures))


def _do_something(server: RealServer, chance: random.Random, salt: int) -> None:
    """One run, and what else clients do."""
    match salt % 6:
        case 0:
            run(server, graph(("Noise", {"size": 256, "seed": salt}), ("PreviewImage", {"images": ["1", 0]})))
        case 1:
            run(server, graph(("Trouble", {"how": chance.choice(["base", "exit", "mute"])})))
        case 2:
            run(server, graph(*[("Fine", {"text": f"{salt} {place}"}) for place in range(50)]))
        case 3:
            run(server, graph(("OddResult", {"how": chance.choice(["nan", "bytes"])})))
        case 4:
            server.ask("/prompt", {"prompt": {"1": {"class_type": "Nope", "inputs": {}}}})
            server.get("/object_info")
        case _:
            job_id = server.post("/prompt", {"prompt": graph(("Fine", {"text": str(salt)}))})["prompt_id"]
            wait_until(lambda: job_id in server.get(f"/history/{job_id}"))
            connect_deaf(server, str(salt)).close()
