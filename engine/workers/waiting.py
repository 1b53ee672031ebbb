"""Jobs that wait: their records in the order of the queue, and what only memory may hold of them.

Each change returns the jobs whose records it changed, for whoever writes them down.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

import msgspec

from engine.errors import UnknownJob
from engine.jobs.job import Job
from engine.jobs.queue import JobQueue, Place


class Waiting:
    """Records of the jobs in a queue.

    Attributes:
        queue: Their ids in order; to be changed only through this object.
    """

    def __init__(self, *, paused: bool = False) -> None:
        self.queue = JobQueue()
        self.queue.paused = paused
        self._jobs: dict[str, Job] = {}

    def __len__(self) -> int:
        return len(self._jobs)

    def __contains__(self, job_id: object) -> bool:
        return job_id in self._jobs

    def get(self, job_id: str) -> Job | None:
        """The job, if it waits."""
        return self._jobs.get(job_id)

    def require(self, job_id: str) -> Job:
        """The job. Raises UnknownJob if it does not wait."""
        job = self._jobs.get(job_id)
        if job is None:
            raise UnknownJob(f"Job {job_id} does not wait in the queue: it is unknown, runs already, or has ended.")
        return job

    def in_order(self) -> list[Job]:
        """All of them."""
        return [self._jobs[job_id] for job_id in self.queue]

    def first(self) -> Job | None:
        """Whose turn is next; None if nobody waits or the queue is paused."""
        if self.queue.paused:
            return None
        return next((self._jobs[job_id] for job_id in self.queue.ids(0, 1)), None)

    def add(self, job: Job) -> None:
        """Let a job wait at its place."""
        self.queue.push(job.id, job.number, job.position)
        self._jobs[job.id] = job

    def add_first(self, job: Job) -> list[Job]:
        """Let a job wait before all others."""
        self.add(job)
        changed = self._note(self.queue.move(job.id, to="front"))
        return changed or [job]

    def remove(self, job_id: str) -> Job | None:
        """Take a job out; None if it does not wait."""
        self.queue.remove(job_id)
        return self._jobs.pop(job_id, None)

    def remove_many(self, job_ids: Collection[str]) -> list[Job]:
        """Take those of these jobs out that wait; returns them in order."""
        return [self._jobs.pop(job_id) for job_id in self.queue.remove_many(job_ids)]

    def clear(self) -> list[Job]:
        """Take all out; returns them in order."""
        return [self._jobs.pop(job_id) for job_id in self.queue.clear()]

    def move(self, job_id: str, *, before: str | None, to: Literal["front", "end"] | None) -> list[Job]:
        """Give a job another place.

        Raises:
            UnknownJob: One of them does not wait.
            ValueError: Not exactly one of `before` and `to` is given.
        """
        self.require(job_id)
        if before is not None:
            self.require(before)
        return self._note(self.queue.move(job_id, before=before, to=to))

    def set_number(self, job_id: str, number: float) -> list[Job]:
        """Give a job another number. Raises UnknownJob if it does not wait, ValueError if it is NaN."""
        job = self.require(job_id)
        self.queue.remove(job_id)
        try:
            self.queue.push(job_id, number, job.position)
        except ValueError:
            self.queue.push(job_id, job.number, job.position)
            raise
        return self._note({job_id: Place(number, job.position)})

    def _note(self, places: Mapping[str, Place]) -> list[Job]:
        for job_id, place in places.items():
            fields: dict[str, Any] = place._asdict()
            self._jobs[job_id] = msgspec.structs.replace(self._jobs[job_id], **fields)
        return [self._jobs[job_id] for job_id in places]
