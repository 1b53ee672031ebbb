"""All that the canvas keeps, as the routes find it: opened when it is first asked for, closed with the server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

from engine.jobs.events import JobEvent, NodeFinished
from engine.server.canvas.database import Database
from engine.server.canvas.index import Index
from engine.server.canvas.scan import Scanner
from engine.server.canvas.trash import keep_emptying
from engine.server.canvas.workflow_files import WorkflowFiles
from engine.server.keys import DISPATCHER, HEAVY, SERVER_SETTINGS, SETTINGS
from engine.server.profile import profile_directory
from engine.workers.notices import Notice


class Canvas:
    """What the canvas keeps. Its parts wait for the file to be opened.

    Args:
        app: The application, with its settings.
    """

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self._settings = app[SETTINGS]
        self._in_memory = app[SERVER_SETTINGS].in_memory
        self._opening = asyncio.Lock()
        self._database: Database | None = None
        self._files: WorkflowFiles | None = None
        self._index: Index | None = None
        self._scanner: Scanner | None = None
        self._working: asyncio.Task[None] | None = None
        self._emptying: asyncio.Task[None] | None = None
        self._listeners: list[Callable[[int, int], None]] = []

    async def database(self) -> Database:
        """The database.

        Raises:
            StoreError: It cannot be opened. The next one who asks tries again.
        """
        async with self._opening:
            if self._database is None:
                directory = None if self._in_memory else self._settings.directory("user")
                self._database = await asyncio.to_thread(Database.open, directory)
            return self._database

    async def files(self) -> WorkflowFiles:
        """The workflow files."""
        database = await self.database()
        if self._files is None:
            self._files = WorkflowFiles(profile_directory(self._settings), database, self._app[HEAVY])
        return self._files

    async def gallery(self) -> tuple[Index, Scanner]:
        """The index of the output directory, and who keeps it up to date, from the first time it is asked for."""
        database = await self.database()
        if self._scanner is None or self._index is None:
            self._index = Index(database)
            self._scanner = Scanner(self._settings.directory("output"), database, self._app[HEAVY], self._tell)
            self._working = asyncio.create_task(self._scanner.work(), name="gallery")
        return self._index, self._scanner

    async def empty_trash(self) -> None:
        """See to it, from now on, that what was deleted long ago goes for good."""
        self._emptying = asyncio.create_task(keep_emptying(await self.files()), name="trash")

    def hear(self, notice: Notice) -> None:
        """Look for new files when a node has left some."""
        event = notice.event if isinstance(notice, JobEvent) else None
        if self._scanner is not None and isinstance(event, NodeFinished) and event.ui:
            self._scanner.wake()

    def subscribe(self, listener: Callable[[int, int], None]) -> Callable[[], None]:
        """Have a function called with how many files came and how many went. Returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self, added: int, removed: int) -> None:
        if self._index is not None:
            self._index.changed()
        for listener in list(self._listeners):
            listener(added, removed)

    async def close(self) -> None:
        """Let go of the file."""
        for task in (self._working, self._emptying):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if self._database is not None:
            await asyncio.to_thread(self._database.close)


CANVAS: web.AppKey[Canvas] = web.AppKey("canvas")


def set_up(app: web.Application) -> None:
    """Give the application what the canvas keeps."""
    app[CANVAS] = Canvas(app)

    async def listen(app: web.Application) -> None:
        app[DISPATCHER].subscribe(app[CANVAS].hear)
        if not app[SERVER_SETTINGS].in_memory:
            await app[CANVAS].gallery()
            await app[CANVAS].empty_trash()

    async def close(app: web.Application) -> None:
        await app[CANVAS].close()

    app.on_startup.append(listen)
    app.on_cleanup.append(close)
