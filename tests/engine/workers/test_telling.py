"""Telling of a run: all that matters in order, progress in short but never without its first and last value."""

from __future__ import annotations

from typing import Any, cast

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import EngineError
from engine.execution import events as said
from engine.execution import summaries as said_of
from engine.jobs.events import NodeBlocked, NodeFinished, NodeProgress, NodesCached, NodeStarted, NodeText
from engine.workers.outbox import Outbox
from engine.workers.previews import Previews
from engine.workers.telling import CACHED_AT_ONCE, PROGRESS_INTERVAL_S, Teller
from tests.engine.workers.outboxes import KeptOutbox


class _Previews:
    def __init__(self) -> None:
        self.said: list[tuple[object, ...]] = []

    def offer(self, job_id: str, picture: said.Preview) -> None:
        self.said.append(("offer", job_id, picture.node_id))

    def forget(self, job_id: str, node_id: str | None = None) -> None:
        self.said.append(("forget", job_id, node_id))


class _Scene:
    """A teller whose clock is turned by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.outbox = KeptOutbox()
        self.previews = _Previews()
        self.teller = Teller("j", cast(Outbox, self.outbox), cast(Previews, self.previews), lambda: self.now)

    def progress(self, value: Any, total: Any = 100, node_id: str = "1") -> None:
        self.teller.on_event(said.Progress(node_id, node_id, value, total))

    def finish(self, node_id: str = "1") -> None:
        self.teller.on_event(said.NodeFinished(node_id, "T", node_id, None, 0.5))

    def values(self, node_id: str = "1") -> list[float]:
        return [event.value for event in self.outbox.events(NodeProgress) if event.node_id == node_id]


# -- laws ------------------------------------------------------------------------------------------------------------

_STEPS = st.lists(st.tuples(st.floats(0, 0.2), st.booleans()), min_size=1, max_size=200)


@given(_STEPS)
def test_progress_is_bounded_and_its_first_and_last_values_are_told(steps: list[tuple[float, bool]]) -> None:
    scene = _Scene()
    for value, (pause_s, timer_runs) in enumerate(steps):
        scene.now += pause_s
        if timer_runs:
            scene.now += PROGRESS_INTERVAL_S  # a timer never runs sooner
            scene.outbox.run_timers()
        scene.progress(value)
    scene.finish()
    told = scene.values()
    assert told[0] == 0
    assert told[-1] == len(steps) - 1
    assert told == sorted(set(told))
    assert len(told) <= scene.now / PROGRESS_INTERVAL_S * 2 + 3
    assert isinstance(scene.outbox.events()[-1], NodeFinished)


@given(st.lists(st.sampled_from(["1", "2", "3"]), min_size=1, max_size=50))
def test_each_nodes_last_value_comes_before_its_end(order: list[str]) -> None:
    scene = _Scene()
    for value, node_id in enumerate(order):
        scene.progress(value, node_id=node_id)
    for node_id in sorted(set(order)):
        scene.finish(node_id)
    for node_id in sorted(set(order)):
        mine = [event for event in scene.outbox.events((NodeProgress, NodeFinished)) if event.node_id == node_id]
        assert isinstance(mine[-1], NodeFinished)
        assert scene.values(node_id)[-1] == max(place for place, each in enumerate(order) if each == node_id)


# -- examples --------------------------------------------------------------------------------------------------------


def test_everything_else_is_told_as_it_is() -> None:
    scene = _Scene()
    for event in (
        said.RunStarted("j", 3),
        said.NodesCached(("8", "9")),
        said.NodeStarted("1.0.a", "T", "1", "1"),
        said.NodeFinished("1.0.a", "T", "1", {"images": ({"filename": "a"},)}, 0.5, parent_id="1"),
        said.NodeFinished("9", "T", "9", {"text": ["x"]}, 0.0, cached=True),
        said.NodeBlocked("4", "T", "4", "not now"),
        said.NodeFailed("5", "U", "5", EngineError("no")),
        said.RunFinished("j", "failed", 1.0, "5"),
    ):
        scene.teller.on_event(event)
    assert scene.outbox.events() == [
        NodesCached(("8", "9")),
        NodeStarted("1.0.a", "T", "1", "1"),
        NodeFinished("1.0.a", "T", "1", 0.5, {"images": [{"filename": "a"}]}, False, "1"),
        NodeFinished("9", "T", "9", 0.0, {"text": ["x"]}, True),
        NodeBlocked("4", "T", "4", "not now"),
    ]
    assert scene.teller.executed == ["1.0.a"]
    assert scene.teller.current == ("5", "U")


def test_many_cached_nodes_are_told_a_few_at_a_time() -> None:
    scene = _Scene()
    ids = tuple(str(place) for place in range(2 * CACHED_AT_ONCE + 1))
    scene.teller.on_event(
        said.NodesCached(ids, {node_id: (said_of.ValueSummary(count=1, text=node_id),) for node_id in ids[5:]})
    )
    scene.teller.on_event(said.NodesCached(ids[: 2 * CACHED_AT_ONCE]))
    told = scene.outbox.events((NodesCached,))
    assert [len(event.node_ids) for event in told] == [
        CACHED_AT_ONCE,
        CACHED_AT_ONCE,
        1,
        CACHED_AT_ONCE,
        CACHED_AT_ONCE,
    ]
    assert [event.continues for event in told] == [True, True, False, True, False]
    assert sum((event.node_ids for event in told[:3]), ()) == ids
    for event in told[:3]:
        assert [*event.values] == [node_id for node_id in event.node_ids if node_id not in ids[:5]]
        assert all(values[0].text == node_id for node_id, values in event.values.items())


def test_texts_are_bounded_and_the_last_one_of_each_place_is_told() -> None:
    scene = _Scene()
    for number in range(100):
        for place in ("1", "other ✓"):
            scene.teller.on_event(said.TextSaid("1", place, f"step {number}"))
    assert scene.outbox.events(NodeText) == [NodeText("1", "step 0"), NodeText("other ✓", "step 0")]
    scene.progress(1)
    assert scene.values() == [1]
    scene.finish()
    assert scene.outbox.events((NodeText, NodeFinished))[2:4] == [
        NodeText("1", "step 99"),
        NodeText("other ✓", "step 99"),
    ]
    scene.teller.on_event(said.TextSaid("1", "\ud800", "/usr/lib/deep/x is read: \udfff"))
    assert scene.outbox.events(NodeText)[-1] == NodeText("\\ud800", "…/x is read: \\udfff")


def test_a_value_that_nothing_follows_is_told_by_the_timer() -> None:
    scene = _Scene()
    scene.progress(1)
    scene.progress(2)
    assert scene.values() == [1]
    assert [delay for delay, _ in scene.outbox.timers] == [PROGRESS_INTERVAL_S]
    scene.now += PROGRESS_INTERVAL_S
    scene.outbox.run_timers()
    assert scene.values() == [1, 2]
    scene.outbox.run_timers()
    assert scene.values() == [1, 2]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None, "x", [1], 10**400, torch.zeros(2)])
def test_what_is_no_number_is_not_told(value: object) -> None:
    scene = _Scene()
    scene.progress(value)
    scene.progress(1, value)
    assert scene.values() == []
    scene.progress(torch.tensor(3), 4)
    assert scene.values() == [3]


def test_after_the_end_nothing_is_told() -> None:
    scene = _Scene()
    scene.progress(1)
    scene.progress(2)
    scene.teller.close()
    assert scene.values() == [1, 2]
    scene.progress(3)
    scene.finish()
    scene.outbox.run_timers()
    assert scene.values() == [1, 2]
    assert scene.outbox.events(NodeFinished) == []


def test_pictures_are_offered_until_the_node_ends() -> None:
    scene = _Scene()
    scene.teller.on_event(said.Preview("1", "1", torch.zeros(1, 2, 2, 3)))
    scene.finish()
    scene.teller.close()
    assert scene.previews.said == [("offer", "j", "1"), ("forget", "j", "1"), ("forget", "j", None)]
