"""Log lines are kept up to a limit, without paths and tracebacks, and told to those who ask."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from engine.server.log_ring import MAX_LINES, Line, LogRing, Scrubber

TRACEBACK = """Something failed
Traceback (most recent call last):
  File "/home/me/skein/engine/x.py", line 3, in run
    secret(3)
ValueError: no such thing
Then it went on"""


def test_the_last_lines_are_kept() -> None:
    ring = LogRing()
    for index in range(MAX_LINES + 10):
        ring.add(float(index), f"line {index}")
    lines = ring.lines()
    assert len(lines) == MAX_LINES
    assert lines[-1] == Line(MAX_LINES + 9.0, f"line {MAX_LINES + 9}")


def test_records_of_logging_are_lines() -> None:
    ring = LogRing()
    logger = logging.getLogger("tests.ring")
    logger.addHandler(ring)
    try:
        logger.warning("Hello %s", "there")
        logger.warning("%d", "no number")
        logger.error("two\nlines", exc_info=(ValueError, ValueError("x"), None))
    finally:
        logger.removeHandler(ring)
    texts = [line.text for line in ring.lines()]
    assert texts == ["WARNING tests.ring: Hello there", "ERROR tests.ring: two", "lines"]


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Cannot read /home/me/models/x.safetensors: gone", "Cannot read …/x.safetensors: gone"),
        ("'/tmp/a/b.png'", "'…/b.png'"),
        ("C:\\Users\\me\\x.png", "…/x.png"),
        ("GET /api/view and http://host/usr/x", "GET /api/view and http://host/usr/x"),
        ("1/2 of a/b", "1/2 of a/b"),
        ("x" * 10_000, "x" * 4_000 + "..."),
    ],
)
def test_paths_are_cut_to_their_last_part(text: str, shown: str) -> None:
    assert Scrubber(roots=["home", "tmp", "usr"]).scrub(text) == [shown]


def test_tracebacks_are_cut_to_what_they_say_in_the_end() -> None:
    scrubber = Scrubber(roots=["home"])
    wanted = ["Something failed", "ValueError: no such thing", "Then it went on"]
    assert scrubber.scrub(TRACEBACK) == wanted
    by_line = [shown for line in TRACEBACK.splitlines() for shown in scrubber.scrub(line)]
    assert by_line == wanted


CRASH = """WARNING engine: it goes on
Fatal Python error: Segmentation fault

Thread 0x00007f85b7fff6c0 (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 324 in wait
  File "/usr/lib/python3.11/threading.py", line 995 in _bootstrap

Current thread 0x00007f85c0a4b740 [main] (most recent call first):
  <no Python frame>
  Garbage-collecting
  File "/home/me/custom_nodes/x.py", line 7 in go
  ...

Extension modules: numpy.core (total: 1)
WARNING engine: Worker 0 was killed"""


def test_the_stacks_of_a_process_that_crashed_are_cut() -> None:
    wanted = [
        "WARNING engine: it goes on",
        "Fatal Python error: Segmentation fault",
        "",
        "Extension modules: numpy.core (total: 1)",
        "WARNING engine: Worker 0 was killed",
    ]
    assert Scrubber(roots=["home"]).scrub(CRASH) == wanted
    ring = LogRing()
    for line in CRASH.splitlines():
        ring.add(0.0, line)
    assert [line.text for line in ring.lines()] == wanted
    late = 'Timeout (0:00:05)!\nThread 0x0001 (most recent call first):\n  File "x.py", line 1 in f\nWARNING y'
    assert Scrubber().scrub(late) == ["Timeout (0:00:05)!", "WARNING y"]
    assert Scrubber(shows_internals=True).scrub(CRASH) == CRASH.splitlines()


def test_what_another_process_writes_between_shows_no_frames() -> None:
    """Two workers write into one log, and what is too much is left out."""
    scrubber = Scrubber(roots=["home"])
    shown: list[str] = []
    for line in CRASH.splitlines()[3:10] + TRACEBACK.splitlines()[1:3]:
        shown += [*scrubber.scrub(line), *scrubber.scrub("words of another")]
    assert not [line for line in shown if "File" in line or "most recent" in line]


def test_a_real_crash_leaves_no_frame() -> None:
    script = "import ctypes, faulthandler\nfaulthandler.enable()\ndef deep(): ctypes.string_at(0)\ndeep()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "most recent call first" in done.stderr
    shown = "\n".join(Scrubber().scrub(done.stderr))
    assert "Fatal Python error" in shown
    assert "deep" not in shown
    assert "File" not in shown


def test_everything_is_shown_to_who_asked_for_it() -> None:
    assert Scrubber(shows_internals=True, roots=["home"]).scrub(TRACEBACK) == TRACEBACK.splitlines()
    ring = LogRing(shows_internals=True)
    try:
        raise ValueError("deep")
    except ValueError:
        ring.emit(logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", None, exc_info=sys.exc_info()))
    assert any("Traceback" in line.text for line in ring.lines())


def test_subscribers_are_told_until_they_leave() -> None:
    ring, told = LogRing(), list[Line]()
    leave = ring.subscribe(told.extend)
    ring.add(1.0, "a\nb")
    leave()
    leave()
    ring.add(2.0, "c")
    assert [line.text for line in told] == ["a", "b"]


def test_a_line_as_clients_get_it() -> None:
    assert Line(0.0, "x").record() == {"t": "1970-01-01T00:00:00+00:00", "m": "x\n"}
