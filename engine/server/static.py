"""The page: files of a front end, scripts of packs, workflows to begin with.

`--front-end-root` says which front end; without it `web/dist`, if it was built; else `engine/server/pages`. Files of a
page run in the browser, so they come only from these directories and those of packs, never from where clients write.
"""

from __future__ import annotations

import asyncio
import mimetypes
from pathlib import Path, PurePosixPath

from aiohttp import web

from engine.errors import FileError
from engine.files import resolve_inside, walk_files
from engine.graph.json_values import show
from engine.server.bodies import check_text
from engine.server.delivery import LONGEST_NAME, answer_json, is_regular
from engine.server.keys import DISPATCHER, PACK_FILES, SERVER_SETTINGS, SETTINGS
from engine.server.pack_files import PackFiles
from engine.server.pack_routes import find_site, pass_on
from engine.server.refusal import not_found
from engine.server.security import page_policy
from engine.settings import ServerSettings

_HOME = Path(__file__).resolve().parent.parent.parent
BUILT_PAGE = _HOME / "web" / "dist"
PLAIN_PAGE = Path(__file__).resolve().parent / "pages"
WORKFLOWS = _HOME / "workflows"
OUR_PACK = "skein"
"""Under this name our own workflows are among the templates."""

_TYPES = {  # what this machine's registry may have wrong or not at all
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".webmanifest": "application/manifest+json",
}
_NEVER = {"Cache-Control": "no-cache", "Pragma": "no-cache", "Expires": "0"}
_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".gif", ".webp", ".ico", ".svg", ".avif"})
_DAY_S, _HOUR_S = 86_400, 3_600

routes = web.RouteTableDef()


def set_up(app: web.Application) -> None:
    """Give the application the files of packs."""
    catalog = app[DISPATCHER].catalog
    app[PACK_FILES] = PackFiles(app[SETTINGS], lambda: catalog.packs)


def find_page(settings: ServerSettings) -> Path:
    """The directory with the page's files."""
    if settings.front_end_root is not None:
        return settings.front_end_root
    return BUILT_PAGE if (BUILT_PAGE / "index.html").is_file() else PLAIN_PAGE


def _page_of(request: web.Request) -> Path:
    return find_page(request.app[SERVER_SETTINGS])


# -- the page --------------------------------------------------------------------------------------------------------


@routes.get("/")
async def index(request: web.Request) -> web.StreamResponse:
    """The page itself; never out of a cache."""
    return await _send(request, _page_of(request), "index.html", _NEVER)


async def _send(request: web.Request, root: Path, name: str, headers: dict[str, str] | None = None) -> web.FileResponse:
    """A file of a page."""
    check_text(name, "The path", longest=LONGEST_NAME)
    path = await asyncio.to_thread(_find, root, name)
    suffix = PurePosixPath(name).suffix.lower()
    if path is None:
        refusal = not_found(f"There is nothing at {show(request.path)}.")
        if suffix in _PICTURES:
            refusal.headers["Cache-Control"] = f"public, max-age={_HOUR_S}"
        raise refusal
    response = web.FileResponse(path, headers=headers or _cache_rule(name))
    response.headers["Content-Security-Policy"] = page_policy(request)
    response.content_type = _TYPES.get(suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if response.content_type.startswith("text/") or suffix in (".json", ".map"):
        response.charset = "utf-8"
    return response


def _find(root: Path, name: str) -> Path | None:
    """A regular file below a directory; hidden ones are not there."""
    if any(part.startswith(".") for part in PurePosixPath(name).parts):
        return None
    try:
        path = resolve_inside(root, name)
    except FileError:
        return None
    return path if is_regular(path) else None


def _cache_rule(name: str) -> dict[str, str]:
    """How long a browser may keep a file: pictures for a day, all else if it asks whether it changed."""
    if PurePosixPath(name).suffix.lower() in _PICTURES:
        return {"Cache-Control": f"public, max-age={_DAY_S}"}
    return {"Cache-Control": "no-cache"}


# -- packs -----------------------------------------------------------------------------------------------------------


@routes.get("/extensions")
async def extensions(request: web.Request) -> web.StreamResponse:
    """The addresses of all scripts of the page's own extensions and of packs."""
    places = {"": _page_of(request) / "extensions"}
    places |= {f"{pack}/": directory for pack, directory in request.app[PACK_FILES].scripts().items()}

    def list_scripts() -> list[str]:
        return [
            f"/extensions/{start}{name}"
            for start, directory in places.items()
            for name in sorted(walk_files(directory, {".js"}, leave=False))
        ]

    return await answer_json(request, list_scripts)


@routes.get("/extensions/{path:.+}")
async def extension_file(request: web.Request) -> web.StreamResponse:
    """A file of a pack, or of the page's own extensions."""
    path = request.match_info["path"]
    pack, _, rest = path.partition("/")
    directory = request.app[PACK_FILES].scripts().get(pack)
    if directory is not None:
        return await _send(request, directory, rest)
    return await _send(request, _page_of(request) / "extensions", path)


@routes.get("/i18n")
async def translations(request: web.Request) -> web.Response:
    """Texts of packs by language: `{language: {nodeDefs, commands, settings, ...}}`."""
    return web.json_response(await asyncio.to_thread(request.app[PACK_FILES].translations))


@routes.get("/global_subgraphs")
async def subgraphs(_: web.Request) -> web.Response:
    """Subgraphs that packs bring: none yet."""
    return web.json_response({})


@routes.get("/global_subgraphs/{id}")
async def subgraph(request: web.Request) -> web.Response:
    """One of them."""
    raise not_found(f"There is no subgraph {show(request.match_info['id'])}.")


@routes.get("/node_replacements")
async def node_replacements(_: web.Request) -> web.Response:
    """Node types that stand for older ones on the canvas: none; the server knows the old names itself."""
    return web.json_response({})


# -- templates -------------------------------------------------------------------------------------------------------


@routes.get("/workflow_templates")
async def workflow_templates(request: web.Request) -> web.Response:
    """The names of workflows to begin with, by pack."""
    places = {OUR_PACK: WORKFLOWS, **request.app[PACK_FILES].examples()}

    def list_names() -> dict[str, list[str]]:
        names = {pack: sorted(path.stem for path in directory.glob("*.json")) for pack, directory in places.items()}
        return {pack: found for pack, found in names.items() if found}

    return web.json_response(await asyncio.to_thread(list_names))


@routes.get("/workflow_templates/{pack}/{path:.+}")
async def workflow_template(request: web.Request) -> web.StreamResponse:
    """One of them, or its picture."""
    pack = request.match_info["pack"]
    directory = WORKFLOWS if pack == OUR_PACK else request.app[PACK_FILES].examples().get(pack)
    if directory is None:
        raise not_found(f"There is no pack {show(pack)} with workflows.")
    return await _send(request, directory, request.match_info["path"])


@routes.get("/templates/{path:.+}")
async def page_template(request: web.Request) -> web.StreamResponse:
    """Templates of the page; a page without any finds an empty index."""
    root, path = _page_of(request) / "templates", request.match_info["path"]
    is_index = path.startswith("index") and path.endswith(".json") and "/" not in path
    if is_index and await asyncio.to_thread(_find, root, path) is None:
        return web.json_response([])
    return await _send(request, root, path)


@routes.get("/{path:.+}")
async def page_file(request: web.Request) -> web.StreamResponse:
    """What a pack answers itself, or any other file of the page. Must stay the last route."""
    if (site := find_site(request)) is not None:
        return await pass_on(request, site)
    if request.path.startswith("/api/"):
        raise not_found(f"There is nothing at {show(request.path)}.")
    if request.path == "/user.css" and await asyncio.to_thread(_find, _page_of(request), "user.css") is None:
        return web.Response(content_type="text/css")  # a place for the user's own style, by default empty
    return await _send(request, _page_of(request), request.match_info["path"])
