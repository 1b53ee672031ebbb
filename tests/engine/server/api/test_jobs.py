"""Jobs and queue: pages lose and double nothing, every change is what was asked for, repeats are no errors."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.jobs.events import ErrorRecord, NodeProgress, NodeStarted
from engine.workers.notices import RunSnapshot
from tests.engine.server.api.checked import Api, with_api
from tests.engine.server.fakes import VALUE


async def submit_many(api: Api, count: int) -> list[str]:
    return [(await api.submit(VALUE, id=f"j{number}", client_id=f"c{number % 2}"))["id"] for number in range(count)]


async def pending(api: Api) -> list[str]:
    return [job["id"] for job in (await api.get("/queue"))["pending"]]


# -- lists -----------------------------------------------------------------------------------------------------------


@with_api()
async def test_pages_hold_every_job_once_whatever_comes_and_goes(api: Api) -> None:
    ids = await submit_many(api, 9)
    for order in ("created", "finished", "duration"):
        for descending in (True, False):
            seen: list[str] = []
            cursor: str | None = None
            for page in range(20):
                query = {"order": order, "descending": str(descending).lower(), "limit": "2"}
                body = await api.get("/jobs", params=query if cursor is None else {**query, "cursor": cursor})
                seen += [job["id"] for job in body["jobs"]]
                cursor = body["next_cursor"]
                if cursor is None:
                    break
                if order == "created" and descending:
                    await api.submit(VALUE, id=f"new{descending}{page}")
            assert len(seen) == len(set(seen))
            assert set(ids) <= set(seen)
    newest = [job["id"] for job in (await api.get("/jobs?limit=1000"))["jobs"] if job["id"] in ids]
    assert newest == ids[::-1]


@with_api()
async def test_filters(api: Api) -> None:
    await submit_many(api, 4)
    await api.dispatcher.run_next()
    before = time.time()
    await asyncio.sleep(0.01)
    await api.submit(VALUE, id="late", inputs={"1.value": 77})

    async def found(query: str) -> set[str]:
        body = await api.get(f"/jobs?{query}")
        assert body["total"] == len(body["jobs"])
        return {job["id"] for job in body["jobs"]}

    assert await found("state=succeeded") == {"j0"}
    assert await found("state=queued,succeeded&state=failed") == {"j0", "j1", "j2", "j3", "late"}
    assert await found("client_id=c1") == {"j1", "j3"}
    assert await found("text=77") == {"late"}
    assert await found(f"created_after={before}") == {"late"}
    assert await found(f"created_before={before}&client_id=c0") == {"j0", "j2"}
    assert await found("state=failed") == set()


@with_api()
async def test_names_are_shown_found_and_kept(api: Api) -> None:
    assert (await api.submit(VALUE, id="plain"))["name"] == ""
    assert (await api.submit(VALUE, id="named", name="A red fox"))["name"] == "A red fox"
    listed = {job["id"]: job["name"] for job in (await api.get("/jobs"))["jobs"]}
    assert listed == {"plain": "", "named": "A red fox"}
    assert [job["id"] for job in (await api.get("/jobs?text=red fox"))["jobs"]] == ["named"]
    await api.dispatcher.run_next()
    again = await api.post("/jobs/named/retry")
    assert again.body["name"] == "A red fox"
    for wrong in ("x" * 257, "two\nlines"):
        await api.refused("POST", "/jobs", 400, "name", json={"workflow": VALUE, "name": wrong})


@with_api()
async def test_parameters_say_what_was_expected_and_what_came(api: Api) -> None:
    for query, words in {
        "limit=0": ("'limit'", "a whole number from 1 to 1000", "'0'"),
        "limit=many": ("'limit'", "'many'"),
        "limit=1&limit=2": ("'limit'", "2 times"),
        "state=done": ("'state'", "one of cancelled, failed, queued, running, succeeded", "'done'"),
        "created_after=yesterday": ("'created_after'", "a number", "'yesterday'"),
        "created_after=nan": ("'created_after'",),
        "descending=maybe": ("'descending'", "true or false"),
        "offset=1": ("'offset'", "not a parameter", "cursor"),
        "stat=queued": ("'stat'", "Did you mean 'state'"),
        "cursor=nobody": ("'cursor'",),
        f"text={'x' * 2000}": ("'text'", "at most 1000 characters", "2000 characters"),
    }.items():
        error = await api.refused("GET", f"/jobs?{query}", 400, *words)
        assert error["type"] == "invalid_parameter"
        assert error["extra_info"]["in"] == "query"


# -- one job ---------------------------------------------------------------------------------------------------------


@with_api()
async def test_a_job_is_shown_as_it_goes_through_its_states(api: Api) -> None:
    await submit_many(api, 2)
    job = await api.get("/jobs/j1")
    assert (job["state"], job["queue_position"], job["progress"], job["seconds"]) == ("queued", 1, None, None)
    running = await api.dispatcher.start_next()
    api.dispatcher.snapshots["j0"] = RunSnapshot(
        job=running,
        worker=0,
        seq=17,
        running=(NodeStarted("2", "Show", "2"),),
        progress={"2": NodeProgress("2", "2", 1, 4)},
        cached=("1",),
    )
    job = await api.get("/jobs/j0")
    assert (job["state"], job["queue_position"]) == ("running", None)
    shown = {"node_id": "2", "display_id": "2", "node_type": "Show", "value": 1, "total": 4}
    assert job["progress"] == {"fraction": 0.625, "nodes_done": 1, "nodes_total": 2, "running": [shown], "seq": 17}
    error = ErrorRecord(type="node_failed", message="Node '2' failed.", node_id="2", traceback=("secret/path.py",))
    await api.dispatcher.finish(running, "failed", error)
    job = await api.get("/jobs/j0")
    assert (job["state"], job["error"]["node_id"]) == ("failed", "2")
    assert job["error"]["traceback"] == []
    assert job["seconds"] >= 0


@with_api(shows_internals=True)
async def test_tracebacks_are_shown_to_those_who_asked_for_them(api: Api) -> None:
    await submit_many(api, 1)
    running = await api.dispatcher.start_next()
    await api.dispatcher.finish(running, "failed", ErrorRecord(type="t", message="m", traceback=("line",)))
    assert (await api.get("/jobs/j0"))["error"]["traceback"] == ["line"]


@with_api()
async def test_ids_that_no_job_has_are_404_everywhere(api: Api) -> None:
    for method, path in (
        ("GET", "/jobs/none"),
        ("GET", "/jobs/none/workflow"),
        ("GET", "/jobs/none/events"),
        ("POST", "/jobs/none/cancel"),
        ("DELETE", "/jobs/none"),
        ("GET", "/jobs/%00"),
        ("GET", f"/jobs/{'x' * 900}"),
    ):
        assert (await api.refused(method, path, 404))["type"] == "job_not_found"
    await api.refused("POST", "/jobs/none/move", 404, json={"to": "front"})


# -- changes ---------------------------------------------------------------------------------------------------------


@with_api()
async def test_cancelling_twice_is_no_error(api: Api) -> None:
    await submit_many(api, 4)
    await api.dispatcher.start_next()
    for job_id in ("j0", "j1"):
        assert (await api.post(f"/jobs/{job_id}/cancel")).body == {
            "id": job_id,
            "cancelled": True,
            "state": "cancelled",
        }
        assert (await api.post(f"/jobs/{job_id}/cancel")).body["cancelled"] is False
    assert (await api.post("/jobs/cancel", {"ids": ["j1", "j2", "none"]})).body == {
        "cancelled": 1,
        "passed_over": ["j1", "none"],
    }
    assert (await api.post("/jobs/cancel", {"pending": True})).body == {"cancelled": 1, "passed_over": []}
    assert (await api.post("/jobs/cancel", {"pending": True})).body["cancelled"] == 0
    await api.refused("POST", "/jobs/cancel", 400, "'ids'", json={})
    await api.refused("POST", "/jobs/cancel", 400, "unknown field all", json={"all": True})


@settings(max_examples=8)
@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["front", "end", 0, 1, 2, 3, 4])), max_size=4))
def test_moves_give_the_order_that_a_list_would_have(moves: list[tuple[int, Any]]) -> None:
    @with_api()
    async def run(api: Api) -> None:
        model = await submit_many(api, 5)
        for moved, where in moves:
            if moved == where:
                continue
            target = f"j{moved}"
            model.remove(target)
            if isinstance(where, int):
                model.insert(model.index(f"j{where}"), target)
                body: dict[str, Any] = {"before": f"j{where}"}
            else:
                model.insert(0 if where == "front" else len(model), target)
                body = {"to": where}
            reply = await api.post(f"/jobs/{target}/move", body)
            assert (reply.status, reply.body["queue_position"]) == (200, model.index(target))
        assert await pending(api) == model

    run()


@with_api()
async def test_only_what_waits_can_be_moved(api: Api) -> None:
    await submit_many(api, 3)
    await api.dispatcher.start_next()
    await api.refused("POST", "/jobs/j0/move", 409, "running", json={"to": "front"})
    await api.refused("POST", "/jobs/j1/move", 409, "'j0'", json={"before": "j0"})
    await api.refused("POST", "/jobs/j1/move", 404, "'no'", json={"before": "no"})
    await api.refused("POST", "/jobs/j1/move", 400, "exactly one", json={"before": "j2", "to": "end"})
    await api.refused("POST", "/jobs/j1/move", 400, "exactly one", json={})
    await api.refused("POST", "/jobs/j1/move", 400, "'to'", "'middle'", json={"to": "middle"})
    reply = await api.post("/jobs/j2/move", {"priority": -5})
    assert (reply.body["priority"], reply.body["queue_position"]) == (-5, 0)


@with_api()
async def test_history_is_forgotten_and_nothing_else(api: Api) -> None:
    await submit_many(api, 4)
    for _ in range(3):
        await api.dispatcher.run_next()
    await api.refused("DELETE", "/jobs/j3", 409, "queued")
    assert (await api.call("DELETE", "/jobs/j0")).body == {"deleted": 1}
    await api.refused("GET", "/jobs/j0", 404)
    assert (await api.call("DELETE", "/jobs?id=j1,none&id=j3")).body == {"deleted": 1}
    assert (await api.call("DELETE", "/jobs")).body == {"deleted": 1}
    assert [job["id"] for job in (await api.get("/jobs"))["jobs"]] == ["j3"]


# -- the queue -------------------------------------------------------------------------------------------------------


@with_api()
async def test_the_queue_is_shown_in_order_and_by_pages(api: Api) -> None:
    ids = await submit_many(api, 6)
    await api.dispatcher.start_next()
    queue = await api.get("/queue?offset=1&limit=2")
    assert [job["id"] for job in queue["running"]] == ids[:1]
    assert [(job["id"], job["queue_position"]) for job in queue["pending"]] == [("j2", 1), ("j3", 2)]
    assert (queue["pending_total"], queue["paused"]) == (5, False)
    assert (await api.post("/queue/pause")).body == {"paused": True, "running": 1, "pending": 5}
    assert (await api.get("/queue"))["paused"] is True
    assert (await api.post("/queue/resume")).body["paused"] is False


@with_api()
async def test_front_runs_first(api: Api) -> None:
    await submit_many(api, 2)
    assert (await api.submit(VALUE, front=True, id="first"))["queue_position"] == 0
    assert await pending(api) == ["first", "j0", "j1"]


@with_api()
async def test_notes_that_another_route_left_are_no_harm(api: Api) -> None:
    body = {
        "prompt": VALUE,
        "prompt_id": "odd",
        "extra_data": {"conversion_notes": "odd", "extra_pnginfo": {"workflow": 5}},
    }
    async with api.client.post("/prompt", json=body) as response:
        assert response.status == 200
    assert (await api.get("/jobs/odd"))["notes"] == []
    assert (await api.get("/jobs/odd/workflow"))["workflow"] is None
    assert msgspec.json.encode(await api.get("/jobs"))
