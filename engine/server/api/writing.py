"""JSON that every client can read: strict, and whatever strings and numbers a workflow holds."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder()


def encode_json(value: Any) -> bytes:
    """A value of records and JSON values as JSON text. NaN and infinities become null.

    Half a surrogate pair, which a picture's metadata may hold and UTF-8 may not, stays escaped.
    """
    try:
        return _ENCODER.encode(value)
    except UnicodeEncodeError:
        plain = msgspec.to_builtins(value)
        return json.dumps(plain, allow_nan=False).encode()


async def write_json(value: Any) -> bytes:
    """`encode_json`, off the event loop: most values are small, but a workflow may have any size."""
    return await asyncio.to_thread(encode_json, value)
