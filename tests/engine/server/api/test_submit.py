"""POST /jobs: every form of a workflow becomes the same job; what is wrong is told whole; repeats are one job."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from engine.server.api.submit import WAITS, end_waits
from tests.engine.server.api.checked import Api, form, with_api
from tests.engine.server.fakes import VALUE

CANVAS: dict[str, Any] = {
    "version": 0.4,
    "nodes": [
        {"id": 1, "type": "Value", "pos": [0, 0], "outputs": [{"name": "INT", "links": [1]}], "widgets_values": [3]},
        {"id": 2, "type": "Show", "pos": [1, 0], "inputs": [{"name": "source", "type": "*", "link": 1}]},
        {"id": 3, "type": "Note", "pos": [2, 0], "widgets_values": ["a note"]},
    ],
    "links": [[1, 1, 0, 2, 0, "INT"]],
}
BROKEN = {
    **VALUE,
    "3": {"class_type": "Value", "inputs": {"value": 1000}},
    "4": {"class_type": "Show", "inputs": {"source": ["3", 0]}},
}


def picture(**texts: Any) -> bytes:
    """A PNG that carries these texts."""
    info = PngInfo()
    for key, value in texts.items():
        info.add_text(key, value if isinstance(value, str) else json.dumps(value))
    file = io.BytesIO()
    Image.new("RGB", (2, 2)).save(file, "PNG", pnginfo=info)
    return file.getvalue()


async def prompt_of(api: Api, job_id: str) -> dict[str, Any]:
    nodes = (await api.get(f"/jobs/{job_id}/workflow"))["prompt"]
    return {node_id: (node["class_type"], node["inputs"]) for node_id, node in nodes.items()}


# -- forms of a workflow ---------------------------------------------------------------------------------------------


@with_api()
async def test_every_form_of_a_workflow_becomes_the_same_prompt(api: Api) -> None:
    wanted = {node_id: (node["class_type"], node["inputs"]) for node_id, node in VALUE.items()}
    image = picture(prompt=VALUE, workflow=CANVAS)
    forms: list[dict[str, Any]] = [
        {"json": {"workflow": VALUE}},
        {"json": {"prompt": VALUE}},
        {"json": {"workflow": json.dumps(VALUE)}},
        {"json": {"workflow": CANVAS}},
        {"json": {"workflow": CANVAS, "prompt": VALUE}},
        {"json": {"workflow": {"prompt": VALUE}}},
        {"json": {"workflow": [CANVAS]}},
        {"json": VALUE},
        {"json": CANVAS},
        {"json": [CANVAS]},
        {"json": {"templates": [{"data": CANVAS}]}},
        {"data": form(file=image)},
        {"data": form(image=picture(workflow=CANVAS))},
        {"data": form(workflow=json.dumps(CANVAS).encode())},
        {"data": form(workflow=json.dumps(CANVAS))},
        {"data": image, "headers": {"Content-Type": "image/png"}},
    ]
    for options in forms:
        reply = await api.call("POST", "/jobs", **options)
        assert reply.status == 201, (options, reply)
        assert await prompt_of(api, reply.body["id"]) == wanted, options
        assert reply.body["targets"] == ["2"]
        assert reply.headers["Location"] == f"/api/v1/jobs/{reply.body['id']}" == reply.body["url"]
    assert (await api.get("/queue"))["pending_total"] == len(forms)


@with_api()
async def test_the_canvas_document_and_its_notes_stay_with_the_job(api: Api) -> None:
    job = await api.submit(CANVAS)
    assert (await api.get(f"/jobs/{job['id']}/workflow"))["workflow"] == CANVAS
    assert all(note["message"] for note in job["notes"])
    assert job["notes"] == (await api.get(f"/jobs/{job['id']}"))["notes"]
    again = await api.post("/jobs", await api.get(f"/jobs/{job['id']}/workflow"))
    assert again.status == 201
    assert await prompt_of(api, again.body["id"]) == await prompt_of(api, job["id"])


@with_api()
async def test_inputs_are_set_and_targets_chosen(api: Api) -> None:
    two = {**VALUE, "4": {"class_type": "Show", "inputs": {"source": ["1", 0]}, "_meta": {"title": "Other"}}}
    job = await api.submit(two, inputs={"1.value": 7, "Value.value": "7"}, targets=["4"])
    assert (await prompt_of(api, job["id"]))["1"] == ("Value", {"value": 7})
    assert job["targets"] == ["4"]
    data = form(file=picture(prompt=two), inputs={"1.value": 9}, targets=["2"], client_id="me", priority=-3.5)
    reply = await api.call("POST", "/jobs", data=data)
    assert reply.status == 201
    assert (await prompt_of(api, reply.body["id"]))["1"] == ("Value", {"value": 9})
    assert (reply.body["targets"], reply.body["client_id"], reply.body["priority"]) == (["2"], "me", -3.5)
    assert reply.body["queue_position"] == 0
    await api.refused("POST", "/jobs", 400, "no node 'Valu'", json={"workflow": VALUE, "inputs": {"Valu.value": 1}})
    await api.refused("POST", "/jobs", 400, "'9'", json={"workflow": VALUE, "targets": ["9"]})


# -- what is wrong ---------------------------------------------------------------------------------------------------


@with_api()
async def test_a_node_error_refuses_unless_not_strict(api: Api) -> None:
    reply = await api.post("/jobs", {"workflow": BROKEN})
    assert reply.status == 400
    assert reply.body["error"]["type"] == "prompt_outputs_failed_validation"
    assert reply.body["node_errors"]["3"]["errors"][0]["type"] == "value_bigger_than_max"
    assert reply.body["node_errors"]["3"]["dependent_outputs"] == ["4"]
    assert (await api.get("/queue"))["pending_total"] == 0
    job = await api.submit(BROKEN, strict=False)
    assert job["targets"] == ["2"]
    assert job["node_errors"]["3"]["errors"][0]["type"] == "value_bigger_than_max"
    job = await api.submit(BROKEN, targets=["2"])  # what is not wanted may be wrong
    assert list(job["node_errors"]) == ["3"]


@with_api()
async def test_bodies_that_are_no_workflow_say_what_was_expected(api: Api) -> None:
    async def refused(*words: str, status: int = 400, **options: Any) -> None:
        await api.refused("POST", "/jobs", status, *words, **options)

    await refused("workflow", json={})
    await refused("The file is empty")
    await refused("unknown field priorty", json={"workflow": VALUE, "priorty": 1})
    await refused("'priority'", "expected", "'soon'", json={"workflow": VALUE, "priority": "soon"})
    await refused("'targets[1]'", "expected str", "it is 3", json={"workflow": VALUE, "targets": ["1", 3]})
    await refused("'id'", json={"workflow": VALUE, "id": "a/b"})
    await refused("'extra_data.extra_pnginfo'", json={"workflow": VALUE, "extra_data": {"extra_pnginfo": [1]}})
    await refused("'workflow'", json={"workflow": None})
    await refused("no picture", data=b"\x89PN", headers={"Content-Type": "image/png"})
    await refused("no picture", data=json.dumps(VALUE).encode(), headers={"Content-Type": "image/png"})
    await refused("neither a picture", data=form(file=b"\x89PN"))
    await refused("carries no workflow", data=picture(parameters="a cat"), headers={"Content-Type": "image/png"})
    await refused("The text 'workflow'", "not JSON", data=picture(workflow="{"), headers={"Content-Type": "image/png"})
    await refused("text/plain", status=415, data=b"{}", headers={"Content-Type": "text/plain"})
    await refused("part 'sampler'", data=form(file=picture(prompt=VALUE), sampler="euler"))
    await refused("more than one workflow", data=form(file=picture(prompt=VALUE), workflow=b"{}"))
    await refused("not a form", data=b"abc", headers={"Content-Type": "multipart/form-data; boundary=x"})
    await refused("not a form", data=b"abc", headers={"Content-Type": "multipart/form-data"})
    odd = b"--x\r\n-316--x--\r\n"
    await refused("not a form", data=odd, headers={"Content-Type": "multipart/form-data; boundary=x"})
    await refused("multipart/mixed", status=415, data=odd, headers={"Content-Type": "multipart/mixed; boundary=x"})
    await refused("not JSON", data=b"{", headers={"Content-Type": "application/json"})
    deep = "[" * 500 + "]" * 500
    await refused("deep", json={"workflow": {"1": {"class_type": "Value", "inputs": {"value": json.loads(deep)}}}})
    await refused("deep", data=form(workflow='{"1": {"class_type": "Value", "inputs": {"value": ' + deep + "}}}"))
    inside = '{"1": {"class_type": "Value", "inputs": {"value": ' + deep + "}}}"
    await refused("deep", json={"workflow": inside})
    half = '{"1": {"class_type": "Show", "inputs": {"source": "\\ud800"}}}'
    await refused("surrogate", data=picture(prompt=half), headers={"Content-Type": "image/png"})


@with_api(max_nodes=1)
async def test_too_many_nodes_name_their_flag(api: Api) -> None:
    await api.refused("POST", "/jobs", 413, "2 nodes", "--max-nodes", json={"workflow": VALUE})


@with_api()
async def test_ids_of_nodes_that_are_too_long_are_refused_everywhere(api: Api) -> None:
    """Answers repeat them, for each thing that is wrong."""
    for path in ("/jobs", "/workflows/validate", "/workflows/forecast", "/convert"):
        await api.refused("POST", path, 413, "1000 characters", json={"workflow": {"x" * 1_001: VALUE["1"], **VALUE}})
        reply = await api.post(path, {"workflow": {"x" * 1_000: VALUE["1"], **VALUE}})
        assert reply.status < 300


@with_api(max_upload_bytes=20_000)
async def test_a_form_that_is_too_large_is_refused(api: Api) -> None:
    data = form(file=picture(prompt=VALUE) + b"\0" * 40_000)
    await api.refused("POST", "/jobs", 413, "--max-upload-size", data=data)


# -- accepted --------------------------------------------------------------------------------------------------------


@with_api()
async def test_the_same_key_or_id_is_the_same_job(api: Api) -> None:
    headers = {"Idempotency-Key": "k1"}
    first = await api.post("/jobs", {"workflow": VALUE}, headers=headers)
    again = await api.post("/jobs", {"workflow": VALUE}, headers=headers)
    assert (first.status, again.status) == (201, 200)
    assert first.body["id"] == again.body["id"]
    other = {"workflow": VALUE, "inputs": {"1.value": 4}}
    await api.refused("POST", "/jobs", 409, "idempotency key 'k1'", json=other, headers=headers)
    named = await api.post("/jobs", {"workflow": VALUE, "id": "mine"})
    assert (named.status, named.body["id"]) == (201, "mine")
    assert (await api.post("/jobs", {"workflow": VALUE, "id": "mine"})).status == 200
    assert (await api.get("/queue"))["pending_total"] == 2


@with_api(automatic=True)
async def test_waiting_gives_the_result(api: Api) -> None:
    reply = await api.post("/jobs?wait=30", {"workflow": VALUE})
    assert reply.status == 201
    assert reply.body["state"] == "succeeded"
    assert reply.body["outputs"][0]["values"] == {"text": ["done"]}
    assert reply.body["outputs"][0]["node_type"] == "Show"
    assert reply.body["nodes"]["2"]["seconds"] == 0.1


@with_api()
async def test_waiting_ends_with_the_time_or_the_job(api: Api) -> None:
    reply = await api.post("/jobs?wait=0.05", {"workflow": VALUE, "id": "slow"})
    assert (reply.status, reply.body["state"]) == (202, "queued")
    waiting = asyncio.create_task(api.post("/jobs?wait=30", {"workflow": VALUE, "id": "slow"}))
    while not api.app[WAITS]:
        await asyncio.sleep(0.01)
    await api.dispatcher.run_next()
    reply = await waiting
    assert (reply.status, reply.body["state"]) == (200, "succeeded")


@with_api()
async def test_who_waits_is_answered_when_the_server_stops(api: Api) -> None:
    waiting = asyncio.create_task(api.post("/jobs?wait=50", {"workflow": VALUE}))
    while not api.app[WAITS]:
        await asyncio.sleep(0.01)
    await end_waits(api.app)
    reply = await waiting
    assert (reply.status, reply.body["state"]) == (202, "queued")


@with_api(max_queued=1)
async def test_a_full_queue_and_a_stopping_server_say_so(api: Api) -> None:
    await api.submit(VALUE)
    await api.refused("POST", "/jobs", 429, "--max-queued", json={"workflow": VALUE})
    api.dispatcher.is_stopping = True
    await api.refused("POST", "/jobs", 503, "stopping", json={"workflow": VALUE})


@with_api()
async def test_secrets_are_never_shown(api: Api) -> None:
    secret = "sk-12345"
    extra = {"api_key_comfy_org": secret, "auth_token_comfy_org": secret, "myApiKey": secret, "note": "kept"}
    job = await api.submit(VALUE, extra_data=extra)
    details = await api.store.details(job["id"])
    assert details is not None
    assert secret not in json.dumps(details.extra_data)
    assert details.extra_data["note"] == "kept"
    for path in (f"/jobs/{job['id']}", f"/jobs/{job['id']}/workflow", "/jobs", "/queue"):
        assert secret not in json.dumps(await api.get(path))


@with_api()
async def test_retry_is_a_new_job_with_the_same_content(api: Api) -> None:
    job = await api.submit(CANVAS, client_id="me", inputs={"1.value": 8})
    await api.dispatcher.run_next()
    reply = await api.call("POST", f"/jobs/{job['id']}/retry")
    assert reply.status == 201
    assert reply.body["id"] != job["id"]
    assert (reply.body["state"], reply.body["client_id"]) == ("queued", "me")
    assert reply.body["notes"] == job["notes"]
    assert await api.get(f"/jobs/{reply.body['id']}/workflow") == await api.get(f"/jobs/{job['id']}/workflow")
    await api.refused("POST", "/jobs/none/retry", 404, "'none'")
