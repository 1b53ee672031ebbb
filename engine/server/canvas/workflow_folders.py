"""Folders of workflow files: made, moved with all that is in them, and deleted, which sends each file to the trash."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from pathlib import Path

from engine.files import sync_directory
from engine.graph.json_values import show
from engine.server.bodies import check_text
from engine.server.canvas.workflow_disk import remove_empty
from engine.server.canvas.workflow_files import WorkflowFiles, move_records
from engine.server.delivery import LONGEST_NAME, resolve_name
from engine.server.profile import make_way, refuse_write, walk_own
from engine.server.refusal import Refusal, not_found


async def make_folder(files: WorkflowFiles, name: str) -> None:
    """Make an empty folder, with those above it.

    Raises:
        Refusal: 409 if the name is taken; 507 if it cannot be made.
    """

    def make() -> None:
        folder = _resolve(files, name)
        _make_way(files, folder, name)
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise refuse_write(folder, error) from error

    async with files.changing:
        await asyncio.to_thread(make)


async def move_folder(files: WorkflowFiles, name: str, target_name: str) -> None:
    """Give a folder another name, with all that is in it; versions go along.

    Raises:
        Refusal: 404 if there is none; 409 if the name is taken, or lies in the folder itself; 507 if it cannot be done.
    """

    def move() -> list[str]:
        folder, target = _find(files, name), _resolve(files, target_name, "The new name")
        if target.is_relative_to(folder):
            raise Refusal(f"The folder {show(name)} cannot be moved into itself.", status=409)
        _make_way(files, target, target_name)
        inside = [path.relative_to(folder).as_posix() for path in walk_own(files.profile, folder)]
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.rename(folder, target)
            sync_directory(target.parent)
        except OSError as error:
            raise refuse_write(target, error) from error
        return inside

    async with files.changing:
        inside = await asyncio.to_thread(move)

        def follow(connection: sqlite3.Connection) -> None:
            for file in inside:
                move_records(connection, f"{name}/{file}", f"{target_name}/{file}")

        await files.database.run(follow)


async def delete_folder(files: WorkflowFiles, name: str) -> list[str]:
    """Move all files of a folder to the trash, each by itself, and remove it. Returns their places there.

    Raises:
        Refusal: 404 if there is none; 507 if a file cannot be moved, which leaves it and the rest there.
    """
    async with files.changing:
        folder = await asyncio.to_thread(_find, files, name)
        paths = await asyncio.to_thread(_all_files, folder)
        places = [await files.throw_away(path.relative_to(files.root).as_posix(), path) for path in paths]
        await asyncio.to_thread(remove_empty, folder)
        return places


def _resolve(files: WorkflowFiles, name: str, what: str = "The folder") -> Path:
    check_text(name, what, longest=LONGEST_NAME)
    if "\\" in name or any(not part.strip() or part.startswith(".") for part in name.split("/")):
        raise Refusal(f"{what} {show(name)} has a part that is empty or hidden.", code="invalid_name")
    return resolve_name(files.root, name, what)


def _find(files: WorkflowFiles, name: str) -> Path:
    folder = _resolve(files, name)
    if not os.path.isdir(folder):
        raise not_found(f"There is no folder {show(name)}.", "folder_not_found")
    return folder


def _make_way(files: WorkflowFiles, folder: Path, name: str) -> None:
    if os.path.isdir(folder):
        raise Refusal(f"There is a folder {show(name)} already.", status=409, code="file_exists")
    make_way(files.profile, folder, overwrite=False)


def _all_files(folder: Path) -> list[Path]:
    """Every file below a folder: hidden ones, too, and links, which are not followed."""
    found: list[Path] = []
    for here, folders, names in os.walk(folder):
        found += [Path(here) / name for name in names]
        found += [Path(here) / name for name in folders if os.path.islink(Path(here) / name)]
    return sorted(found)
