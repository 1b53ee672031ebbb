"""Reading requests: JSON bodies within limits, and parameters. Whatever comes, the answer is a value or a `Refusal`.

What is read can be written again by anything: no NaN or infinity, no lone surrogate, no integer beyond 64 bits (these
become floats, as in JavaScript), no repeated key, no deeper nesting than `--max-json-depth`.
"""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar, cast

from aiohttp import web

from engine.graph.json_values import as_object, kind_of, show
from engine.graph.patient_json import gather_pairs
from engine.server.keys import HEAVY, SERVER_SETTINGS
from engine.server.refusal import Refusal, too_large
from engine.server.work import THREAD_BYTES, Body, Known, Work

T = TypeVar("T")
MOST_PLAIN_BYTES = THREAD_BYTES
"""Largest body of a route that takes no workflow: ids, settings, small records. What is made of it is needed in the
server itself, so it is no larger than what may be read there."""
_MOST_VALUES = 2_000_000
_MOST_CONTAINERS = 1_000_000
"""A body may hold so many values, and so many lists and objects; counted by commas and brackets before it is parsed.

With these, nothing that is done to a body as a whole (decoding, freeing) holds the interpreter for more than 30 ms."""
_COUNTED_AT_ONCE_BYTES = 4 * 2**20
_DIGITS_IN_64_BITS = 18
_MOST_DIGITS = 400
_CHARSETS = frozenset({"utf-8", "ascii"})
_EXPECTED: dict[type, str] = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


async def read_body(request: web.Request, *, is_json: bool = False) -> bytearray:
    """The whole body.

    Raises:
        Refusal: if it is larger than `--max-upload-size`, or, if it is to be JSON, than `--max-json-size`.
    """
    settings = request.app[SERVER_SETTINGS]
    limit, flag = settings.max_upload_bytes, "--max-upload-size"
    if is_json and settings.max_json_bytes < limit:
        limit, flag = settings.max_json_bytes, "--max-json-size"
    refusal = too_large(f"The body is larger than {limit / 2**20:g} MiB; {flag} raises the limit.")
    if (request.content_length or 0) > limit:
        raise refusal
    body = bytearray()
    while chunk := await request.content.readany():
        body += chunk
        if len(body) > limit:
            raise refusal
    return body


async def read_json_text(request: web.Request) -> bytearray:
    """The body of a request that must have one, to be read by `parse_json` inside of work.

    Raises:
        Refusal: if there is none, or it is larger than `--max-json-size`.
    """
    body = await read_body(request, is_json=True)
    if not body:
        raise Refusal("The request has no body; JSON was expected.", code="invalid_json")
    return body


async def read_json(request: web.Request, *, default: Any = None) -> Any:
    """The JSON value in a body that holds no workflow, whatever content type it comes under.

    Args:
        request: The request.
        default: What no body stands for; None: there must be one.

    Raises:
        Refusal: if there is no body, or it is not JSON within the limits.
    """
    if (request.content_length or 0) > MOST_PLAIN_BYTES:
        raise _too_plain()
    body = await read_body(request, is_json=True)
    if len(body) > MOST_PLAIN_BYTES:
        raise _too_plain()
    if not body and default is not None:
        return default
    if not body:
        raise Refusal("The request has no body; JSON was expected.", code="invalid_json")
    return await request.app[HEAVY].do(_ReadJson(charset=request.charset or "utf-8"), body)


class _ReadJson(Work[Any], frozen=True, kw_only=True):
    """The value of a body that is never so large that it is read in another process."""

    charset: str

    def do(self, known: Known, body: Body) -> Any:
        """See above."""
        return parse_json(body, max_depth=known.server.max_json_depth, charset=self.charset)


async def read_object(request: web.Request, *, allow_empty: bool = False) -> dict[str, Any]:
    """The JSON object in the body.

    Args:
        request: The request.
        allow_empty: No body counts as `{}`.

    Raises:
        Refusal: as `read_json`, and if it is not an object.
    """
    if allow_empty and not request.can_read_body:
        return {}
    value = await read_json(request, default={} if allow_empty else None)
    record = as_object(value)
    if record is None:
        raise Refusal(f"The body should be a JSON object, but is {kind_of(value)}.", code="invalid_json")
    return dict(record)


def parse_json(body: bytes | bytearray, *, max_depth: int = 200, charset: str = "utf-8") -> Any:
    """Parse JSON strictly.

    The parser calls back into Python for every object and number: that is slower than it could be, but lets other
    threads run all the while: a plain `json.loads` of 20 MB keeps the event loop from running for a quarter second.

    Raises:
        Refusal: saying what is wrong and where.
    """
    _check_charset(charset)
    _check_count(body)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _invalid(f"The body is not text in UTF-8: byte {error.start} is wrong.") from error
    text = text.removeprefix("\ufeff")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_read_pairs,
            parse_int=_read_int,
            parse_float=_read_float,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        raise _invalid(f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from error
    except RecursionError as error:
        raise _too_deep(max_depth) from error
    if _is_deeper(value, max_depth):
        raise _too_deep(max_depth)
    if _SURROGATE.search(body):
        _check_surrogates(value)
    return value


def _too_plain() -> Refusal:
    return too_large(
        f"The body is larger than {MOST_PLAIN_BYTES / 2**20:g} MiB, a fixed limit: this route takes no workflow, and"
        " nothing else is as large."
    )


def _check_charset(charset: str) -> None:
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        name = ""
    if name not in _CHARSETS:
        raise Refusal(f"JSON is read in UTF-8, not in {show(charset)}.", status=415)


def _check_count(body: bytes | bytearray) -> None:
    """Refuse, before it costs, what holds too many values to be a workflow."""
    commas = containers = 0
    for start in range(0, len(body), _COUNTED_AT_ONCE_BYTES):
        end = start + _COUNTED_AT_ONCE_BYTES
        commas += body.count(b",", start, end)
        containers += body.count(b"[", start, end) + body.count(b"{", start, end)
        if containers > _MOST_CONTAINERS or commas + containers > _MOST_VALUES:
            raise too_large(
                f"The body holds more than {_MOST_CONTAINERS:,} lists and objects, or {_MOST_VALUES:,} values, fixed"
                " limits; a workflow may have --max-nodes nodes, and pictures belong into files."
            )


def _read_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = gather_pairs(pairs)
    if len(record) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _invalid(f"The body is ambiguous: the key {show(key)} comes twice in one object.")
            seen.add(key)
    return record


def _read_int(digits: str) -> int | float:
    return int(digits) if len(digits) <= _DIGITS_IN_64_BITS else _read_long_int(digits)


def _read_long_int(digits: str) -> int | float:
    if len(digits) > _MOST_DIGITS:
        raise _invalid(
            f"The body holds an integer of {len(digits)} digits; at most {_MOST_DIGITS} are read, a fixed limit."
        )
    value = int(digits)
    return value if -(2**63) <= value < 2**64 else _read_float(digits)


def _read_float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise _invalid(f"The body holds the number {digits[:40]}, which is larger than a float of 64 bits can be.")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise _invalid(f"The body holds {name}, which is not a JSON value.")


def _is_deeper(value: Any, limit: int) -> bool:
    """Whether lists and objects are nested deeper than the limit; level by level, so that no recursion is needed."""
    level: list[Any] = [value]
    for _ in range(limit):
        following: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                following.extend(item.values())  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
            elif isinstance(item, list):
                following.extend(item)  # pyright: ignore[reportUnknownArgumentType]
        if not following:
            return False
        level = [item for item in following if isinstance(item, dict | list)]
    return bool(level)


def _check_surrogates(value: Any) -> None:
    """Half of a surrogate pair cannot be written in UTF-8, so nothing that holds one could be stored or sent."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise _invalid(
            "The body holds half of a surrogate pair (\\ud800 to \\udfff), which is no character."
        ) from error


def _invalid(message: str) -> Refusal:
    return Refusal(message, code="invalid_json")


def _too_deep(limit: int) -> Refusal:
    return _invalid(f"The body is nested deeper than {limit} levels; --max-json-depth raises the limit.")


# -- parameters ------------------------------------------------------------------------------------------------------


def text_param(request: web.Request, name: str, default: str | None = None, *, longest: int = 1_000) -> str | None:
    """A parameter of the query, or the default if it isn't given.

    Raises:
        Refusal: if it is too long, or holds control characters or what is not UTF-8.
    """
    value = request.query.get(name)
    return default if value is None else check_text(value, f"The parameter {name!r}", longest=longest)


def int_param(request: web.Request, name: str, default: int, low: int, high: int) -> int:
    """A whole number of the query, or the default if it isn't given or empty.

    Raises:
        Refusal: if it is no whole number from `low` to `high`.
    """
    value = request.query.get(name)
    if value is None or not value.strip():
        return default
    is_number = len(value) <= 20 and re.fullmatch(r"\s*[+-]?[0-9]+\s*", value) is not None
    if not is_number or not low <= int(value) <= high:
        raise Refusal(
            f"The parameter {name!r} should be a whole number from {low} to {high}, but is {show(value)}.",
            extra_info={"parameter": name},
        )
    return int(value)


def bool_param(request: web.Request, name: str, default: bool = False) -> bool:
    """A yes or no of the query (`true`, `1`, `yes`, `on` and their opposites), or the default if it isn't given.

    Raises:
        Refusal: if it is neither.
    """
    value = request.query.get(name)
    if value is None or not value.strip():
        return default
    word = value.strip().lower()
    if word in ("true", "1", "yes", "on"):
        return True
    if word in ("false", "0", "no", "off"):
        return False
    raise Refusal(
        f"The parameter {name!r} should be true or false, but is {show(value)}.", extra_info={"parameter": name}
    )


def check_text(value: object, what: str, *, longest: int = 1_000) -> str:
    """The value, if it is a text that can be a name or an id.

    Args:
        value: Any JSON value.
        what: What it is, to begin the message with ("'client_id'").
        longest: Most characters.

    Raises:
        Refusal: if it isn't a text, is too long, or holds control characters or half characters.
    """
    if not isinstance(value, str):
        raise Refusal(f"{what} should be a text, but is {show(value)}.")
    if len(value) > longest:
        raise Refusal(f"{what} should have at most {longest} characters, a fixed limit, but has {len(value)}.")
    if any(character < " " or character == "\x7f" for character in value):
        raise Refusal(f"{what} holds control characters.")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise Refusal(f"{what} is not valid UTF-8.")
    return value


def field_of(record: Mapping[str, Any], name: str, kind: type[T]) -> T | None:
    """A field of a JSON object if it is of the type (`str`, `bool`, ...); None if it is absent or null.

    Raises:
        Refusal: if it is of another type.
    """
    value = record.get(name)
    if value is None or isinstance(value, kind):
        return value
    expected = _EXPECTED.get(kind, kind.__name__)
    raise Refusal(f"{name!r} should be {expected}, but is {show(value)}.", extra_info={"field": name})


def object_field(record: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    """A field of a JSON object that is an object itself; as `field_of`."""
    return field_of(record, name, cast("type[dict[str, Any]]", dict))


def list_field(record: Mapping[str, Any], name: str) -> list[Any] | None:
    """A field of a JSON object that is a list; as `field_of`."""
    return field_of(record, name, cast("type[list[Any]]", list))
