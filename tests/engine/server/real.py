"""The real server with its real worker, as `python main.py` starts it, for tests from the outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[3]
_START_TIMEOUT_S = 120.0


class RealServer:
    """A server process on a free port of loopback. `with RealServer(tmp_path) as server: server.get("/queue")`.

    Attributes:
        directory: Its base directory.
        address: `http://127.0.0.1:PORT`, as the server printed it.
        lines: What it wrote so far.
    """

    def __init__(self, directory: Path, *flags: str) -> None:
        self.directory = directory
        self.address = ""
        self.lines: list[str] = []
        self._flags: Sequence[str] = (
            *("--port", "0", "--base-directory", str(directory)),
            *("--models-directory", str(ROOT / "models"), "--cpu", *flags),
        )
        self._printed = threading.Event()

    def __enter__(self) -> RealServer:
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "main.py", "serve", *self._flags],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        assert self._printed.wait(_START_TIMEOUT_S), self.lines
        assert self.address, self.lines
        return self

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("Skein "):
                self.address = line.split(" on ", 1)[1].strip()
                self._printed.set()
        self._printed.set()

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)
        self._reader.join(30)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def stop(self, number: signal.Signals = signal.SIGTERM, timeout_s: float = 60.0) -> int:
        """Send a signal and wait for the end; returns the exit status."""
        self.process.send_signal(number)
        return self.process.wait(timeout_s)

    def ask(self, path: str, body: Any = None, timeout_s: float = 120.0) -> tuple[int, bytes]:
        """GET, or POST of JSON; returns status and body."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.address + path, data, {"Content-Type": "application/json"})
        try:
            with urlopen(request, timeout=timeout_s) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            return error.code, error.read()

    def get(self, path: str) -> Any:
        """The JSON at a path."""
        status, body = self.ask(path)
        assert status == 200, (status, body[:500])
        return json.loads(body)

    def post(self, path: str, body: Any) -> Any:
        """The JSON that answers this body."""
        status, answer = self.ask(path, body)
        assert status == 200, (status, answer[:500])
        return json.loads(answer) if answer else None
