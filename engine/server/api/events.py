"""What happens to jobs, as it happens and again from any point: server-sent events, and the same over a websocket.

Every event has a number, `seq`, that grows. Who was away says which one was the last (`Last-Event-ID`, which browsers
send by themselves, or `?since=N`) and is given what follows: no event is lost, none comes twice. Progress of nodes is
kept for a while only; all else for as long as its job.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Generator, Iterable
from contextlib import contextmanager, suppress
from typing import Annotated

import msgspec
from aiohttp import WSCloseCode, web
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from engine.jobs.events import FINAL, Event, JobEvent, JobFailed
from engine.server.api.feed import Feed
from engine.server.api.job_records import NO_SUCH_JOB, JobId
from engine.server.api.records import ShortText
from engine.server.api.route import Answer, Refused, route
from engine.server.api.told import Told, Topic
from engine.server.api.views import find_state, is_ended, public_error
from engine.server.api.writing import encode_json
from engine.server.keys import DISPATCHER, STORE
from engine.server.refusal import Refusal
from engine.server.websocket import Socket
from engine.settings import ServerSettings

_HEARTBEAT_S = 15.0
_SEND_TIMEOUT_S = 30.0
"""A client that takes nothing for so long is gone; it can come back and go on where it was."""
_RETRY_MS = 2000
_MOST_FRAMES = 2000
_UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade"}
Seq = Annotated[int, Meta(ge=0, le=2**62)]

OPEN_STREAMS: web.AppKey[set[Feed]] = web.AppKey("open_streams")
"""Feeds of clients that are connected; woken when the server stops."""
OPEN_WINDOWS: web.AppKey[Counter[str]] = web.AppKey("open_windows")
"""How many sockets are open for each window of a browser that has named itself."""


class Frames:
    """The texts of the last events, written once for all clients."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._texts: dict[int, bytes] = {}

    def write(self, told: JobEvent) -> bytes:
        """An event as JSON, without what clients must not see."""
        text = self._texts.get(told.seq)
        if text is None:
            if len(self._texts) >= _MOST_FRAMES:
                self._texts.clear()
            text = self._texts[told.seq] = encode_json(self._shown(told))
        return text

    def _shown(self, told: JobEvent) -> StreamedEvent:
        event = told.event
        if isinstance(event, JobFailed):
            event = replace(event, error=public_error(event.error, self._settings))
        return StreamedEvent(seq=told.seq, job_id=told.job_id, client_id=told.client_id, at=told.at, event=event)


FRAMES: web.AppKey[Frames] = web.AppKey("event_frames")


class Hello(Struct, frozen=True, tag="hello"):
    """The stream begins here: events of greater numbers follow."""


class StreamedEvent(Struct, frozen=True, kw_only=True):
    """One event of one job, in the order of all events of this server.

    Attributes:
        seq: Its number; give the last one you have seen as `since` to go on after it.
        job_id: The job; empty for `hello`.
        client_id: Who submitted the job; empty if nobody said.
        at: When, in seconds since 1970; 0 for `hello`.
        event: What happened; `type` tells which.
    """

    seq: int
    job_id: str
    client_id: str
    at: float
    event: Event | Hello


class StreamParams(Struct, frozen=True, kw_only=True):
    """Where to begin.

    Attributes:
        since: The number of the last event that was seen; 0 for everything there is. By default what happens from now
            on.
        last_event_id: The same, as browsers send it when they connect again; counts more than `since`.
    """

    since: Seq | None = None
    last_event_id: Annotated[str | None, Meta(extra={"in": "header"})] = field(default=None, name="Last-Event-ID")


class JobStreamParams(StreamParams, frozen=True, kw_only=True):
    """Which job, and where to begin: by default with its first event.

    Attributes:
        job_id: The job.
    """

    job_id: JobId


class SocketParams(Struct, frozen=True, kw_only=True):
    """Where to begin.

    Attributes:
        since: The number of the last event that was seen; 0 for everything there is. By default what happens from now
            on.
        job_id: Events of this job only.
        tell: What else to tell: `queue`, `workers`, `gallery`, `catalog`, `previews`.
        window: The browser window that asks, as its drafts name it: while it is connected, they are listed as open.
    """

    since: Seq | None = None
    job_id: str | None = None
    tell: list[Topic] = field(default_factory=list[Topic])
    window: ShortText | None = None


_STREAM = (
    Answer(
        200,
        StreamedEvent,
        "The events, until the client leaves.",
        media_type="text/event-stream",
    ),
)


@route("GET", "/events", answers=_STREAM)
async def stream_events(request: web.Request, params: StreamParams) -> web.StreamResponse:
    """Events of all jobs, as server-sent events.

    The name of each is its type, its id its number, its data a `StreamedEvent`. The first, `hello`, only says from
    which number on events are sent. Lines that begin with a colon keep the connection open.
    """
    return await _stream(request, _start_of(request, params.since, params.last_event_id), None)


@route(
    "GET",
    "/jobs/{job_id}/events",
    answers=(*_STREAM, Answer(204, None, "The job has ended and nothing more will happen: do not connect again.")),
    refusals=(NO_SUCH_JOB,),
)
async def stream_job_events(request: web.Request, params: JobStreamParams) -> web.StreamResponse:
    """Events of one job, as server-sent events, from its first to its last.

    Ends after the job's last event.
    """
    job_id = params.job_id
    await find_state(request, job_id)
    since = _start_of(request, params.since or 0, params.last_event_id)
    if is_ended(await find_state(request, job_id)) and not await request.app[DISPATCHER].events(since, job_id, 1):
        return web.Response(status=204)
    return await _stream(request, since, job_id)


@route(
    "GET",
    "/events/ws",
    answers=(
        Answer(101, None, "The websocket is open; every text frame is a `StreamedEvent`, or one like it of number 0."),
    ),
    refusals=(Refused(426, "The request is not the beginning of a websocket."),),
)
async def open_socket(request: web.Request, params: SocketParams) -> web.StreamResponse:
    """Events over a websocket: one JSON record a frame, the same as in `GET /events`.

    What the client sends is ignored. With `tell`, the same socket also says how things are, at once and when that
    changes: text frames of the same form whose `seq` is 0 and whose `event.type` is `queue_changed` (`remaining`,
    `paused`), `workers_changed` (`workers`, as in `GET /workers`), `catalog_changed` (`etag`; ask for the node types
    again) or `gallery_changed` (`added`, `removed`; ask for the page again). With `previews`, binary frames are
    unfinished pictures of all jobs: a big-endian 32-bit 4, the length of a JSON record in 32 bits, the record
    (`prompt_id`, the job; `node_id`, `display_node_id`, `image_type`), the picture. What a client is too slow for is
    left out, but for the last of each.
    """
    socket = Socket(_HEARTBEAT_S)
    if not socket.can_prepare(request).ok:
        raise Refusal("This is for websockets; expected a request that opens one.", status=426, headers=_UPGRADE)
    start = _start_of(request, params.since, None)
    await socket.prepare(request)
    frames = request.app[FRAMES]
    with (
        Feed(request.app[DISPATCHER], start, params.job_id) as feed,
        Told(request, frozenset(params.tell), feed) as told,
        _is_open(request.app, params.window),
    ):
        listening = asyncio.create_task(_listen(socket, feed))
        try:
            await _send(socket, [encode_json(_hello(start))])
            async for events in _batches(request, feed):
                if socket.closed:
                    break
                await _send(socket, map(frames.write, events))
                await _send_told(socket, told)
        except (ConnectionError, TimeoutError):
            pass  # the client has gone, or takes nothing
        finally:
            listening.cancel()
    with suppress(ConnectionError, TimeoutError):
        await asyncio.wait_for(socket.close(code=WSCloseCode.GOING_AWAY), _SEND_TIMEOUT_S)
    return socket


@contextmanager
def _is_open(app: web.Application, window: str | None) -> Generator[None]:
    """Note meanwhile that a window is there."""
    if window is None:
        yield
        return
    windows = app[OPEN_WINDOWS]
    windows[window] += 1
    try:
        yield
    finally:
        windows[window] -= 1
        if windows[window] <= 0:
            del windows[window]


async def _listen(socket: web.WebSocketResponse, feed: Feed) -> None:
    """Read what the client sends, which is nothing but that it leaves."""
    async for _ in socket:
        pass
    feed.wake()


async def _send(socket: web.WebSocketResponse, texts: Iterable[bytes]) -> None:
    async with asyncio.timeout(_SEND_TIMEOUT_S):
        for text in texts:
            await socket.send_str(text.decode())


async def _send_told(socket: web.WebSocketResponse, told: Told) -> None:
    async with asyncio.timeout(_SEND_TIMEOUT_S):
        for part in told.take():
            await (socket.send_str(part) if isinstance(part, str) else socket.send_bytes(part))


async def _stream(request: web.Request, since: int, job_id: str | None) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    )
    if request.method == "HEAD":
        return web.Response(headers=response.headers)
    await response.prepare(request)
    frames = request.app[FRAMES]
    with Feed(request.app[DISPATCHER], since, job_id) as feed, suppress(ConnectionError, TimeoutError):
        hello = _hello(since)
        await _write(response, b"retry: %d\n\n" % _RETRY_MS + _block(hello, encode_json(hello)))
        async for events in _batches(request, feed):
            await _write(response, b"".join(_block(event, frames.write(event)) for event in events) or b":\n\n")
            if job_id is not None and any(isinstance(event.event, FINAL) for event in events):
                break
        await response.write_eof()
    return response


async def _write(response: web.StreamResponse, data: bytes) -> None:
    async with asyncio.timeout(_SEND_TIMEOUT_S):
        await response.write(data)


async def _batches(request: web.Request, feed: Feed) -> AsyncIterator[list[JobEvent]]:
    """Events as they come; an empty list now and then, for a sign of life. Ends when the server stops."""
    streams = request.app[OPEN_STREAMS]
    streams.add(feed)
    try:
        while feed in streams:
            yield await feed.read(_HEARTBEAT_S)
    finally:
        streams.discard(feed)


async def close_streams(app: web.Application) -> None:
    """Let every stream end: the server stops."""
    feeds = list(app[OPEN_STREAMS])
    app[OPEN_STREAMS].clear()
    for feed in feeds:
        feed.wake()


def _start_of(request: web.Request, since: int | None, last_event_id: str | None) -> int:
    """After which number to begin; a `Last-Event-ID` that is none of ours counts as not given."""
    if last_event_id is not None:
        with suppress(msgspec.ValidationError):
            return msgspec.convert(last_event_id, Seq, strict=False)
    return request.app[STORE].next_seq() if since is None else since


def _hello(seq: int) -> StreamedEvent:
    return StreamedEvent(seq=seq, job_id="", client_id="", at=0, event=Hello())


def _block(event: JobEvent | StreamedEvent, text: bytes) -> bytes:
    """An event as server-sent events have it."""
    name = str(type(event.event).__struct_config__.tag)
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.seq, name.encode(), text)
