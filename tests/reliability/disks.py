"""A disk that can be filled and made read-only: a small file system in memory where the tests may mount one, otherwise
limits on the processes that write and on the directory.
"""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

_SIZE_BYTES = 8 * 2**20
_ROOM_LEFT_BYTES = 256 * 2**10


class Disk:
    """A directory with little room.

    Attributes:
        path: The directory.
    """

    def __init__(self, path: Path, *, is_mounted: bool) -> None:
        self.path = path
        self._is_mounted = is_mounted
        self._filler = path / "filler"

    def fill(self, pid: int) -> None:
        """Leave next to no room, to a process and its children."""
        if self._is_mounted:
            left = os.statvfs(self.path)
            self._filler.write_bytes(bytes(max(0, left.f_bavail * left.f_frsize - _ROOM_LEFT_BYTES)))
        else:
            self._limit(pid, _ROOM_LEFT_BYTES)

    def free(self, pid: int) -> None:
        """Give the room back."""
        if self._is_mounted:
            self._filler.unlink()
        else:
            self._limit(pid, resource.RLIM_INFINITY)

    def make_read_only(self) -> None:
        """Nothing can be written any more."""
        if self._is_mounted:
            _mount("-o", "remount,ro", str(self.path))
        else:
            self.path.chmod(0o500)

    def make_writable(self) -> None:
        """As before."""
        if self._is_mounted:
            _mount("-o", "remount,rw", str(self.path))
        else:
            self.path.chmod(0o700)

    def _limit(self, pid: int, size_bytes: int) -> None:
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            resource.prlimit(one.pid, resource.RLIMIT_FSIZE, (size_bytes, resource.RLIM_INFINITY))


@contextmanager
def small_disk(path: Path) -> Generator[Disk]:
    """A disk at this place, which is made."""
    path.mkdir(parents=True)
    is_mounted = _mount("-t", "tmpfs", "-o", f"size={_SIZE_BYTES}", "tmpfs", str(path))
    disk = Disk(path, is_mounted=is_mounted)
    try:
        yield disk
    finally:
        if is_mounted:
            subprocess.run(["umount", "-l", str(path)], check=False)
        else:
            with suppress(OSError):
                disk.make_writable()


def _mount(*arguments: str) -> bool:
    """Whether it could be done."""
    try:
        done = subprocess.run(["mount", *arguments], capture_output=True, timeout=20, check=False)
    except OSError:
        return False
    return done.returncode == 0
