"""Lists of model files and pictures of which only the folders that changed are read again.

What `engine.files.list_choices` gives, for a server that is asked for it all the time: a folder of 50,000 files costs
a look at each of its directories, not at each of its files; an upload the reading of the one that it went to.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from engine.files import FOLDERS, IMAGE_SUFFIXES, MODEL_SUFFIXES, FolderLook, walk_files
from engine.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.workers.catalog import Catalog
    from engine.workers.messages import ModelDirectories

_SETTLED_NS = 2 * 10**9
"""A folder that changed less than this before it was read may change again without a later time stamp."""
_NOT_THERE = FolderLook(-1, (), ())


class _Listing(NamedTuple):
    """What was found; `folders`: those that are worth being known, by path. `is_settled`: that is all of them."""

    names: tuple[str, ...]
    folders: dict[str, FolderLook]
    is_settled: bool


class Listings:
    """Names of files by folder name, as `engine.files.list_choices` gives them. May be used from any thread."""

    def __init__(self, settings: Settings, catalog: Catalog | None = None) -> None:
        """
        Args:
            settings: Where files lie.
            catalog: Tells where packs keep model files besides.
        """
        self._given = settings
        self._catalog = catalog
        self._with_packs: tuple[ModelDirectories, Settings] | None = None
        self._known: dict[tuple[Path, bool], _Listing] = {}
        self._merged: dict[str, tuple[list[tuple[str, ...]], tuple[str, ...]]] = {}
        self._lock = threading.Lock()

    @property
    def settings(self) -> Settings:
        """The settings with the directories of model files that packs added."""
        directories = self._catalog.model_directories if self._catalog is not None else None
        if directories is None:
            return self._given
        known = self._with_packs
        if known is None or known[0] is not directories:
            self._with_packs = known = directories, _with_directories(self._given, directories)
        return known[1]

    def choices(self, folder: str) -> Sequence[str]:
        """The choices of a `ModelFile(folder)` input, sorted."""
        if folder in FOLDERS:
            return self._list(self.settings.directory(folder), pictures=True)
        parts = [self._list(directory) for directory in self.settings.model_directories(folder)]
        known, merged = self._merged.get(folder, ([], ()))
        if len(known) != len(parts) or any(a is not b for a, b in zip(known, parts, strict=True)):
            merged = tuple(sorted({name for part in parts for name in part}))
            self._merged[folder] = parts, merged
        return merged

    def models(self, kind: str) -> list[tuple[Path, Sequence[str]]]:
        """Every directory of a kind with the names of its model files."""
        return [(directory, self._list(directory)) for directory in self.settings.model_directories(kind)]

    def _list(self, directory: Path, *, pictures: bool = False) -> tuple[str, ...]:
        key = directory, pictures
        with self._lock:
            known = self._known.get(key)
        before = {} if known is None else known.folders
        if known is not None and known.is_settled and all(_is_as_before(*folder) for folder in before.items()):
            return known.names
        began_ns = time.time_ns()
        folders: dict[str, FolderLook] = {}
        suffixes = IMAGE_SUFFIXES if pictures else MODEL_SUFFIXES
        names = tuple(sorted(walk_files(directory, suffixes, leave=not pictures, known=before, visited=folders)))
        folders.setdefault(str(directory), _NOT_THERE)
        settled = {path: look for path, look in folders.items() if look.changed_at_ns < began_ns - _SETTLED_NS}
        with self._lock:
            self._known[key] = _Listing(names, settled, len(settled) == len(folders))
        return names


def _with_directories(settings: Settings, directories: ModelDirectories) -> Settings:
    def paths(names: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[Path, ...]]:
        return {kind: tuple(map(Path, each)) for kind, each in names.items()}

    return replace(
        settings,
        first_model_directories=paths(directories.first),
        extra_model_directories=paths(directories.extra),
    )


def _is_as_before(folder: str, look: FolderLook) -> bool:
    try:
        return os.stat(folder).st_mtime_ns == look.changed_at_ns
    except OSError:
        return look is _NOT_THERE
