"""Workflow files as they lie on the disk: names become paths or refusals, paths texts. All of it waits for the disk.

What they were before, and which may be changed by whom: `engine.server.canvas.workflow_files`.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path, PurePosixPath

from msgspec import Struct

from engine.files import is_text
from engine.graph.json_values import show
from engine.server.bodies import check_text
from engine.server.delivery import LONGEST_NAME, is_regular, resolve_name
from engine.server.profile import TRASH, walk_own
from engine.server.refusal import Refusal, not_found

FOLDER = "workflows"
SUFFIX = ".json"


class TrashedFile(Struct, frozen=True, kw_only=True):
    """A workflow file in the trash.

    Attributes:
        trash_id: Names it in addresses.
        name: As it was called.
        size: In bytes.
        deleted_at: When it was deleted, in seconds since 1970.
    """

    trash_id: str
    name: str
    size: int
    deleted_at: float


# -- names -----------------------------------------------------------------------------------------------------------


def root_of(profile: Path) -> Path:
    """Where the files of a user lie."""
    return profile.resolve() / FOLDER


def resolve(profile: Path, name: str, what: str = "The workflow") -> Path:
    """The path of a file, which need not be there.

    Raises:
        Refusal: The name is none.
    """
    check_text(name, what, longest=LONGEST_NAME)
    parts = name.split("/")
    if not name.lower().endswith(SUFFIX) or parts[-1].lower() == SUFFIX:
        raise Refusal(f"{what} {show(name)} should end in {SUFFIX!r}.", code="invalid_name")
    if "\\" in name or any(not part.strip() or part.startswith(".") for part in parts):
        raise Refusal(f"{what} {show(name)} has a part that is empty or hidden.", code="invalid_name")
    return resolve_name(root_of(profile), name, what)


def find(profile: Path, name: str) -> Path:
    """The path of a file.

    Raises:
        Refusal: There is none, or the name is none.
    """
    path = resolve(profile, name)
    if not is_regular(path):
        raise missing(name)
    return path


def missing(name: str) -> Refusal:
    """The refusal for a file that is not there."""
    return not_found(f"There is no workflow {show(name)}.", "workflow_not_found")


# -- files -----------------------------------------------------------------------------------------------------------


def status_of(path: Path) -> os.stat_result:
    """Size and times of a file.

    Raises:
        Refusal: It is not there.
    """
    try:
        return os.stat(path)
    except OSError as error:
        raise missing(path.name) from error


def read_text(path: Path) -> bytes:
    """What is in a file.

    Raises:
        Refusal: 404 if it is not there, 507 if it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise missing(path.name) from error
    except OSError as error:
        raise Refusal(f"{path.name!r} cannot be read: {error.strerror}.", status=507, code="file_error") from error


def read_if_there(path: Path) -> bytes | None:
    """What is in a file; None if there is none.

    Raises:
        Refusal: 507 if it cannot be read.
    """
    return read_text(path) if is_regular(path) else None


# -- lists -----------------------------------------------------------------------------------------------------------


def list_all(profile: Path) -> tuple[list[tuple[str, Path, os.stat_result]], list[str]]:
    """All files, by name, each with its path and status, and all folders."""
    root = root_of(profile)
    files: list[tuple[str, Path, os.stat_result]] = []
    folders: set[str] = set()
    for path in walk_own(profile, root):
        name = path.relative_to(root).as_posix()
        folders.update(str(folder) for folder in PurePosixPath(name).parents if str(folder) != ".")
        if path.suffix.lower() == SUFFIX:
            with suppress(OSError):
                files.append((name, path, os.stat(path)))
    for folder, names, _ in os.walk(root):
        names[:] = [name for name in names if not name.startswith(".") and is_text(name)]
        folders.update((Path(folder) / name).relative_to(root).as_posix() for name in names)
    return files, sorted(folders)


def list_trashed(profile: Path) -> list[TrashedFile]:
    """The files in the trash, the newest first."""
    found: list[TrashedFile] = []
    trash = profile / TRASH
    for moment in sorted(_names_in(trash), reverse=True):
        root = trash / moment / FOLDER
        for path in walk_own(profile, root):
            if path.suffix.lower() == SUFFIX:
                with suppress(OSError):
                    size, deleted_at = os.stat(path).st_size, os.stat(trash / moment).st_mtime
                    name = path.relative_to(root).as_posix()
                    found.append(TrashedFile(trash_id=moment, name=name, size=size, deleted_at=deleted_at))
    return found


def _names_in(directory: Path) -> list[str]:
    try:
        return os.listdir(directory)
    except OSError:
        return []


def remove_empty(folder: Path) -> None:
    """Remove a folder and those in it, as far as nothing is in them."""
    for here, _, _ in os.walk(folder, topdown=False):
        with suppress(OSError):
            os.rmdir(here)
