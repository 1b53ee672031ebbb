"""The server as a process: where it listens, what it prints, how it ends. With the real worker where one is needed."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.server.serving import CannotListen, _address
from engine.settings import ServerSettings
from tests.engine.server.real import ROOT, RealServer


def _start(*flags: str) -> subprocess.CompletedProcess[str]:
    """A start that is expected to fail."""
    command = [sys.executable, "main.py", "serve", "--cpu", *flags]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_and_ends_in_good_order(tmp_path: Path, number: signal.Signals) -> None:
    with RealServer(tmp_path) as server:
        assert server.address.startswith("http://127.0.0.1:")
        assert server.lines[0].startswith("Skein ")
        assert server.get("/queue") == {"queue_running": [], "queue_pending": []}
        assert server.ask("/")[0] == 200
        assert server.stop(number) == 0
        assert not [line for line in server.lines if "Traceback" in line or "Error" in line], server.lines


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = _start("--port", str(port), "--base-directory", str(tmp_path))
    assert done.returncode == 2
    assert f"Port {port} of 127.0.0.1 is in use" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_server_on_the_same_data_leaves_the_first_alone(tmp_path: Path) -> None:
    with RealServer(tmp_path) as server:
        done = _start("--port", "0", "--base-directory", str(tmp_path))
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert server.get("/prompt") == {"exec_info": {"queue_remaining": 0}}


def test_a_second_server_in_memory_leaves_what_the_first_one_shows(tmp_path: Path) -> None:
    """Nobody empties the temp directory while another one uses it; who is alone there does."""
    picture = tmp_path / "temp" / "preview_abcde_00001_.png"
    with RealServer(tmp_path) as first:
        picture.write_bytes(b"1")
        with RealServer(tmp_path, "--in-memory") as second:
            assert picture.exists()
            assert second.stop() == 0
        assert picture.exists()
        with RealServer(tmp_path, "--in-memory") as third:
            assert first.stop() == 0
            assert picture.exists()
            assert third.stop() == 0
        assert not picture.exists()


def test_open_to_others_it_prints_the_token_once(tmp_path: Path) -> None:
    with RealServer(tmp_path, "--listen", "0.0.0.0") as server:
        address, _, token = server.address.partition("/?token=")
        assert len(token) >= 32
        server.address = address
        assert server.ask("/queue")[0] == 401
        assert server.ask("/api/v1/health")[0] == 200
        assert server.ask(f"/queue?token={token}")[0] == 200
        assert server.stop() == 0
        assert sum(token in line for line in server.lines) == 1


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({}, "http://127.0.0.1:1"),
        ({"listen": ("::1",)}, "http://[::1]:1"),
        ({"listen": ("studio.example",), "tls_certificate_file": Path("x")}, "https://studio.example:1"),
    ],
)
def test_addresses(settings: dict[str, Any], address: str) -> None:
    assert _address(ServerSettings(**settings), 1) == address


def test_the_error_is_one_of_ours() -> None:
    assert CannotListen("x").record()["type"] == "cannot_listen"
