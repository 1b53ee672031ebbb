"""Errors -> the one error object: statuses, shapes, and nothing of the inside."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from engine import errors
from engine.errors import EngineError, InputError, ValidationError, WorkflowError
from engine.server.app import add_routes
from engine.server.refusal import Refusal, as_refusal, node_errors_of
from tests.engine.server.fakes import FakeServer


def _error(node_id: str, code: str = "value_not_in_list") -> InputError:
    return InputError(
        node_id, "Save", code, f"Node '{node_id}': wrong.", "prefix", "prefix: no", {"input_name": "prefix"}, ("9",)
    )


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.JobConflict("x"), 409),
        (errors.QueueFull("x"), 429),
        (errors.ShuttingDown("x"), 503),
        (errors.WorkerUnavailable("x"), 503),
        (errors.StoreError("x"), 507),
        (errors.WorkflowError("x"), 400),
        (errors.InputValueError("x"), 400),
        (EngineError("x"), 500),
        (Refusal("x", status=418), 418),
    ],
)
def test_statuses(error: EngineError, status: int) -> None:
    refusal = as_refusal(error)
    assert (refusal.status, str(refusal)) == (status, "x")
    assert ("Retry-After" in refusal.headers) == (status in (429, 503))


def test_a_workflow_error_keeps_its_type_and_details() -> None:
    record = as_refusal(WorkflowError("No.", code="no_prompt", details="d", node_id="1")).record()
    assert record == {"type": "no_prompt", "message": "No.", "details": "d", "extra_info": {"node_id": "1"}}


def test_errors_of_validation_stand_at_their_nodes() -> None:
    refusal = as_refusal(ValidationError([_error("1"), _error("2"), _error("1", "required_input_missing")]))
    assert refusal.record() == {
        "type": "prompt_outputs_failed_validation",
        "message": "Prompt outputs failed validation",
        "details": "Node '1': wrong.\nNode '2': wrong.\nNode '1': wrong.",
        "extra_info": {},
    }
    assert list(refusal.node_errors) == ["1", "2"]
    assert refusal.node_errors["1"]["dependent_outputs"] == ["9"]
    assert [one["type"] for one in refusal.node_errors["1"]["errors"]] == [
        "value_not_in_list",
        "required_input_missing",
    ]


def test_very_many_errors_are_told_in_part() -> None:
    refusal = as_refusal(ValidationError([_error(str(place)) for place in range(5_000)]))
    assert len(refusal.node_errors) == 1_000
    assert refusal.details.endswith("... and 4000 more.")
    assert node_errors_of(ValidationError([])) == {}


def test_outputs_that_are_not_named_are_counted() -> None:
    errors = [_error("1"), replace(_error("2"), more_outputs=7)]
    found = node_errors_of(ValidationError(errors))
    assert [entry.get("more_dependent_outputs") for entry in found.values()] == [None, 7]


@pytest.mark.parametrize("shows", [False, True])
def test_a_bug_of_ours_tells_nothing_unless_asked(shows: bool, caplog: pytest.LogCaptureFixture) -> None:
    routes = web.RouteTableDef()

    @routes.get("/broken")
    async def broken(request: web.Request) -> web.Response:
        raise RuntimeError(f"in /home/somebody {request.path}")

    async def run() -> Any:
        server = FakeServer(shows_internals=shows)
        add_routes(server.app, routes)
        async with server:
            answer = await server.client.get("/broken")
            assert answer.status == 500
            return await answer.json()

    record = asyncio.run(run())
    assert record["error"]["type"] == "internal_error"
    assert ("/home/somebody" in str(record)) == shows
    assert "/home/somebody" in caplog.text


def test_what_aiohttp_refuses_is_in_our_words() -> None:
    async def run() -> None:
        async with FakeServer() as server:
            answer = await server.client.delete("/queue")
            assert answer.status == 405
            assert answer.headers["Allow"] == "GET, HEAD, POST"
            assert "GET, HEAD, POST" in (await answer.json())["error"]["message"]
            for path in ("/nothing", "/api/nothing", "/api/v1/nothing", "/api/", "/%00", "/queue/"):
                answer = await server.client.get(path)
                assert answer.status in (400, 404), path
                assert set(await answer.json()) == {"error", "node_errors"}

    asyncio.run(run())
