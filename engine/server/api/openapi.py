"""The OpenAPI 3.1 document, made from the routes: their Structs become schemas, their docstrings the words.

Nothing is written twice: parameters, bodies and replies are the Structs by which requests are read and replies are
written. `Attributes:` of a Struct's docstring are the descriptions of its fields.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, cast, get_args, get_origin

import msgspec
from msgspec import Struct
from msgspec.structs import fields

from engine.graph.docstring import parse_docstring
from engine.server.api.reading import Parameters
from engine.server.api.records import Failure
from engine.server.api.route import PREFIX, Answer, Refused, Route

_REFERENCE = "#/components/schemas/{name}"
_SECTION = re.compile(r"^(Attributes|Args|Raises|Returns):\s*$", re.MULTILINE)
_ANY_ROUTE = (
    Refused(400, "A parameter or the body is not what it should be; the message says which, and what was expected."),
    Refused(403, "The request comes from a page or under a name that this server does not serve."),
)
_CLOSED_ROUTE = (
    Refused(401, "The server asks for a token, and none or a wrong one came."),
    Refused(429, "Too many wrong tokens came from this address."),
    Refused(507, "The database of jobs cannot be read or written: the disk is full, read-only or damaged."),
)
_BODY = (
    Refused(408, "The body came too slowly."),
    Refused(413, "The body is larger than the server takes; the message names the limit."),
    Refused(415, "The body is of another type or encoding than the route reads."),
    Refused(417, "The header `Expect` asks for something else than `100-continue`."),
)
_INTRODUCTION = """The typed interface of Skein. Every refusal has the same body, `Failure`. Times are in seconds, those
of the clock in seconds since 1970. Where the server asks for a token, it goes into `Authorization: Bearer TOKEN`, the
cookie that the login page sets, or `?token=TOKEN`."""


def make_document(routes: Sequence[Route], version: str) -> dict[str, Any]:
    """The document.

    Args:
        routes: In the order in which they shall stand.
        version: Of Skein.
    """
    schemas = _Schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        operation = _operation(route, schemas)
        for answer in route.answers:
            if answer.names:
                operation["responses"][str(answer.status)]["links"] = _links(answer, routes)
        paths.setdefault(PREFIX + route.path, {})[route.method.lower()] = operation
    tags = list(dict.fromkeys(route.tag for route in routes))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Skein",
            "version": version,
            "description": _one_line(_INTRODUCTION),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "This server."}],
        "security": [{}, {"bearer": []}, {"token": []}],
        "tags": [{"name": tag} for tag in tags],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "token": {"type": "apiKey", "in": "query", "name": "token"},
            },
        },
    }


def _operation(route: Route, schemas: _Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "tags": [route.tag],
        "summary": route.summary,
        "description": route.description or route.summary,
    }
    if route.is_open:
        operation["security"] = [{}]
    if route.parameters.parameters:
        operation["parameters"] = _parameters(route.parameters, schemas)
    if route.reader is not None:
        content = {media: {"schema": schema} for media, schema in route.reader.content.items()}
        operation["requestBody"] = {"required": True, "content": content}
    elif route.body is not None:
        schema = schemas.of(route.body)
        struct = get_args(route.body)[0] if get_origin(route.body) is Annotated else route.body
        required = "minProperties" in schema or any(field.required for field in fields(struct))
        operation["requestBody"] = {"required": required, "content": {"application/json": {"schema": schema}}}
    operation["responses"] = _responses(route, schemas)
    return operation


def _parameters(parameters: Parameters, schemas: _Schemas) -> list[dict[str, Any]]:
    words = words_for(parameters.kind)
    defaults = schemas.properties(parameters.kind)
    described: list[dict[str, Any]] = []
    for parameter in parameters.parameters:
        schema = msgspec.json.schema(parameter.kind)
        if (default := defaults[parameter.name].get("default")) is not None:
            schema["default"] = default
        record: dict[str, Any] = {
            "name": parameter.name,
            "in": parameter.place,
            "required": parameter.is_required,
            "description": words.get(parameter.field, ""),
            "schema": schema,
        }
        if parameter.is_list:
            record |= {"style": "form", "explode": True}
        described.append(record)
    return described


def _responses(route: Route, schemas: _Schemas) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for answer in route.answers:
        response: dict[str, Any] = {"description": answer.when}
        if answer.content is not None:
            schema = schemas.of(answer.content)
            if _is_type(answer.content) and answer.media_type != "application/json":
                name = schema["$ref"].rpartition("/")[2]
                schema = {"type": "string", "description": f"A stream; each record of it is a `{name}`."}
            response["content"] = {answer.media_type: {"schema": schema}}
        if answer.headers:
            response["headers"] = {
                name: {"description": text, "schema": {"type": "string"}} for name, text in answer.headers.items()
            }
        responses[str(answer.status)] = response
    for status, reasons in _reasons(_refusals(route)).items():
        responses[str(status)] = {
            "description": " ".join(reasons),
            "content": {"application/json": {"schema": schemas.of(Failure)}},
        }
    return dict(sorted(responses.items()))


def _links(answer: Answer, routes: Iterable[Route]) -> dict[str, Any]:
    """Where the values of a reply can be used."""
    links: dict[str, Any] = {}
    for route in routes:
        for parameter in route.parameters.parameters:
            if parameter.place == "path" and (pointer := answer.names.get(parameter.name)) is not None:
                values = {parameter.name: f"$response.body#{pointer}"}
                links[route.name] = {"operationId": route.name, "parameters": values}
    return links


def _refusals(route: Route) -> list[Refused]:
    refusals = [*route.refusals, *_ANY_ROUTE]
    if not route.is_open:
        refusals += _CLOSED_ROUTE
    if route.body is not None:
        refusals += _BODY
    return refusals


def _reasons(refusals: Iterable[Refused]) -> dict[int, list[str]]:
    reasons: dict[int, list[str]] = {}
    for refusal in refusals:
        reasons.setdefault(refusal.status, []).append(refusal.when)
    return reasons


# -- schemas ---------------------------------------------------------------------------------------------------------


class _Schemas:
    """The schemas of every type that the routes name, each once under its own name."""

    def __init__(self, routes: Sequence[Route]) -> None:
        read = [route.parameters.kind for route in routes if route.takes_params]
        bodies = [kind for route in routes for kind in _body_types(route)]
        written = [answer.content for route in routes for answer in route.answers if answer.content is not None]
        types = list(dict.fromkeys([*bodies, *filter(_is_type, written), Failure]))
        schemas, self.components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
        self._schemas = dict(zip(types, schemas, strict=True))
        self._params = {kind: _component(kind) for kind in dict.fromkeys(read)}
        only_written = structs_in(filter(_is_type, [*written, Failure])) - structs_in(bodies)
        for kind in structs_in(types):
            component = self.components[kind.__name__]
            _describe(component, kind)
            if kind in only_written and not _leaves_defaults_out(kind):
                component["required"] = list(component["properties"])  # we write defaults, too

    def of(self, kind: Any) -> dict[str, Any]:
        """The schema of a type; a schema is given back as it is."""
        return self._schemas[kind] if _is_type(kind) else kind

    def properties(self, params: type[Struct]) -> dict[str, Any]:
        """The schemas of the fields of a Struct of parameters."""
        return self._params[params]["properties"]


def _leaves_defaults_out(kind: type[Any]) -> bool:
    config = getattr(kind, "__struct_config__", None)
    return config is not None and config.omit_defaults


def _describe(component: dict[str, Any], kind: type[Any]) -> None:
    """Give a schema and its fields the words that docstrings have for them."""
    component["description"] = _SECTION.split(inspect.cleandoc(kind.__doc__ or ""))[0].strip()
    words = words_for(kind)
    for name, schema in component.get("properties", {}).items():
        if name in words:
            schema.setdefault("description", words[name])


def words_for(kind: type[Any]) -> dict[str, str]:
    """What docstrings say about the fields of a record, those that it has from another one included."""
    words: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        is_record = hasattr(base, "__struct_fields__") or "__dataclass_fields__" in vars(base)
        if is_record and base is not Struct:
            words.update(parse_docstring(base.__doc__).arguments)
    return words


def _body_types(route: Route) -> list[Any]:
    if route.reader is not None:
        return [route.reader.kind]
    return [] if route.body is None else [route.body]


def _is_type(kind: Any) -> bool:
    return not isinstance(kind, dict)


def _component(kind: type[Struct]) -> dict[str, Any]:
    return msgspec.json.schema_components([kind], ref_template=_REFERENCE)[1][kind.__name__]


def structs_in(types: Iterable[Any]) -> set[type[Any]]:
    """Every Struct and dataclass that these types lead to."""
    found: set[type[Any]] = set()
    left: list[Any] = list(msgspec.inspect.multi_type_info(list(types)))
    while left:
        part = left.pop()
        if isinstance(part, tuple):
            left += cast("tuple[Any, ...]", part)
        elif isinstance(part, (msgspec.inspect.StructType, msgspec.inspect.DataclassType)):
            if part.cls not in found:
                found.add(part.cls)
                left += (one.type for one in part.fields)
        elif isinstance(part, msgspec.inspect.Type):
            left += (getattr(part, name) for name in part.__struct_fields__)
    return found


def _one_line(text: str) -> str:
    return " ".join(text.split())
