"""Records of failures: made of any exception, and always something that can be sent."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import CheckpointError, EngineError, InputError, NodeError, ValidationError, WorkflowError
from engine.workers.failure_records import plain_info, record_failure, utf8

_ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=50)


class _Mute(Exception):
    def __str__(self) -> str:
        raise KeyboardInterrupt


class _Odd(BaseException):
    __module__ = "a.pack"


class _Wild(EngineError):
    @property
    def extra_info(self) -> dict[str, Any]:
        return {"object": object(), "nan": float("nan"), "fine": [1]}


def _raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:
        return caught


@given(_ANY_TEXT)
def test_every_text_can_be_sent(text: str) -> None:
    for error in (
        ValueError(text),
        EngineError(text),
        NodeError(text, node_id=text, node_type=text, inputs={text: text}),
    ):
        record = record_failure(_raised(error), "It failed")
        assert msgspec.json.decode(msgspec.json.encode(record), type=type(record)) == record


@given(st.text())
def test_texts_that_are_utf8_stay_as_they_are(text: str) -> None:
    assert utf8(text) == text


def test_what_a_node_raised_is_named_and_its_frames_are_shown() -> None:
    error = NodeError("Node '1' (T): no", node_id="1", node_type="T", title="Mine", inputs={"a": "3"})
    error.__cause__ = _raised(_Odd("odd"))
    record = record_failure(error, "It failed")
    assert (record.type, record.message) == ("node_failed", "Node '1' (T): no")
    assert (record.node_id, record.node_type, record.title, record.inputs) == ("1", "T", "Mine", {"a": "3"})
    assert record.exception_type == "a.pack._Odd"
    assert record.traceback[0] == "Traceback (most recent call last):"
    assert record.traceback[-1].endswith("_Odd: odd")


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (_Mute(), "internal_error", "It failed: _Mute: its text cannot be shown"),
        (SystemExit(3), "internal_error", "It failed: SystemExit: 3"),
        (CheckpointError("m", "is damaged"), "checkpoint_error", "m: is damaged"),
        (
            ValidationError([InputError("4", "T", "value_not_in_list", "No such choice.")]),
            "prompt_outputs_failed_validation",
            "No such choice.",
        ),
    ],
)
def test_other_failures(error: BaseException, kind: str, message: str) -> None:
    record = record_failure(_raised(error), "It failed")
    assert record.type == kind
    assert record.message.startswith(message)


def test_what_is_too_long_or_no_json_is_left_out() -> None:
    assert record_failure(_Wild("x"), "It failed").extra_info == {"fine": [1]}
    assert plain_info({"large": "x" * 2**21, "small": 1}) == {"small": 1}
    record = record_failure(_raised(ValueError("x" * 10**7)), "It failed")
    assert len(record.message) < 21_000
    assert all(len(line) < 21_000 for line in record.traceback)


@pytest.mark.parametrize("directory", ["/tmp/some where/deep", "/usr/lib"])
def test_directories_of_this_machine_are_nobodys_business(directory: str) -> None:
    for text in (f"Cannot write 'a.png' into {directory!r}: full.", f'No such file: "{directory}/a b.png"'):
        error = WorkflowError(text, details=text, where=[{"path": text}])
        record = record_failure(error, "It failed")
        told = f"{record.message} {record.details} {record.extra_info}"
        assert "…/" in told
        assert "/tmp" not in told
        assert "/usr" not in told
        assert directory.rsplit("/", 1)[0] not in told
        assert directory in str(error)
