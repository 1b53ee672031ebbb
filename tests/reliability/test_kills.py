"""The kill test looks at every job, however many there are."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path

import pytest

from engine.jobs.job import Submission
from engine.jobs.rows import encode_object
from tests.engine.server.fakes import VALUE
from tests.engine.server.raw import RawServer
from tests.reliability.driving import all_jobs


@pytest.mark.parametrize("count", [0, 4, 5, 23])
def test_all_pages_of_jobs_are_read(tmp_path: Path, count: int) -> None:
    with RawServer(tmp_path) as server:
        ids = [str(uuid.uuid4()) for _ in range(count)]
        for job_id in ids:
            submission = Submission(id=job_id, prompt=encode_object(VALUE), targets=("2",))
            asyncio.run_coroutine_threadsafe(server.fake.dispatcher.submit(submission), server._loop).result(60)  # pyright: ignore[reportPrivateUsage]
        jobs = all_jobs(lambda path: server.get(path).json(), 5)
        assert set(jobs) == set(ids)
        assert {job["state"] for job in jobs.values()} <= {"queued"}
