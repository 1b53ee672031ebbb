"""TypeScript types of `/api/v1`, made from its OpenAPI document, which is made from the code of the routes.

    python web/tools/api_types.py            writes web/src/api/schema.gen.ts
    python web/tools/api_types.py --check    fails if that file is not what the code makes

Every record becomes an interface with its words, every route that answers with JSON an entry of `Routes`. Needs the
packages of requirements.txt, no Node. The same code makes the same bytes everywhere.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HOME))

from engine.server.api import ROUTES, VERSION  # noqa: E402
from engine.server.api.events import open_socket  # noqa: E402
from engine.server.api.openapi import make_document  # noqa: E402
from engine.server.api.route import Answer  # noqa: E402
from engine.server.api.told import StateTold  # noqa: E402

TARGET = HOME / "web/src/api/schema.gen.ts"
_WIDTH = 112
_HEAD = """\
// Made by `python web/tools/api_types.py` from the routes of /api/v1 and their records. Never edit this file.

import type { Json, JsonObject } from '../core/json';
"""
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*\Z")
_PLACES = {"path": "path", "query": "query", "header": "headers"}
_JSON = "application/json"

Schema = Mapping[str, Any]


def make_types(document: Schema) -> str:
    """The text of the module.

    Args:
        document: OpenAPI 3.1, as `make_document` makes it.
    """
    records = document["components"]["schemas"]
    parts = [_HEAD, *(_record(name, records[name]) for name in sorted(records) if not name.startswith("_"))]
    parts.append("".join(_routes(document["paths"])))
    return "\n".join(parts)


# -- records ---------------------------------------------------------------------------------------------------------


def _record(name: str, schema: Schema) -> str:
    return f"{_words(schema, '')}export interface {name} {_fields(schema, '')}\n"


def _fields(schema: Schema, indent: str) -> str:
    """An object with known fields, in braces."""
    required = set(schema.get("required", ()))
    lines = ["{\n"]
    for name, one in schema.get("properties", {}).items():
        mark = "" if name in required else "?"
        lines.append(f"{_words(one, indent + '  ')}{indent}  readonly {_key(name)}{mark}: {_type(one)};\n")
    return "".join([*lines, indent, "}"])


def _type(schema: Schema) -> str:
    """A schema as a type. What is not restricted is JSON.

    Raises:
        ValueError: It says something that this tool does not know: better no type than a wrong one.
    """
    return " | ".join(dict.fromkeys(_options(schema)))


def _options(schema: Schema) -> list[str]:
    """A schema as types, of which a value has one."""
    if "$ref" in schema:
        return [str(schema["$ref"]).rpartition("/")[2]]
    if "enum" in schema:
        return [_literal(value) for value in schema["enum"]]
    if "anyOf" in schema:
        return [name for option in schema["anyOf"] for name in _options(option)]
    match schema.get("type"):
        case None:
            return ["Json"]
        case "string" | "boolean" | "null" | "number" as name:
            return [name]
        case "integer":
            # `parseJson` keeps integers that a number cannot hold as what can.
            return ["number", "bigint"] if schema.get("format") == "uint64" else ["number"]
        case "array":
            return [_list(schema)]
        case "object":
            return [_map(schema)]
        case other:
            raise ValueError(f"{other!r} is no type that is known here: {schema}")


def _list(schema: Schema) -> str:
    if (places := schema.get("prefixItems")) is not None:
        return f"readonly [{', '.join(_type(place) for place in places)}]"
    items = _type(schema.get("items", {}))
    return f"readonly ({items})[]" if "|" in items or items.startswith("readonly") else f"readonly {items}[]"


def _map(schema: Schema) -> str:
    if "properties" in schema:
        raise ValueError(f"Objects with fields have names here: {schema}")
    values = schema.get("additionalProperties", {})
    return f"Readonly<Record<string, {_type(values)}>>" if values else "JsonObject"


def _literal(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) and "'" not in value else json.dumps(value)


def _key(name: str) -> str:
    return name if _IDENTIFIER.match(name) else _literal(name)


def _words(schema: Schema, indent: str) -> str:
    """What a schema says of itself, as a comment before it."""
    text = " ".join(str(schema.get("description", "")).split()).replace("*/", "* /")
    if not text:
        return ""
    one = f"{indent}/** {text} */\n"
    if len(one) <= _WIDTH:
        return one
    lines = textwrap.wrap(text, _WIDTH - len(indent) - 3, break_long_words=False, break_on_hyphens=False)
    return f"{indent}/**\n" + "".join(f"{indent} * {line}\n" for line in lines) + f"{indent} */\n"


# -- routes ----------------------------------------------------------------------------------------------------------


def _routes(paths: Schema) -> Iterator[str]:
    yield "/** What each route that answers with JSON takes and gives, by method and path. */\n"
    yield "export interface Routes {\n"
    for path, methods in paths.items():
        for method, operation in methods.items():
            if (reply := _reply(operation)) is not None:
                yield f"{_words({'description': operation['summary']}, '  ')}  '{method.upper()} {path}': {{\n"
                for place, schema in _places(operation.get("parameters", ())):
                    yield f"    readonly {place}{'' if schema['required'] else '?'}: {_fields(schema, '    ')};\n"
                if (body := operation.get("requestBody")) is not None:
                    mark = "" if body["required"] else "?"
                    yield f"    readonly body{mark}: {_body(body['content'])};\n"
                yield f"    readonly reply: {reply};\n  }};\n"
    yield "}\n"


def _places(parameters: Iterable[Schema]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What stands in the path, in the query and in the headers: an object each."""
    for place, name in _PLACES.items():
        found = [one for one in parameters if one["in"] == place]
        if found:
            fields = {one["name"]: {**one["schema"], "description": one["description"]} for one in found}
            yield name, {"properties": fields, "required": [one["name"] for one in found if one["required"]]}


def _body(content: Schema) -> str:
    """JSON as what it is; forms and files as the browser has them."""
    kinds = [
        _json_body(one["schema"]) if media == _JSON else "FormData" if media.startswith("multipart/") else "Blob"
        for media, one in content.items()
    ]
    return " | ".join(dict.fromkeys(kinds))


def _json_body(schema: Schema) -> str:
    """Where a record may come, or anything, only the record: or nothing would be checked."""
    records = [_type(option) for option in schema.get("anyOf", ()) if "$ref" in option]
    return " | ".join(records) or _type(schema)


def _reply(operation: Schema) -> str | None:
    """What comes back if all is well; None if that is no JSON. No body is null."""
    kinds: list[str] = []
    for status, response in operation["responses"].items():
        if not status.startswith("2"):
            continue
        if (content := response.get("content")) is None:
            kinds.append("null")
        elif _JSON in content:
            kinds.append(_type(content[_JSON]["schema"]))
    return " | ".join(dict.fromkeys(kinds)) or None


# -- the command -----------------------------------------------------------------------------------------------------


def current_document() -> dict[str, Any]:
    """The document of this code, with what OpenAPI has no place for: the messages of a socket that are no events."""
    told = dataclasses.replace(open_socket, answers=(Answer(101, StateTold, "What the socket tells besides events."),))
    return make_document([told if route is open_socket else route for route in ROUTES], VERSION)


def main() -> int:
    """Write the file, or compare it. Gives the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true", help="fail if the file is not what the code makes")
    text = make_types(current_document())
    if not parser.parse_args().check:
        TARGET.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if TARGET.is_file() and TARGET.read_bytes() == text.encode():
        return 0
    sys.stderr.write(f"{TARGET.relative_to(HOME)} is not what the code makes. Run: python web/tools/api_types.py\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
