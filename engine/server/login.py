"""`/login`: where a browser shows the token, if it came without. No scripts, nothing from elsewhere."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qs

from aiohttp import hdrs, web

from engine.server.bodies import read_body
from engine.server.keys import GATE
from engine.server.refusal import Refusal

routes = web.RouteTableDef()

_LONGEST_FORM_BYTES = 8 * 1024
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Skein</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 15vh auto; padding: 0 1rem; }
  input, button { font: inherit; padding: .5rem .75rem; width: 100%%; box-sizing: border-box; margin-top: .75rem; }
</style>
<h1>Skein</h1>
<p>This server asks for its token. It was printed when the server was started.</p>
<p role="alert">%s</p>
<form method="post" action="/login">
  <label>Token <input name="token" type="password" autocomplete="current-password" autofocus required></label>
  <button>Open</button>
</form>
"""


def wants_page(request: web.Request) -> bool:
    """Whether somebody opened the page in a browser, who is better served by a form than by JSON."""
    return request.method == "GET" and request.path == "/" and "text/html" in request.headers.get(hdrs.ACCEPT, "")


def _write_page(problem: str = "", status: int = 200) -> web.Response:
    return web.Response(
        text=_PAGE % escape(problem),
        status=status,
        content_type="text/html",
        headers={"Content-Security-Policy": _POLICY, hdrs.CACHE_CONTROL: "no-store"},
    )


@routes.get("/login")
async def show_form(request: web.Request) -> web.Response:
    """The form, or the page itself where no token is asked for."""
    if not request.app[GATE].requires_token:
        raise web.HTTPSeeOther("/")
    return _write_page()


@routes.post("/login")
async def let_in(request: web.Request) -> web.Response:
    """Take the token from the form."""
    gate = request.app[GATE]
    if (request.content_length or 0) > _LONGEST_FORM_BYTES or request.content_length is None:
        raise Refusal(f"A form of at most {_LONGEST_FORM_BYTES} bytes was expected, a fixed limit.", status=413)
    form = parse_qs((await read_body(request)).decode("utf-8", "replace"))
    if gate.requires_token:
        try:
            gate.check_shown(request, form.get("token", [""])[0].strip())
        except Refusal as refusal:
            return _write_page(str(refusal), refusal.status)
    answer = web.Response(status=303, headers={hdrs.LOCATION: "/"})
    gate.give_cookie(request, answer)
    return answer
