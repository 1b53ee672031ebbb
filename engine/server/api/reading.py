"""Parameters and bodies of a request, read into Structs; what cannot be is refused with words that a person can use.

A parameter's place is that of its name: in the path if the route's path has it, in the headers if its field says
`Meta(extra={"in": "header"})`, else in the query. Lists come repeated or with commas.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec
from aiohttp import web
from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from engine.graph.json_values import as_list, as_object, show
from engine.server.bodies import read_json
from engine.server.refusal import Refusal

_T = TypeVar("_T", bound=Struct)
_ALWAYS_ALLOWED = frozenset({"token"})
"""Parameters of the query that mean something before any route is asked."""
_AT = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
_BRACED = re.compile(r"\{([^}:]+)(?::[^}]*)?\}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a route.

    Attributes:
        field: Its field in the Struct.
        name: As it stands in path, query or header.
        place: `path`, `query` or `header`.
        kind: Its type when it is given.
        is_list: Whether it may come several times, or with commas.
        is_required: Whether it must be given.
    """

    field: str
    name: str
    place: Literal["path", "query", "header"]
    kind: Any
    is_list: bool
    is_required: bool


class Parameters:
    """What a route reads from path, query and headers.

    Args:
        kind: The Struct that they become.
        path: Of the route, parameters in braces.
    """

    def __init__(self, kind: type[Struct], path: str) -> None:
        self.kind = kind
        in_path = _BRACED.findall(path)
        self.parameters = tuple(_parameter(declared, in_path) for declared in fields(kind))
        self._in_query = sorted(one.name for one in self.parameters if one.place == "query")

    def read(self, request: web.Request) -> Struct:
        """The parameters of a request.

        Raises:
            Refusal: 400, if one is missing, unknown or not what it should be.
        """
        self._refuse_unknown(request.query.keys())
        values: dict[str, Any] = {}
        for parameter in self.parameters:
            given = _find(request, parameter)
            if given is not None:
                values[parameter.field] = _convert(parameter, given)
            elif parameter.is_required:
                raise _refused(parameter.name, parameter.place, f"is missing: expected {expected(parameter.kind)}.")
        return self.kind(**values)

    def _refuse_unknown(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._in_query and name not in _ALWAYS_ALLOWED:
                near = difflib.get_close_matches(name[:100], self._in_query, 1)
                hint = f" Did you mean {near[0]!r}?" if near else ""
                there = f"there are {', '.join(self._in_query)}" if self._in_query else "there are none"
                raise _refused(name, "query", f"is not a parameter of this route; {there}.{hint}")


def _parameter(declared: FieldInfo, in_path: Sequence[str]) -> Parameter:
    metadata: tuple[Any, ...] = getattr(declared.type, "__metadata__", ())
    is_header = any(isinstance(part, msgspec.Meta) and (part.extra or {}).get("in") == "header" for part in metadata)
    kind = _when_given(declared.type)
    return Parameter(
        field=declared.name,
        name=declared.encode_name,
        place="path" if declared.encode_name in in_path else "header" if is_header else "query",
        kind=kind,
        is_list=msgspec.json.schema(kind).get("type") == "array",
        is_required=declared.required,
    )


def _find(request: web.Request, parameter: Parameter) -> str | list[str] | None:
    """What is given; None if nothing is."""
    name = parameter.name
    if parameter.place == "path":
        return request.match_info[name]
    if parameter.place == "header":
        return request.headers.get(name)
    if name not in request.query:
        return None
    given = request.query.getall(name)
    if parameter.is_list:
        return [part for text in given for part in text.split(",") if part]
    if len(given) > 1:
        raise _refused(name, "query", f"is given {len(given)} times; it may be given once.")
    return given[0]


def _convert(parameter: Parameter, given: str | list[str]) -> Any:
    try:
        value = msgspec.convert(given, parameter.kind, strict=False)
    except msgspec.ValidationError as error:
        raise _not_as_expected(parameter, given) from error
    if isinstance(value, float) and isnan(value):
        raise _not_as_expected(parameter, given)
    return value


def _when_given(kind: Any) -> Any:
    """The type of a parameter that need not be given, when it is: `null` in a query is a text like any other."""
    if get_origin(kind) is Annotated:
        inner, *metadata = get_args(kind)
        return Annotated[_when_given(inner), *metadata]
    if get_origin(kind) in (Union, UnionType):
        return Union[tuple(option for option in get_args(kind) if option is not type(None))]  # noqa: UP007
    return kind


def _not_as_expected(parameter: Parameter, given: str | list[str]) -> Refusal:
    came = ", ".join(show(text) for text in given[:8]) if isinstance(given, list) else show(given)
    return _refused(parameter.name, parameter.place, f"should be {expected(parameter.kind)}, not {came}.")


def _refused(name: str, place: str, what: str) -> Refusal:
    where = {"path": "The path's", "query": "The query's", "header": "The header"}[place]
    return Refusal(
        f"{where} {show(name)} {what}", code="invalid_parameter", extra_info={"parameter": name[:200], "in": place}
    )


async def read_body(request: web.Request, kind: type[_T]) -> _T:
    """The JSON body of a request; no body at all counts as an empty object.

    Raises:
        Refusal: 400, 413 or 415, see `engine.server.bodies.read_json`; or 400, naming the field.
    """
    if not request.body_exists:
        return convert_body({}, kind)
    return convert_body(await read_json(request), kind)


def convert_body(value: object, kind: type[_T]) -> _T:
    """JSON values as a record.

    Raises:
        Refusal: 400, naming the field, what was expected and what came.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        found = _AT.match(str(error))
        what, path = (found["what"], found["path"] or "$") if found else (str(error), "$")
        field = path.removeprefix("$").removeprefix(".")
        came = "" if "missing" in what or "unknown" in what else f"; it is {show(_follow(value, path))}"
        what = what[:1].lower() + what[1:].replace("`", "")
        where = f"the field {field!r}" if field else "the object"
        raise Refusal(
            f"In the body, {where}: {what}{came}.", code="invalid_body", extra_info={"field": field}
        ) from error


def _follow(value: Any, path: str) -> Any:
    """What stands at a path of the body, as far as it can be followed."""
    for key, index in _STEP.findall(path):
        record, items = as_object(value), as_list(value)
        if record is not None and key in record:
            value = record[key]
        elif items is not None and index.isdigit() and int(index) < len(items):
            value = items[int(index)]
    return value


# -- what is expected, in words --------------------------------------------------------------------------------------


def expected(kind: Any) -> str:
    """A type of a parameter in words: `a whole number from 1 to 1000`."""
    return _in_words(msgspec.json.schema(kind))


def _in_words(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_in_words(option) for option in schema["anyOf"] if option.get("type") != "null")
    if "enum" in schema:
        return f"one of {', '.join(schema['enum'])}"
    kind = schema.get("type")
    if kind == "array":
        return f"a list of: {_in_words(schema['items'])}"
    words = {"integer": "a whole number", "number": "a number", "boolean": "true or false", "string": "a text"}
    return words.get(str(kind), "a value") + _bounds(schema)


def _bounds(schema: Mapping[str, Any]) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f" from {low:.16g} to {high:.16g}"
    if low is not None:
        return f" of at least {low:.16g}"
    if "maxLength" in schema:
        return f" of at most {schema['maxLength']} characters"
    return ""
