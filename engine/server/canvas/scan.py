"""Looks what is in the output directory, and keeps the index up to it: soon after a job, and every other second.

A look costs a `stat` of each folder; only folders that changed are read, and only files that are new or changed are
opened, some at a time, so that nothing else waits. Now and then every folder is read: a file may have been changed
without its folder. Files that somebody is shown are looked at then (`doubt`).
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from engine.errors import EngineError
from engine.files import is_text
from engine.server.canvas.database import Database
from engine.server.canvas.facts import Facts, read_all_facts
from engine.server.canvas.gallery import Item, Seen, forget_files, known_files, store_files
from engine.server.heavy import Heavy
from engine.server.media import find_medium

_EVERY_S = 2.0
_WHOLE_EVERY_S = 300.0
_SETTLED_NS = 2 * 10**9
"""A folder that changed less than this before it was read may change again without a later time stamp."""
_AT_ONCE = 32
logger = logging.getLogger(__name__)


class Scanner:
    """Keeps the index of one directory.

    Args:
        root: The directory.
        database: Holds the index.
        heavy: Where files are read.
        tell: Called on the event loop with how many files came (or changed) and how many went.
    """

    def __init__(self, root: Path, database: Database, heavy: Heavy, tell: Callable[[int, int], None]) -> None:
        self._root = root
        self._database = database
        self._heavy = heavy
        self._tell = tell
        self._known: dict[str, tuple[int, int]] | None = None
        self._folders: dict[str, int] = {}
        self._in_folder: dict[str, set[str]] = {}
        self._below: dict[str, list[str]] = {}
        self._doubted = set[str]()
        self._whole_at = 0.0
        self._woken = asyncio.Event()
        self._scanning = asyncio.Lock()
        self.is_indexing = True

    def wake(self) -> None:
        """Look soon: something was written."""
        self._woken.set()

    async def doubt(self, items: Sequence[Item]) -> None:
        """Look at files, and soon at their folders if they are not as the index has them: another program may have
        written one anew, which their folders do not tell."""
        folders = await asyncio.to_thread(lambda: {one.folder for one in items if not self._is_same(one)})
        if folders:
            self._doubted |= folders
            self.wake()

    def _is_same(self, item: Item) -> bool:
        try:
            status = os.stat(self._root / item.name, follow_symlinks=False)
        except OSError:
            return False
        return (status.st_size, status.st_mtime_ns) == (item.size, item.modified_ns)

    async def work(self) -> None:
        """Look, again and again, until cancelled."""
        while True:
            try:
                await self.look()
            except EngineError as error:
                logger.warning("The gallery was not brought up to date: %s", error)
            try:
                await asyncio.wait_for(self._woken.wait(), _EVERY_S)
                await asyncio.sleep(0.2)  # a job writes several files
            except TimeoutError:
                pass
            self._woken.clear()

    async def look(self) -> None:
        """Bring the index up to what is there now.

        Raises:
            StoreError: It cannot be read or written.
        """
        async with self._scanning:
            known = self._known
            if known is None:
                known = self._known = await self._database.ask(known_files)
                for name in known:
                    self._in_folder.setdefault(name.rpartition("/")[0], set()).add(name)
            seen, gone = await asyncio.to_thread(self._compare, known)
            self.is_indexing = bool(seen)
            for start in range(0, len(seen), _AT_ONCE):
                some = seen[start : start + _AT_ONCE]
                files = await self._read_all(some)
                await self._database.run(partial(store_files, files=files))
                known.update({one.name: (one.size, one.modified_ns) for one in some})
                self._tell(len(some), 0)
            if gone:
                await self._database.run(lambda connection: forget_files(connection, gone))
                for name in gone:
                    known.pop(name, None)
                self._tell(0, len(gone))
            self.is_indexing = False

    async def _read_all(self, files: Sequence[Seen]) -> list[tuple[Seen, Facts]]:
        pictures = [one for one in files if one.kind == "picture"]
        facts = await read_all_facts(self._heavy, [self._root / one.name for one in pictures])
        found = dict(zip(pictures, facts, strict=True))
        return [(one, found.get(one, Facts())) for one in files]

    def _compare(self, known: dict[str, tuple[int, int]]) -> tuple[list[Seen], list[str]]:
        """Files that are new or changed, the newest first, and names of those that are gone."""
        is_whole = time.monotonic() - self._whole_at > _WHOLE_EVERY_S or not self._whole_at
        if is_whole:
            self._whole_at = time.monotonic()
            self._folders.clear()
        while self._doubted:
            self._folders.pop(self._doubted.pop(), None)
        changed: list[Seen] = []
        gone: list[str] = []
        there = set[str]()
        pending = [""]
        while pending:
            folder = pending.pop()
            there.add(folder)
            path = self._root / folder if folder else self._root
            try:
                at = os.stat(path).st_mtime_ns
            except OSError:
                there.discard(folder)
                continue
            if self._folders.get(folder) != at:
                began = time.time_ns()
                files = {one.name: one for one in self._files_in(path, folder)}
                changed += (one for one in files.values() if known.get(one.name) != (one.size, one.modified_ns))
                gone += self._in_folder.get(folder, set()) - files.keys()
                self._in_folder[folder] = set(files)
                self._below[folder] = self._subfolders(path, folder)
                self._folders[folder] = at if at < began - _SETTLED_NS else -1
            pending += self._below.get(folder, ())
        for folder in [folder for folder in self._in_folder if folder not in there]:
            gone += self._in_folder.pop(folder)
            self._folders.pop(folder, None)
            self._below.pop(folder, None)
        changed.sort(key=lambda one: -one.modified_ns)
        return changed, [name for name in gone if name in known]

    def _subfolders(self, path: Path, folder: str) -> list[str]:
        try:
            with os.scandir(path) as entries:
                return [
                    f"{folder}/{entry.name}" if folder else entry.name
                    for entry in entries
                    if not entry.name.startswith(".") and is_text(entry.name) and entry.is_dir(follow_symlinks=False)
                ]
        except OSError:
            return []

    def _files_in(self, path: Path, folder: str) -> Iterator[Seen]:
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    medium = find_medium(entry.name)
                    if (
                        medium is None
                        or medium.kind == "model"
                        or entry.name.startswith(".")
                        or not is_text(entry.name)
                    ):
                        continue
                    if entry.is_file(follow_symlinks=False):
                        status = entry.stat(follow_symlinks=False)
                        name = f"{folder}/{entry.name}" if folder else entry.name
                        yield Seen(name, status.st_size, status.st_mtime_ns, medium.kind)
        except OSError as error:
            logger.debug("%s cannot be read: %s", path, error)
