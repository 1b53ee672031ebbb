"""The temp directory is emptied when a server starts and stops; only of what is ours, whatever directory was named.

A directory that was empty when we first saw it is ours with all that it holds since; the user directory remembers
which (no client can write there). Of any other one (`--temp-directory /tmp`) only files of our own names go. Links are
removed, never followed. Both functions are for the one server that holds the lock of the user directory.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from engine.errors import FileError
from engine.files import write_whole
from engine.graph.json_values import as_list, as_object
from engine.settings import Settings

_OUR_NAMES = re.compile(
    r"(preview_[a-z]{5}_[0-9]{5,}_\.\w+|\.preview_[a-z]{5}_[0-9]{5,}_\.\w+\.part|\.[0-9a-f]{16}\.part)"
)
log = logging.getLogger(__name__)


def open_temp_directory(settings: Settings) -> None:
    """Make the temp directory if need be, and empty it of what an earlier server left.

    Raises:
        FileError: if it cannot be made.
    """
    directory = settings.directory("temp")
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"Cannot make the temp directory {str(directory)!r}: {error.strerror}.") from error
    clear_temp_directory(settings)
    if not _is_ours(settings) and _may_be_ours(settings) and not any(_scan(directory)):
        _remember(settings)


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
