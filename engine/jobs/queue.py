"""Whose turn it is: the ids of the jobs that wait, in order, in memory. The store knows the rest.

A place is (number, position): lower numbers first, among equal numbers lower positions. Ids decide among equal places,
so that the order never depends on when something was pushed.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterator
from itertools import islice
from math import isnan
from typing import Literal, NamedTuple

_FEW = 8
"""So many are taken out one by one, each with a search and a shift; more of them in one pass over all that wait."""


class Place(NamedTuple):
    """Where a job stands in the queue."""

    number: float
    position: float


class JobQueue:
    """Job ids in the order of their places. Nothing costs more than a search by bisection and a shift in a list.

    Attributes:
        paused: Nobody's turn comes: `pop` gives None.
    """

    def __init__(self) -> None:
        self.paused = False
        self._order: list[tuple[float, float, str]] = []
        self._places: dict[str, Place] = {}

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, job_id: object) -> bool:
        return job_id in self._places

    def __iter__(self) -> Iterator[str]:
        return (entry[2] for entry in self._order)

    def push(self, job_id: str, number: float, position: float) -> None:
        """Let a job wait.

        Raises:
            ValueError: It waits already, or its place is not a number.
        """
        if job_id in self._places:
            raise ValueError(f"Job {job_id} is in the queue already.")
        if isnan(number) or isnan(position):
            raise ValueError(f"Job {job_id} cannot be put at {number}, {position}: not a place.")
        self._places[job_id] = Place(number, position)
        insort(self._order, (number, position, job_id))

    def pop(self) -> str | None:
        """Take the first job out; None if there is none or the queue is paused."""
        if self.paused or not self._order:
            return None
        job_id = self._order.pop(0)[2]
        del self._places[job_id]
        return job_id

    def remove(self, job_id: str) -> bool:
        """Take this job out; False if it does not wait."""
        if job_id not in self._places:
            return False
        del self._order[self.position_of(job_id)]
        del self._places[job_id]
        return True

    def remove_many(self, job_ids: Collection[str]) -> list[str]:
        """Take those of these jobs out that wait; returns their ids in order."""
        gone = {job_id for job_id in job_ids if job_id in self._places}
        if len(gone) <= _FEW:
            found = sorted(gone, key=self.position_of)
            for job_id in found:
                self.remove(job_id)
            return found
        found = [entry[2] for entry in self._order if entry[2] in gone]
        self._order = [entry for entry in self._order if entry[2] not in gone]
        for job_id in found:
            del self._places[job_id]
        return found

    def clear(self) -> list[str]:
        """Take all out; returns their ids in order."""
        job_ids = list(self)
        self._order.clear()
        self._places.clear()
        return job_ids

    def ids(self, offset: int = 0, limit: int | None = None) -> list[str]:
        """A page of the ids, in order."""
        end = len(self._order) if limit is None else offset + limit
        return [entry[2] for entry in islice(self._order, offset, max(end, offset))]

    def place_of(self, job_id: str) -> Place:
        """The place of a waiting job. Raises KeyError for others."""
        return self._places[job_id]

    def position_of(self, job_id: str) -> int:
        """How many wait before it. Raises KeyError if it does not wait itself."""
        return bisect_left(self._order, (*self._places[job_id], job_id))

    def move(
        self, job_id: str, *, before: str | None = None, to: Literal["front", "end"] | None = None
    ) -> dict[str, Place]:
        """Give a job another place: directly before another one, or first, or last.

        Returns:
            The new place of every job whose place changed, for the store: nearly always of this one only; of some more
            where no number is left between two neighbours. Empty if it stands there already.

        Raises:
            KeyError: One of the jobs does not wait.
            ValueError: Not exactly one of `before` and `to` is given.
        """
        if (before is None) == (to is None):
            raise ValueError("A job is moved either before another one or to an end of the queue.")
        old_index = self.position_of(job_id)
        if before == job_id:
            return {}
        end = 0 if to == "front" else len(self._order)
        new_index = end if before is None else self.position_of(before)
        if new_index in (old_index, old_index + 1):
            return {}
        self.remove(job_id)
        new_index -= new_index > old_index
        changed = self._make_room(job_id, new_index)
        for changed_id in changed:
            self.remove(changed_id)
        for changed_id, place in changed.items():
            self.push(changed_id, *place)
        return changed

    def _make_room(self, job_id: str, index: int) -> dict[str, Place]:
        """Places with which `job_id` stands at `index`: its own, and those of others that had to give way."""
        if index == 0:
            number, position, _ = self._order[0]
            return self._checked(job_id, index, Place(number, position - 1))
        if index == len(self._order):
            number, position, _ = self._order[-1]
            return self._checked(job_id, index, Place(number, position + 1))
        before, after = self._order[index - 1], self._order[index]
        if before[0] < after[0]:
            return self._checked(job_id, index, Place(after[0], after[1] - 1))
        return self._checked(job_id, index, Place(after[0], (before[1] + after[1]) / 2))

    def _checked(self, job_id: str, index: int, place: Place) -> dict[str, Place]:
        """The place, if it is strictly between its neighbours; else new places for all jobs of its number."""
        fits_after = index == 0 or self._order[index - 1][:2] < place
        fits_before = index == len(self._order) or place < self._order[index][:2]
        if fits_after and fits_before:
            return {job_id: place}
        first = bisect_left(self._order, (place.number,))
        row = [entry[2] for entry in self._order[first:] if entry[0] == place.number]
        row.insert(index - first, job_id)
        return {row_id: Place(place.number, float(offset)) for offset, row_id in enumerate(row)}
