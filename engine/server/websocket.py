"""`/ws`: one connection. Says who it is, announces what it can read, and from then on only listens."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any, cast
from weakref import WeakSet

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from engine.graph.json_values import as_object
from engine.server.bodies import text_param
from engine.server.hub import Client
from engine.server.keys import HUB, SERVER_SETTINGS
from engine.server.protocol import Message, features
from engine.server.refusal import Refusal

routes = web.RouteTableDef()

LONGEST_ID = 256
_HEARTBEAT_S = 30.0
_LARGEST_MESSAGE_BYTES = 64 * 1024
_TOO_LARGE = f"A message may have {_LARGEST_MESSAGE_BYTES // 1024} KiB, a fixed limit.".encode()
"""A reason may have 123 bytes."""
_SOCKETS: web.AppKey[WeakSet[web.WebSocketResponse]] = web.AppKey("sockets")


def set_up(app: web.Application) -> None:
    """Have connections closed in good order when the server ends."""
    app[_SOCKETS] = WeakSet()
    app.on_shutdown.append(_close_sockets)


async def _close_sockets(app: web.Application) -> None:
    app[HUB].close()
    closing = [socket.close(code=WSCloseCode.GOING_AWAY, message=b"The server stops.") for socket in app[_SOCKETS]]
    if closing:
        await asyncio.wait([asyncio.ensure_future(one) for one in closing], timeout=1.0)


class Socket(web.WebSocketResponse):
    """A websocket with the server's limits. Who sends too much is told what may be sent.

    Args:
        heartbeat_s: Who does not answer a ping within half of this is gone.
    """

    def __init__(self, heartbeat_s: float) -> None:
        # Not compressed: the same frames go to all clients.
        super().__init__(heartbeat=heartbeat_s, compress=False, max_msg_size=_LARGEST_MESSAGE_BYTES + 1)

    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = True) -> bool:
        """End the connection."""
        if code == WSCloseCode.MESSAGE_TOO_BIG and not message:
            message = _TOO_LARGE
        return await super().close(code=code, message=message, drain=drain)


def make_socket(request: web.Request) -> Socket:
    """A websocket, not yet prepared; it will be closed when the server ends.

    Raises:
        Refusal: if the request is not one for a websocket.
    """
    socket = Socket(_HEARTBEAT_S)
    if not socket.can_prepare(request).ok:
        raise Refusal(
            f"{request.path} is a websocket; the request does not ask for one.",
            status=426,
            headers={"Upgrade": "websocket", "Connection": "Upgrade"},
        )
    request.app[_SOCKETS].add(socket)
    return socket


@routes.get("/ws")
async def listen(request: web.Request) -> web.StreamResponse:
    """Stay connected until the client goes."""
    sid = text_param(request, "clientId", longest=LONGEST_ID) or secrets.token_hex(16)
    socket = make_socket(request)
    await socket.prepare(request)
    transport = request.transport
    if transport is None:
        return socket
    hub = request.app[HUB]
    client = hub.join(sid, transport)
    try:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                _read_message(request, client, cast("str", message.data))
    finally:
        hub.leave(client)
    return socket


def _read_message(request: web.Request, client: Client, text: str) -> None:
    """Only `feature_flags` means something; everything else is ignored, as the protocol has it."""
    try:
        message: Any = msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return
    record = as_object(message)
    if record is None or record.get("type") != "feature_flags":
        return
    flags = as_object(record.get("data")) or {}
    client.wants_metadata = flags.get("supports_preview_metadata") is True
    client.outbox.put(Message("feature_flags", features(request.app[SERVER_SETTINGS])).frame())
    if client.wants_metadata:
        request.app[HUB].show_latest(client)
