"""Files to clients: a name becomes a path inside its directory or a refusal, a path a response that is safe to open.

Nothing that was brought here by a client, or made by a node, runs in a browser: what is no picture, sound or film is
an attachment, and no browser may guess another type. Whether there is something outside of a directory is told nobody.
"""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import msgspec
from aiohttp import web

from engine.errors import FileError
from engine.files import resolve_inside
from engine.graph.json_values import show
from engine.server.bodies import check_text
from engine.server.media import describe_delivery
from engine.server.pieces import send_json
from engine.server.refusal import Refusal, not_found
from engine.server.stalls import SEES_PAST_BUFFER

LONGEST_NAME = 2_000
_FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; sandbox"
_MUST_ASK_AGAIN = "private, no-cache"


def resolve_name(root: Path, name: object, what: str, *, status: int = 400) -> Path:
    """The path of what a client named, below `root`; it need not exist.

    Args:
        root: The directory that the name may not leave.
        name: Any JSON value.
        what: What it is, to begin the message with.
        status: Of the refusal for a name that leads outside.

    Raises:
        Refusal: if it is no name or leads outside, whether or not something is there.
    """
    text = check_text(name, what, longest=LONGEST_NAME)
    try:
        return resolve_inside(root, text, what)
    except FileError as error:
        raise Refusal(str(error), status=status, code="invalid_name") from error


def find_file(root: Path, name: object, what: str, *, status: int = 400) -> Path:
    """The path of a regular file that a client named, below `root`. Touches the disk.

    Raises:
        Refusal: as `resolve_name`; 404 if there is no such file, but perhaps a folder, a device or a pipe.
    """
    path = resolve_name(root, name, what, status=status)
    if not is_regular(path):
        raise not_found(f"{what} {show(name)} was not found.")
    return path


def find_regular(root: Path, name: str) -> Path | None:
    """The path of a regular file below `root`; None if it is not there or leads outside. Touches the disk."""
    try:
        path = resolve_inside(root, name)
    except FileError:
        return None
    return path if is_regular(path) else None


def is_regular(path: Path) -> bool:
    """Whether it is a file with contents, not a folder, a device or a pipe, and can be looked at."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


async def answer_json(request: web.Request, make: Callable[[], object]) -> web.StreamResponse:
    """Answer with the JSON values that a function gives. It is called, and they are written, on a thread."""
    return await send_json(request, await asyncio.to_thread(lambda: msgspec.json.encode(make())))


class _FileAsItIs(web.FileResponse):
    """A file's bytes; never those of a packed sibling (`name.gz`), which somebody else may have put there."""

    def _get_file_path_stat_encoding(self, accept_encoding: str) -> Any:
        del accept_encoding
        return super()._get_file_path_stat_encoding("")

    async def _sendfile(self, request: web.BaseRequest, fobj: IO[Any], offset: int, count: int) -> Any:
        """Past our own buffer, where it can be seen all the same whether the client takes anything.

        Not over TLS: asyncio then only copies as we would, and stumbles over clients that go.
        """
        is_plain = request.transport is not None and request.transport.get_extra_info("sslcontext") is None
        if SEES_PAST_BUFFER and is_plain:
            return await super()._sendfile(request, fobj, offset, count)
        writer = await web.StreamResponse.prepare(self, request)
        assert writer is not None
        return await self._sendfile_fallback(writer, fobj, offset, count)


def send_file(path: Path, *, name: str | None = None, media_type: str | None = None) -> web.FileResponse:
    """The response with a regular file: ranges, ETag and `If-None-Match` included.

    Args:
        path: Where it is.
        name: What a browser saves it as; by default as it is called.
        media_type: Instead of what the name says; the file is still an attachment unless it is shown by its name.
    """
    name = path.name if name is None else name
    by_name, is_shown = describe_delivery(name)
    response = _FileAsItIs(path, headers=file_headers(name, is_shown=is_shown))
    response.content_type = media_type or by_name
    return response


def file_headers(name: str, *, is_shown: bool) -> dict[str, str]:
    """The headers of a response with the contents of a file of this name."""
    plain = "".join(character if " " <= character < "\x7f" and character not in '"\\%' else "_" for character in name)
    disposition = f'{"inline" if is_shown else "attachment"}; filename="{plain}"'
    if plain != name:
        disposition += f"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"
    return {
        "Content-Disposition": disposition,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": _FILE_POLICY,
        "Cache-Control": _MUST_ASK_AGAIN,
    }
