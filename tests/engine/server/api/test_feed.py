"""However events come, however slowly they are read, and wherever the reading is cut off: each once, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from engine.jobs.events import JobEvent, NodeText
from engine.server.api.feed import PAGE, Feed
from engine.workers.notices import Listener, QueueChanged


class Past:
    """Events that are told one by one and kept; asking for them takes a while, in which more may be told."""

    def __init__(self) -> None:
        self.kept: list[JobEvent] = []
        self.told_when_asked: list[int] = []
        self._listeners: list[Listener] = []

    def tell(self, count: int = 1) -> None:
        for _ in range(count):
            number = len(self.kept)
            # numbers have gaps, and two jobs take turns
            event = JobEvent(3 * number + 5, f"job{number % 2}", "", 0.0, NodeText("1", str(number)))
            self.kept.append(event)
            for listener in list(self._listeners):
                listener(QueueChanged(0))
                listener(event)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def events(self, since: int, job_id: str | None = None, limit: int = 1000) -> list[JobEvent]:
        found = [event for event in self.kept if event.seq > since and job_id in (None, event.job_id)][:limit]
        if self.told_when_asked:
            self.tell(self.told_when_asked.pop())
        await asyncio.sleep(0)
        return found


def numbers(events: list[JobEvent], job_id: str | None) -> list[int]:
    return [event.seq for event in events if job_id in (None, event.job_id)]


_counts = st.integers(0, 40) | st.sampled_from([PAGE, 2 * PAGE, 2 * PAGE + 1])


_steps = st.one_of(_counts.map(lambda count: ("tell", count)), st.sampled_from([("read", 0), ("cut", 0)]))


@given(
    steps=st.lists(_steps, max_size=12),
    meanwhile=st.lists(_counts, max_size=4),
    job_id=st.sampled_from([None, "job1"]),
)
def test_no_event_is_lost_or_doubled(steps: list[tuple[str, int]], meanwhile: list[int], job_id: str | None) -> None:
    async def run() -> None:
        past = Past()
        past.told_when_asked = list(meanwhile)
        seen: list[JobEvent] = []
        feed = Feed(past, 0, job_id)
        feed.__enter__()
        for what, count in steps:
            if what == "tell":
                past.tell(count)
            elif what == "read":
                seen += await feed.read(0)
            else:  # the connection breaks; the client comes back with the last number that it saw
                feed.__exit__(None, None, None)
                feed = Feed(past, seen[-1].seq if seen else 0, job_id)
                feed.__enter__()
        past.told_when_asked = []
        while events := await feed.read(0):
            seen += events
        feed.__exit__(None, None, None)
        assert [event.seq for event in seen] == numbers(past.kept, job_id)

    asyncio.run(run())


def test_waiting_ends_with_an_event_a_call_or_the_time() -> None:
    async def run() -> None:
        past = Past()
        with Feed(past, 0) as feed:
            assert await feed.read(0.01) == []
            reading = asyncio.create_task(feed.read(30))
            await asyncio.sleep(0.01)
            past.tell()
            assert numbers(await reading, None) == [5]
            reading = asyncio.create_task(feed.read(30))
            await asyncio.sleep(0.01)
            feed.wake()
            assert await reading == []
        past.tell()

    asyncio.run(asyncio.wait_for(run(), 20))
