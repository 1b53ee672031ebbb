"""Exceptions as `ErrorRecord`s. Never fails, whatever the exception is like; texts are bounded and are UTF-8.

What clients are told holds no directories of this machine; the traceback does, and is only for those who may see it.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any, cast

from engine.errors import EngineError, NodeError, ValidationError, text_of
from engine.files import PathHider
from engine.graph.plain_json import NotJsonError, plain_json
from engine.jobs.events import ErrorRecord

_LONGEST_LINE = 2_000
_MOST_LINES = 200
_LONGEST_MESSAGE = 20_000
_MOST_INFO_BYTES = 2**20
_PATHS = PathHider()


def record_failure(error: BaseException, doing: str) -> ErrorRecord:
    """What to tell of an exception.

    Args:
        error: What was raised.
        doing: What failed, as the beginning of a sentence, where the exception does not say it itself.
    """
    cause = error.__cause__ if isinstance(error, NodeError) and error.__cause__ is not None else error
    about: dict[str, Any] = {"exception_type": _name_of(cause), "traceback": _lines_of(cause)}
    if not isinstance(error, EngineError):
        message = f"{doing}: {type(error).__name__}: {text_of(error)}"
        return ErrorRecord(type="internal_error", message=for_clients(message), **about)
    if isinstance(error, NodeError):
        about |= {"node_id": utf8(error.node_id), "node_type": utf8(error.node_type), "title": utf8(error.title)}
        about["inputs"] = {utf8(name): for_clients(text) for name, text in error.inputs.items()}
    if isinstance(error, ValidationError) and error.errors:
        first = error.errors[0]
        about |= {"node_id": utf8(first.node_id), "node_type": utf8(first.node_type)}
    return ErrorRecord(
        type=error.wire_type,
        message=for_clients(text_of(error)),
        details=for_clients(error.details),
        extra_info=plain_info(error.extra_info),
        **about,
    )


def plain_info(info: Mapping[str, Any]) -> dict[str, Any]:
    """What is JSON among some values by name; the rest is left out."""
    plain: dict[str, Any] = {}
    for name, value in info.items():
        try:
            plain |= plain_json({name: value}, name, limit_bytes=_MOST_INFO_BYTES)
        except NotJsonError:
            continue
    return {name: _hide_in(value) for name, value in plain.items()}


def _hide_in(value: Any) -> Any:
    """A JSON value whose texts are for clients."""
    if isinstance(value, str):
        return _PATHS.hide(value)
    if isinstance(value, list):
        return [_hide_in(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {name: _hide_in(item) for name, item in cast("dict[str, Any]", value).items()}
    return value


def utf8(text: str) -> str:
    """A text that can be written in UTF-8, and is not longer than people read."""
    shown = text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE]}... ({len(text)} characters)"
    return shown.encode(errors="backslashreplace").decode()


def for_clients(text: str) -> str:
    """As `utf8`, without directories of this machine."""
    return utf8(_PATHS.hide(text))


def _name_of(error: BaseException) -> str:
    """Dotted, without the module for Python's own: `ValueError`, `torch.OutOfMemoryError`."""
    kind = type(error)
    return utf8(kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}")


def _lines_of(error: BaseException) -> tuple[str, ...]:
    try:
        written = traceback.format_exception(error)
    except BaseException:  # it asks the exception for its parts, and those of its class may do anything
        return ()
    lines = [line for block in written[-_MOST_LINES:] for line in block.splitlines()]
    return tuple(utf8(line[:_LONGEST_LINE]) for line in lines[-_MOST_LINES:])
