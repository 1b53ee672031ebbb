"""What nobody needs any more goes: all that is ours in the temp directory, and parts of files that were never finished.

The temp directory is emptied when a server starts and stops. One that was empty when we first saw it is ours with all
that it holds since; the user directory remembers which (no client can write there). Of any other one
(`--temp-directory /tmp`) only files of our own names go. Links are removed, never followed. Several servers may share a
directory (`--in-memory`, or another user directory): each holds a lock of it, and only who is alone there empties it.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from engine.errors import FileError
from engine.files import lock_open_file, write_whole
from engine.graph.json_values import as_list, as_object
from engine.settings import Settings

_OUR_NAMES = re.compile(
    r"(preview_[a-z]{5}_[0-9]{5,}_\.\w+|\.preview_[a-z]{5}_[0-9]{5,}_\.\w+\.part|\.[0-9a-f]{16}\.part)"
)
_PART = re.compile(r"\.(.+_[0-9]{5,}_\.\w+|[0-9a-f]{16})\.part")
PART_AGE_S = 60.0
"""So young a part may belong to who has just made it and not locked it yet, or is about to give it its name."""
_UNLOCKED_PART_AGE_S = 24 * 3600.0
log = logging.getLogger(__name__)


class TempDirectory:
    """The temp directory as one server uses it, from `open` to `close`."""

    def __init__(self, settings: Settings, lock: _SharedLock) -> None:
        self._settings = settings
        self._lock = lock

    @classmethod
    def open(cls, settings: Settings) -> TempDirectory:
        """Make the temp directory if need be, and empty it of what an earlier server left, unless another one uses it.

        Raises:
            FileError: if it cannot be made.
        """
        lock = _SharedLock(_make(settings))
        if lock.is_alone():
            open_temp_directory(settings)
        else:
            log.info("Another server uses the temp directory; what is in it stays.")
        lock.share()
        return cls(settings, lock)

    def close(self) -> None:
        """Empty it, unless another server uses it."""
        try:
            if self._lock.is_alone():
                clear_temp_directory(self._settings)
        finally:
            self._lock.close()


class _SharedLock:
    """A lock of a directory that any number of processes hold; one that is alone keeps others out for a while.

    It ends with the process. Where directories cannot be locked (Windows, some networks), everybody is alone.
    """

    def __init__(self, directory: Path) -> None:
        self._descriptor: int | None = None
        with suppress(OSError):
            self._descriptor = os.open(directory, os.O_RDONLY)

    def is_alone(self) -> bool:
        """Whether no other process holds the lock; then others wait until this one shares it again, or closes it."""
        return self._take(shared=False)

    def share(self) -> None:
        """Hold it together with others; waits for one that is alone."""
        self._take(shared=True)

    def _take(self, *, shared: bool) -> bool:
        return self._descriptor is None or lock_open_file(self._descriptor, shared=shared) is not False

    def close(self) -> None:
        """Let go of it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def open_temp_directory(settings: Settings) -> None:
    """Make the temp directory if need be, and empty it of what an earlier server left.

    Raises:
        FileError: if it cannot be made.
    """
    _make(settings)
    clear_temp_directory(settings)
    if not _is_ours(settings) and _may_be_ours(settings) and not any(_scan(settings.directory("temp"))):
        _remember(settings)


def _make(settings: Settings) -> Path:
    directory = settings.directory("temp")
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"Cannot make the temp directory {str(directory)!r}: {error.strerror}.") from error
    return directory


def clear_temp_directory(settings: Settings) -> None:
    """Empty the temp directory. What cannot be removed stays; the log says so."""
    is_ours = _is_ours(settings)
    for entry in _scan(settings.directory("temp")):
        try:
            if entry.is_dir(follow_symlinks=False):
                if is_ours:
                    shutil.rmtree(entry.path)
            elif is_ours or (_OUR_NAMES.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)):
                os.unlink(entry.path)
        except OSError as error:
            log.warning("%s stays in the temp directory: %s", entry.name, error.strerror)


def _scan(directory: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            yield from list(entries)
    except OSError as error:
        log.warning("The temp directory cannot be read: %s", error.strerror)


def _may_be_ours(settings: Settings) -> bool:
    """Whether nothing else that is kept lies in it."""
    directory = settings.directory("temp").resolve()
    kept = [settings.directory(name) for name in ("models", "input", "output", "user")]
    return not any(path.resolve().is_relative_to(directory) for path in (*kept, settings.base_directory, Path.home()))


def _is_ours(settings: Settings) -> bool:
    return _may_be_ours(settings) and _read_memory(settings).get(_name(settings)) == _identity(settings)


def _name(settings: Settings) -> str:
    return str(settings.directory("temp").resolve())


def _identity(settings: Settings) -> list[int] | None:
    """What tells the directory from another one of the same name."""
    try:
        status = os.stat(settings.directory("temp"))
    except OSError:
        return None
    return [status.st_dev, status.st_ino] if stat.S_ISDIR(status.st_mode) else None


def _memory(settings: Settings) -> Path:
    return settings.directory("user") / "cache" / "temp_directories.json"


def _read_memory(settings: Settings) -> dict[str, list[int]]:
    try:
        document: object = json.loads(_memory(settings).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return {path: identity for path, value in (as_object(document) or {}).items() if (identity := as_list(value))}


def _remember(settings: Settings) -> None:
    identity = _identity(settings)
    if identity is None:
        return
    content = json.dumps({**_read_memory(settings), _name(settings): identity}).encode()
    try:
        write_whole(_memory(settings), lambda file: file.write(content))
    except FileError as error:
        log.info("Nothing but previews will be removed from the temp directory: %s", error)


# -- parts of files --------------------------------------------------------------------------------------------------


def remove_dead_parts(directory: Path, *, age_s: float = PART_AGE_S, is_over: Callable[[], bool] = bool) -> None:
    """Remove what saves left that a kill cut short (`engine.files`), in a directory and all below it; follows no links.

    Args:
        directory: Where files were saved.
        age_s: Parts that were written to in the last so many seconds stay.
        is_over: Asked at each folder: whether to stop.
    """
    for folder, _, names in os.walk(directory):
        if is_over():
            return
        for name in filter(_PART.fullmatch, names):
            path = os.path.join(folder, name)
            try:
                if _is_dead(path, age_s):
                    os.unlink(path)
                    log.info("%s was removed: what was being saved there was cut short.", name)
            except OSError as error:
                log.info("%s stays: %s", name, error.strerror)


def _is_dead(path: str, age_s: float) -> bool:
    """Whether nobody writes this part any more: who does has it locked, and where nothing can be locked, is quick."""
    status = os.lstat(path)
    age = time.time() - status.st_mtime
    if not stat.S_ISREG(status.st_mode) or age < age_s:
        return False
    with open(path, "rb") as file:
        is_locked = lock_open_file(file.fileno())
        return age >= _UNLOCKED_PART_AGE_S if is_locked is None else is_locked
