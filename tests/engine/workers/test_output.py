"""Output of a process: every line in order up to a rate; floods are dropped with a note and never stop the writer."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from engine.workers.output import LONGEST_LINE, MOST_LINES_AT_ONCE, OutputReader

_LINES = st.lists(st.text(st.characters(exclude_characters="\r\n", codec="utf-8"), max_size=30), max_size=20)


def _read(*pieces: bytes) -> list[str]:
    """What is told of these pieces, written one after the other while time stands still."""
    told: list[str] = []
    reading, writing = os.pipe()
    reader = OutputReader(reading, told.extend, lambda: 0.0)
    reader.start()
    os.close(reading)
    with open(writing, "wb", buffering=0) as file:
        for piece in pieces:
            file.write(piece)
    assert reader.join(30)
    return told


@given(_LINES, st.integers(1, 7))
def test_lines_arrive_whole_and_in_order(lines: Sequence[str], size: int) -> None:
    content = "".join(f"{line}\n" for line in lines).encode()
    assert _read(*(content[start : start + size] for start in range(0, len(content), size))) == list(lines)


def test_a_last_line_without_an_end_is_told() -> None:
    assert _read(b"one\r\ntwo\nthr", b"ee") == ["one", "two", "three"]


def test_an_unfinished_line_is_told_after_a_moment() -> None:
    told: list[str] = []
    came = threading.Event()

    def tell(lines: list[str]) -> None:
        told.extend(lines)
        came.set()

    reading, writing = os.pipe()
    reader = OutputReader(reading, tell)
    reader.start()
    os.close(reading)
    os.write(writing, b"working...")
    assert came.wait(30)
    assert told == ["working..."]
    os.close(writing)
    assert reader.join(30)


def test_of_a_bar_drawn_over_itself_the_last_state_is_told() -> None:
    assert _read(b"\r 10%\r 50%\r100%\ndone\n") == ["100%", "done"]


def test_a_long_line_is_cut_and_says_so() -> None:
    (line,) = _read(*[b"x" * 1_000_000] * 20, b"\n")
    assert line.startswith("x" * LONGEST_LINE)
    assert line.endswith(f"... ({20_000_000 - LONGEST_LINE} bytes more)")


def test_a_flood_is_dropped_with_a_note_and_the_end_is_told() -> None:
    count = 1_000_000
    told = _read(b"".join(b"line %d\n" % index for index in range(count)), b"the last words")
    assert told[0] == "line 0"
    assert told[-1] == "the last words"
    assert len(told) <= MOST_LINES_AT_ONCE + 2
    kept = sum(line.startswith("line ") for line in told)
    dropped = sum(int(match[1]) for line in told if (match := re.match(r"\[(\d+) lines", line)))
    assert kept + dropped == count


def test_after_a_pause_lines_are_told_again() -> None:
    now = [0.0]
    told: list[str] = []
    came = threading.Semaphore(0)

    def tell(lines: list[str]) -> None:
        told.extend(lines)
        came.release(len(lines))

    reading, writing = os.pipe()
    reader = OutputReader(reading, tell, lambda: now[0])
    reader.start()
    os.close(reading)
    with open(writing, "wb", buffering=0) as file:
        file.write(b"x\n" * 10 * MOST_LINES_AT_ONCE)
        for _ in range(MOST_LINES_AT_ONCE):
            assert came.acquire(timeout=30)
        now[0] = 100.0  # so the next that comes, if only the silence after it, finds a full allowance
        file.write(b"later\n")
    assert reader.join(30)
    assert "later" in told
    assert any("were left out here" in line for line in told)


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert _read(b"\xff\xfe a\n") == ["\ufffd\ufffd a"]
