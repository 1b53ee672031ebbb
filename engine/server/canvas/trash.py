"""The user's trash: what was deleted stays for `KEPT_DAYS`, and is then removed, or when the user says so.

A place in the trash is a folder, `YYYYMMDD-HHMMSS-xxxxxx`: the moment of the deletion. Nothing else in the trash is
touched. Versions and marks of workflow files go with them.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from engine.graph.json_values import show
from engine.server.canvas.versions import forget_versions
from engine.server.canvas.workflow_files import WorkflowFiles
from engine.server.profile import TRASH
from engine.server.refusal import Refusal, not_found

KEPT_DAYS = 30
_EVERY_S = 6 * 3600
PLACE = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
logger = logging.getLogger(__name__)


async def remove_for_good(files: WorkflowFiles, trash_id: str) -> None:
    """Remove one place of the trash.

    Raises:
        Refusal: 404 if there is none; 507 if it cannot be removed.
    """
    async with files.changing:
        if all(one.trash_id != trash_id for one in await files.list_trash()):
            raise not_found(f"There is no workflow {show(trash_id)} in the trash.")
        await _remove(files, [trash_id])


async def empty_trash(files: WorkflowFiles) -> int:
    """Remove the workflows in the trash; other things stay. Returns how many places there were.

    Raises:
        Refusal: 507 if one cannot be removed.
    """
    async with files.changing:
        places = list(dict.fromkeys(one.trash_id for one in await files.list_trash()))
        await _remove(files, places)
        return len(places)


async def remove_expired(files: WorkflowFiles, now: float | None = None) -> int:
    """Remove everything that was deleted more than `KEPT_DAYS` ago, pictures, too. Returns how many places.

    Args:
        files: The user's files.
        now: In seconds since 1970; by default the clock.
    """
    before = (time.time() if now is None else now) - KEPT_DAYS * 24 * 3600
    async with files.changing:
        places = [place for place, at in (await asyncio.to_thread(_places, files.profile)).items() if at < before]
        await _remove(files, places)
        return len(places)


async def keep_emptying(files: WorkflowFiles) -> None:
    """Remove what is too old, now and then, until cancelled."""
    while True:
        try:
            if count := await remove_expired(files):
                logger.info("Removed %d deletions of more than %d days ago from the trash.", count, KEPT_DAYS)
        except Exception as error:
            # The next time may be better; the trash must not end the server.
            logger.warning("The trash could not be emptied of what is too old: %s", error)
        await asyncio.sleep(_EVERY_S)


async def _remove(files: WorkflowFiles, places: Sequence[str]) -> None:
    if not places:
        return
    trash = files.profile / TRASH

    def remove() -> None:
        for place in places:
            try:
                shutil.rmtree(trash / place)
            except FileNotFoundError:
                pass
            except OSError as error:
                message = f"{place!r} cannot be removed from the trash: {error.strerror or error}."
                raise Refusal(message, status=507, code="file_error") from error

    def forget(connection: sqlite3.Connection) -> None:
        for place in places:
            pattern = (f"{TRASH}/{place}/*",)
            versions = connection.execute("SELECT DISTINCT file FROM versions WHERE file GLOB ?", pattern).fetchall()
            forget_versions(connection, [name for (name,) in versions])
            connection.execute("DELETE FROM favourites WHERE file GLOB ?", pattern)

    await asyncio.to_thread(remove)
    await files.database.run(forget)


def _places(profile: Path) -> dict[str, float]:
    """The places of the trash, and when each was made: by its name or its time, whichever is later."""
    found: dict[str, float] = {}
    with suppress(OSError), os.scandir(profile / TRASH) as entries:
        for entry in entries:
            if PLACE.fullmatch(entry.name) and entry.is_dir(follow_symlinks=False):
                named = 0.0
                with suppress(ValueError, OverflowError):
                    named = time.mktime(time.strptime(entry.name[:15], "%Y%m%d-%H%M%S"))
                found[entry.name] = max(named, entry.stat(follow_symlinks=False).st_mtime)
    return found
