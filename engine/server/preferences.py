"""/settings and /users: what the page remembers for its user, in `user/default/comfy.settings.json`.

Values are the page's own: here they are texts, which are looked through but never become values, in threads. The file
is a JSON object whatever clients send; one that cannot be read (somebody edited it) is set aside under another name,
never overwritten.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from msgspec import Raw

from engine.errors import FileError
from engine.files import write_whole
from engine.graph.json_values import show
from engine.server.bodies import check_text, read_json, read_object
from engine.server.pieces import send_json
from engine.server.profile import SETTINGS_FILE, USER, find_profile, make_way
from engine.server.refusal import Refusal, too_large

_MOST_BYTES = 8 * 2**20
_MOST_SETTINGS = 10_000
_LONGEST_ID = 500
_LOCK: web.AppKey[asyncio.Lock] = web.AppKey("preferences_lock")
_read = msgspec.json.Decoder(dict[str, Raw]).decode
logger = logging.getLogger(__name__)

routes = web.RouteTableDef()


def set_up(app: web.Application) -> None:
    """Let one change of the settings happen at a time."""
    app[_LOCK] = asyncio.Lock()


@routes.get("/users")
async def users(request: web.Request) -> web.Response:
    """That users' things are kept here, and that there is one user."""
    find_profile(request)
    return web.json_response({"storage": "server", "migrated": True})


@routes.post("/users")
async def add_user(request: web.Request) -> web.Response:
    """Refused: there is one user."""
    name = check_text((await read_object(request)).get("username"), "'username'", longest=_LONGEST_ID)
    if name.strip().lower() == USER:
        raise Refusal("Duplicate username.", code="duplicate_user")
    raise Refusal("This server has one user; others cannot be added.", status=403, code="single_user")


@routes.get("/settings")
async def settings(request: web.Request) -> web.StreamResponse:
    """Every setting."""
    async with request.app[_LOCK]:
        text = await asyncio.to_thread(lambda: _write(read_settings(find_profile(request))))
    return await send_json(request, text)


@routes.get("/settings/{id:[^/]+}")
async def setting(request: web.Request) -> web.StreamResponse:
    """One setting, null if it was never set."""
    name = check_text(request.match_info["id"], "The setting's id", longest=_LONGEST_ID)
    async with request.app[_LOCK]:
        known = await asyncio.to_thread(read_settings, find_profile(request))
    return await send_json(request, bytes(known.get(name, b"null")))


@routes.post("/settings")
async def change_settings(request: web.Request) -> web.Response:
    """Set several; the others stay."""
    profile, changes = find_profile(request), await read_object(request)
    await _change(request, profile, changes)
    return web.Response()


@routes.post("/settings/{id:[^/]+}")
async def change_setting(request: web.Request) -> web.Response:
    """Set one to any JSON value."""
    profile = find_profile(request)
    await _change(request, profile, {request.match_info["id"]: await read_json(request)})
    return web.Response()


async def _change(request: web.Request, profile: Path, changes: dict[str, Any]) -> None:
    if len(changes) > _MOST_SETTINGS:
        raise _too_many(len(changes))
    async with request.app[_LOCK]:
        await asyncio.to_thread(_merge, profile, changes)


def _merge(profile: Path, changes: Mapping[str, Any]) -> None:
    for name in changes:
        check_text(name, "A setting's id", longest=_LONGEST_ID)
    merged: dict[str, Raw | bytes] = {**read_settings(profile)}
    merged.update((name, msgspec.json.encode(value)) for name, value in changes.items())
    if len(merged) > _MOST_SETTINGS:
        raise _too_many(len(merged))
    text = _write(merged)
    if len(text) > _MOST_BYTES:
        raise too_large(
            f"All settings together may take {_MOST_BYTES} bytes, a fixed limit; with this they would take {len(text)}."
        )
    path = profile / SETTINGS_FILE
    make_way(profile, path.resolve(), overwrite=True)
    try:
        write_whole(path, lambda file: file.write(text))
    except FileError as error:
        raise Refusal("The settings cannot be written.", status=507, code="file_error") from error


def _too_many(count: int) -> Refusal:
    return too_large(f"There may be {_MOST_SETTINGS} settings, a fixed limit; with this there would be {count}.")


def _write(record: Mapping[str, Raw | bytes]) -> bytes:
    """JSON text of an object, one member a line, of the texts of its values."""
    if not record:
        return b"{}"
    members = (msgspec.json.encode(name) + b": " + bytes(text) for name, text in record.items())
    return b"{\n " + b",\n ".join(members) + b"\n}"


def read_settings(profile: Path) -> dict[str, Raw]:
    """The settings of a profile, JSON texts; none if there is no file, or it is damaged: then it is set aside.

    Raises:
        Refusal: 507 if the disk does not give it.
    """
    path = profile / SETTINGS_FILE
    try:
        if path.stat().st_size > 2 * _MOST_BYTES:
            raise ValueError(f"has {path.stat().st_size} bytes")
        return _read(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise Refusal("The settings cannot be read.", status=507, code="file_error") from error
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        aside = path.with_name(f"comfy.settings.damaged-{time.strftime('%Y%m%d-%H%M%S')}.json")
        logger.warning("%s is damaged (%s) and set aside as %s.", SETTINGS_FILE, show(str(error)), aside.name)
        try:
            path.rename(aside)
        except OSError as failure:
            logger.warning("It cannot be renamed: %s", failure.strerror)
        return {}
