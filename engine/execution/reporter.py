"""Reporter: tells an observer what happens in a run. Knows at which node of the workflow an ephemeral one is shown.

No event is made when nobody observes. Events may come from several threads; they are handed on one at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from engine.errors import EngineError
from engine.execution.events import (
    Event,
    NodeAsked,
    NodeBlocked,
    NodeFailed,
    NodeFinished,
    NodesCached,
    NodeStarted,
    PictureSent,
    Preview,
    Progress,
    RunFinished,
    RunStarted,
    RunStatus,
    TextSaid,
    Ui,
)
from engine.execution.summaries import summarize
from engine.graph.workflow import Node

if TYPE_CHECKING:
    from torch import Tensor

    from engine.execution.cache import Outputs


class Reporter:
    """Makes the events of one run.

    Args:
        run_id: Names the run in the events.
        on_event: Receives each event; None if nobody observes.
    """

    def __init__(self, run_id: str, on_event: Callable[[Event], None] | None) -> None:
        self._run_id = run_id
        self._on_event = on_event
        self._lock = threading.RLock()  # the observer may itself do something that is told of
        self._places: dict[str, tuple[str, str]] = {}
        self._seconds: dict[str, float] = {}

    def place(self, node_ids: Iterable[str], parent_id: str, display_ids: Mapping[str, str]) -> None:
        """From now on these ephemeral nodes are shown where their parent is, unless they say where."""
        shown_at, _ = self._places.get(parent_id, (parent_id, ""))
        for node_id in node_ids:
            self._places[node_id] = (display_ids.get(node_id, shown_at), parent_id)

    def run_started(self, node_count: int) -> None:
        """The first event."""
        if self._on_event is not None:
            self._tell(RunStarted(self._run_id, node_count))

    def cached(self, node_ids: Iterable[str], outputs_of: Callable[[str], Outputs | None] = lambda _: None) -> None:
        """These nodes need not run; `outputs_of` gives what is known of their outputs."""
        if self._on_event is not None:
            node_ids = tuple(node_ids)
            known = ((node_id, outputs_of(node_id)) for node_id in node_ids)
            values = {node_id: summarize(outputs) for node_id, outputs in known if outputs is not None}
            self._tell(NodesCached(node_ids, values))

    def asked(self, node: Node) -> None:
        """The node is about to be asked for its fingerprint."""
        if self._on_event is not None:
            self._tell(NodeAsked(node.id, node.type, self.place_of(node.id)[0]))

    def started(self, node: Node) -> None:
        """The node is about to be called."""
        if self._on_event is not None:
            display_id, parent_id = self.place_of(node.id)
            self._tell(NodeStarted(node.id, node.type, display_id, parent_id))

    def progress(self, node: Node, value: int, total: int) -> None:
        """The node tells how far it is."""
        if self._on_event is not None:
            display_id, parent_id = self.place_of(node.id)
            self._tell(Progress(node.id, display_id, value, total, parent_id))

    def preview(self, node: Node, image: Tensor) -> None:
        """The node shows an unfinished image."""
        if self._on_event is not None:
            display_id, parent_id = self.place_of(node.id)
            self._tell(Preview(node.id, display_id, image, parent_id))

    def picture(self, node: Node, png: bytes) -> None:
        """The node sends a finished picture."""
        if self._on_event is not None:
            display_id, parent_id = self.place_of(node.id)
            self._tell(PictureSent(node.id, display_id, png, parent_id))

    def text(self, node: Node, text: str, shown_at: str) -> None:
        """The node says in words what it does."""
        if self._on_event is not None:
            self._tell(TextSaid(node.id, shown_at, text))

    def finished(
        self, node: Node, ui: Ui | None, seconds: float, *, cached: bool = False, outputs: Outputs = ()
    ) -> None:
        """The node is done, or was before."""
        if not cached:
            self._seconds[node.id] = seconds
        if self._on_event is not None:
            display_id, parent_id = self.place_of(node.id)
            values = summarize(outputs)
            self._tell(NodeFinished(node.id, node.type, display_id, ui, seconds, cached, parent_id, values))

    def blocked(self, node: Node, message: str) -> None:
        """The node was not called."""
        if self._on_event is not None:
            display_id, parent_id = self.place_of(node.id)
            self._tell(NodeBlocked(node.id, node.type, display_id, message, parent_id))

    def failed(self, node: Node, error: EngineError) -> None:
        """The node raised."""
        if self._on_event is not None:
            display_id, parent_id = self.place_of(node.id)
            self._tell(NodeFailed(node.id, node.type, display_id, error, parent_id))

    def run_finished(self, status: RunStatus, seconds: float, node_id: str | None) -> None:
        """The last event."""
        if self._on_event is not None:
            self._tell(RunFinished(self._run_id, status, seconds, node_id))

    def place_of(self, node_id: str) -> tuple[str, str | None]:
        """The node of the workflow to show a node at, and the node whose expansion it belongs to."""
        return self._places.get(node_id, (node_id, None))

    def timings(self) -> dict[str, float]:
        """The seconds that each node took that has run so far. From any thread."""
        return self._seconds.copy()

    def _tell(self, event: Event) -> None:
        assert self._on_event is not None
        with self._lock:
            self._on_event(event)
