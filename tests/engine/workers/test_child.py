from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from engine.workers.child import Child
from engine.workers.output import LONGEST_LINE

_PATIENCE_S = 20


def _with_child(code: str, look: Callable[[Child, list[str]], Awaitable[None]], stdin: bytes = b"") -> None:
    async def work() -> None:
        lines: list[str] = []
        child = Child.spawn([sys.executable, "-c", code], stdin=stdin, on_line=lines.append)
        try:
            await asyncio.wait_for(look(child, lines), _PATIENCE_S)
        finally:
            child.kill()
            await child.close()

    asyncio.run(work())


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import ctypes; ctypes.string_at(0)", "was killed by signal 11 (SIGSEGV, segmentation fault"),
        ("import os; os.abort()", "was killed by signal 6 (SIGABRT"),
        ("import os; os.kill(os.getpid(), 9)", "was killed by signal 9 (SIGKILL, somebody killed it)"),
        ("import os; os._exit(3)", "ended by itself with exit code 3"),
        ("pass", "ended by itself with exit code 0"),
    ],
)
def test_how_it_ended_is_said_in_words(code: str, words: str) -> None:
    async def look(child: Child, _: list[str]) -> None:
        assert words in child.describe_exit(await child.exited)

    _with_child(code, look)


def test_it_reads_what_it_is_given_and_what_it_writes_is_heard_line_by_line() -> None:
    async def look(child: Child, lines: list[str]) -> None:
        assert await child.exited == 0
        await child.close()
        assert lines[:2] == ["a secret", "also this: \ufffd"]
        (long,) = lines[2:]
        assert long.startswith("x" * LONGEST_LINE)
        assert long.endswith(f"({100_000 - LONGEST_LINE} bytes more)")

    code = (
        "import sys; print(sys.stdin.readline(), end='', flush=True);"
        "sys.stderr.buffer.write(b'also this: \\xff\\n'); sys.stderr.flush(); print('x' * 100_000, end='')"
    )
    _with_child(code, look, b"a secret\n")


def test_what_it_started_ends_with_it(tmp_path: Path) -> None:
    async def look(child: Child, lines: list[str]) -> None:
        while not lines:
            await asyncio.sleep(0.01)
        grandchild = psutil.Process(int(lines[0]))
        child.kill()
        await child.exited
        while grandchild.is_running() and grandchild.status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.01)

    sleep = f"[{sys.executable!r}, '-c', 'import time; time.sleep(100)']"
    _with_child(f"import subprocess; p = subprocess.Popen({sleep}); print(p.pid, flush=True); p.wait()", look)


def test_what_it_started_ends_also_when_it_ends_by_itself() -> None:
    async def look(child: Child, lines: list[str]) -> None:
        await child.exited
        while not lines:
            await asyncio.sleep(0.01)
        pid = int(lines[0])
        while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.01)

    sleep = f"[{sys.executable!r}, '-c', 'import time; time.sleep(100)']"
    _with_child(f"import subprocess; print(subprocess.Popen({sleep}).pid, flush=True)", look)


def test_the_system_would_choose_it_rather_than_us() -> None:
    async def look(child: Child, _: list[str]) -> None:
        def read(pid: int) -> int:
            return int(Path(f"/proc/{pid}/oom_score_adj").read_text())

        assert read(child.pid) > read(os.getpid())

    if sys.platform == "linux":
        _with_child("input()", look)
