"""The whole server with a real worker and the small model, as a client of `/api/v1` meets it."""

from __future__ import annotations

import io
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from engine.server.api.route import PREFIX
from tests.engine.server.api.checked import check_reply
from tests.engine.server.real import ROOT, RealServer

TEXT_TO_IMAGE = json.loads((ROOT / "workflows/text_to_image.json").read_text())
_QUICK = {"KSampler.steps": 2}


class Server:
    """A running server; every reply is held against the document."""

    def __init__(self, address: str) -> None:
        self.address = address

    def call(self, method: str, path: str, body: bytes | None = None, media_type: str = "application/json") -> Any:
        headers = {} if body is None else {"Content-Type": media_type}
        request = urllib.request.Request(f"{self.address}{PREFIX}{path}", body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=150) as reply:
                status, data, kind = reply.status, reply.read(), reply.headers.get_content_type()
        except urllib.error.HTTPError as error:
            status, data, kind = error.code, error.read(), error.headers.get_content_type()
        return status, check_reply(method, f"{PREFIX}{path}", status, kind, data)

    def run(self, workflow: Any, **fields: Any) -> Any:
        """The job, ended."""
        body = json.dumps({"workflow": workflow, **fields}).encode()
        status, job = self.call("POST", "/jobs?wait=120", body)
        assert (status, job["state"]) == (201, "succeeded"), job
        return job


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with RealServer(tmp_path_factory.mktemp("real")) as running:
        yield Server(running.address)
        assert running.stop() == 0


def test_a_workflow_becomes_a_picture_and_the_picture_a_workflow(server: Server) -> None:
    job = server.run(TEXT_TO_IMAGE, inputs={**_QUICK, "KSampler.seed": 5})
    (output,) = job["outputs"]
    (asset,) = output["assets"]
    _, data = server.call("GET", asset["url"].removeprefix(PREFIX))
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, picture.size) == ("PNG", (128, 128))
    assert job["record"]["seeds"] == {"5.seed": 5}
    assert job["record"]["models"][0]["name"] == "postcards.safetensors"
    status, again = server.call("POST", "/jobs?wait=120", data, "image/png")
    assert (status, again["state"]) == (201, "succeeded")
    assert again["record"]["seeds"] == {"5.seed": 5}
    assert "5" in again["cached"]  # the same content: nothing is sampled again
    assert again["outputs"][0]["values"] == output["values"]
    assert again["outputs"][0]["assets"] == [asset]  # and the picture is still what the first job made
    _, first = server.call("GET", f"/jobs/{job['id']}/workflow")
    _, second = server.call("GET", f"/jobs/{again['id']}/workflow")
    assert first["prompt"] == second["prompt"]


def test_a_picture_that_was_loaded_is_a_parent(server: Server) -> None:
    made = server.run(TEXT_TO_IMAGE, inputs=_QUICK)["outputs"][0]["assets"][0]
    invert = {
        "1": {"class_type": "LoadImage", "inputs": {"image": f"{made['filename']} [output]"}},
        "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
        "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "inverted"}},
    }
    (asset,) = server.run(invert)["outputs"][0]["assets"]
    _, details = server.call("GET", f"/assets/{asset['id']}")
    assert [(parent["node_id"], parent["asset"]["id"]) for parent in details["parents"]] == [("1", made["id"])]
    assert details["upstream"]["2"]["links"] == {"image": ["1", 0]}


def test_what_fails_names_its_node(server: Server) -> None:
    body = json.dumps({"workflow": TEXT_TO_IMAGE, "inputs": {"KSampler.steps": 0}}).encode()
    status, refusal = server.call("POST", "/jobs", body)
    assert (status, list(refusal["node_errors"])) == (400, ["5"])
    _, found = server.call("POST", "/workflows/validate", body)
    assert [(error["node_id"], error["input_name"]) for error in found["errors"]] == [("5", "steps")]


def test_events_of_a_run_can_be_read_afterwards(server: Server) -> None:
    job = server.run(TEXT_TO_IMAGE, inputs={**_QUICK, "KSampler.seed": 77})
    with urllib.request.urlopen(f"{server.address}{PREFIX}/jobs/{job['id']}/events", timeout=30) as stream:
        text = stream.read().decode()
    names = re.findall(r"^event: (\w+)$", text, re.MULTILINE)
    assert (names[:3], names[-1]) == (["hello", "queued", "started"], "succeeded")
    assert names.count("node_started") == names.count("node_finished") >= 3
    numbers = [int(number) for number in re.findall(r"^id: (\d+)$", text, re.MULTILINE)]
    assert numbers == sorted(set(numbers))


def test_everything_that_can_be_looked_at(server: Server) -> None:
    server.run(TEXT_TO_IMAGE, inputs=_QUICK)
    for path in ("/jobs", "/queue", "/assets", "/nodes", "/models", "/memory", "/workers", "/health", "/ready"):
        status, body = server.call("GET", path)
        assert (status, bool(body)) == (200, True), path
    _, memory = server.call("GET", "/memory")
    assert any(holder["kind"] == "model" for holder in memory["workers"][0]["holders"])
    _, nodes = server.call("GET", "/nodes/KSampler")
    assert [one["name"] for one in nodes["inputs"]][:3] == ["model", "seed", "steps"]
    for path in ("/metrics", "/docs", "/openapi.json"):
        assert server.call("GET", path)[0] == 200
