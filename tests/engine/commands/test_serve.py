"""Starting the server: what is checked before, what it is given, and the words for what cannot be."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from engine.server import app
from engine.settings import ServerSettings, Settings
from main import main

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Settings, ServerSettings]]:
    """What the server was started with, instead of starting it."""
    calls: list[tuple[Settings, ServerSettings]] = []

    def run_server(settings: Settings, server_settings: ServerSettings) -> int:
        calls.append((settings, server_settings))
        return 0

    monkeypatch.setattr(app, "run_server", run_server)
    monkeypatch.delenv("SKEIN_TOKEN", raising=False)
    return calls


def test_a_start_script_of_others_starts_the_server(
    started: list[tuple[Settings, ServerSettings]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    line = (
        f"--base-directory {tmp_path} --listen 0.0.0.0 --port 8189 --cpu --lowvram --disable-xformers --novram --fast"
    )
    assert main(line.split()) == 0
    [(settings, server)] = started
    assert settings == Settings(base_directory=tmp_path, device="cpu", trusts_new_packs=False)
    assert server == ServerSettings(listen=("0.0.0.0",), port=8189)
    assert {entry.name for entry in tmp_path.iterdir()} == {"input", "output", "temp", "user"}
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 3
    assert told[0].startswith("--lowvram, --novram: not needed here")


def test_features_are_listed_instead(
    started: list[tuple[Settings, ServerSettings]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    line = (
        f"--base-directory {tmp_path} --list-feature-flags --max-upload-size 2 --feature-flag show_signin_button=true"
    )
    assert main(line.split()) == 0
    assert json.loads(capsys.readouterr().out) == {"supports_preview_metadata": True, "max_upload_size": 2**21}
    assert started == []
    assert not list(tmp_path.iterdir())


def test_new_packs_are_loaded_only_where_nobody_else_can_connect(
    started: list[tuple[Settings, ServerSettings]], tmp_path: Path
):
    for flags, trusts in (([], True), (["--listen", "127.0.0.1,::1"], True), (["--listen", "0.0.0.0"], False)):
        assert main(["--base-directory", str(tmp_path), *flags]) == 0
        assert started[-1][0].trusts_new_packs is trusts


def test_debugging_shows_internals(started: list[tuple[Settings, ServerSettings]], tmp_path: Path):
    for flags, shown in (([], False), (["--verbose"], True), (["--verbose", "info"], False)):
        assert main(["--base-directory", str(tmp_path), *flags]) == 0
        assert started[-1][1].shows_internals is shown


def test_the_token_of_the_environment(
    started: list[tuple[Settings, ServerSettings]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    base = ["--base-directory", str(tmp_path)]
    monkeypatch.setenv("SKEIN_TOKEN", "from-outside")
    for flags, token in (([], "from-outside"), (["--token", "from-flag"], "from-flag"), (["--no-auth"], None)):
        assert main([*base, *flags]) == 0
        assert started[-1][1].token == token
    monkeypatch.setenv("SKEIN_TOKEN", "secret")
    assert main(base) == 2
    assert "SKEIN_TOKEN" in (said := capsys.readouterr().err)
    assert "'secret'" not in said


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ("--base-directory {base}/none", "is not a directory"),
        ("--base-directory {base} --models-directory {base}/none", "--models-directory"),
        ("--base-directory {base} --output-directory {base}/file", "--output-directory .* it is not a directory"),
        ("--base-directory {base} --user-directory {base}/file/below", "--user-directory"),
        ("--base-directory {base} --front-end-root {base}/none", "--front-end-root"),
        ("--base-directory {base} --tls-keyfile {base}/file", "both --tls-keyfile and --tls-certfile"),
        ("--base-directory {base} --tls-keyfile {base}/file --tls-certfile {base}/none", "--tls-certfile"),
        ("--base-directory {base} --extra-model-paths-config {base}/file", "should hold sections"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    flags: str,
    said: str,
    started: list[tuple[Settings, ServerSettings]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    (tmp_path / "file").write_text("text")
    assert main(flags.format(base=tmp_path).split()) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert re.search(said, line), line
    assert started == []


def test_a_directory_that_cannot_be_written_is_refused_but_for_inputs(
    started: list[tuple[Settings, ServerSettings]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # Root may write everywhere, so what the system would say is said for it.
    read_only = tmp_path / "read_only"
    read_only.mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != read_only)
    base = ["--base-directory", str(tmp_path)]
    for name, status in (("input", 0), ("output", 2), ("temp", 2), ("user", 2)):
        assert main([*base, f"--{name}-directory", str(read_only)]) == status


def test_a_port_in_use_is_said_in_one_line(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "main.py", "--base-directory", str(tmp_path), "--port", str(port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: Port {port} ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(("device", "status", "said"), [("cpu", 0, "Ready"), ("cuda:99", 1, "no device 'cuda:99'")])
def test_the_quick_test_loads_everything_and_stops(device: str, status: int, said: str, tmp_path: Path):
    flags = ["--base-directory", str(tmp_path), "--port", "0", "--device", device, "--quick-test-for-ci"]
    done = subprocess.run(
        [sys.executable, "main.py", *flags], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == status, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "http://127.0.0.1:" in done.stdout
