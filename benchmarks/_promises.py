"""What the server promises in figures, in one table, and whether a run of the benchmarks kept it (`--check`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, isnan
from typing import NamedTuple


class Promise(NamedTuple):
    """A figure that may not be exceeded."""

    what: str
    most: float


PROMISES = {
    "start": Promise("command to first page, s", 1.0),
    "waiting": Promise("GET /queue, p99 in ms, sampling", 50.0),
    "lost": Promise("accepted prompts that were lost", 0),
    "unmarked": Promise("ran twice to the end and not marked", 0),
    "damaged": Promise("databases damaged", 0),
    "torn": Promise("pictures torn", 0),
    "blocking": Promise("longest wait beside a large request, ms", 50.0),
    "clients": Promise("run with 1,000 clients, times one alone", 1.05),
    "server memory": Promise("server's memory, times that after warm-up", 1.05),
    "worker memory": Promise("workers' memory, times that after warm-up", 1.10),
    "handles": Promise("handles, times those after warm-up", 1.02),
}
"""Times are those of a machine with two cores and nothing else to do."""


@dataclass
class Check:
    """What was measured of what is promised: the worst figure of each."""

    figures: dict[str, float] = field(default_factory=dict[str, float])

    def take(self, name: str, figure: float) -> None:
        """A figure of a promise. Raises KeyError if nothing of that name is promised."""
        what = PROMISES[name].what
        known = self.figures.get(what, -inf)
        if not isnan(known) and not figure <= known:
            self.figures[what] = figure

    def missed(self) -> list[str]:
        """The promises that were not kept."""
        return [
            one.what
            for one in PROMISES.values()
            if one.what in self.figures and not self.figures[one.what] <= one.most  # also what is no number
        ]

    def conclude(self) -> int:
        """Print each with its limit; the exit status: 1 if one was missed."""
        missed = self.missed()
        print(f"\n{'promise':42}{'figure':>12}{'at most':>12}")
        for one in PROMISES.values():
            if one.what in self.figures:
                verdict = "MISSED" if one.what in missed else "kept"
                print(f"{one.what:42}{self.figures[one.what]:>12.2f}{one.most:>12.2f}  {verdict}")
        return 1 if missed else 0


def growth(samples: list[float]) -> float:
    """How many times the last third of samples is as large as the third before, by their medians; the first is warm-up.

    Not a number if there are fewer than three.
    """
    third = len(samples) // 3
    if not third:
        return float("nan")
    before, after = sorted(samples[-2 * third : -third]), sorted(samples[-third:])
    return after[third // 2] / before[third // 2]
