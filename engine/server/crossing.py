"""Values on their way to another process and back: one record in MessagePack, and what is long in it by itself.

Bytes inside a record would be copied when it is written and again when it is read, all in one step in which no other
thread of the server runs: a quarter second for a picture of 400 MB. By itself, such a part is handed on as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct
from msgspec.msgpack import Ext
from msgspec.structs import fields

from engine.graph.json_values import as_object

T = TypeVar("T")

LONG_BYTES: Final = 64 * 1024
"""What is no longer stays in the record."""
_PART_CODE = 1
_MOST_MEMBERS = 1_000
"""Objects with more members are not looked through: they hold what was read from JSON, where no bytes are."""


def pack(value: Any) -> list[bytes | bytearray]:
    """The record of a value, and after it the long bytes in its fields, as they are."""
    parts: list[bytes | bytearray] = [b""]
    parts[0] = msgspec.msgpack.encode(_set_apart(value, parts))
    return parts


def unpack(parts: Sequence[bytes | bytearray], kind: type[T]) -> T:
    """The value again. Bytes that came by themselves are not copied.

    Raises:
        ValueError: It is of another type.
    """
    if len(parts) == 1:
        return msgspec.msgpack.decode(parts[0], type=kind)

    def find(code: int, place: memoryview) -> Any:
        del code
        return parts[int.from_bytes(place, "big")]

    return msgspec.convert(msgspec.msgpack.decode(parts[0], ext_hook=find), kind)


def _set_apart(value: Any, parts: list[bytes | bytearray]) -> Any:
    """The value with a mark in place of each long part, which is appended to `parts`."""
    if isinstance(value, bytes | bytearray):
        if len(value) <= LONG_BYTES:
            return value
        parts.append(value)
        return Ext(_PART_CODE, (len(parts) - 1).to_bytes(4, "big"))
    if isinstance(value, Struct):
        config = type(value).__struct_config__
        if config.array_like:
            return value
        tag: dict[str, Any] = {}
        if config.tag is not None and config.tag_field is not None:
            tag[config.tag_field] = config.tag
        return tag | {one.encode_name: _set_apart(getattr(value, one.name), parts) for one in fields(value)}
    members = as_object(value)
    if members is not None and len(members) <= _MOST_MEMBERS:
        return {key: _set_apart(member, parts) for key, member in members.items()}
    return value
