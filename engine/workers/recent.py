"""The last events of all jobs, in memory: what a client missed that was away for a moment, also transient events."""

from __future__ import annotations

from bisect import bisect_right

from engine.jobs.events import JobEvent

KEPT_EVENTS = 20_000


def _seq(event: JobEvent) -> int:
    return event.seq


class RecentEvents:
    """Between `kept` and twice as many events, in order.

    Attributes:
        complete_since: Every event of a greater number is here.
    """

    def __init__(self, complete_since: int, kept: int = KEPT_EVENTS) -> None:
        self.complete_since = complete_since
        self._kept = kept
        self._events: list[JobEvent] = []

    def add(self, event: JobEvent) -> None:
        """Keep an event; numbers must grow."""
        self._events.append(event)
        if len(self._events) >= 2 * self._kept:
            self.complete_since = self._events[-self._kept - 1].seq
            del self._events[: -self._kept]

    def since(self, seq: int, job_id: str | None, limit: int) -> list[JobEvent]:
        """The first `limit` events after `seq`, of one job or of all."""
        if limit <= 0:
            return []
        start = bisect_right(self._events, seq, key=_seq)
        if job_id is None:
            return self._events[start : start + limit]
        found: list[JobEvent] = []
        for place in range(start, len(self._events)):
            if self._events[place].job_id == job_id:
                found.append(self._events[place])
                if len(found) == limit:
                    break
        return found
