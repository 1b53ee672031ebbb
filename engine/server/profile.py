"""The user's own directory, `user/default/`: which names clients may use there, and how files are changed in it.

One user. A client may name any file in it but two: the settings, which have routes of their own
(`engine.server.preferences`), and what was thrown away. Everything is written whole or not at all; what is deleted is
moved to `.trash/`. Functions here touch the disk: call them on a thread.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import time
from pathlib import Path, PurePosixPath
from typing import Any

from aiohttp import web

from engine.errors import FileError
from engine.files import is_text, sync_directory, write_whole
from engine.graph.json_values import show
from engine.server.bodies import check_text
from engine.server.delivery import LONGEST_NAME, is_regular, resolve_name
from engine.server.keys import SETTINGS
from engine.server.refusal import Refusal, not_found
from engine.settings import Settings

USER = "default"
SETTINGS_FILE = "comfy.settings.json"
TRASH = ".trash"
EXPECTED_FOLDERS = ("workflows", "subgraphs")
"""Folders that the page takes for granted: empty until something is in them."""
EXPECTED_FILES = {"user.css": b"", "comfy.templates.json": b"[]"}
"""Files that the page takes for granted, as they are until they are written."""
_BAD_NAME = (errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ)


def find_profile(request: web.Request) -> Path:
    """The directory of the user who asks.

    Raises:
        Refusal: if the header `comfy-user` names somebody else than the one user.
    """
    user = request.headers.get("comfy-user", USER)
    if user not in ("", USER):
        raise Refusal(f"There is no user {show(user)}: this server has one, {USER!r}.", code="unknown_user")
    return profile_directory(request.app[SETTINGS])


def profile_directory(settings: Settings) -> Path:
    """The directory of the one user. It need not exist."""
    return settings.directory("user") / USER


def resolve_own(profile: Path, name: object, what: str = "The file", *, writes: bool = False) -> Path:
    """The path of what a client names in the profile; it need not exist.

    Raises:
        Refusal: 403 if the name leads outside or is the server's own; 400 if it is none.
    """
    text = check_text(name, what, longest=LONGEST_NAME)
    path = resolve_name(profile, text, what, status=403)
    first = own_name(profile, path).split("/", 1)[0].casefold()
    if first == TRASH or path.name.endswith(".part") or (writes and first == SETTINGS_FILE):
        raise Refusal(f"{what} {show(text)} belongs to the server.", status=403, code="invalid_name")
    return path


def own_name(profile: Path, path: Path) -> str:
    """How a client names a path in the profile: with slashes."""
    return path.relative_to(profile.resolve()).as_posix()


def find_own(profile: Path, name: object, what: str = "The file", *, writes: bool = False) -> Path:
    """The path of a regular file that a client names.

    Raises:
        Refusal: as `resolve_own`; 404 if there is no such file.
    """
    path = resolve_own(profile, name, what, writes=writes)
    if not is_regular(path):
        raise not_found(f"{what} {show(name)} was not found.")
    return path


def describe_file(profile: Path, path: Path) -> dict[str, Any]:
    """A file's record: name with folders, size, and times in seconds."""
    try:
        status = os.stat(path)
    except OSError as error:
        raise not_found("The file was not found.") from error
    own = {"path": own_name(profile, path), "size": status.st_size}
    return {**own, "modified": status.st_mtime, "created": status.st_ctime}


def write_own(profile: Path, path: Path, content: bytes | bytearray, *, overwrite: bool) -> None:
    """Write a file whole.

    Raises:
        Refusal: 409 if it is there and may not be replaced, or a folder is in its place, or a file in a folder's;
            507 if it cannot be written.
    """
    make_way(profile, path, overwrite=overwrite)
    try:
        write_whole(path, lambda file: file.write(content))
    except FileError as error:
        raise refuse_write(path, error.__cause__) from error


def move_own(profile: Path, source: Path, target: Path, *, overwrite: bool) -> None:
    """Give a file another name; what it replaces goes to the trash.

    Raises:
        Refusal: as `write_own`.
    """
    if source == target:
        return
    make_way(profile, target, overwrite=overwrite)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(target):
            throw_away(profile, target)
        os.replace(source, target)
        sync_directory(target.parent)
    except OSError as error:
        raise refuse_write(target, error) from error


def make_way(profile: Path, path: Path, *, overwrite: bool) -> None:
    """See whether a file may be put in a place.

    Raises:
        Refusal: 409 if not.
    """
    name = own_name(profile, path)
    for folder in PurePosixPath(name).parents:
        if os.path.lexists(profile / folder) and not os.path.isdir(profile / folder):
            raise Refusal(f"{show(str(folder))} is a file, so it cannot hold {show(name)}.", status=409)
    if os.path.isdir(path):
        raise Refusal(f"{show(name)} is a folder; a file cannot take its place.", status=409)
    if os.path.lexists(path) and not (overwrite and is_regular(path)):
        raise Refusal(f"{show(name)} exists already.", status=409, code="file_exists")


def throw_away(profile: Path, path: Path) -> str:
    """Move a file to the trash, under the moment and its own name. Returns the moment: a folder of the trash.

    Raises:
        Refusal: 507 if it cannot be moved.
    """
    place = trash_place(profile)
    target = place / own_name(profile, path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target)
    except FileNotFoundError as error:
        raise not_found("The file was not found.") from error
    except OSError as error:
        raise refuse_write(path, error) from error
    return place.name


def trash_place(profile: Path) -> Path:
    """A folder of the trash, for what is deleted at this moment. It need not exist."""
    return profile / TRASH / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"


def refuse_write(path: Path, error: object) -> Refusal:
    """Why a file or folder cannot be there: 400 if the system takes no such name, 507 otherwise."""
    reason = error.strerror if isinstance(error, OSError) else None
    if isinstance(error, OSError) and error.errno in _BAD_NAME:
        return Refusal(f"{show(path.name)} is no name for a file here: {reason}.", code="invalid_name")
    return Refusal(f"{path.name!r} cannot be written: {reason or error}.", status=507, code="file_error")


def list_own(profile: Path, folder: Path) -> tuple[list[Path], list[Path]]:
    """The visible folders and files in a folder of the profile, sorted. Links that lead out of it are left out."""
    folders, files = list[Path](), list[Path]()
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            path = Path(entry.path)
            if entry.name.startswith(".") or not is_text(entry.name):
                continue
            if entry.is_symlink() and not _stays(profile, path):
                continue
            if entry.is_dir():
                folders.append(path)
            elif entry.is_file():
                files.append(path)
    return sorted(folders), sorted(files)


def walk_own(profile: Path, folder: Path) -> list[Path]:
    """The visible files in a folder of the profile and below it, sorted."""
    found: list[Path] = []
    pending, seen = [folder], set[Path]()
    while pending:
        here = pending.pop()
        real = here.resolve()
        if real not in seen:  # a link may lead back up
            seen.add(real)
            folders, files = list_own(profile, here)
            pending += folders
            found += files
    return sorted(found)


def _stays(profile: Path, path: Path) -> bool:
    try:
        return path.resolve().is_relative_to(profile.resolve())
    except (OSError, RuntimeError):
        return False
