"""The server as packs see it: routes, messages, handlers of submissions. Packs run in a worker, not in the server.

What they register is kept in the host, and the server passes requests on. What only the server has, its queue and its
sockets, is not here, and says so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from aiohttp import hdrs, web

from engine.compat.host import current_host, nearest_run
from engine.compat.not_offered import NotOfferedError, refuse
from engine.compat.pack_progress import show_preview, show_text
from engine.errors import FileError
from engine.files import resolve_inside

log = logging.getLogger(__name__)

Handler = Callable[..., Any]
_LENGTH_BYTES = 4


class RouteTable:
    """`PromptServer.instance.routes`: decorators that register what answers a request."""

    def route(self, method: str, path: str, **_: Any) -> Callable[[Handler], Handler]:
        """Answer requests of this method."""

        def register(handler: Handler) -> Handler:
            add_route(method, path, handler)
            return handler

        return register

    def __getattr__(self, name: str) -> Callable[..., Callable[[Handler], Handler]]:
        method = "*" if name == "view" else name.upper()
        if method not in {*hdrs.METH_ALL, "*"}:
            raise AttributeError(name)

        def decorate(path: str, **options: Any) -> Callable[[Handler], Handler]:
            return self.route(method, path, **options)

        return decorate

    def static(self, prefix: str, path: Any, **_: Any) -> None:
        """Serve the files of a directory."""
        add_static(prefix, path)

    def __iter__(self) -> Any:
        return iter([web.RouteDef(method, path, handler, {}) for method, path, handler in current_host().routes])

    def __len__(self) -> int:
        return len(current_host().routes)


def add_route(method: str, path: str, handler: Handler) -> None:
    """Answer requests of this method and path."""
    current_host().routes.append((method.upper(), path, handler))


def add_static(prefix: str, path: Any) -> None:
    """Serve the files of a directory below a path."""
    directory = Path(path)

    async def send_file(request: web.Request) -> web.StreamResponse:
        name = request.match_info["filename"]
        try:
            found = resolve_inside(directory, name)
        except FileError as error:
            raise web.HTTPNotFound from error
        if not found.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(found)

    add_route("GET", f"{prefix.rstrip('/')}/{{filename:.+}}", send_file)


class Router:
    """`PromptServer.instance.app.router`."""

    def add_route(self, method: str, path: str, handler: Handler, **_: Any) -> None:
        """Answer requests of this method."""
        add_route(method, path, handler)

    def add_static(self, prefix: str, path: Any, **_: Any) -> None:
        """Serve the files of a directory."""
        add_static(prefix, path)

    def add_routes(self, routes: Iterable[Any]) -> None:
        """Register routes as aiohttp writes them."""
        for route in routes:
            if isinstance(route, web.StaticDef):
                add_static(route.prefix, route.path)
            else:
                add_route(route.method, route.path, route.handler)

    def __getattr__(self, name: str) -> Any:
        method = name.removeprefix("add_").upper()
        if not name.startswith("add_") or method not in hdrs.METH_ALL:
            refuse(f"PromptServer.instance.app.router.{name}")
        return lambda path, handler, **_: add_route(method, path, handler)


class _Ignored(list[Any]):
    """What a pack puts in here is not used, and the log says so."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what

    def append(self, value: Any, /) -> None:
        log.warning("A pack adds to %s, which has no effect on this server.", self._what)
        super().append(value)

    def insert(self, index: Any, value: Any, /) -> None:
        del index
        self.append(value)


class Application:
    """`PromptServer.instance.app`: as much of an aiohttp application as packs use while they are loaded."""

    def __init__(self) -> None:
        self.router = Router()
        self.middlewares = _Ignored("the server's middlewares")
        self.on_startup = _Ignored("what the server does when it starts")
        self.on_shutdown = _Ignored("what the server does when it stops")
        self.on_cleanup = _Ignored("what the server does when it has stopped")

    def add_routes(self, routes: Iterable[Any]) -> None:
        """Register routes as aiohttp writes them."""
        self.router.add_routes(routes)

    def __getattr__(self, name: str) -> Any:
        refuse(f"PromptServer.instance.app.{name}")


class _Queue:
    """`PromptServer.instance.prompt_queue`: the queue is the server's, and packs are in a worker."""

    def __getattr__(self, name: str) -> Any:
        refuse(f"PromptServer.instance.prompt_queue.{name}")


class Server:
    """`PromptServer.instance`."""

    def __init__(self) -> None:
        self.routes = RouteTable()
        self.app = Application()
        self.prompt_queue = _Queue()
        self.supports = ["custom_nodes_from_web"]
        self.number = 0

    @property
    def client_id(self) -> str | None:
        """Who asked for the run that goes on."""
        running = nearest_run()
        return (running.context.submitter.client_id or None) if running is not None else None

    @property
    def last_node_id(self) -> str | None:
        """The node that runs."""
        running = nearest_run()
        return running.context.node_id if running is not None else None

    @property
    def last_prompt_id(self) -> str | None:
        """Not told to nodes."""
        return None

    @property
    def on_prompt_handlers(self) -> list[Callable[[Any], Any]]:
        """What every submission goes through."""
        return current_host().prompt_handlers

    def add_on_prompt_handler(self, handler: Callable[[Any], Any]) -> None:
        """Let every submission go through a function, which returns it."""
        current_host().prompt_handlers.append(handler)

    def trigger_on_prompt(self, json_data: Any) -> Any:
        """What the handlers make of a submission; one that fails is left out."""
        for handler in current_host().prompt_handlers:
            try:
                json_data = handler(json_data)
            except Exception as error:  # a pack's own code
                log.warning("A prompt handler of a pack failed: %s: %s", type(error).__name__, error)
        return json_data

    def send_sync(self, event: Any, data: Any, sid: str | None = None) -> None:
        """Send a message to a client, or to all; pictures and texts become those of the node that runs."""
        if isinstance(event, int):
            self._send_binary(event, data, sid)
        else:
            current_host().send(str(event), data, sid)

    def _send_binary(self, event: int, data: Any, sid: str | None) -> None:
        if event in (BinaryEventTypes.PREVIEW_IMAGE, BinaryEventTypes.UNENCODED_PREVIEW_IMAGE):
            if not isinstance(data, tuple):
                raise NotOfferedError("Pictures that are encoded already cannot be sent; send (format, picture, size).")
            show_preview(data)
        elif event == BinaryEventTypes.TEXT:
            _send_text(data, sid)
        else:
            current_host().send(str(event), data, sid)

    def send_progress_text(self, text: str | bytes, node_id: str, sid: str | None = None) -> None:
        """Show a text at a node."""
        text = text.decode(errors="replace") if isinstance(text, bytes) else text
        show_text(str(text), str(node_id), sid or None)

    async def send(self, event: Any, data: Any, sid: str | None = None) -> None:
        """As `send_sync`."""
        self.send_sync(event, data, sid)

    async def send_json(self, event: str, data: Any, sid: str | None = None) -> None:
        """As `send_sync`."""
        self.send_sync(event, data, sid)

    def __getattr__(self, name: str) -> Any:
        refuse(f"PromptServer.instance.{name}")


class BinaryEventTypes:
    """Numbers of binary messages."""

    PREVIEW_IMAGE = 1
    UNENCODED_PREVIEW_IMAGE = 2
    TEXT = 3
    PREVIEW_IMAGE_WITH_METADATA = 4


def _send_text(data: Any, sid: str | None) -> None:
    """Show a text that comes as it goes over the wire: the length of the node's id in four bytes, the id, the text."""
    content = bytes(data) if isinstance(data, bytes | bytearray | memoryview) else b""
    end = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "big")
    if len(content) < max(end, _LENGTH_BYTES):
        log.warning(
            "A text of a pack is not sent: a binary message of type 3 has a node's id, after its length, and text."
        )
        return
    node_id, text = content[_LENGTH_BYTES:end], content[end:]
    show_text(text.decode(errors="replace"), node_id.decode(errors="replace"), sid or None)


class PromptServer:
    """The one server."""

    instance = Server()
