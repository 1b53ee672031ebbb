"""/userdata and /v2/userdata: the files that the page keeps for its user, workflows above all.

The directory and what may happen in it: `engine.server.profile`.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

from aiohttp import web

from engine.graph.json_values import show
from engine.server.bodies import bool_param, read_body, text_param
from engine.server.delivery import LONGEST_NAME, answer_json, send_file
from engine.server.profile import (
    EXPECTED_FILES,
    EXPECTED_FOLDERS,
    describe_file,
    find_own,
    find_profile,
    list_own,
    move_own,
    own_name,
    resolve_own,
    throw_away,
    walk_own,
    write_own,
)
from engine.server.refusal import Refusal, not_found

routes = web.RouteTableDef()


@routes.get("/userdata")
async def list_files(request: web.Request) -> web.StreamResponse:
    """The files in a folder (`dir`), also those below it (`recurse`): names, parts of names, or records."""
    profile = find_profile(request)
    folder_name = text_param(request, "dir", "", longest=LONGEST_NAME)
    if not folder_name:
        raise Refusal("The parameter 'dir' should name a folder, but is missing or empty.")
    recurse, full, split = (bool_param(request, name) for name in ("recurse", "full_info", "split"))

    def list_folder() -> list[Any]:
        if folder_name.strip("/") in EXPECTED_FOLDERS and not os.path.lexists(profile / folder_name.strip("/")):
            return []
        folder = _find_folder(profile, folder_name)
        listed: list[Any] = []
        for path in walk_own(profile, folder) if recurse else list_own(profile, folder)[1]:
            name = path.relative_to(folder).as_posix()
            if full:
                listed.append({**describe_file(profile, path), "path": name})
            else:
                listed.append([name, *name.split("/")] if split else name)
        return listed

    return await answer_json(request, list_folder)


def _find_folder(profile: Path, name: str) -> Path:
    """A folder of the profile; the profile itself for `.`."""
    folder = profile.resolve() if name.strip("/\\") in ("", ".") else resolve_own(profile, name, "The folder")
    if not os.path.isdir(folder):
        raise not_found(f"Directory not found: there is no folder {show(name)}.")
    return folder


@routes.get("/v2/userdata")
async def list_entries(request: web.Request) -> web.StreamResponse:
    """The files and folders in a folder (`path`, by default all of the user's)."""
    profile = find_profile(request)
    name = text_param(request, "path", "", longest=LONGEST_NAME) or ""

    def list_folder() -> list[dict[str, Any]]:
        if not name and not os.path.isdir(profile):
            return []
        folder = _find_folder(profile, name)
        folders, files = list_own(profile, folder)
        listed: list[dict[str, Any]] = [
            {"name": one.name, "path": own_name(profile, one), "type": "directory"} for one in folders
        ]
        for path in files:
            record = describe_file(profile, path)
            del record["created"]
            listed.append({"name": path.name, "type": "file", **record})
        return listed

    return await answer_json(request, list_folder)


@routes.get("/userdata/{file:[^/]+}")
async def read(request: web.Request) -> web.StreamResponse:
    """A file. Style sheets keep their type, so that the page may use the user's own."""
    profile, name = find_profile(request), request.match_info["file"]
    is_style = name.lower().endswith(".css")
    expected = EXPECTED_FILES.get(name)
    if expected is not None and not await asyncio.to_thread(os.path.lexists, profile / name):
        return web.Response(body=expected, content_type="text/css" if is_style else "application/json")
    path = await asyncio.to_thread(find_own, profile, name)
    return send_file(path, media_type="text/css" if is_style else None)


@routes.post("/userdata/{file:[^/]+}")
async def write(request: web.Request) -> web.Response:
    """Store the body as a file, whole or not at all."""
    profile = find_profile(request)
    overwrite, full = bool_param(request, "overwrite", True), bool_param(request, "full_info")
    path = await asyncio.to_thread(resolve_own, profile, request.match_info["file"], writes=True)
    body = await read_body(request)
    await asyncio.to_thread(write_own, profile, path, body, overwrite=overwrite)
    return await _tell(profile, path, full)


@routes.delete("/userdata/{file:[^/]+}")
async def delete(request: web.Request) -> web.Response:
    """Move a file to the trash."""
    profile = find_profile(request)

    def remove() -> None:
        throw_away(profile, find_own(profile, request.match_info["file"], writes=True))

    await asyncio.to_thread(remove)
    return web.Response(status=204)


@routes.post("/userdata/{file:[^/]+}/move/{dest:[^/]+}")
async def move(request: web.Request) -> web.Response:
    """Give a file another name."""
    profile = find_profile(request)
    overwrite, full = bool_param(request, "overwrite", True), bool_param(request, "full_info")

    def rename() -> Path:
        target = resolve_own(profile, request.match_info["dest"], "The new name", writes=True)
        source = find_own(profile, request.match_info["file"], writes=True)
        move_own(profile, source, target, overwrite=overwrite)
        return target

    return await _tell(profile, await asyncio.to_thread(rename), full)


async def _tell(profile: Path, path: Path, full: bool) -> web.Response:
    if full:
        return web.json_response(await asyncio.to_thread(describe_file, profile, path))
    return web.json_response(own_name(profile, path))
