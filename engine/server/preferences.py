"""/settings and /users: what the page remembers for its user, in `user/default/comfy.settings.json`.

Values are the page's own; the file is a JSON object whatever clients send. A file that cannot be read (somebody edited
it) is set aside under another name, never overwritten.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from pathlib import Path
from typing import Any

from aiohttp import web

from engine.errors import FileError
from engine.files import write_whole
from engine.graph.json_values import as_object, show
from engine.server.bodies import check_text, parse_json, read_json, read_object
from engine.server.keys import SERVER_SETTINGS
from engine.server.profile import SETTINGS_FILE, USER, find_profile, make_way
from engine.server.refusal import Refusal, too_large

_MOST_BYTES = 8 * 2**20
_LONGEST_ID = 500
_LOCK: web.AppKey[asyncio.Lock] = web.AppKey("preferences_lock")
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
async def settings(request: web.Request) -> web.Response:
    """Every setting."""
    async with request.app[_LOCK]:
        return web.json_response(await asyncio.to_thread(read_settings, find_profile(request)))


@routes.get("/settings/{id:[^/]+}")
async def setting(request: web.Request) -> web.Response:
    """One setting, null if it was never set."""
    name = check_text(request.match_info["id"], "The setting's id", longest=_LONGEST_ID)
    async with request.app[_LOCK]:
        return web.json_response((await asyncio.to_thread(read_settings, find_profile(request))).get(name))


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
    for name in changes:
        check_text(name, "A setting's id", longest=_LONGEST_ID)
    depth = request.app[SERVER_SETTINGS].max_json_depth
    async with request.app[_LOCK]:
        await asyncio.to_thread(_merge, profile, changes, depth)


def _merge(profile: Path, changes: dict[str, Any], max_depth: int) -> None:
    text = json.dumps({**read_settings(profile), **changes}, indent=1, allow_nan=False).encode()
    if len(text) > _MOST_BYTES:
        raise too_large(f"All settings together may take {_MOST_BYTES} bytes; with this they would take {len(text)}.")
    # One level more than a body may have: what was accepted must be readable again.
    parse_json(text, max_depth=max_depth + 2)
    path = profile / SETTINGS_FILE
    make_way(profile, path.resolve(), overwrite=True)
    try:
        write_whole(path, lambda file: file.write(text))
    except FileError as error:
        raise Refusal("The settings cannot be written.", status=507, code="file_error") from error


def read_settings(profile: Path) -> dict[str, Any]:
    """The settings of a profile; none if there is no file, or it is damaged: then it is set aside.

    Raises:
        Refusal: 507 if the disk does not give it.
    """
    path = profile / SETTINGS_FILE
    try:
        if path.stat().st_size > 2 * _MOST_BYTES:
            raise ValueError(f"has {path.stat().st_size} bytes")
        record = as_object(json.loads(path.read_bytes()))
        if record is None:
            raise ValueError("is not a JSON object")
        return dict(record)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise Refusal("The settings cannot be read.", status=507, code="file_error") from error
    except (ValueError, RecursionError) as error:
        aside = path.with_name(f"comfy.settings.damaged-{time.strftime('%Y%m%d-%H%M%S')}.json")
        logger.warning("%s is damaged (%s) and set aside as %s.", SETTINGS_FILE, show(str(error)), aside.name)
        try:
            path.rename(aside)
        except OSError as failure:
            logger.warning("It cannot be renamed: %s", failure.strerror)
        return {}
