"""What crossed the links of a job: from its events, cached nodes and later runs of a node included."""

from __future__ import annotations

from engine.jobs.events import NodeFinished, NodesCached, ValueSummary
from tests.engine.server.api.checked import Api, with_api
from tests.engine.server.fakes import VALUE


@with_api()
async def test_values_are_what_the_events_told(api: Api) -> None:
    job_id = (await api.submit(VALUE))["id"]
    assert await api.get(f"/jobs/{job_id}/values") == {"values": {}}
    job = await api.dispatcher.start_next()
    tell = api.dispatcher.tell
    tell(job, NodesCached(("1", "2"), {"1": (ValueSummary("1x4x64x64 fp32"), ValueSummary("42", 3))}))
    tell(job, NodeFinished("3:5", "Show", "3", 0.1, values=(ValueSummary('"a fox"'),)))
    tell(job, NodeFinished("4", "Save", "4", 0.1))
    assert (await api.get(f"/jobs/{job_id}/values"))["values"] == {
        "1": [{"text": "1x4x64x64 fp32"}, {"text": "42", "count": 3}],
        "3:5": [{"text": '"a fox"'}],
    }
    await api.dispatcher.finish(job)
    assert set((await api.get(f"/jobs/{job_id}/values"))["values"]) == {"1", "3:5"}


@with_api()
async def test_of_no_job_there_are_none(api: Api) -> None:
    reply = await api.call("GET", "/jobs/nobody/values")
    assert (reply.status, reply.body["error"]["type"]) == (404, "job_not_found")
