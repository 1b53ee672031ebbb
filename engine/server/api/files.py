"""Files of the input, output and temp directories: whether they are still what somebody has seen of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from engine.files import Folder
from engine.server.api.route import route
from engine.server.delivery import LONGEST_NAME
from engine.server.files import find_viewed
from engine.server.keys import SETTINGS
from engine.server.refusal import Refusal
from engine.settings import Settings

_MOST_FILES = 1000
_Name = Annotated[str, Meta(max_length=LONGEST_NAME)]


class NamedFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file, as `/view` takes it.

    Attributes:
        filename: Its name.
        subfolder: The folder that it is in; empty for none.
        kind: The directory below which that is.
    """

    filename: _Name
    subfolder: _Name = ""
    kind: Folder = "output"


class SomeFiles(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which files.

    Attributes:
        files: Their names; they need not exist.
    """

    files: Annotated[list[NamedFile], Meta(min_length=1, max_length=_MOST_FILES)]


class FileVersions(Struct, frozen=True, kw_only=True):
    """What files hold at present.

    Attributes:
        versions: In the order in which they were named: a text that is another one once the file was written anew;
            null for what is no file there.
    """

    versions: list[str | None]


@route("POST", "/files/versions")
async def show_file_versions(request: web.Request, body: SomeFiles) -> FileVersions:
    """What files hold at present, by a name for it: who has seen one sees whether it is another now."""
    return FileVersions(versions=await asyncio.to_thread(_versions_of, request.app[SETTINGS], body.files))


def _versions_of(settings: Settings, files: Sequence[NamedFile]) -> list[str | None]:
    return [_version_of(settings, one) for one in files]


def _version_of(settings: Settings, file: NamedFile) -> str | None:
    try:
        status = find_viewed(settings, file.filename, file.kind, file.subfolder).stat()
    except (OSError, Refusal):
        return None
    return f"{status.st_mtime_ns:x}-{status.st_size:x}"
