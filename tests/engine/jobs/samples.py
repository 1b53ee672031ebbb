"""Jobs for the tests of the store."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from engine.jobs.events import JobEvent
from engine.jobs.job import Job, JobResult, JobState, NodeRecord, Submission
from engine.jobs.store import Store

Opener = Callable[[], Store]
PROMPT: dict[str, Any] = {
    "3": {"class_type": "KSampler", "inputs": {"seed": 2**64 - 1, "cfg": 8.0, "model": ["4", 0]}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": 'a "cat" in a hat, 猫', "clip": ["4", 1]}},
}


def submission(job_id: str | None = None, **changes: Any) -> Submission:
    values: dict[str, Any] = {"id": job_id or str(uuid.uuid4()), "prompt": PROMPT, "targets": ("9",)}
    return Submission(**(values | changes))


async def end(store: Store, job: Job, state: JobState = "succeeded", **changes: Any) -> Job:
    """Record that a job ended; by default a second after it began, in the order of acceptance."""
    values: dict[str, Any] = {"started_at": job.created_at, "finished_at": job.created_at + 1}
    ended = msgspec.structs.replace(job, state=state, **(values | changes))
    await store.save(ended)
    return ended


def result_with(outputs: Mapping[str, dict[str, list[Any]]], *, cached: bool = False) -> JobResult:
    """What a run left; `cached`: none of its nodes had to run."""
    nodes = {node_id: NodeRecord(node_type="Save", display_id=node_id, cached=cached) for node_id in outputs}
    return JobResult(outputs=dict(outputs), nodes=nodes)


def event_of(store: Store, job_id: str, event: Any) -> JobEvent:
    return JobEvent(seq=store.next_seq(), job_id=job_id, client_id="me", at=12.5, event=event)
