"""Outboxes: order, what may be dropped, and clients that do not read."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from engine.server import outbox as subject
from engine.server.outbox import BINARY, TEXT, Outbox, Sender, frame


class Wire:
    """A transport that takes everything, or, while `is_stuck`, holds what it has."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.held = 0
        self.is_cut = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def get_write_buffer_size(self) -> int:
        return self.held

    def is_closing(self) -> bool:
        return self.is_cut

    def abort(self) -> None:
        self.is_cut = True


class Idle(Sender):
    """A sender that leaves writing to the test."""

    def mark(self, outbox: Outbox) -> None: ...


def _make() -> tuple[Wire, Outbox]:
    wire = Wire()
    return wire, Outbox(cast("Any", wire), Idle())


@given(st.binary(max_size=300) | st.integers(65_530, 65_540).map(bytes), st.sampled_from([TEXT, BINARY]))
def test_frames_say_how_long_they_are(payload: bytes, kind: int) -> None:
    data = frame(kind, payload)
    assert data[0] == kind
    size = data[1]
    start = 2
    if size > 125:
        start = {126: 4, 127: 10}[size]
        size = int.from_bytes(data[2:start], "big")
    assert data[start:] == payload
    assert size == len(payload)


_PUTS = st.lists(st.tuples(st.sampled_from([None, "a", "b"]), st.booleans(), st.booleans()), max_size=200)


@given(_PUTS)
def test_whatever_is_dropped_events_come_in_order_and_the_last_of_each_kind_comes(
    puts: list[tuple[str | None, bool, bool]],
) -> None:
    wire, box = _make()
    for count, (key, is_preview, flushes) in enumerate(puts):
        box.put(b"%03d" % count, key=key and (key, is_preview), droppable=is_preview)
        if flushes:
            box.flush(0.0)
    box.flush(0.0)
    come = [int(data[start : start + 3]) for data in wire.written for start in range(0, len(data), 3)]
    assert come == sorted(come)
    last = {(key, is_preview): count for count, (key, is_preview, _) in enumerate(puts)}
    assert set(last.values()) <= set(come)
    assert {count for count, (key, is_preview, _) in enumerate(puts) if key is None and not is_preview} <= set(come)


def test_what_waits_together_is_written_together() -> None:
    wire, box = _make()
    for word in (b"one", b"two", b"three"):
        box.put(word)
    assert box.flush(0.0)
    assert wire.written == [b"onetwothree"]


def test_a_short_queue_keeps_all_but_previews_a_long_one_only_the_last_progress() -> None:
    wire, box = _make()
    wire.held = 10**6
    for count in range(10):
        box.put(b"p%d" % count, key="preview", droppable=True)
        box.put(b"s%d" % count, key="status")
    assert len(box) == 11
    for count in range(200):
        box.put(b"e")
        box.put(b"t%d" % count, key="progress")
    assert len(box) < 11 + 200 + 64
    assert not box.flush(0.0)
    wire.held = 0
    assert box.flush(1.0)
    assert wire.written[0].endswith(b"et199")


def test_who_reads_nothing_is_cut_off_after_a_while_but_not_who_reads_slowly() -> None:
    wire, box = _make()
    wire.held = 10**6
    box.put(b"event")
    now = 0.0
    while now < 100:
        box.flush(now)
        wire.held -= 1
        now += 5
    assert not wire.is_cut
    while not wire.is_cut and now < 200:
        box.flush(now)
        now += 5
    assert wire.is_cut
    assert now <= 130
    assert len(box) == 0
    box.put(b"more")
    assert len(box) == 0


def test_too_much_drops_pictures_first_and_then_the_client() -> None:
    wire, box = _make()
    wire.held = 10**6
    big = bytes(subject._MOST_BYTES // 4)
    for count in range(8):
        box.put(big, key=count, droppable=True)
    box.put(b"event")
    assert not wire.is_cut
    assert len(box) <= 5
    for _ in range(5):
        box.put(big)
    assert wire.is_cut


def test_one_that_does_not_read_never_keeps_others_waiting() -> None:
    async def run() -> list[list[bytes]]:
        sender = Sender()
        wires = [Wire() for _ in range(100)]
        boxes = [Outbox(cast("Any", wire), sender) for wire in wires]
        for wire in wires[::10]:
            wire.held = 10**6
        for count in range(20):
            for box in boxes:
                box.put(b"%d" % count)
            await asyncio.sleep(0.002)
        await asyncio.sleep(0.1)
        read = [wire.written for wire in wires]
        for wire in wires[::10]:
            wire.held = 0
        await asyncio.sleep(0.3)
        assert all(b"".join(wire.written) == b"".join(b"%d" % count for count in range(20)) for wire in wires)
        return [written for place, written in enumerate(read) if place % 10]

    for written in asyncio.run(run()):
        assert b"".join(written).endswith(b"19")


def test_many_clients_are_written_to_in_few_calls() -> None:
    async def run() -> int:
        sender = Sender()
        wires = [Wire() for _ in range(1_000)]
        boxes = [Outbox(cast("Any", wire), sender) for wire in wires]
        for count in range(30):
            for box in boxes:
                box.put(b"%02d" % count)
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.5)
        assert all(len(b"".join(wire.written)) == 60 for wire in wires)
        return max(len(wire.written) for wire in wires)

    assert asyncio.run(run()) < 30
