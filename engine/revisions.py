"""Revisions: which state of some code this is. Reads files and starts nothing, so that it works without git.

A checkout has a commit, a pack may declare a version, and all code has its bytes: who edits a file of a pack without
committing it has another revision, too. Each is found once for a process, which runs the code that it has imported.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from engine.graph.json_values import as_object, as_text

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MOST_HOPS = 5
_SHOWN_DIGITS = 12
_MOST_FILES = 10_000
_MOST_BYTES = 2**23
"""Of one file; a larger one counts by its size."""
_NO_CODE = frozenset({"__pycache__", "node_modules", "site-packages"})


@cache
def commit_of(directory: Path) -> str:
    """The commit that is checked out in a directory, in hexadecimal; empty if it is no checkout of its own."""
    try:
        place = _git_directory(directory / ".git")
        return "" if place is None else _resolve(place)
    except (OSError, ValueError):
        return ""


@cache
def revision_of(pack: Path) -> str:
    """The state of a pack in one line, such as `1.4.2 git:0a1b2c3d4e5f code:66778899aabb`.

    Args:
        pack: Its directory, or its file.
    """
    if not pack.is_dir():
        return f"code:{_digest([pack], pack.parent)}"
    commit = commit_of(pack)
    parts = (
        _version_of(pack),
        f"git:{commit[:_SHOWN_DIGITS]}" if commit else "",
        f"code:{_digest(sorted(_code_in(pack)), pack)}",
    )
    return " ".join(part for part in parts if part)


# -- git -------------------------------------------------------------------------------------------------------------


def _git_directory(place: Path) -> Path | None:
    """Where the repository is; in work trees and submodules `.git` is a file that says so."""
    if place.is_dir():
        return place
    if not place.is_file():
        return None
    key, _, path = place.read_text(errors="replace").strip().partition(": ")
    return (place.parent / path) if key == "gitdir" and path else None


def _resolve(place: Path) -> str:
    """The commit that HEAD leads to.

    Raises:
        OSError: if a file of the repository cannot be read.
    """
    name = "HEAD"
    common = place / (place / "commondir").read_text().strip() if (place / "commondir").is_file() else place
    for _ in range(_MOST_HOPS):
        found = next((text for root in (place, common) if (text := _read(root / name))), "")
        if not found:
            return _packed(common, name)
        if _COMMIT.fullmatch(found):
            return found
        key, _, name = found.partition(": ")
        if key != "ref" or not name or ".." in name or name.startswith("/"):
            return ""
    return ""


def _read(path: Path) -> str:
    return path.read_text(errors="replace").strip() if path.is_file() else ""


def _packed(common: Path, name: str) -> str:
    for line in _read(common / "packed-refs").splitlines():
        commit, _, ref = line.partition(" ")
        if ref == name and _COMMIT.fullmatch(commit):
            return commit
    return ""


# -- packs -----------------------------------------------------------------------------------------------------------


def _version_of(pack: Path) -> str:
    """As its `pyproject.toml` declares it; empty if it does not."""
    try:
        document = tomllib.loads((pack / "pyproject.toml").read_text(errors="replace"))
    except (OSError, ValueError, RecursionError):
        return ""
    return as_text((as_object(document.get("project")) or {}).get("version"))


def _code_in(pack: Path) -> Iterator[Path]:
    """Its Python files, wherever they are; links to other directories are not followed."""
    count = 0
    for directory, folders, files in os.walk(pack):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _NO_CODE)
        for name in sorted(files):
            if name.endswith(".py"):
                count += 1
                yield Path(directory) / name
        if count >= _MOST_FILES:
            return


def _digest(files: list[Path], root: Path) -> str:
    digest = sha256()
    for file in files:
        digest.update(f"{file.relative_to(root).as_posix()}\0".encode(errors="surrogateescape"))
        try:
            size = file.stat().st_size
            digest.update(file.read_bytes() if size <= _MOST_BYTES else str(size).encode())
        except OSError:
            digest.update(b"?")
        digest.update(b"\0")
    return digest.hexdigest()[:_SHOWN_DIGITS]
