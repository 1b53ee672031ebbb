"""The files that people shared, out of `tests/data/workflows.tar.xz`."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parents[2] / "data" / "workflows.tar.xz"


@cache
def shared_files() -> Mapping[str, Any]:
    """Every document by its path."""
    with tarfile.open(_FILE) as archive:
        members = [member for member in archive if member.name.endswith(".json")]
        return {member.name.removeprefix("workflows/"): json.load(_open(archive, member)) for member in members}


def _open(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Any:
    file = archive.extractfile(member)
    assert file is not None
    return file


def documents(kind: str) -> Iterator[tuple[str, Any]]:
    """Name and document of each file of a format, `ui` or `api`."""
    for entry in shared_files()["index.json"]:
        if entry.get(kind):
            yield entry[kind], shared_files()[entry[kind]]


def equal_pairs() -> list[tuple[str, Any, Any]]:
    """Name, canvas document and API document of each file whose two formats say the same."""
    files = shared_files()
    return [
        (entry["name"], files[entry["ui"]], files[entry["api"]])
        for entry in files["index.json"]
        if entry.get("pair") == "equal"
    ]
