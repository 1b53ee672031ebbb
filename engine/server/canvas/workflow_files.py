"""Workflow files: plain JSON in the user's folder `workflows`, which `/userdata` serves as well (`workflow_disk`).

Every save makes a version, and what something else wrote there is kept as one before it is replaced. A save that names
the revision that it is based on is refused if another one is there by now. One change at a time.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from msgspec import Struct

from engine.graph.json_values import show
from engine.server.canvas.database import Database
from engine.server.canvas.favourites import list_favourites, mark_favourite, move_favourite
from engine.server.canvas.looking import Looker, revision_of
from engine.server.canvas.versions import (
    Origin,
    Version,
    keep_version,
    label_version,
    list_versions,
    move_versions,
    newest,
    read_version,
    text_of_newest,
)
from engine.server.canvas.workflow_disk import (
    FOLDER,
    TrashedFile,
    find,
    list_all,
    list_trashed,
    missing,
    read_if_there,
    read_text,
    remove_empty,
    resolve,
    root_of,
    status_of,
)
from engine.server.heavy import Heavy
from engine.server.profile import TRASH, make_way, move_own, throw_away, write_own
from engine.server.refusal import Refusal, not_found
from engine.server.work import Body


class WorkflowFile(Struct, frozen=True, kw_only=True):
    """A workflow file.

    Attributes:
        name: With its folders and its ending, `.json`.
        size: In bytes.
        modified: When it was written last, in seconds since 1970.
        nodes: How many nodes it has; null if it is no workflow.
        revision: Names what is in it: the same text has the same revision.
    """

    name: str
    size: int
    modified: float
    nodes: int | None
    revision: str


class Condition(Struct, frozen=True):
    """What a change asks for.

    Attributes:
        revisions: One of these must be there, `*` for any; None: no matter.
        is_new: Nothing may be there.
    """

    revisions: Sequence[str] | None = None
    is_new: bool = False


class WorkflowFiles:
    """The files of one user.

    Args:
        profile: The user's directory.
        database: Holds the versions, and which files stand first.
        heavy: Where files are looked into.
    """

    def __init__(self, profile: Path, database: Database, heavy: Heavy) -> None:
        self.profile = profile
        self.database = database
        self._looker = Looker(heavy)
        self.changing = asyncio.Lock()
        """Held by whoever changes something."""

    # -- reading ---------------------------------------------------------------------------------------------------

    async def list(self) -> tuple[list[WorkflowFile], list[str]]:
        """All files, by name, and all folders."""
        paths, folders = await asyncio.to_thread(list_all, self.profile)
        files: list[WorkflowFile] = []
        for name, path, status in paths:
            with suppress(Refusal):  # it went away meanwhile
                files.append(await self._describe(name, path, status=status))
        return files, folders

    async def read(self, name: str) -> tuple[WorkflowFile, bytes]:
        """A file and its text.

        Raises:
            Refusal: There is none, or the name is none.
        """

        def read() -> tuple[Path, bytes]:
            path = find(self.profile, name)
            return path, read_text(path)

        path, text = await asyncio.to_thread(read)
        return await self._describe(name, path, text), text

    # -- changing --------------------------------------------------------------------------------------------------

    async def save(
        self, name: str, text: Body, condition: Condition, origin: Origin = "saved"
    ) -> tuple[WorkflowFile, Version, bool]:
        """Write a file, and keep its text as a version. Returns whether it is new, too.

        Raises:
            Refusal: 412 if something else is there than was asked for; as `write_own`.
        """
        path = await asyncio.to_thread(resolve, self.profile, name)
        async with self.changing:
            there = await asyncio.to_thread(read_if_there, path)
            await self._check(name, path, there, condition)
            await asyncio.to_thread(make_way, self.profile, path, overwrite=True)
            if there is not None:
                await self._keep(name, there, "found")
            await asyncio.to_thread(write_own, self.profile, path, text, overwrite=True)
            version = await self._keep(name, text, origin)
            return await self._describe(name, path, text), version, there is None

    async def move(self, name: str, target_name: str, *, overwrite: bool) -> WorkflowFile:
        """Give a file another name; its versions go with it. What is replaced goes to the trash.

        Raises:
            Refusal: As `move_own`.
        """
        async with self.changing:

            def move() -> Path:
                path, target = find(self.profile, name), resolve(self.profile, target_name, "The new name")
                move_own(self.profile, path, target, overwrite=overwrite)
                return target

            target = await asyncio.to_thread(move)
            if name != target_name:
                await self.database.run(lambda connection: move_records(connection, name, target_name))
            return await self._describe(target_name, target)

    async def copy(self, name: str, target_name: str) -> WorkflowFile:
        """Make a file of another name with the same text.

        Raises:
            Refusal: 409 if the name is taken.
        """
        _, text = await self.read(name)
        path = await asyncio.to_thread(resolve, self.profile, target_name, "The new name")
        await asyncio.to_thread(make_way, self.profile, path, overwrite=False)
        file, _, _ = await self.save(target_name, text, Condition(is_new=True))
        return file

    async def delete(self, name: str, condition: Condition) -> str:
        """Move a file to the trash, its versions with it. Returns its place there.

        Raises:
            Refusal: 404 if there is none, 412 if another revision is there than was asked for.
        """
        async with self.changing:
            path = await asyncio.to_thread(find, self.profile, name)
            there = await asyncio.to_thread(read_text, path)
            await self._check(name, path, there, condition)
            return await self.throw_away(name, path)

    async def throw_away(self, name: str, path: Path) -> str:
        """Move a file to the trash with what is known of it; whoever asks holds `changing`. Returns its place there.

        Raises:
            Refusal: 507 if it cannot be moved.
        """
        moment = await asyncio.to_thread(throw_away, self.profile, path)
        await self.database.run(lambda connection: move_records(connection, name, trashed_name(moment, name)))
        return moment

    async def mark(self, name: str, *, is_favourite: bool) -> WorkflowFile:
        """Have a file stand first, or no longer.

        Raises:
            Refusal: There is none.
        """
        async with self.changing:
            path = await asyncio.to_thread(find, self.profile, name)
            await self.database.run(lambda connection: mark_favourite(connection, name, is_favourite))
            return await self._describe(name, path)

    async def favourites(self) -> list[str]:
        """Names of the files that stand first, sorted; of those that are gone, too."""
        return await self.database.ask(list_favourites)

    # -- the trash -------------------------------------------------------------------------------------------------

    async def list_trash(self) -> list[TrashedFile]:
        """Workflow files in the trash, the newest first."""
        return await asyncio.to_thread(list_trashed, self.profile)

    async def take_back(self, trash_id: str, target_name: str | None) -> WorkflowFile:
        """Put a file back from the trash, under its name or another one.

        Raises:
            Refusal: 404 if it is not there, 409 if the name is taken.
        """
        async with self.changing:
            trashed = next((one for one in await self.list_trash() if one.trash_id == trash_id), None)
            if trashed is None:
                raise not_found(f"There is no workflow {show(trash_id)} in the trash.")
            name = target_name or trashed.name

            def restore() -> Path:
                target = resolve(self.profile, name, "The new name")
                place = self.profile / TRASH / trash_id
                move_own(self.profile, place / FOLDER / trashed.name, target, overwrite=False)
                remove_empty(place)
                return target

            path = await asyncio.to_thread(restore)
            kept = trashed_name(trash_id, trashed.name)
            await self.database.run(lambda connection: move_records(connection, kept, name))
            return await self._describe(name, path)

    # -- versions --------------------------------------------------------------------------------------------------

    async def versions(self, name: str) -> list[Version]:
        """The versions of a file, the newest first: what is there now is one, too.

        Raises:
            Refusal: There is no such file and never was.
        """
        path = await asyncio.to_thread(resolve, self.profile, name)
        async with self.changing:
            there = await asyncio.to_thread(read_if_there, path)
            if there is not None:
                await self._keep(name, there, "found")
        versions = await self.database.ask(lambda connection: list_versions(connection, name))
        if not versions:
            raise missing(name)
        return versions

    async def version(self, name: str, version_id: int) -> tuple[Version, bytes]:
        """A version and its text.

        Raises:
            Refusal: There is none.
        """
        found = await self.database.ask(lambda connection: read_version(connection, name, version_id))
        if found is None:
            raise not_found(f"{show(name)} has no version {version_id}; it never had, or it was too old to be kept.")
        return found

    async def label(self, name: str, version_id: int, label: str) -> Version:
        """Give a version a name; an empty one takes it away.

        Raises:
            Refusal: There is no such version.
        """
        found = await self.database.run(lambda connection: label_version(connection, name, version_id, label))
        if found is None:
            raise not_found(f"{show(name)} has no version {version_id}.")
        return found

    # -- the rest --------------------------------------------------------------------------------------------------

    async def _keep(self, name: str, text: Body, origin: Origin) -> Version:
        """Keep a text as a version, unless it is the newest; whoever asks holds `changing`."""
        last = await self.database.ask(lambda connection: newest(connection, name))
        if last is not None and last.revision == await asyncio.to_thread(revision_of, text):
            return last
        before = await self.database.ask(lambda connection: text_of_newest(connection, name))
        compared = await self._looker.compare(before, text)
        keep = partial(keep_version, file=name, text=text, origin=origin, compared=compared)
        return await self.database.run(keep, durable=True)

    async def _check(self, name: str, path: Path, there: bytes | None, condition: Condition) -> None:
        """See whether a change meets what it expects.

        Raises:
            Refusal: 412, with what is there.
        """
        if condition.is_new and there is not None:
            raise await self._conflict(name, path, there, f"{show(name)} exists already.")
        if condition.revisions is None:
            return
        if there is None:
            raise await self._conflict(name, path, there, f"{show(name)} is not there any more.")
        if "*" not in condition.revisions and await asyncio.to_thread(revision_of, there) not in condition.revisions:
            raise await self._conflict(name, path, there, f"{show(name)} was changed by somebody else meanwhile.")

    async def _conflict(self, name: str, path: Path, there: bytes | None, message: str) -> Refusal:
        file = None if there is None else await self._describe(name, path, there)
        current = None if file is None else {key: getattr(file, key) for key in WorkflowFile.__struct_fields__}
        return Refusal(message, status=412, code="revision_conflict", extra_info={"current": current})

    @property
    def root(self) -> Path:
        """Where they lie."""
        return root_of(self.profile)

    async def _describe(
        self, name: str, path: Path, text: Body | None = None, status: os.stat_result | None = None
    ) -> WorkflowFile:
        """A file by its name and path; `text` and `status` are what it holds and is, where that is known already.

        Raises:
            Refusal: It is not there.
        """
        status = await asyncio.to_thread(status_of, path) if status is None else status
        looked = await self._looker.look(path, status, text)
        if looked is None:
            raise missing(name)
        return WorkflowFile(
            name=name, size=status.st_size, modified=status.st_mtime, nodes=looked.nodes, revision=looked.revision
        )


def trashed_name(moment: str, name: str) -> str:
    """Under which name the versions of a deleted file are kept: none that a file can have."""
    return f"{TRASH}/{moment}/{name}"


def move_records(connection: sqlite3.Connection, name: str, target_name: str) -> None:
    """Have what is known of a file be known of another name."""
    move_versions(connection, name, target_name)
    move_favourite(connection, name, target_name)
