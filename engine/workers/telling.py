"""Telling: what happens in one run, as the engine says it, becomes messages to the server.

Bounded: of a node's progress, and of its texts, at most some twenty values a second are sent, always the last one; a
timer sends the last when nothing more comes. Previews go to `engine.workers.previews`. How a run ends is not told here.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Final

from engine.execution import events as said
from engine.execution import summaries as said_of
from engine.jobs.events import NodeBlocked, NodeFinished, NodeProgress, NodesCached, NodeStarted, NodeText, ValueSummary
from engine.workers.failure_records import for_clients, utf8
from engine.workers.messages import EventTold, NodeAsked, Preview
from engine.workers.outbox import Outbox
from engine.workers.previews import Previews

log = logging.getLogger(__name__)

CACHED_AT_ONCE: Final = 1_000
"""So many nodes that need not run are told in one message: whoever reads it reads it in one go."""
PROGRESS_INTERVAL_S: Final = 0.05
"""Between two values of one node."""


@dataclass(slots=True)
class _Told:
    """What was told of a node's progress, or of a text of it: when, and what is still to be told."""

    told_at: float
    waiting: NodeProgress | NodeText | None = None


class Teller:
    """Tells of one run. Its methods may be called from several threads.

    Args:
        job_id: The job that runs.
        outbox: To the server.
        previews: Takes unfinished pictures.
        clock: Seconds.

    Attributes:
        executed: Nodes that have finished, in that order.
        current: The node that was begun or told of last, and its type.
    """

    def __init__(self, job_id: str, outbox: Outbox, previews: Previews, clock: Callable[[], float] = monotonic) -> None:
        self.executed: list[str] = []
        self.current: tuple[str, str] = ("", "")
        self._job_id = job_id
        self._outbox = outbox
        self._previews = previews
        self._clock = clock
        self._lock = threading.Lock()
        self._told: dict[str, dict[str | None, _Told]] = {}
        self._is_timer_set = False
        self._is_over = False

    def on_event(self, event: said.Event) -> None:
        """Tell what the engine said. Never raises."""
        with self._lock:
            if self._is_over:  # a thread that a node left behind
                return
            match event:
                case said.Progress():
                    self._note_progress(event)
                case said.TextSaid():
                    shown_at = utf8(event.shown_at)
                    self._note(event.node_id, shown_at, NodeText(shown_at, for_clients(event.text)))
                case said.Preview():
                    self._previews.offer(self._job_id, event)
                case said.NodeAsked():
                    self._outbox.put(NodeAsked(self._job_id, event.node_id, event.node_type, event.display_id))
                case said.PictureSent():
                    self._outbox.put(
                        Preview(
                            job_id=self._job_id,
                            node_id=event.node_id,
                            display_id=event.display_id,
                            parent_id=event.parent_id,
                            media_type="image/png",
                            data=event.png,
                            final=True,
                        )
                    )
                case said.NodesCached():
                    self._tell_cached(event)
                case said.NodeStarted():
                    self.current = (event.node_id, event.node_type)
                    self._tell(NodeStarted(event.node_id, event.node_type, event.display_id, event.parent_id))
                case said.NodeFinished():
                    self._finish(event)
                case said.NodeBlocked():
                    self._tell(
                        NodeBlocked(
                            event.node_id,
                            event.node_type,
                            event.display_id,
                            for_clients(event.message),
                            event.parent_id,
                        )
                    )
                case said.NodeFailed():
                    self.current = (event.node_id, event.node_type)
                    self._let_go_of(event.node_id)
                case said.RunStarted() | said.RunFinished():
                    pass

    def close(self) -> None:
        """The run is over: tell what waits, and nothing that comes later."""
        with self._lock:
            self._tell_waiting()
            self._is_over = True
        self._previews.forget(self._job_id)

    def _tell_cached(self, event: said.NodesCached) -> None:
        rest = event.node_ids
        while True:
            some, rest = rest[:CACHED_AT_ONCE], rest[CACHED_AT_ONCE:]
            values = {node_id: _summaries(event.values[node_id]) for node_id in some if node_id in event.values}
            self._tell(NodesCached(some, values, continues=bool(rest)))
            if not rest:
                return

    def _finish(self, event: said.NodeFinished) -> None:
        self._let_go_of(event.node_id)
        if not event.cached:
            self.executed.append(event.node_id)
        ui = None if event.ui is None else {key: list(items) for key, items in event.ui.items()}
        told = NodeFinished(
            event.node_id,
            event.node_type,
            event.display_id,
            event.seconds,
            ui,
            event.cached,
            event.parent_id,
            _summaries(event.values),
        )
        self._tell(told)

    def _let_go_of(self, node_id: str) -> None:
        """The node has ended: tell how far it came, and show no unfinished picture of it any more."""
        for told in self._told.pop(node_id, {}).values():
            if told.waiting is not None:
                self._tell(told.waiting)
        self._previews.forget(self._job_id, node_id)

    def _note_progress(self, event: said.Progress) -> None:
        value, total = _number(event.value), _number(event.total)
        if value is None or total is None:
            log.debug("node %s tells progress that is no number", event.node_id)
            return
        self._note(event.node_id, None, NodeProgress(event.node_id, event.display_id, value, total, event.parent_id))

    def _note(self, node_id: str, place: str | None, event: NodeProgress | NodeText) -> None:
        """Tell the last word of a node on its progress (no place), or at a place where it shows texts: now or soon."""
        now = self._clock()
        told = self._told.setdefault(node_id, {})
        known = told.get(place)
        if known is None or now - known.told_at >= PROGRESS_INTERVAL_S:
            told[place] = _Told(now)
            self._tell(event)
            return
        known.waiting = event
        if not self._is_timer_set:
            self._is_timer_set = True
            self._outbox.call_later(PROGRESS_INTERVAL_S, self._on_timer)

    def _on_timer(self) -> None:
        """On the event loop: tell what nobody has told since."""
        # Who has the lock may be waiting for the loop to send something.
        if not self._lock.acquire(blocking=False):
            self._outbox.call_later(PROGRESS_INTERVAL_S, self._on_timer)
            return
        try:
            self._is_timer_set = False
            if not self._is_over:
                self._tell_waiting()
        finally:
            self._lock.release()

    def _tell_waiting(self) -> None:
        now = self._clock()
        for told in self._told.values():
            for each in told.values():
                if each.waiting is not None:
                    self._tell(each.waiting)
                    each.waiting, each.told_at = None, now

    def _tell(self, event: NodesCached | NodeStarted | NodeProgress | NodeText | NodeFinished | NodeBlocked) -> None:
        self._outbox.put(EventTold(self._job_id, event))


def _summaries(outputs: Iterable[said_of.ValueSummary]) -> tuple[ValueSummary, ...]:
    return tuple(ValueSummary(text=output.text, count=output.count) for output in outputs)


def _number(value: object) -> float | None:
    """What a node calls its progress, if it is a number."""
    try:
        number = float(value)  # pyright: ignore[reportArgumentType]  (nodes hand over anything)
    except Exception:
        return None
    return number if math.isfinite(number) else None
