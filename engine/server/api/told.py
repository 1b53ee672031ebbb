"""What a client of the event socket is told besides events of jobs, if it asks: how things are, and previews.

These have no number and are not kept: whoever connects is told how things are now, and what changes from then on. Of
what changes faster than a client reads, the last is what counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Literal, Self

from aiohttp import web
from msgspec import Struct

from engine.server.api.feed import Feed
from engine.server.api.workers import WorkerView, view_workers
from engine.server.api.writing import encode_json
from engine.server.canvas.state import CANVAS
from engine.server.keys import DISPATCHER
from engine.server.protocol import preview_payload
from engine.workers.notices import Notice, PreviewShown, QueueChanged, WorkersChanged

Topic = Literal["queue", "workers", "gallery", "catalog", "previews"]
_MOST_PREVIEWS = 64


class QueueTold(Struct, frozen=True, tag="queue_changed"):
    """Jobs came or went, or the queue was paused or resumed.

    Attributes:
        remaining: Jobs that wait or run.
        paused: Whether no job is begun.
    """

    remaining: int
    paused: bool


class WorkersTold(Struct, frozen=True, tag="workers_changed"):
    """A worker began or ended a run, became ready, died or is being started.

    Attributes:
        workers: All of them.
    """

    workers: list[WorkerView]


class GalleryTold(Struct, frozen=True, tag="gallery_changed"):
    """Files of the output directory came, changed or went.

    Attributes:
        added: How many came or changed since this was told last.
        removed: How many went.
    """

    added: int
    removed: int


class CatalogTold(Struct, frozen=True, tag="catalog_changed"):
    """The node types are others than before.

    Attributes:
        etag: Names what they are; empty while no worker has said it.
    """

    etag: str


class StateTold(Struct, frozen=True, kw_only=True):
    """How something is now, in the form of an event.

    Attributes:
        seq: 0: it has no number.
        job_id: Empty.
        client_id: Empty.
        at: When, in seconds since 1970.
        event: How it is; `type` tells what.
    """

    seq: int
    job_id: str
    client_id: str
    at: float
    event: QueueTold | WorkersTold | GalleryTold | CatalogTold


class Told:
    """What waits to be told to one client. A context manager: it listens while it is open.

    Args:
        request: Of the client.
        topics: What it wants to be told.
        feed: Of its events; woken when there is something to tell.
    """

    def __init__(self, request: web.Request, topics: frozenset[Topic], feed: Feed) -> None:
        self._dispatcher = request.app[DISPATCHER]
        self._canvas = request.app[CANVAS]
        self._topics = topics
        self._feed = feed
        self._changed: set[Topic] = set(topics - {"gallery", "previews"})
        self._gallery = (0, 0)
        self._etag: str | None = None
        self._previews: dict[tuple[str, str, int], PreviewShown] = {}
        self._finals = 0
        self._unsubscribe: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        if self._topics:
            self._unsubscribe = [self._dispatcher.subscribe(self._hear), self._canvas.subscribe(self._hear_gallery)]
            self._feed.wake()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def _hear(self, notice: Notice) -> None:
        if isinstance(notice, PreviewShown):
            if "previews" in self._topics:
                self._keep_preview(notice)
        elif isinstance(notice, QueueChanged):
            self._mark("queue")
        elif isinstance(notice, WorkersChanged):
            self._mark("workers")
            self._mark("catalog")  # looked at when it is told

    def _keep_preview(self, notice: PreviewShown) -> None:
        preview = notice.preview
        self._finals += preview.final
        key = preview.job_id, preview.node_id, self._finals if preview.final else 0
        self._previews.pop(key, None)
        if len(self._previews) >= _MOST_PREVIEWS:
            del self._previews[next(iter(self._previews))]
        self._previews[key] = notice
        self._feed.wake()

    def _hear_gallery(self, added: int, removed: int) -> None:
        if "gallery" in self._topics:
            self._gallery = (self._gallery[0] + added, self._gallery[1] + removed)
            self._mark("gallery")

    def _mark(self, topic: Topic) -> None:
        if topic in self._topics:
            self._changed.add(topic)
            self._feed.wake()

    def take(self) -> list[str | bytes]:
        """What is to be sent now: texts and pictures."""
        if "catalog" in self._topics:
            self._changed.add("catalog")  # packs may come without a worker that says so
        frames: list[str | bytes] = [
            encode_json(StateTold(seq=0, job_id="", client_id="", at=time.time(), event=event)).decode()
            for topic in sorted(self._changed)
            if (event := self._state(topic)) is not None
        ]
        frames += (preview_payload(shown.preview) for shown in self._previews.values())
        self._changed.clear()
        self._previews.clear()
        return frames

    def _state(self, topic: Topic) -> QueueTold | WorkersTold | GalleryTold | CatalogTold | None:
        match topic:
            case "queue":
                return QueueTold(self._dispatcher.remaining, self._dispatcher.paused)
            case "workers":
                return WorkersTold(view_workers(self._dispatcher.workers()))
            case "gallery":
                (added, removed), self._gallery = self._gallery, (0, 0)
                return GalleryTold(added, removed)
            case "catalog":
                etag = self._dispatcher.catalog.etag
                is_new, self._etag = etag != self._etag, etag
                return CatalogTold(etag) if is_new else None
            case _:
                return None
