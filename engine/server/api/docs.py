"""The OpenAPI document, and a page that shows it: HTML written here, without scripts or anything from outside."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from html import escape
from typing import Any, cast

from aiohttp import web

from engine.server.api.route import Answer, route
from engine.server.api.writing import encode_json

_EMPTY: tuple[Any, ...] = (None, "", [], {})
DOCUMENT: web.AppKey[dict[str, Any]] = web.AppKey("openapi")
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
:root { color-scheme: light dark; }
details { border-top: 1px solid #8886; padding: .3rem 0; }
summary { cursor: pointer; }
code, .method { font-family: ui-monospace, monospace; font-size: .9em; }
.method { display: inline-block; min-width: 4rem; font-weight: bold; }
.what { opacity: .75; }
table { border-collapse: collapse; margin: .5rem 0; width: 100%; }
td, th { border-bottom: 1px solid #8884; padding: .2rem .5rem .2rem 0; text-align: left; vertical-align: top; }
nav a { margin-right: 1rem; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@route(
    "GET",
    "/openapi.json",
    tag="server",
    answers=(Answer(200, {"type": "object"}, "An OpenAPI document of version 3.1."),),
)
async def show_document(request: web.Request) -> web.Response:
    """This document."""
    return web.Response(body=encode_json(request.app[DOCUMENT]), content_type="application/json")


@route("GET", "/docs", tag="server", answers=(Answer(200, {"type": "string"}, "A page for people.", "text/html"),))
async def show_page(request: web.Request) -> web.Response:
    """This document as a page."""
    return web.Response(
        text=write_page(request.app[DOCUMENT]),
        content_type="text/html",
        charset="utf-8",
        headers={"Content-Security-Policy": _POLICY},
    )


def write_page(document: Mapping[str, Any]) -> str:
    """The page that shows an OpenAPI document as `openapi` makes it."""
    info = document["info"]
    parts: list[str] = []
    tags = [tag["name"] for tag in document["tags"]]
    for tag in tags:
        parts.append(f'<h2 id="{escape(tag)}">{escape(tag)}</h2>')
        for path, methods in document["paths"].items():
            parts += [_operation(method, path, one) for method, one in methods.items() if tag in one["tags"]]
    parts.append('<h2 id="schemas">schemas</h2>')
    parts += [_component(name, schema) for name, schema in sorted(document["components"]["schemas"].items())]
    links = " ".join(f'<a href="#{escape(tag)}">{escape(tag)}</a>' for tag in [*tags, "schemas"])
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(info["title"])} API</title><style>{_STYLE}</style></head><body>
<h1>{escape(info["title"])} API</h1><p>{_text(info["description"])}</p>
<p><a href="openapi.json">openapi.json</a></p><nav>{links}</nav>
{"".join(parts)}
</body></html>"""


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    rows = [
        (parameter["name"], f"{parameter['in']}: {_type(parameter['schema'])}", parameter["description"])
        for parameter in operation.get("parameters", ())
    ]
    body = operation.get("requestBody", {}).get("content", {})
    bodies = [
        (media, _type(content["schema"]), content["schema"].get("description", "")) for media, content in body.items()
    ]
    replies = [
        (status, _content_types(reply.get("content", {})), reply["description"])
        for status, reply in operation["responses"].items()
    ]
    return (
        f'<details><summary><span class="method">{method.upper()}</span> <code>{escape(path)}</code> '
        f'<span class="what">{_text(operation["summary"])}</span></summary><p>{_text(operation["description"])}</p>'
        f"{_table('Parameters', rows)}{_table('Body', bodies)}{_table('Replies', replies)}</details>"
    )


def _content_types(contents: Mapping[str, Any]) -> str:
    return ", ".join(
        _type(content["schema"]) if media == "application/json" else f"<code>{escape(media)}</code>"
        for media, content in contents.items()
    )


def _component(name: str, schema: Mapping[str, Any]) -> str:
    rows = [(field, _type(one), one.get("description", "")) for field, one in schema.get("properties", {}).items()]
    return (
        # The id is inside: a link to it opens the whole.
        f"<details><summary><code>{escape(name)}</code></summary>"
        f'<p id="schema-{escape(name)}">{_text(schema.get("description", ""))}</p>'
        f"{_table('Fields', rows)}</details>"
    )


def _table(title: str, rows: list[tuple[str, str, str]]) -> str:
    if not rows:
        return ""
    cells = "".join(f"<tr><td><code>{escape(a)}</code></td><td>{b}</td><td>{_text(c)}</td></tr>" for a, b, c in rows)
    return f"<h3>{title}</h3><table>{cells}</table>"


def _type(schema: Mapping[str, Any]) -> str:
    """A schema in a few words of HTML."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#schema-{name}"><code>{name}</code></a>'
    if "anyOf" in schema and schema.get("type") != "object":
        return " or ".join(_type(option) for option in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    kind = escape(str(schema.get("type", "any")))
    if kind == "array":
        items = schema.get("prefixItems") or [schema.get("items", {})]
        return f"list of {', '.join(map(_type, items))}"
    values = schema.get("additionalProperties")
    if kind == "object" and isinstance(values, dict) and values:
        return f"object of {_type(cast('Mapping[str, Any]', values))}"
    bounds = [f"{word} {schema[key]:.16g}" for key, word in (("minimum", "from"), ("maximum", "to")) if key in schema]
    default = [f"default {escape(json.dumps(schema['default']))}"] if schema.get("default") not in _EMPTY else []
    return " ".join([kind, *bounds, *default])


def _text(text: str) -> str:
    """Text with `code` in back-quotes."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))
