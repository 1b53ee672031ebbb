"""JobQueue against a plain list that is sorted again after every step."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.jobs.queue import JobQueue, Place

IDS = [f"job-{letter}" for letter in "abcdefgh"]
ids = st.sampled_from(IDS)
numbers = st.one_of(st.integers(-2, 2).map(float), st.sampled_from([1e300, -1e300, 2.0**53, 0.1]))
steps = st.one_of(
    st.tuples(st.just("push"), ids, numbers, numbers),
    st.tuples(st.just("pop")),
    st.tuples(st.just("remove"), ids),
    st.tuples(st.just("before"), ids, ids),
    st.tuples(st.just("to"), ids, st.sampled_from(["front", "end"])),
)


class Model:
    """The same rules without any cleverness: a list of ids in order, and the places they were told."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.order: list[str] = []

    def sort(self) -> None:
        self.order = sorted(self.places, key=lambda job_id: (*self.places[job_id], job_id))


@given(st.lists(steps, max_size=60))
def test_the_queue_is_a_sorted_list(actions: list[tuple[Any, ...]]) -> None:
    queue, model = JobQueue(), Model()
    for action in actions:
        match action:
            case ("push", job_id, number, position):
                if job_id in model.places:
                    with pytest.raises(ValueError, match="already"):
                        queue.push(job_id, number, position)
                else:
                    queue.push(job_id, number, position)
                    model.places[job_id] = Place(number, position)
                    model.sort()
            case ("pop",):
                expected = model.order.pop(0) if model.order else None
                assert queue.pop() == expected
                model.places.pop(expected or "", None)
            case ("remove", job_id):
                assert queue.remove(job_id) == (job_id in model.places)
                model.places.pop(job_id, None)
                model.sort()
            case (("before" | "to") as how, job_id, target):
                known = job_id in model.places and (how == "to" or target in model.places)
                if not known:
                    with pytest.raises(KeyError):
                        queue.move(job_id, **{how: target})
                    continue
                changed = queue.move(job_id, **{how: target})
                if target != job_id:
                    model.order.remove(job_id)
                    indices = {"front": 0, "end": len(model.order)}
                    index = indices[target] if how == "to" else model.order.index(target)
                    model.order.insert(index, job_id)
                model.places.update(changed)
                expected_order = model.order
                model.sort()
                assert model.order == expected_order, "the places that were told give another order"
            case _:
                raise AssertionError(action)
        assert list(queue) == queue.ids() == model.order
        assert len(queue) == len(model.order)
        for index, job_id in enumerate(model.order):
            assert queue.position_of(job_id) == index
            assert queue.place_of(job_id) == model.places[job_id]
            assert job_id in queue


@given(st.integers(0, 12), st.integers(0, 12))
def test_pages_are_slices(offset: int, limit: int) -> None:
    queue = JobQueue()
    for index in range(8):
        queue.push(str(index), 0, index)
    assert queue.ids(offset, limit) == queue.ids()[offset : offset + limit]


def test_between_two_neighbours_there_is_always_room() -> None:
    """Halving a distance ends after some fifty times; then others give way and are told."""
    queue = JobQueue()
    for index in range(5):
        queue.push(str(index), 0, index + 2.0**40)
    given_way = 0
    for count in range(300):
        mover = str(1 + count % 3)
        target = queue.ids()[queue.position_of("4")]
        changed = queue.move(mover, before=target)
        given_way += len(changed) > 1
        assert queue.position_of(mover) == queue.position_of("4") - 1
    assert given_way


def test_a_job_moved_to_an_end_stays_there_as_others_come() -> None:
    queue = JobQueue()
    for index in range(1, 4):
        queue.push(str(index), index, index)
    queue.move("3", to="front")
    queue.push("4", 4, 4)
    assert queue.ids() == ["3", "1", "2", "4"]
    queue.push("urgent", -5, 5)
    assert queue.ids() == ["urgent", "3", "1", "2", "4"]


def test_nobodys_turn_comes_while_paused() -> None:
    queue = JobQueue()
    queue.push("a", 0, 0)
    queue.paused = True
    assert queue.pop() is None
    assert len(queue) == 1
    queue.paused = False
    assert queue.pop() == "a"


def test_clear_gives_all_in_order() -> None:
    queue = JobQueue()
    for index in range(10_000):
        queue.push(str(index), -index, 0)
    assert queue.clear() == [str(index) for index in reversed(range(10_000))]
    assert not len(queue)
    queue.push("0", 0, 0)


@pytest.mark.parametrize("step", [1, 7, 900])
def test_many_are_taken_out_as_one_by_one(step: int) -> None:
    queue, other = JobQueue(), JobQueue()
    for index in range(1_000):
        for each in (queue, other):
            each.push(str(index), index % 13, index)
    wanted = [str(index) for index in range(0, 1_200, step)]
    expected = [job_id for job_id in other.ids() if job_id in wanted]
    for job_id in wanted:
        other.remove(job_id)
    assert queue.remove_many([*wanted, *wanted]) == expected
    assert queue.ids() == other.ids()
    assert all(queue.position_of(job_id) == place for place, job_id in enumerate(queue.ids()))
    assert not any(job_id in queue for job_id in expected)
    assert queue.remove_many(wanted) == []


def test_what_is_no_place_is_refused() -> None:
    queue = JobQueue()
    with pytest.raises(ValueError, match="not a place"):
        queue.push("a", float("nan"), 0)
    queue.push("a", 0, 0)
    with pytest.raises(ValueError, match="either"):
        queue.move("a")
