"""What the server says about itself: /system_stats, /features, the log, and which files lie where.

Answered at once, whatever the workers do. Paths of this machine are shown only with `--verbose DEBUG`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil
from aiohttp import web

from engine.files import FOLDERS, is_text
from engine.graph.json_values import show
from engine.server.bodies import check_text, read_object
from engine.server.delivery import answer_json
from engine.server.files import check_folder
from engine.server.keys import DISPATCHER, HUB, LOGS, SERVER_SETTINGS, SETTINGS
from engine.server.log_ring import Line, LogRing
from engine.server.model_files import list_kinds, name_folders
from engine.server.protocol import features
from engine.server.refusal import Refusal
from engine.workers.messages import DeviceInfo, LogLine
from engine.workers.notices import Notice

COMFYUI_VERSION = "0.3.64"
"""The version whose protocol we speak; clients compare it with what they need."""
_FLAGS_THAT_HOLD = ("--disable-api-nodes",)
"""Flags of other programs that say what is always so here: no node asks a paid service, and no page need do so."""
_MEMORY_TIMEOUT_S = 0.5
_MOST_SUBSCRIBERS = 100
_TERMINAL = {"cols": 80, "rows": 24}
_SUBSCRIBERS: web.AppKey[dict[str, None]] = web.AppKey("log_subscribers")

routes = web.RouteTableDef()


def set_up(app: web.Application) -> None:
    """Keep what is logged from now on, here and in workers, and send it to those who asked."""
    ring = LogRing(shows_internals=app[SERVER_SETTINGS].shows_internals)
    app[LOGS], app[_SUBSCRIBERS] = ring, {}
    app.on_startup.append(_start_log)


async def _start_log(app: web.Application) -> None:
    ring, loop = app[LOGS], asyncio.get_running_loop()

    def take(notice: Notice) -> None:
        if isinstance(notice, LogLine):
            ring.add(notice.at, notice.text)

    def tell(lines: list[Line]) -> None:
        if app[_SUBSCRIBERS]:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(_send_lines, app, lines)

    ends = [ring.subscribe(tell), app[DISPATCHER].subscribe(take)]
    root = logging.getLogger()
    root.addHandler(ring)

    async def stop(app: web.Application) -> None:
        del app
        root.removeHandler(ring)
        for end in ends:
            end()

    app.on_cleanup.append(stop)


def _send_lines(app: web.Application, lines: list[Line]) -> None:
    message = {"entries": [line.record() for line in lines], "size": _TERMINAL}
    for client_id in list(app[_SUBSCRIBERS]):
        if app[HUB].has(client_id):
            app[HUB].send("logs", message, client_id)
        else:
            del app[_SUBSCRIBERS][client_id]


# -- the machine -----------------------------------------------------------------------------------------------------


@routes.get("/system_stats")
async def system_stats(request: web.Request) -> web.Response:
    """Versions, memory and devices."""
    dispatcher, server = request.app[DISPATCHER], request.app[SERVER_SETTINGS]
    versions, memory = dispatcher.catalog.versions, psutil.virtual_memory()
    system = {
        "os": sys.platform,
        "ram_total": memory.total,
        "ram_free": memory.available,
        "comfyui_version": COMFYUI_VERSION,
        "skein_version": versions.get("skein") or _installed("skein") or "",
        "required_frontend_version": _installed("comfyui-frontend-package"),
        "installed_templates_version": None,
        "required_templates_version": None,
        "python_version": sys.version,
        "pytorch_version": versions.get("torch") or _installed("torch") or "",
        "embedded_python": False,
        "argv": [*(sys.argv if server.shows_internals else list_flags(sys.argv)), *_FLAGS_THAT_HOLD],
    }
    devices = [_describe_device(device) for device in await list_devices(request)]
    return web.json_response({"system": system, "devices": devices})


def list_flags(argv: list[str]) -> list[str]:
    """A command line without what it says about this machine: the program's name and the names of flags."""
    program = os.path.basename(argv[0]) if argv else ""
    return [program, *(word.partition("=")[0] for word in argv[1:] if word.startswith("--"))]


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


async def list_devices(request: web.Request) -> tuple[DeviceInfo, ...]:
    """Devices with what they have free now, or had when a worker last said, if none says it at once."""
    dispatcher = request.app[DISPATCHER]
    if dispatcher.catalog.registry is None:
        return dispatcher.catalog.devices
    with contextlib.suppress(TimeoutError):
        for _, report in await asyncio.wait_for(dispatcher.memory(), _MEMORY_TIMEOUT_S):
            if report is not None and report.devices:
                return report.devices
    return dispatcher.catalog.devices


def _describe_device(device: DeviceInfo) -> dict[str, Any]:
    return {
        "name": device.name,
        "type": device.type,
        "index": device.index,
        "vram_total": device.memory_total,
        "vram_free": device.memory_free,
        "torch_vram_total": device.torch_memory_total,
        "torch_vram_free": device.torch_memory_free,
    }


@routes.get("/features")
async def show_features(request: web.Request) -> web.Response:
    """What this server can do."""
    return web.json_response(features(request.app[SERVER_SETTINGS]))


# -- the log ---------------------------------------------------------------------------------------------------------


@routes.get("/internal/logs")
async def logs(request: web.Request) -> web.StreamResponse:
    """The last lines as one text."""
    lines = request.app[LOGS].lines()
    return await answer_json(request, lambda: "".join(f"{line.record()['t']} - {line.text}\n" for line in lines))


@routes.get("/internal/logs/raw")
async def raw_logs(request: web.Request) -> web.StreamResponse:
    """The last lines with their times."""
    lines = request.app[LOGS].lines()
    return await answer_json(request, lambda: {"entries": [line.record() for line in lines], "size": _TERMINAL})


@routes.patch("/internal/logs/subscribe")
async def subscribe_logs(request: web.Request) -> web.Response:
    """Begin or end sending new lines to a websocket client, as `logs` messages."""
    body = await read_object(request)
    client_id = check_text(body.get("clientId"), "'clientId'", longest=256)
    enabled, subscribers = body.get("enabled"), request.app[_SUBSCRIBERS]
    if not isinstance(enabled, bool):
        raise Refusal(f"'enabled' should be true or false, but is {show(enabled)}.")
    if not enabled:
        subscribers.pop(client_id, None)
    elif not request.app[HUB].has(client_id):
        raise Refusal(f"No websocket client {show(client_id)} is connected.", code="unknown_client")
    else:
        for known in list(subscribers) if len(subscribers) >= _MOST_SUBSCRIBERS else ():
            if not request.app[HUB].has(known):
                del subscribers[known]
        if len(subscribers) >= _MOST_SUBSCRIBERS:
            raise Refusal(f"{_MOST_SUBSCRIBERS} clients follow the log already, a fixed limit.", status=429)
        subscribers[client_id] = None
    return web.Response()


# -- files -----------------------------------------------------------------------------------------------------------


@routes.get("/internal/folder_paths")
async def folder_paths(request: web.Request) -> web.Response:
    """The directories of every kind of model file."""
    settings, shows_paths = request.app[SETTINGS], request.app[SERVER_SETTINGS].shows_internals
    kinds = await asyncio.to_thread(list_kinds, settings)
    return web.json_response({kind: name_folders(settings, kind, shows_paths) for kind in kinds})


@routes.get("/internal/files/{kind}")
async def files_of_kind(request: web.Request) -> web.StreamResponse:
    """The names of the files in the input, output or temp directory, the newest first."""
    kind = check_folder(request.match_info["kind"], f"The directory type (one of {', '.join(FOLDERS)})")
    return await answer_json(request, lambda: list_newest_first(request.app[SETTINGS].directory(kind)))


def list_newest_first(directory: Path) -> list[str]:
    """The visible files right in a directory."""
    found: list[tuple[float, str]] = []
    with contextlib.suppress(FileNotFoundError), os.scandir(directory) as entries:
        for entry in entries:
            if entry.name.startswith(".") or not is_text(entry.name):
                continue
            with contextlib.suppress(OSError):
                if entry.is_file(follow_symlinks=False):
                    found.append((-entry.stat().st_mtime, entry.name))
    return [name for _, name in sorted(found)]
