"""What crosses to another process is what it was, and what is long in it is not copied into a record."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec import Struct

from engine.jobs.job import Submission
from engine.server.crossing import LONG_BYTES, pack, unpack
from engine.server.heavy_process import Asking, Failed, Refused

LONG = bytes(LONG_BYTES + 1)


class Nested(Struct, frozen=True):
    submission: Submission
    parts: dict[str, bytearray]
    last: bytes | None = None


def _nested(long: bytes) -> Nested:
    submission = Submission(id="a", prompt=long, targets=("1", "2"), extra_data=b"{}", secrets={"token": {"a": [1]}})
    return Nested(submission, {"x": bytearray(long), "y": bytearray(b"short")}, long)


def test_long_bytes_are_parts_of_their_own_and_handed_on_as_they_are() -> None:
    value = _nested(LONG)
    record, *parts = pack(value)
    assert len(record) < 1_000
    assert [type(part) for part in parts] == [bytes, bytearray, bytes]
    found = unpack([record, *parts], Nested)
    assert found == value
    assert found.submission.prompt is LONG
    assert found.last is LONG
    assert pack(LONG)[1] is LONG
    whole: Any = bytes | None
    assert unpack(pack(LONG), whole) is LONG


def test_short_ones_stay_in_the_record() -> None:
    value = _nested(b"short")
    (record,) = pack(value)
    assert record == msgspec.msgpack.encode(value)
    assert unpack([record], Nested) == value


@pytest.mark.parametrize(
    "value",
    [
        Asking(LONG, ("1",)),
        Asking(b"{}", None),
        Failed("x"),
        Refused(message="No.", status=413, code="no", node_errors={"1": {"errors": []}}),
    ],
)
def test_one_of_several_kinds_is_told_by_its_tag(value: Struct) -> None:
    kinds: Any = Asking | Failed | Refused
    assert unpack(pack(value), kinds) == value


def test_what_is_of_another_type_is_no_value() -> None:
    with pytest.raises(ValueError, match="Expected"):
        unpack(pack({"submission": 3}), Nested)
