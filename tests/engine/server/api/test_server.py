"""Models, workers, memory, health, readiness, metrics, and the document with its page."""

from __future__ import annotations

import json
import re

import msgspec
from msgspec.structs import fields
from prometheus_client.parser import text_string_to_metric_families

from engine.errors import StoreError
from engine.server.api import ROUTES
from engine.server.api.docs import write_page
from engine.server.api.load import GAUGE
from engine.server.api.openapi import structs_in, words_for
from engine.server.api.reading import expected
from engine.workers.messages import DeviceInfo, Holder, MemoryReport
from engine.workers.notices import WorkerState, WorkerStatus
from tests.engine.server.api.checked import DOCUMENT, Api, with_api
from tests.engine.server.fakes import VALUE

GPU = DeviceInfo(
    name="gpu", type="cuda", index=0, memory_total=8, memory_free=4, torch_memory_total=2, torch_memory_free=1
)


def worker(number: int, state: WorkerState = "idle") -> WorkerStatus:
    return WorkerStatus(number=number, pid=1000 + number, state=state, devices=(GPU,), deaths=number, memory_bytes=7)


@with_api()
async def test_models_are_listed_by_kind(api: Api) -> None:
    folder = api.settings.directory("models") / "loras" / "styles"
    folder.mkdir(parents=True)
    (folder / "ink.safetensors").write_bytes(b"12345")
    (folder / "oil.safetensors").write_bytes(b"")
    body = await api.get("/models")
    assert {one["kind"] for one in body["folders"]} >= {"checkpoints", "loras", "vae"}
    (loras,) = (await api.get("/models?kind=loras&text=INK"))["folders"]
    (ink,) = loras["files"]
    assert (ink["name"], ink["size_bytes"]) == ("styles/ink.safetensors", 5)
    assert str(api.settings.base_directory) not in json.dumps(body)
    await api.refused("GET", "/models?kind=cats", 404, "'cats'", "checkpoints")


@with_api()
async def test_workers_and_their_memory(api: Api) -> None:
    api.dispatcher.statuses = [worker(0, "busy"), worker(1, "dead")]
    body = await api.get("/workers")
    assert [one["state"] for one in body["workers"]] == ["busy", "dead"]
    assert body["workers"][1]["deaths"] == 1
    assert body["versions"] == api.dispatcher.catalog.versions
    report = MemoryReport(
        request_id=1,
        holders=(Holder(name="a", kind="model", place="cuda:0", size_bytes=5),),
        devices=(GPU,),
        process_bytes=9,
    )

    async def memory() -> list[tuple[int, MemoryReport | None]]:
        return [(0, report), (1, None)]

    api.dispatcher.memory = memory
    first, second = (await api.get("/memory"))["workers"]
    assert (first["answered"], first["holders"][0]["size_bytes"], first["process_bytes"]) == (True, 5, 9)
    assert (second["answered"], second["holders"]) == (False, [])
    assert (await api.post("/memory/free")).body == {"unload_models": True, "forget_outputs": True, "workers": 2}
    assert (await api.call("POST", "/memory/free", json={"unload_models": False})).status == 200
    await api.post("/memory/free", {"unload_models": False, "forget_outputs": False})
    assert api.dispatcher.freed == [(True, True), (False, True)]
    await api.refused("POST", "/memory/free", 400, "'unload_models'", "it is 1", json={"unload_models": 1})


@with_api()
async def test_load_is_measured_once_for_all_who_ask(api: Api) -> None:
    asked: list[int] = []
    cpu = msgspec.structs.replace(GPU, name="cpu", type="cpu", index=None)

    async def memory() -> list[tuple[int, MemoryReport | None]]:
        asked.append(1)
        return [(0, MemoryReport(request_id=1, holders=(), devices=(GPU, cpu), process_bytes=9))]

    api.dispatcher.memory = memory
    first, again = await api.get("/load"), await api.get("/load")
    assert first == again
    assert len(asked) == 1
    assert first["devices"] == [{"name": "gpu", "memory_bytes": 8, "used_bytes": 4}]
    assert first["cpu_percent"] is None
    assert 0 < first["used_bytes"] < first["memory_bytes"]
    api.app[GAUGE].at -= 2
    assert 0 <= (await api.get("/load"))["cpu_percent"] <= 100


@with_api(max_json_bytes=1_000, max_json_depth=12, max_upload_bytes=5_000)
async def test_who_sends_much_can_know_before_how_much_is_taken(api: Api) -> None:
    limits = (await api.get("/health"))["limits"]
    assert limits == {"json_bytes": 1_000, "json_depth": 12, "upload_bytes": 5_000}
    room = limits["json_bytes"] - len(json.dumps({"text": ""}))
    for extra, status in ((0, 400), (1, 413)):
        body = json.dumps({"text": "x" * (room + extra)})
        headers = {"Content-Type": "application/json"}
        assert (await api.call("POST", "/workflows/validate", data=body, headers=headers)).status == status


@with_api(max_json_bytes=5_000, max_upload_bytes=1_000)
async def test_no_json_may_be_larger_than_what_is_no_json(api: Api) -> None:
    assert (await api.get("/health"))["limits"]["json_bytes"] == 1_000


@with_api()
async def test_health_is_not_readiness(api: Api) -> None:
    assert (await api.get("/health"))["status"] == "ok"
    error = await api.refused("GET", "/ready", 503, "No worker is ready yet.")
    assert error["type"] == "not_ready"
    api.dispatcher.statuses = [worker(0)]
    assert (await api.get("/ready"))["workers"] == 1
    api.dispatcher.catalog.failure = "It dies at once."
    api.dispatcher.statuses = [worker(0, "dead")]
    await api.refused("GET", "/ready", 503, "It dies at once.")

    async def check() -> None:
        raise StoreError("The disk is full.")

    api.store.check = check
    await api.refused("GET", "/ready", 503, "The disk is full.")
    assert (await api.get("/health"))["status"] == "ok"


@with_api()
async def test_metrics_count_what_happened(api: Api) -> None:
    api.dispatcher.statuses = [worker(0), worker(1, "busy")]
    for _ in range(3):
        await api.submit(VALUE)
    await api.dispatcher.run_next()
    await api.dispatcher.finish(await api.dispatcher.start_next(), "failed")
    await api.refused("GET", "/jobs/none", 404)
    await api.post("/queue/pause")
    text = (await api.call("GET", "/metrics")).body.decode()
    found = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["skein_jobs", ("state", "queued")] == 1
    assert found["skein_jobs", ("state", "succeeded")] == 1
    assert found["skein_jobs_accepted_total",] == 3
    assert found["skein_jobs_ended_total", ("state", "failed")] == 1
    assert (found["skein_queue_length",], found["skein_queue_paused",], found["skein_store_up",]) == (1, 1, 1)
    assert (found["skein_run_seconds_count",], found["skein_run_seconds_bucket", ("le", "0.1")]) == (1, 1)
    assert found["skein_worker_deaths_total", ("worker", "1")] == 1
    assert found["skein_workers", ("state", "busy")] == 1
    assert found["skein_http_requests_total", ("method", "POST"), ("status", "201")] == 3
    assert found["skein_http_requests_total", ("method", "GET"), ("status", "404")] == 1
    buckets = [value for name, value in found.items() if name[0] == "skein_http_request_seconds_bucket"]
    assert buckets[-1] >= 1


@with_api()
async def test_the_document_is_served_and_shown(api: Api) -> None:
    assert await api.get("/openapi.json") == json.loads(msgspec.json.encode(DOCUMENT))
    page = await api.call("GET", "/docs")
    text = page.body.decode()
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert re.findall(r"<script|\bsrc=|\burl\(|@import|href=\"[^#o]", text) == []
    assert text == write_page(DOCUMENT)
    for name in DOCUMENT["components"]["schemas"]:
        assert f'id="schema-{name}"' in text


@with_api(token="a-long-token")
async def test_only_health_and_readiness_need_no_token(api: Api) -> None:
    api.dispatcher.statuses = [worker(0)]
    for route in ROUTES:
        path = route.path.replace("{", "").replace("}", "")
        reply = await api.call(route.method, path)
        assert (reply.status == 401) is not route.is_open, path
    assert (await api.call("GET", "/queue?token=a-long-token")).status == 200
    assert (await api.call("GET", "/queue", headers={"Authorization": "Bearer a-long-token"})).status == 200


def test_every_route_and_field_is_explained() -> None:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"].endswith((".", "?")), (method, path)
            for parameter in operation.get("parameters", ()):
                assert parameter["description"], (path, parameter["name"])
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert schema["description"], name
    types = [answer.content for route in ROUTES for answer in route.answers if isinstance(answer.content, type)]
    types += [route.reader.kind if route.reader else route.body for route in ROUTES if route.reader or route.body]
    for kind in structs_in(types):
        if kind.__module__.startswith("engine.server.api"):
            missing = {declared.name for declared in fields(kind)} - words_for(kind).keys()
            assert not missing, kind


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for methods in DOCUMENT["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names)) == len(ROUTES)


def test_types_in_words() -> None:
    assert expected(int) == "a whole number"
    assert expected(bool | None) == "true or false"
    assert expected(list[str]) == "a list of: a text"
