"""POST /prompt: what is accepted is on disk and runs; whatever is not gets a clear answer that names the field."""

from __future__ import annotations

import asyncio
import copy
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.server.prompts import read_prompt_body
from engine.server.refusal import Refusal
from tests.engine.graph.examples import json_values
from tests.engine.server.fakes import VALUE
from tests.engine.server.raw import RawServer, Reply


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawServer]:
    with RawServer(tmp_path_factory.mktemp("base"), max_nodes=50, max_upload_bytes=2**20) as running:
        yield running


def _post(server: RawServer, prompt: Any = VALUE, **fields: Any) -> Reply:
    return server.post_json("/prompt", {"prompt": prompt, **fields})


def _accepted(server: RawServer, prompt: Any = VALUE, **fields: Any) -> dict[str, Any]:
    reply = _post(server, prompt, **fields)
    assert reply.status == 200, reply.body
    answer: dict[str, Any] = reply.json()
    assert set(answer) == {"prompt_id", "number", "node_errors"}
    return answer


def _queued(server: RawServer, job_id: str) -> list[Any]:
    items = {item[1]: item for item in server.get("/queue").json()["queue_pending"]}
    return items[job_id]


def _changed(**inputs: Any) -> dict[str, Any]:
    """The workflow with other inputs of its first node."""
    prompt = copy.deepcopy(VALUE)
    prompt["1"]["inputs"] = inputs
    return prompt


# -- accepted --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/prompt", "/api/prompt"])
def test_a_prompt_waits_as_it_was_sent(server: RawServer, path: str) -> None:
    extra = {"extra_pnginfo": {"workflow": {"nodes": []}}, "preview_method": "auto"}
    answer = server.post_json(path, {"prompt": VALUE, "client_id": "me", "extra_data": extra}).json()
    number, job_id, prompt, shown, outputs = _queued(server, answer["prompt_id"])
    assert (number, job_id, prompt, outputs) == (answer["number"], answer["prompt_id"], VALUE, ["2"])
    assert shown.pop("client_id") == "me"
    assert isinstance(shown.pop("create_time"), int)
    assert shown == extra
    assert answer["node_errors"] == {}


def test_numbers_order_the_queue(server: RawServer) -> None:
    answers = [
        _accepted(server, number=5),
        _accepted(server, front=True),
        _accepted(server),
        _accepted(server, number=0.5),
    ]
    assert answers[0]["number"] == 5
    assert b'"number": 5.0' in _post(server, number=5).body  # floats stay floats, as clients saw it
    assert answers[1]["number"] < 0
    assert answers[3]["number"] == 0.5
    pending = server.get("/queue").json()["queue_pending"]
    assert [item[0] for item in pending] == sorted(item[0] for item in pending)


def test_an_id_may_be_chosen_and_used_again_only_for_the_same(server: RawServer) -> None:
    first = _accepted(server, prompt_id="my own id/ä")
    assert first["prompt_id"] == "my own id/ä"
    assert _accepted(server, prompt_id="my own id/ä") == first
    error = _post(server, _changed(value=7), prompt_id="my own id/ä").error
    assert error["type"] == "prompt_id_in_use"
    assert _queued(server, "my own id/ä")[2] == VALUE


def test_secrets_are_shown_to_nobody(server: RawServer) -> None:
    secrets = {"auth_token_comfy_org": "S1", "api_key_comfy_org": "S2", "My_Password": "S3", "clientSecret": ["S4"]}
    answer = _accepted(server, extra_data={**secrets, "kept": 1})
    shown = server.get("/queue").body + server.get(f"/history/{answer['prompt_id']}").body + server.get("/jobs").body
    assert not any(value in shown for value in (b"S1", b"S2", b"S3", b"S4"))
    assert _queued(server, answer["prompt_id"])[3]["kept"] == 1


def test_only_wanted_outputs_run(server: RawServer) -> None:
    prompt = {**VALUE, "3": {"class_type": "Show", "inputs": {"source": ["1", 0]}}}
    answer = _accepted(server, prompt, partial_execution_targets=["3", "1", "none"])
    assert _queued(server, answer["prompt_id"])[4] == ["3"]
    assert _post(server, prompt, partial_execution_targets=[]).error["type"] == "prompt_no_outputs"
    assert _post(server, prompt, partial_execution_targets=["1"]).error["type"] == "prompt_no_outputs"


def test_what_can_run_runs_and_the_rest_is_told(server: RawServer) -> None:
    prompt = {**VALUE, "3": {"class_type": "Show", "inputs": {"source": ["9", 0]}}}
    answer = _accepted(server, prompt)
    assert _queued(server, answer["prompt_id"])[4] == ["2"]
    assert set(answer["node_errors"]) == {"3"}
    entry = answer["node_errors"]["3"]
    assert set(entry) == {"errors", "dependent_outputs", "class_type"}
    assert entry["dependent_outputs"] == ["3"]
    assert entry["class_type"] == "Show"
    assert set(entry["errors"][0]) == {"type", "message", "details", "extra_info"}


def test_what_concerns_no_wanted_output_is_not_told(server: RawServer) -> None:
    prompt = {**VALUE, "3": {"class_type": "Add", "inputs": {"a": ["9", 0]}}}
    assert _accepted(server, prompt)["node_errors"] == {}


def test_example_scripts_post_json_as_a_form(server: RawServer) -> None:
    """`urllib` names the type of a form, and people's scripts never change it."""
    data = json.dumps({"prompt": VALUE}).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/prompt", data=data, timeout=20) as answer:
        assert answer.status == 200


def test_null_means_not_given(server: RawServer) -> None:
    names = ("client_id", "prompt_id", "number", "front", "partial_execution_targets", "extra_data")
    _accepted(server, **dict.fromkeys(names))


def test_the_client_id_may_stand_in_the_extra_data(server: RawServer) -> None:
    answer = _accepted(server, extra_data={"client_id": "inside"})
    assert _queued(server, answer["prompt_id"])[3]["client_id"] == "inside"


# -- refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("number", value) for value in ("1", True, [], {})],
        *[("front", value) for value in ("yes", 1, [])],
        *[("client_id", value) for value in (1, [], {}, True, "a\x00b", "a\nb", "x" * 300)],
        *[("prompt_id", value) for value in (1, [], {}, "", "  ", "a\x00b", "x" * 300)],
        *[("partial_execution_targets", value) for value in ("2", {}, 1, [2], [None], [["2"]])],
        *[("extra_data", value) for value in ("x", 1, [], True)],
        *[("extra_data", {"extra_pnginfo": value}) for value in ("x", 1, [])],
    ],
)
def test_fields_of_a_wrong_type_are_named(server: RawServer, field: str, value: object) -> None:
    error = _post(server, **{field: value}).error
    assert (field if not isinstance(value, dict) or not value else "extra_pnginfo") in error["message"]
    if field == "prompt_id":
        assert error["type"] == "invalid_prompt_id"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"7", b'"x"', b"NaN", b"\xff", b"[" * 100_000])
def test_bodies_that_are_no_object(server: RawServer, body: bytes) -> None:
    error = server.ask("POST", "/prompt", body, {"Content-Type": "application/json"}).error
    assert error["type"] in ("invalid_json", "invalid_prompt")


@pytest.mark.parametrize("body", [{}, {"client_id": "x"}, {"prompt": None}])
def test_no_prompt(server: RawServer, body: object) -> None:
    error = server.post_json("/prompt", body).error
    assert (error["type"], error["message"], error["details"]) == (
        "no_prompt",
        "No prompt provided",
        "No prompt provided",
    )


def test_a_workflow_without_its_wrapping(server: RawServer) -> None:
    error = server.post_json("/prompt", VALUE).error
    assert error["type"] == "no_prompt"
    assert "{'prompt': workflow}" in error["message"]


@pytest.mark.parametrize("body", [{"prompt": {"nodes": [], "links": []}}, {"nodes": [], "links": []}])
def test_canvas_documents_are_told_where_they_can_go(server: RawServer, body: object) -> None:
    error = server.post_json("/prompt", body).error
    assert error["type"] == "workflow_format_ui"
    assert "/api/v1/jobs" in error["message"]


@pytest.mark.parametrize("prompt", [[], "x", 1, True, [VALUE]])
def test_prompts_that_are_no_object(server: RawServer, prompt: object) -> None:
    assert _post(server, prompt).error["type"] == "invalid_prompt"


@pytest.mark.parametrize(
    "node", [None, "x", 1, [], ["1", 0], {}, {"inputs": {}}, {"class_type": None}, {"class_type": 7}]
)
def test_entries_that_are_no_nodes(server: RawServer, node: object) -> None:
    error = _post(server, {**VALUE, "5": node}).error
    assert error["type"] == "invalid_prompt"
    assert "'5'" in error["message"]
    assert error["details"] == "Node ID '#5'"


@pytest.mark.parametrize("inputs", ["x", [1], 7, True])
def test_inputs_that_are_no_object(server: RawServer, inputs: object) -> None:
    assert "'1'" in _post(server, {"1": {"class_type": "Value", "inputs": inputs}}).error["message"]


def test_no_outputs(server: RawServer) -> None:
    for prompt in ({}, {"1": VALUE["1"]}):
        reply = _post(server, prompt)
        assert reply.error["type"] == "prompt_no_outputs"
        assert reply.json()["node_errors"] == {}


def test_unknown_types(server: RawServer) -> None:
    reply = _post(server, {"1": {"class_type": "Nope", "inputs": {}, "_meta": {"title": "Mine"}}})
    assert reply.error["type"] == "missing_node_type"
    assert reply.error["extra_info"] == {"node_id": "1", "class_type": "Nope", "node_title": "Mine"}


def test_cycles_are_named(server: RawServer) -> None:
    prompt = {
        "1": {"class_type": "Add", "inputs": {"a": ["3", 0]}},
        "3": {"class_type": "Add", "inputs": {"a": ["1", 0]}},
        "2": VALUE["2"],
    }
    reply = _post(server, prompt)
    assert reply.error["type"] == "dependency_cycle"
    assert "'1'" in reply.error["message"]
    assert "'3'" in reply.error["message"]


@pytest.mark.parametrize("value", [-1, 101, "x", [], {}, 2**70, ["1", 5], ["9", 0], [1.5, 0], ["1", -1]])
def test_values_that_do_not_fit(server: RawServer, value: object) -> None:
    reply = _post(server, _changed(value=value))
    assert reply.error["message"] == "Prompt outputs failed validation"
    errors = reply.json()["node_errors"]
    assert errors["1"]["dependent_outputs"] == ["2"]
    assert errors["1"]["errors"][0]["extra_info"]["input_name"] == "value"
    assert errors["1"]["errors"][0]["message"] in reply.error["details"]


def test_limits_are_named_with_their_flags(server: RawServer) -> None:
    nodes = {str(place): VALUE["1"] for place in range(60)}
    reply = _post(server, nodes)
    assert reply.status == 413
    assert "--max-nodes" in reply.error["message"]
    reply = _post(server, {"x" * 1_001: VALUE["1"]})
    assert reply.status == 413
    assert "1000 characters, a fixed limit" in reply.error["message"]
    reply = _post(server, extra_data={"x": "a" * 2**20})
    assert reply.status == 413
    assert "--max-upload-size" in reply.error["message"]


def test_prompts_are_counted(server: RawServer) -> None:
    before = server.get("/prompt").json()
    _accepted(server)
    after = server.get("/api/prompt").json()
    assert after["exec_info"]["queue_remaining"] == before["exec_info"]["queue_remaining"] + 1


# -- laws ------------------------------------------------------------------------------------------------------------

_FIELDS = ["prompt", "client_id", "prompt_id", "number", "front", "partial_execution_targets", "extra_data"]


@given(json_values | st.dictionaries(st.sampled_from(_FIELDS), json_values))
def test_whatever_a_body_holds_it_is_read_or_refused(value: Any) -> None:
    try:
        fields = read_prompt_body(value)
    except Refusal:
        return
    assert isinstance(fields["prompt"], dict)


@settings(max_examples=100)
@given(
    prompt=st.dictionaries(
        st.text(max_size=4),
        json_values
        | st.fixed_dictionaries(
            {
                "class_type": st.sampled_from(["Value", "Add", "Show", "Choose", "Draw", "Save"]) | json_values,
                "inputs": st.dictionaries(
                    st.sampled_from(["value", "a", "source", "seed", "model"]), json_values, max_size=3
                ),
            }
        ),
        max_size=4,
    )
)
def test_whatever_a_prompt_holds_it_is_accepted_or_refused(server: RawServer, prompt: dict[str, Any]) -> None:
    reply = _post(server, prompt)
    if reply.status != 200:
        assert reply.status < 500, reply.body
        assert reply.error["message"]


# -- full, stopping --------------------------------------------------------------------------------------------------


def test_a_full_queue_and_a_server_that_stops(tmp_path: Path) -> None:
    with RawServer(tmp_path, max_queued=1) as server:
        _accepted(server)
        reply = _post(server)
        assert (reply.status, reply.error["type"]) == (429, "queue_full")
        assert reply.headers["Retry-After"]
        asyncio.run_coroutine_threadsafe(server.fake.dispatcher.stop(), server._loop).result(10)
        reply = _post(server)
        assert (reply.status, reply.error["type"]) == (503, "shutting_down")
