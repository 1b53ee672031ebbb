from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UnknownJob
from engine.jobs.job import Job
from engine.workers.waiting import Waiting

_NUMBERS = st.lists(st.integers(-5, 5), min_size=1, max_size=12)


def _waiting(numbers: list[int]) -> Waiting:
    waiting = Waiting()
    for place, number in enumerate(numbers):
        waiting.add(_job(f"job-{place}", number, place))
    return waiting


def _job(job_id: str, number: float, position: float) -> Job:
    return Job(id=job_id, state="queued", number=number, position=position, client_id="", created_at=0.0)


@given(_NUMBERS, st.data())
def test_records_say_where_jobs_stand(numbers: list[int], data: st.DataObject) -> None:
    waiting = _waiting(numbers)
    ids = [job.id for job in waiting.in_order()]
    for _ in range(data.draw(st.integers(0, 8))):
        job_id = data.draw(st.sampled_from(ids))
        how = data.draw(st.sampled_from(["front", "end", "before", "number"]))
        if how == "number":
            changed = waiting.set_number(job_id, data.draw(st.integers(-5, 5)))
        elif how == "before":
            changed = waiting.move(job_id, before=data.draw(st.sampled_from(ids)), to=None)
        else:
            changed = waiting.move(job_id, before=None, to="front" if how == "front" else "end")
        assert all(waiting.get(job.id) is job for job in changed)
    ordered = waiting.in_order()
    assert sorted(job.id for job in ordered) == sorted(ids)
    assert [(job.number, job.position) for job in ordered] == sorted((job.number, job.position) for job in ordered)


@given(_NUMBERS)
def test_a_job_put_first_is_first_whatever_its_number(numbers: list[int]) -> None:
    waiting = _waiting(numbers)
    changed = waiting.add_first(_job("cut-short", 100, 100))
    first = waiting.first()
    assert first is not None
    assert first.id == "cut-short"
    assert first in changed


def test_nobodys_turn_comes_while_paused() -> None:
    waiting = _waiting([1, 2])
    waiting.queue.paused = True
    assert waiting.first() is None
    waiting.queue.paused = False
    assert waiting.first() is not None


def test_what_does_not_wait_cannot_be_moved() -> None:
    waiting = _waiting([1])
    for change in (lambda: waiting.move("x", before=None, to="front"), lambda: waiting.set_number("x", 1)):
        with pytest.raises(UnknownJob, match="Job x does not wait"):
            change()
    with pytest.raises(UnknownJob, match="Job y does not wait"):
        waiting.move("job-0", before="y", to=None)
    assert waiting.remove("x") is None


def test_a_number_that_is_none_changes_nothing() -> None:
    waiting = _waiting([1, 2])
    with pytest.raises(ValueError, match="not a place"):
        waiting.set_number("job-0", math.nan)
    assert [job.id for job in waiting.in_order()] == ["job-0", "job-1"]
