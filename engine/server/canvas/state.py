"""All that the canvas keeps, as the routes find it: opened when it is first asked for, closed with the server."""

from __future__ import annotations

import asyncio

from aiohttp import web

from engine.server.canvas.database import Database
from engine.server.canvas.workflow_files import WorkflowFiles
from engine.server.keys import SERVER_SETTINGS, SETTINGS
from engine.server.profile import profile_directory


class Canvas:
    """What the canvas keeps. Its parts wait for the file to be opened.

    Args:
        app: The application, with its settings.
    """

    def __init__(self, app: web.Application) -> None:
        self._settings = app[SETTINGS]
        self._in_memory = app[SERVER_SETTINGS].in_memory
        self._opening = asyncio.Lock()
        self._database: Database | None = None
        self._files: WorkflowFiles | None = None

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
            self._files = WorkflowFiles(profile_directory(self._settings), database)
        return self._files

    async def close(self) -> None:
        """Let go of the file."""
        if self._database is not None:
            await asyncio.to_thread(self._database.close)


CANVAS: web.AppKey[Canvas] = web.AppKey("canvas")


def set_up(app: web.Application) -> None:
    """Give the application what the canvas keeps."""
    app[CANVAS] = Canvas(app)

    async def close(app: web.Application) -> None:
        await app[CANVAS].close()

    app.on_cleanup.append(close)
