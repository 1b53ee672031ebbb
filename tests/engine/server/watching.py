"""Watching what this process reads: nothing large may be parsed or written in a server itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from engine.server.work import THREAD_BYTES

_READERS = (
    ("engine.server.prompts", "encode_object"),
    ("engine.server.api.submit", "encode_object"),
    ("engine.server.api.workflows", "encode_json"),
    ("engine.server.api.views", "encode_json"),
    ("engine.server.api.views", "decode_object"),
    ("engine.server.job_list", "decode_object"),
    ("engine.jobs.rows", "decode_object"),
)


def refuse_large(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have readers and writers of JSON in this process refuse what is large; gives the sizes of what they got."""
    sizes: list[int] = []

    def watch(function: Callable[..., Any]) -> Callable[..., Any]:
        def watched(value: Any, *arguments: Any, **named: Any) -> Any:
            result = function(value, *arguments, **named)
            sizes.append(max(len(each) for each in (value, result) if isinstance(each, str | bytes | bytearray)))
            assert sizes[-1] <= THREAD_BYTES, f"{function} was given {sizes[-1]} bytes"
            return result

        return watched

    monkeypatch.setattr(json, "loads", watch(json.loads))
    for module, name in _READERS:
        monkeypatch.setattr(f"{module}.{name}", watch(getattr(import_module(module), name)))
    return sizes
