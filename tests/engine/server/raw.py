"""A server in a thread, asked over plain sockets: paths and bodies reach it exactly as a test writes them."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.engine.server.fakes import FakeServer


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        """The body, which must be strict JSON."""
        return json.loads(self.body, parse_constant=_refuse)

    @property
    def error(self) -> Mapping[str, Any]:
        """The error object of a refusal: its shape is checked."""
        record = self.json()
        assert 400 <= self.status < 500 or self.status in (503, 507), (self.status, self.body[:300])
        assert set(record) == {"error", "node_errors"}
        assert set(record["error"]) == {"type", "message", "details", "extra_info"}
        assert record["error"]["message"]
        return record["error"]


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


class RawServer:
    """A `FakeServer` over a directory. `with RawServer(tmp_path) as server: server.get("/view?filename=x.png")`."""

    def __init__(self, directory: Path, **options: Any) -> None:
        self.directory = directory
        self.port = 0
        self._options = options
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._ready = threading.Event()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with FakeServer(self.directory, **self._options) as self.fake:
                self.port = self.fake.client.port or 0
                self._ready.set()
                await self._stop.wait()
        finally:
            self._ready.set()

    def __enter__(self) -> RawServer:
        self._thread.start()
        assert self._ready.wait(20)
        assert self.port, "The server did not start."
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)

    def ask(
        self, method: str, target: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, target: str, **headers: str) -> Reply:
        """GET; names of headers with `_` for `-`."""
        return self.ask("GET", target, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post_json(self, target: str, value: object, **headers: str) -> Reply:
        """POST a JSON value."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return self.ask("POST", target, json.dumps(value).encode(), {"Content-Type": "application/json", **named})

    def post_form(
        self, target: str, filename: str | None = None, content: bytes = b"", field: str = "image", **texts: str
    ) -> Reply:
        """POST a form with a file and texts."""
        boundary, parts = "----boundary", list[bytes]()
        if filename is not None:
            name = filename.replace("\\", "\\\\").replace('"', '\\"')
            head = f'Content-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
            parts.append(
                head.encode(errors="surrogatepass") + b"Content-Type: application/octet-stream\r\n\r\n" + content
            )
        for key, text in texts.items():
            parts.append(f'Content-Disposition: form-data; name="{key}"\r\n\r\n{text}'.encode(errors="surrogatepass"))
        body = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
        body += b"--" + boundary.encode() + b"--\r\n"
        return self.ask("POST", target, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})
