"""The real server with packs in it, and what tests ask of it: run a workflow to its end, see that the next one runs,
read JSON as strictly as any client may.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote

from tests.engine.server.real import RealServer

T = TypeVar("T")

PATIENCE_S = 60.0
NEXT_RUN_S = 10.0
"""A worker that died is replaced in this time."""
_PACK = Path(__file__).with_name("trouble.py")


def add_pack(base: Path, name: str = "trouble", text: str | None = None) -> None:
    """Put a pack into the directory of a server that has not been started: `trouble.py`, or one with this text."""
    place = base / "custom_nodes"
    place.mkdir(parents=True, exist_ok=True)
    if text is None:
        shutil.copyfile(_PACK, place / f"{name}.py")
    else:
        (place / f"{name}.py").write_text(text, encoding="utf-8")


def wait_until(condition: Callable[[], T | None], patience_s: float = PATIENCE_S) -> T:
    """Ask again and again until the answer is something true."""
    deadline = time.monotonic() + patience_s
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
    return value


def graph(*nodes: tuple[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Nodes with the ids 1, 2, ... in API format."""
    return {str(place): {"class_type": kind, "inputs": dict(inputs)} for place, (kind, inputs) in enumerate(nodes, 1)}


def run(server: RealServer, prompt: Mapping[str, Any], wait_s: float = PATIENCE_S) -> dict[str, Any]:
    """Submit a workflow and wait for its end: the job, or the refusal with its `status`."""
    status, body = server.ask(f"/api/v1/jobs?wait={wait_s:g}", {"workflow": prompt})
    answer = strict_json(body)
    assert status < 500 or status == 503, (status, answer)
    return {"status": status, **answer}


def assert_next_runs(server: RealServer, patience_s: float = 3 * NEXT_RUN_S) -> None:
    """A normal prompt runs to its end; in more than the time that is promised only if the machine does other things."""
    began = time.monotonic()
    job = run(server, graph(("Fine", {"text": str(began)})), patience_s)
    assert job.get("state") == "succeeded", job
    assert time.monotonic() - began < patience_s


def submit(server: RealServer, prompt: Mapping[str, Any], **more: Any) -> str:
    """Submit by the protocol; returns the id."""
    return server.post("/prompt", {"prompt": prompt, **more})["prompt_id"]


def all_jobs(get: Callable[[str], Any], limit: int = 500) -> dict[str, dict[str, Any]]:
    """Every job that a server knows, by its id, page by page.

    Args:
        get: Gives the JSON value at a path of the server, which takes in nothing meanwhile.
        limit: Jobs of a page.
    """
    found: dict[str, dict[str, Any]] = {}
    cursor, total = "", None
    while total is None or cursor:
        page = get(f"/api/v1/jobs?limit={limit}{cursor}")
        found |= {job["id"]: job for job in page["jobs"]}
        total, following = page["total"], page["next_cursor"]
        cursor = "" if following is None else f"&cursor={quote(following, safe='')}"
    assert len(found) == total
    return found


def states(server: RealServer, job_ids: Iterable[str]) -> dict[str, str | None]:
    """What became of jobs; None: the server knows nothing of it."""
    found: dict[str, str | None] = {}
    for job_id in job_ids:
        status, body = server.ask(f"/api/v1/jobs/{job_id}")
        found[job_id] = strict_json(body)["state"] if status == 200 else None
    return found


def wait_for_state(server: RealServer, job_id: str, *wanted: str) -> dict[str, Any]:
    """Wait until a job is in one of these states; returns it."""

    def look() -> dict[str, Any] | None:
        job = server.get(f"/api/v1/jobs/{job_id}")
        return job if job["state"] in wanted else None

    return wait_until(look)


def strict_json(data: bytes | str) -> Any:
    """The value; NaN, infinities, repeated keys and half characters are failures."""

    def refuse(name: str) -> NoReturn:
        raise AssertionError(f"{name} is no JSON: {data[:200]!r}")

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(found)) == len(found), f"a key comes twice: {data[:200]!r}"
        return dict(found)

    text = data.decode() if isinstance(data, bytes) else data
    value = json.loads(text, parse_constant=refuse, object_pairs_hook=pairs)
    json.dumps(value, ensure_ascii=False).encode()
    return value


def lives(pid: int) -> bool:
    """Whether there is such a process that has not ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def connect_deaf(server: RealServer, sid: str) -> socket.socket:
    """A websocket whose client never reads."""
    host, port = server.address.removeprefix("http://").split(":")
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    connection.connect((host, int(port)))
    lines = (
        *(f"GET /ws?clientId={sid} HTTP/1.1", f"Host: {host}:{port}", "Upgrade: websocket", "Connection: Upgrade"),
        *("Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: MDEyMzQ1Njc4OTAxMjM0NQ==", "", ""),
    )
    connection.sendall("\r\n".join(lines).encode())
    return connection


class Line:
    """A connection on which anything can be asked, also what no client library would send.

    Args:
        server: Who is asked.
        timeout_s: What one answer may take.
        keeps: Ask on the same connection as long as the server leaves it open; by default each has one of its own.
    """

    def __init__(self, server: RealServer, timeout_s: float = PATIENCE_S, *, keeps: bool = False) -> None:
        host, port = server.address.removeprefix("http://").split(":")
        self.host = f"{host}:{port}"
        self._place = (host, int(port))
        self._timeout_s = timeout_s
        self._keeps = keeps
        self._kept: socket.socket | None = None

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(self._place, timeout=self._timeout_s)

    def ask(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> tuple[int, str, bytes]:
        """One request: status, content type and body; of a stream without an end nothing is read.

        `Host`, `Connection` and `Content-Length` are added unless given.
        """
        ending = "keep-alive" if self._keeps else "close"
        given = {"Host": self.host, "Connection": ending, "Content-Length": str(len(body)), **(headers or {})}
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items()), "", ""]
        data = "\r\n".join(lines).encode("latin-1", "surrogateescape") + body
        kept, self._kept = self._kept, None
        if kept is not None:
            with suppress(ConnectionError):  # it was closed after the answer before
                return self._exchange(kept, method, data)
        return self._exchange(self.connect(), method, data)

    def _exchange(self, connection: socket.socket, method: str, data: bytes) -> tuple[int, str, bytes]:
        is_kept = False
        try:
            with suppress(ConnectionError):  # refused before it was read; the answer is there
                connection.sendall(data)
            answer = http.client.HTTPResponse(connection, method=method)
            answer.begin()
            kind = answer.headers.get("Content-Type", "")
            is_endless = answer.status == 101 or kind.startswith("text/event-stream")
            body_read = b"" if is_endless else answer.read()
            is_kept = self._keeps and not is_endless and not answer.will_close
            answer.close()
            return answer.status, kind, body_read
        finally:
            if is_kept:
                self._kept = connection
            else:
                connection.close()

    def close(self) -> None:
        """Let go of the connection that was kept."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def head(self, target: str) -> tuple[int, http.client.HTTPMessage]:
        """Status and headers of the answer to a GET."""
        line = http.client.HTTPConnection(self.host, timeout=self._timeout_s)
        line.request("GET", target)
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer.status, answer.headers
