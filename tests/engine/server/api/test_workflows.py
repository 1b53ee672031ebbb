"""Workflows that are not run: everything that is wrong with one, and what it is in API format."""

from __future__ import annotations

from typing import Any

from engine.errors import WorkerUnavailable
from engine.provenance import open_hashes
from engine.workers.messages import InputErrorRecord, Validation
from tests.engine.server.api.checked import Api, form, with_api
from tests.engine.server.api.test_submit import BROKEN, CANVAS, picture
from tests.engine.server.fakes import VALUE


@with_api()
async def test_validation_tells_everything_and_runs_nothing(api: Api) -> None:
    found = (await api.post("/workflows/validate", {"workflow": BROKEN})).body
    assert (found["valid"], found["targets"], found["refused"]) == (False, ["2"], ["4"])
    (error,) = found["errors"]
    assert (error["node_id"], error["input_name"], error["type"]) == ("3", "value", "value_bigger_than_max")
    assert error["dependent_outputs"] == ["4"]
    found = (await api.post("/workflows/validate", VALUE)).body
    assert (found["valid"], found["message"], found["errors"]) == (True, "", [])
    found = (await api.post("/workflows/validate", {"workflow": VALUE, "inputs": {"1.value": -1}})).body
    assert found["errors"][0]["type"] == "value_smaller_than_min"
    found = (await api.post("/workflows/validate", {"workflow": {"1": VALUE["1"]}})).body
    assert (found["valid"], found["errors"]) == (False, [])
    assert "no outputs" in found["message"]
    await api.refused("POST", "/workflows/validate", 400, "class_type", json={"workflow": {"1": {"inputs": {}}}})
    assert (await api.get("/jobs"))["total"] == 0


@with_api()
async def test_nodes_with_a_say_are_asked_in_a_worker(api: Api) -> None:
    api.dispatcher.catalog.asked_in_worker = frozenset({"Value"})
    error = InputErrorRecord(
        node_id="1", node_type="Value", code="custom_validation_failed", message="No.", dependent_outputs=("2",)
    )
    api.dispatcher.validation = Validation(request_id=1, refused=("2",), errors=(error,))
    found = (await api.post("/workflows/validate", {"workflow": VALUE})).body
    assert (found["valid"], found["errors"][0]["message"]) == (False, "No.")
    reply = await api.post("/jobs", {"workflow": VALUE})
    assert reply.body["node_errors"]["1"]["errors"][0]["type"] == "custom_validation_failed"
    api.dispatcher.validation = WorkerUnavailable("No worker answered.")
    await api.refused("POST", "/workflows/validate", 503, "No worker", json={"workflow": VALUE})


@with_api()
async def test_conversion_gives_prompt_document_and_notes(api: Api) -> None:
    converted = (await api.post("/convert", CANVAS)).body
    assert converted["prompt"]["2"] == {
        "class_type": "Show",
        "inputs": {"source": ["1", 0]},
        "_meta": {"title": "Show"},  # programs find nodes by their titles
    }
    assert converted["extra"] == {"workflow": CANVAS}
    assert converted["prompt"] == (await api.post("/convert", {"prompt": converted["prompt"]})).body["prompt"]
    by_form = await api.call("POST", "/convert", data=form(file=picture(prompt=VALUE, workflow=CANVAS)))
    assert by_form.body["prompt"] == VALUE
    broken = (await api.post("/convert", {"workflow": BROKEN, "inputs": {"3.value": 2000}})).body
    assert broken["prompt"]["3"]["inputs"] == {"value": 2000}
    nodes: list[Any] = [*CANVAS["nodes"], {"id": 9, "type": "Nobody Knows", "widgets_values": [1]}]
    lost = {**CANVAS, "nodes": nodes}
    notes = (await api.post("/convert", lost)).body["notes"]
    assert any(note["node_id"] == "9" for note in notes)


@with_api()
async def test_what_other_programs_wrote_becomes_a_workflow(api: Api) -> None:
    text = "a cat\nNegative prompt: a dog\nSteps: 7, Sampler: Euler, CFG scale: 5, Seed: 11, Size: 512x512"
    by_picture = await api.call("POST", "/convert", data=form(file=picture(parameters=text)))
    (sampler,) = [node for node in by_picture.body["prompt"].values() if node["class_type"] == "KSampler"]
    assert (sampler["inputs"]["seed"], sampler["inputs"]["steps"]) == (11, 7)
    by_text = await api.call("POST", "/convert", data=form(file=text.encode()))
    assert by_text.body["prompt"] == by_picture.body["prompt"]


@with_api()
async def test_what_is_missing_is_told_with_where_it_comes_from(api: Api) -> None:
    properties = {
        "cnr_id": "a-pack",
        "models": [{"name": "x.safetensors", "url": "https://example.org/x", "directory": "vae"}],
    }
    document = {**CANVAS, "nodes": [*CANVAS["nodes"], {"id": 9, "type": "Nobody Knows", "properties": properties}]}
    found = (await api.post("/workflows/validate", {"workflow": document})).body
    (missing,) = found["missing_types"]
    assert (missing["node_type"], missing["node_ids"], missing["pack"]) == ("Nobody Knows", ["9"], "a-pack")
    (model,) = found["missing_models"]
    assert (model["name"], model["folder"], model["url"]) == ("x.safetensors", "vae", "https://example.org/x")
    assert found["valid"] is False


@with_api()
async def test_a_missing_model_that_is_here_by_another_name_is_told_by_its_hash(api: Api) -> None:
    folder = api.settings.directory("models") / "vae"
    folder.mkdir(parents=True)
    (folder / "renamed.safetensors").write_bytes(b"12345")
    digest, _ = open_hashes(api.settings).sha256(folder / "renamed.safetensors")
    record = {"name": "x.safetensors", "directory": "vae", "hash": digest, "hash_type": "SHA256"}
    document = {**CANVAS, "models": [record]}
    (model,) = (await api.post("/workflows/validate", {"workflow": document})).body["missing_models"]
    assert (model["nearest"], model["nearest_by"]) == ("renamed.safetensors", "hash")


@with_api()
async def test_a_forecast_tells_of_every_node(api: Api) -> None:
    told = (await api.post("/workflows/forecast", {"workflow": VALUE})).body
    assert told == {"nodes": dict.fromkeys(VALUE, "runs"), "blocked_by": {}, "reasons": {}}


@with_api()
async def test_a_forecast_says_what_is_blocked_by_what_and_why(api: Api) -> None:
    told = (await api.post("/workflows/forecast", {"workflow": BROKEN})).body
    assert {node_id for node_id, fate in told["nodes"].items() if fate == "blocked"} == {"3", "4"}
    assert told["blocked_by"] == {"3": "3", "4": "3"}
    (reason,) = told["reasons"].values()
    assert list(told["reasons"]) == ["3"]
    assert "value" in reason
    # What is wrong where nobody asks for it keeps nothing from running.
    alone = {**VALUE, "9": {**BROKEN["3"]}}
    told = (await api.post("/workflows/forecast", {"workflow": alone})).body
    assert (told["blocked_by"], told["reasons"]) == ({}, {})
