from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.jobs.events import JobEvent, JobQueued
from engine.workers.recent import RecentEvents


def _event(seq: int) -> JobEvent:
    return JobEvent(seq, "ab"[seq % 2], "", 0.0, JobQueued())


@given(st.integers(1, 5), st.integers(0, 40), st.integers(0, 60), st.sampled_from([None, "a", "b"]), st.integers(1, 9))
def test_all_that_is_said_to_be_there_is(kept: int, count: int, since: int, job_id: str | None, limit: int) -> None:
    recent = RecentEvents(complete_since=10, kept=kept)
    events = [_event(seq) for seq in range(11, 11 + count)]
    for event in events:
        recent.add(event)
    since = max(since, recent.complete_since)
    wanted = [event for event in events if event.seq > since and job_id in (None, event.job_id)]
    assert recent.since(since, job_id, limit) == wanted[:limit]


@given(st.integers(1, 5), st.integers(0, 40))
def test_the_last_ones_stay_and_no_more_than_twice_as_many(kept: int, count: int) -> None:
    recent = RecentEvents(complete_since=0, kept=kept)
    for seq in range(1, count + 1):
        recent.add(_event(seq))
    there = recent.since(0, None, 1000)
    assert min(kept, count) <= len(there) <= 2 * kept
    assert [event.seq for event in there] == list(range(count - len(there) + 1, count + 1))
