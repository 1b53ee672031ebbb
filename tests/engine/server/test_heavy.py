"""Heavy work: where it is done, what comes back of it, and that it takes nobody with it."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from aiohttp import ClientResponse
from PIL import Image

from engine.errors import FileError
from engine.server import heavy
from engine.server.heavy import INLINE_BYTES, THREAD_BYTES
from engine.server.keys import HEAVY
from engine.server.refusal import Refusal
from engine.server.work import Body, Known, NeedsWorker, Work
from engine.workers.messages import InputErrorRecord, Validation
from tests.engine.graph.examples import REGISTRY
from tests.engine.server.fakes import VALUE, FakeServer
from tests.engine.server.watching import refuse_large

LARGE = bytes(THREAD_BYTES + 1)


class WhereAmI(Work[tuple[int, int, int, list[str]]], frozen=True, kw_only=True):
    """Process, thread, size of the body, and node types that are known."""

    def do(self, known: Known, body: Body) -> tuple[int, int, int, list[str]]:
        return os.getpid(), threading.get_ident(), len(body), sorted(one.type for one in known.registry)


class GoWrong(Work[int], frozen=True, kw_only=True):
    """Fails in one of many ways."""

    how: str

    def do(self, known: Known, body: Body) -> int:
        match self.how:
            case "refuse":
                raise Refusal("No.", status=415, code="no", details="because", extra_info={"a": 1})
            case "file":
                raise FileError("It is damaged.")
            case "ask":
                raise NeedsWorker(b"{}", ("1",))
            case "bug":
                raise ZeroDivisionError("a bug")
            case "memory":
                raise MemoryError
            case "print":
                os.write(1, b"this goes to the log\n")
                return 7
            case "die":
                os._exit(1)
            case _:
                time.sleep(600)
                return 0


def _talk(talk: Callable[[FakeServer], Awaitable[None]], **options: Any) -> None:
    async def run() -> None:
        async with asyncio.timeout(120), FakeServer(**options) as server:
            await talk(server)

    asyncio.run(run())


def test_the_place_depends_on_the_size() -> None:
    async def talk(server: FakeServer) -> None:
        doer = server.app[HEAVY]
        types = sorted(one.type for one in REGISTRY)
        here = os.getpid(), threading.get_ident()
        assert await doer.do(WhereAmI(), bytes(INLINE_BYTES)) == (*here, INLINE_BYTES, types)
        pid, thread, size, known = await doer.do(WhereAmI(), bytes(INLINE_BYTES + 1))
        assert (pid, size, known) == (here[0], INLINE_BYTES + 1, types)
        assert thread != here[1]
        pid, _, size, known = await doer.do(WhereAmI(), LARGE)
        assert pid != here[0]
        assert (size, known) == (len(LARGE), types)
        assert (await doer.do(WhereAmI(), b"", weight=len(LARGE)))[:3:2] == (pid, 0), "the process is used again"

    _talk(talk)


def test_node_types_that_changed_are_told_again() -> None:
    async def talk(server: FakeServer) -> None:
        doer, catalog = server.app[HEAVY], server.dispatcher.catalog
        before = await doer.do(WhereAmI(), LARGE)
        some = catalog.declared().declarations[0]
        await catalog.renew([{**some, "type": "Renamed"}])
        after = await doer.do(WhereAmI(), LARGE)
        assert after[0] == before[0]
        assert after[3] == sorted([*before[3], "Renamed"])

    _talk(talk)


def test_what_work_raises_arrives() -> None:
    async def talk(server: FakeServer) -> None:
        doer = server.app[HEAVY]
        with pytest.raises(Refusal, match="No\\.") as refused:
            await doer.do(GoWrong(how="refuse"), LARGE)
        refusal = refused.value
        assert (refusal.status, refusal.wire_type, refusal.details, refusal.extra_info) == (
            415,
            "no",
            "because",
            {"a": 1},
        )
        with pytest.raises(Refusal, match="damaged") as refused:
            await doer.do(GoWrong(how="file"), LARGE)
        assert refused.value.status == 400
        with pytest.raises(NeedsWorker) as needs:
            await doer.do(GoWrong(how="ask"), LARGE)
        assert (needs.value.prompt, needs.value.targets) == (b"{}", ("1",))
        with pytest.raises(RuntimeError, match="ZeroDivisionError: a bug"):
            await doer.do(GoWrong(how="bug"), LARGE)
        with pytest.raises(Refusal, match="GiB of memory") as refused:
            await doer.do(GoWrong(how="memory"), LARGE)
        assert refused.value.status == 413
        assert await doer.do(GoWrong(how="print"), LARGE) == 7

    _talk(talk)


@pytest.mark.parametrize("how", ["die", "sleep"])
def test_a_process_that_dies_or_hangs_is_replaced(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def talk(server: FakeServer) -> None:
        doer = server.app[HEAVY]
        first = await doer.do(WhereAmI(), LARGE)
        if how == "sleep":
            monkeypatch.setattr(heavy, "LONGEST_S", 0.2)
        with pytest.raises(Refusal, match=r"seconds or 3 GiB of memory.*fixed limits.*--max-image-size") as refused:
            await doer.do(GoWrong(how=how), LARGE)
        assert refused.value.status == 413
        assert ("60 seconds" in str(refused.value)) == (how == "die")
        monkeypatch.undo()
        assert not psutil.pid_exists(first[0])
        assert (await doer.do(WhereAmI(), LARGE))[0] != first[0]

    _talk(talk)


def test_one_that_was_killed_meanwhile_is_not_used() -> None:
    async def talk(server: FakeServer) -> None:
        doer = server.app[HEAVY]
        first = (await doer.do(WhereAmI(), LARGE))[0]
        os.kill(first, signal.SIGKILL)
        while psutil.pid_exists(first) and psutil.Process(first).status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.01)
        assert (await doer.do(WhereAmI(), LARGE))[0] != first

    _talk(talk)


def test_nobody_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes end when they were not needed for a while, and with the server."""
    pids: list[int] = []

    async def talk(server: FakeServer) -> None:
        doer = server.app[HEAVY]
        pids.append((await doer.do(WhereAmI(), LARGE))[0])
        monkeypatch.setattr(heavy, "_IDLE_S", -1.0)
        doer._end_idle()  # pyright: ignore[reportPrivateUsage]
        assert not psutil.pid_exists(pids[0])
        pids.append((await doer.do(WhereAmI(), LARGE))[0])

    _talk(talk)
    assert not psutil.pid_exists(pids[1])


# -- nothing large is read in the server itself ------------------------------------------------------------------------


@pytest.fixture
def small_only(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Readers and writers of JSON in this process refuse what is large; gives the sizes of what they were given."""
    return refuse_large(monkeypatch)


async def _post(server: FakeServer, path: str, body: Any) -> ClientResponse:
    text = body if isinstance(body, str) else json.dumps(body)
    return await server.client.post(path, data=io.BytesIO(text.encode()), headers={"Content-Type": "application/json"})


def _many() -> dict[str, Any]:
    """More than a mebibyte of nodes that can run."""
    nodes = {str(place): {"class_type": "Value", "inputs": {"value": 3}} for place in range(3, 30_000)}
    return {**VALUE, **nodes}


def test_large_workflows_pass_without_being_read(small_only: list[int]) -> None:
    prompt = _many()
    text = json.dumps({"prompt": prompt, "prompt_id": "a"})
    own = json.dumps({"workflow": prompt, "id": "b"})
    document = json.dumps({"prompt": VALUE, "prompt_id": "c", "extra_data": {"extra_pnginfo": {"workflow": prompt}}})
    assert min(map(len, (text, own, document))) > THREAD_BYTES

    async def talk(server: FakeServer) -> None:
        for path, body, status in (
            ("/prompt", text, 200),
            ("/api/v1/jobs", own, 201),
            ("/prompt", document, 200),
            ("/api/v1/workflows/validate", own.replace(', "id": "b"', ""), 200),
            ("/api/v1/convert", own.replace(', "id": "b"', ""), 200),
            ("/prompt", text[:-1], 400),
            ("/prompt", text.replace('"class_type": "Show"', '"class_type": "None"'), 400),
        ):
            answer = await _post(server, path, body)
            assert answer.status == status, (path, (await answer.text())[:500])
            await answer.read()
        for _ in range(2):
            for path in (
                *("/queue", "/history", "/history/a", "/jobs", "/jobs/a", "/api/v1/jobs", "/api/v1/jobs/b"),
                *("/api/v1/jobs/b/workflow", "/api/v1/jobs/c/workflow"),
            ):
                answer = await server.client.get(path)
                assert answer.status == 200, (path, await answer.text())
                await answer.read()
            while server.dispatcher.pending():
                await server.dispatcher.run_next()
        assert small_only

    _talk(talk)


def test_large_workflows_are_what_they_were() -> None:
    prompt = _many()
    wrong = {**prompt, "2": {"class_type": "Show", "inputs": {}}}

    async def talk(server: FakeServer) -> None:
        client = server.client
        fields = {"prompt": prompt, "prompt_id": "a", "client_id": "me"}
        accepted = await (await _post(server, "/prompt", fields)).json()
        assert accepted == {"prompt_id": "a", "number": 1, "node_errors": {}}
        ((number, job_id, queued, extra, targets),) = (await (await client.get("/queue")).json())["queue_pending"]
        assert (number, job_id, queued, extra["client_id"], targets) == (1, "a", prompt, "me", ["2"])
        await server.dispatcher.run_next({"text": ["done"]})
        entry = (await (await client.get("/history")).json())["a"]
        assert entry == (await (await client.get("/history/a")).json())["a"]
        assert entry["prompt"][2] == prompt
        assert entry["outputs"] == {"2": {"text": ["done"]}}
        view = await (await client.get("/api/v1/jobs/a")).json()
        assert (view["state"], view["outputs"][0]["node_type"]) == ("succeeded", "Show")
        assert (await (await client.get("/api/v1/jobs/a/workflow")).json())["prompt"] == prompt
        assert (await (await client.get("/jobs/a")).json())["workflow"]["prompt"] == prompt
        answer = await _post(server, "/prompt", {"prompt": wrong})
        assert answer.status == 400
        small = await _post(server, "/prompt", {"prompt": {"1": VALUE["1"], "2": wrong["2"]}})
        assert await answer.json() == await small.json()
        again = await _post(server, "/prompt", fields)
        assert (await again.json())["prompt_id"] == "a"
        answer = await _post(server, "/api/v1/jobs", {"workflow": prompt, "id": "b", "extra_data": {"api_key": "S"}})
        assert answer.status == 201
        assert (await answer.json())["targets"] == ["2"]

    _talk(talk)


def test_nodes_that_have_a_say_are_asked_for_large_workflows_too() -> None:
    told = InputErrorRecord(node_id="2", node_type="Show", code="custom_validation_failed", message="The node says no.")

    async def talk(server: FakeServer) -> None:
        catalog = server.dispatcher.catalog
        declared = [
            {**one, "validate": True} if one["type"] == "Show" else one for one in catalog.declared().declarations
        ]
        await catalog.renew(declared)
        assert "Show" in catalog.asked_in_worker
        server.dispatcher.validation = Validation(request_id=0, refused=("2",), errors=(told,))
        answer = await _post(server, "/prompt", {"prompt": _many()})
        assert answer.status == 400
        assert "The node says no." in (await answer.json())["error"]["details"]
        server.dispatcher.validation = Validation(request_id=0, targets=("2",))
        answer = await _post(server, "/prompt", {"prompt": _many()})
        assert answer.status == 200, await answer.text()

    _talk(talk)


def test_what_is_no_workflow_is_not_large() -> None:
    async def talk(server: FakeServer) -> None:
        body = json.dumps({"delete": ["x" * 100] * 50_000})
        for path in ("/queue", "/history", "/settings", "/api/v1/jobs/cancel"):
            answer = await _post(server, path, body)
            assert answer.status == 413, path
            assert "1 MiB" in (await answer.json())["error"]["message"]

    _talk(talk)


def test_large_pictures_are_made_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (1100, 1000, 3), dtype=np.uint8)
    place = tmp_path / "output"
    place.mkdir()
    Image.fromarray(pixels).save(place / "large.png")
    Image.fromarray(pixels[:100]).save(place / "small.png")
    (place / "broken.png").write_bytes((place / "large.png").read_bytes()[:-2000])
    encoded: list[str] = []
    from engine.server import files

    def encode(picture: Image.Image, *arguments: Any) -> bytes:
        encoded.append(str(picture.size))
        return encode_picture(picture, *arguments)

    encode_picture = files.encode_picture
    monkeypatch.setattr(files, "encode_picture", encode)

    async def talk(server: FakeServer) -> None:
        for name, look, size in (
            ("large.png", "preview=webp;80", (1000, 1100)),
            ("large.png", "size=110", (100, 110)),
            ("small.png", "preview=webp;80", (1000, 100)),
            ("small.png", "size=50", (50, 5)),
        ):
            answer = await server.client.get(f"/view?filename={name}&{look}")
            assert answer.status == 200
            (tmp_path / "seen.webp").write_bytes(await answer.read())
            with Image.open(tmp_path / "seen.webp") as seen:
                assert seen.size == size
        assert (await server.client.get("/view?filename=broken.png&preview=webp")).status == 400
        assert encoded == ["(1000, 100)", "(50, 5)"]

    _talk(talk, directory=tmp_path)
