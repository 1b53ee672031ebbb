"""A child process: started in a session of its own, its words read, its end noticed, killed with all it started.

Knows nothing of what the process does. One thread a process waits for its end, because only so the process group can
be killed between the end of its leader and the moment in which its number may be given to somebody else.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from engine.workers.output import OutputReader

LAST_LINES = 300
_OOM_SCORE = 800
_SIGNALS = {
    "SIGSEGV": "segmentation fault: compiled code used memory that is not its own",
    "SIGABRT": "compiled code gave up",
    "SIGBUS": "bus error: a mapped file became shorter, or memory is broken",
    "SIGFPE": "compiled code divided by zero",
    "SIGILL": "the processor does not know an instruction",
    "SIGKILL": "somebody killed it",
    "SIGTERM": "somebody asked it to end",
    "SIGINT": "somebody interrupted it",
}


class Child:
    """A running process. Make one with `spawn`, on the event loop.

    Attributes:
        pid: Its number, and that of its process group.
        exited: Becomes its return code; negative for a signal.
        last_lines: The end of what it wrote.
    """

    def __init__(self, process: subprocess.Popen[bytes], on_line: Callable[[str], None]) -> None:
        self.pid = process.pid
        self.last_lines: deque[str] = deque(maxlen=LAST_LINES)
        self.exited: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._process = process
        self._on_line = on_line
        self._kills_seen = _count_memory_kills()
        self._reader: OutputReader | None = None
        self._is_reaped = False

    @classmethod
    def spawn(
        cls,
        command: Sequence[str],
        *,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
        on_line: Callable[[str], None],
    ) -> Child:
        """Start a process.

        Args:
            command: Program and arguments.
            stdin: What it can read; small. The stream stays open as long as we live and it does.
            environment: Added to ours.
            on_line: Told each line that it writes to its standard streams.
        """
        process = subprocess.Popen(  # a fork of this small process takes about a millisecond
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
        child = cls(process, on_line)
        with contextlib.suppress(OSError):  # not Linux, or not allowed: then the system chooses its victim by size
            Path(f"/proc/{process.pid}/oom_score_adj").write_text(str(_OOM_SCORE))
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(stdin)
            process.stdin.flush()
        loop = asyncio.get_running_loop()
        assert process.stdout is not None
        child._reader = OutputReader(process.stdout.fileno(), partial(_pass_on, loop, child._hear))
        child._reader.start()
        process.stdout.close()
        threading.Thread(target=child._wait, args=(loop,), name=f"wait-{process.pid}", daemon=True).start()
        return child

    def kill(self) -> None:
        """End it and all processes of its group, now."""
        if not self._is_reaped:
            _kill_group(self.pid)

    async def close(self) -> None:
        """Let go of its streams; for after its end."""
        if self._reader is not None:
            await asyncio.to_thread(self._reader.join, 0.5)  # a grandchild may hold the stream open
        if self._process.stdin is not None:
            self._process.stdin.close()

    def describe_exit(self, code: int) -> str:
        """How it ended, as the rest of a sentence that begins with its name."""
        if code >= 0:
            return f"ended by itself with exit code {code}"
        name = _signal_name(-code)
        if name == "SIGKILL" and _count_memory_kills() > self._kills_seen:
            return "was killed by the operating system because memory ran out (signal 9, SIGKILL)"
        meaning = _SIGNALS.get(name)
        return f"was killed by signal {-code} ({name}{', ' + meaning if meaning else ''})"

    def _hear(self, lines: list[str]) -> None:
        self.last_lines.extend(lines)
        for line in lines:
            self._on_line(line)

    def _wait(self, loop: asyncio.AbstractEventLoop) -> None:
        """In a thread of its own: wait for the end, end the others of the group, then let the number go."""
        if sys.platform == "linux":
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
            _kill_group(self.pid)
        self._is_reaped = True
        code = self._process.wait()
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody wants to know
            loop.call_soon_threadsafe(self._note_exit, code)

    def _note_exit(self, code: int) -> None:
        if not self.exited.done():
            self.exited.set_result(code)


def _pass_on(loop: asyncio.AbstractEventLoop, hear: Callable[[list[str]], None], lines: list[str]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens
        loop.call_soon_threadsafe(hear, lines)


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGTERM)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"


def _count_memory_kills() -> int:
    """How many processes the system has killed for lack of memory; 0 where it does not say."""
    for name, key in (("/sys/fs/cgroup/memory.events", "oom_kill "), ("/proc/vmstat", "oom_kill ")):
        with contextlib.suppress(OSError, ValueError):
            for line in Path(name).read_text().splitlines():
                if line.startswith(key):
                    return int(line.removeprefix(key))
    return 0
