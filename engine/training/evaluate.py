"""How well a checkpoint paints what captions say, on combinations that its training never saw, judged by pixels.

Every figure, colour and background of these captions is known to the model; which figure has which colour before which
background is not. What counts as right is said in `judge`.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from engine.training.captions import write_caption
from engine.training.illustrations import Pixels
from engine.training.judge import Verdict, judge_picture
from engine.training.painter import Painter, PaintSettings
from engine.training.scenes import Scene, random_held_out_scene

CAPTION_COUNTS: Final[Mapping[str, int]] = {"single": 200, "row": 50, "pair": 50, "view": 50, "view_pair": 50}
"""Captions of each family of scenes; the first is the one that the model's fidelity is promised for."""
ASPECTS: Final = ("background", "colours", "shapes", "bindings", "counts", "layout", "all")
_SEED: Final = 2026
_BATCH: Final = 25


@dataclass(frozen=True, slots=True)
class Case:
    """A caption, the scene it tells of, and the seed of its picture."""

    scene: Scene
    caption: str
    seed: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A case with its picture `[h w c]` and what is right about it."""

    case: Case
    picture: Pixels
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class FamilyReport:
    """What was found for one family of scenes."""

    family: str
    judged: tuple[Judged, ...]

    @property
    def both_colours(self) -> float:
        """Share of pictures in which figure and background have their colours."""
        return self._share(lambda verdict: verdict.background and verdict.colours)

    def share(self, aspect: str) -> float:
        """Share of pictures that are right in one of `ASPECTS`."""
        return self._share(lambda verdict: bool(getattr(verdict, aspect)))

    def _share(self, is_right: Callable[[Verdict], bool]) -> float:
        return sum(is_right(judged.verdict) for judged in self.judged) / len(self.judged)


def list_cases(family: str, count: int) -> list[Case]:
    """Different captions of held-out combinations, the same at each call."""
    rng = np.random.default_rng((_SEED, zlib.crc32(family.encode())))
    cases: dict[str, Case] = {}
    while len(cases) < count:
        scene = random_held_out_scene(rng, family)
        caption = write_caption(scene)
        cases.setdefault(caption, Case(scene, caption, _SEED + len(cases)))
    return list(cases.values())


def evaluate_postcards(
    path: Path,
    *,
    counts: Mapping[str, int] = CAPTION_COUNTS,
    settings: PaintSettings | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[FamilyReport]:
    """Paint and judge held-out captions.

    Args:
        path: The checkpoint.
        counts: How many captions of each family.
        settings: How to sample; 20 steps of dpmpp_2m at cfg 5 by default.
        on_progress: Called with the pictures done and to do.

    Returns:
        A report for each family.

    Raises:
        CheckpointError: If the checkpoint cannot be loaded.
    """
    painter = Painter.open(path)
    settings = settings or PaintSettings()
    reports: list[FamilyReport] = []
    done, total = 0, sum(counts.values())
    for family, count in counts.items():
        judged: list[Judged] = []
        cases = list_cases(family, count)
        for start in range(0, count, _BATCH):
            batch = cases[start : start + _BATCH]
            pictures = painter.paint([case.caption for case in batch], [case.seed for case in batch], settings)
            for case, picture in zip(batch, pictures, strict=True):
                judged.append(Judged(case, picture, judge_picture(picture, case.scene)))
            done += len(batch)
            if on_progress is not None:
                on_progress(done, total)
        reports.append(FamilyReport(family, tuple(judged)))
    return reports
