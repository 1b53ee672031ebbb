"""Guidance: how the estimates for several conditionings become the one that a step follows.

A `Guider` is what GUIDER sockets carry: a model, the conditionings it is asked about, and the arithmetic between them.
Sources: Ho & Salimans 2022, arXiv 2207.12598 (classifier-free guidance); Brooks et al. 2023, arXiv 2211.09800,
equation 3 (two conditions); Sadat et al. 2024, arXiv 2410.02416, algorithm 1 (adaptive projected guidance).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

import torch
from torch import Tensor

from engine.errors import InputValueError
from engine.sampling.conditioning import ConditioningList
from engine.sampling.model import Combine, Model
from engine.sampling.solver import Guided

Guide = Callable[[Tensor, float, Mapping[str, Tensor]], Guided]
"""(x, sigma, estimates by conditioning) -> what the step follows."""


@dataclass(frozen=True, slots=True, eq=False)
class Guider(ABC):
    """What a run is steered by.

    Attributes:
        model: Whose estimates are used.
    """

    model: Model

    @abstractmethod
    def conditionings(self, *, with_uncond: bool = False) -> dict[str, ConditioningList]:
        """The conditionings that have to be evaluated, by input name.

        Args:
            with_uncond: The sampler needs the negative estimate even if guidance does not.
        """

    @abstractmethod
    def begin(self) -> Guide:
        """The arithmetic for one run."""


@dataclass(frozen=True, slots=True, eq=False)
class BasicGuider(Guider):
    """No guidance: the estimate for one conditioning."""

    conditioning: ConditioningList

    def conditionings(self, *, with_uncond: bool = False) -> dict[str, ConditioningList]:
        """The one there is."""
        del with_uncond  # There is no negative; a sampler that asks for it gets the estimate itself.
        return {"conditioning": self.conditioning}

    def begin(self) -> Guide:
        """The estimate as it is."""
        return lambda _x, _sigma, estimates: Guided(estimates["conditioning"], estimates["conditioning"])


@dataclass(frozen=True, slots=True, eq=False)
class CFGGuider(Guider):
    """Classifier-free guidance, away from the negative and towards the positive.

    Attributes:
        positive: What the image is to show.
        negative: What it is not to show.
        cfg: Strength; 1 is no guidance.

    Raises:
        InputValueError: When made with a cfg that is not a finite number.
    """

    positive: ConditioningList
    negative: ConditioningList
    cfg: float

    def __post_init__(self) -> None:
        _require_finite(cfg=self.cfg)

    def conditionings(self, *, with_uncond: bool = False) -> dict[str, ConditioningList]:
        """Both, but for the negative where it makes no difference."""
        if math.isclose(self.cfg, 1) and self.model.options.skips_uncond and not with_uncond:
            return {"positive": self.positive}
        return {"positive": self.positive, "negative": self.negative}

    def begin(self) -> Guide:
        """The model's way to combine two estimates."""
        combine = self.model.options.begin_guidance()

        def guide(x: Tensor, sigma: float, estimates: Mapping[str, Tensor]) -> Guided:
            cond = estimates["positive"]
            uncond = estimates.get("negative")
            if uncond is None:
                return Guided(cond, cond)
            return Guided(combine(x, sigma, cond, uncond, self.cfg), uncond)

        return guide


@dataclass(frozen=True, slots=True, eq=False)
class DualCFGGuider(Guider):
    """Guidance by two positives, the second usually what the image starts from.

    Attributes:
        cond1: The finer condition.
        cond2: The coarser one.
        negative: Neither of them.
        cfg_conds: Strength from the second towards the first.
        cfg_cond2_negative: Strength from the negative towards the second.
        style: `regular` adds both differences (arXiv 2211.09800, equation 3); `nested` guides the result of the first
            guidance away from the negative.

    Raises:
        InputValueError: When made with a strength that is not a finite number.
    """

    cond1: ConditioningList
    cond2: ConditioningList
    negative: ConditioningList
    cfg_conds: float
    cfg_cond2_negative: float
    style: Literal["regular", "nested"] = "regular"

    def __post_init__(self) -> None:
        _require_finite(cfg_conds=self.cfg_conds, cfg_cond2_negative=self.cfg_cond2_negative)

    def conditionings(self, *, with_uncond: bool = False) -> dict[str, ConditioningList]:
        """All three."""
        del with_uncond
        return {"cond1": self.cond1, "cond2": self.cond2, "negative": self.negative}

    def begin(self) -> Guide:
        """The model's way to combine two estimates, twice."""
        inner, outer = self.model.options.begin_guidance(), self.model.options.begin_guidance()

        def guide(x: Tensor, sigma: float, estimates: Mapping[str, Tensor]) -> Guided:
            first, second, negative = estimates["cond1"], estimates["cond2"], estimates["negative"]
            if self.style == "nested":
                text = inner(x, sigma, first, second, self.cfg_conds)
                return Guided(outer(x, sigma, text, negative, self.cfg_cond2_negative), negative)
            base = outer(x, sigma, second, negative, self.cfg_cond2_negative)
            return Guided(torch.add(base, first - second, alpha=self.cfg_conds), negative)

        return guide


def _require_finite(**strengths: float) -> None:
    for name, strength in strengths.items():
        if not math.isfinite(strength):
            raise InputValueError(f"{name} must be a finite number, not {strength}.")


def begin_apg(eta: float, norm_threshold: float, momentum: float) -> Combine:
    """Adaptive projected guidance, for one run (arXiv 2410.02416, algorithm 1).

    Args:
        eta: How much of the part of guidance that runs along the estimate is kept; it is what oversaturates.
        norm_threshold: Longest guidance vector of an item; 0 for no limit.
        momentum: Weight of earlier steps' guidance; negative turns away from it.
    """
    memory = list[Tensor]()

    def combine(x: Tensor, sigma: float, cond: Tensor, uncond: Tensor, cfg: float) -> Tensor:
        del x, sigma
        difference = cond - uncond
        if momentum != 0:
            if memory:
                difference = torch.add(difference, memory.pop(), alpha=momentum)
            memory.append(difference)
        if norm_threshold > 0:
            length = _length(difference)
            difference = difference * (norm_threshold / length).clamp(max=1)
        direction = cond / _length(cond).clamp(min=1e-12)
        parallel = (difference * direction).sum(dim=(1, 2, 3), keepdim=True) * direction
        return torch.add(cond, torch.add(difference, parallel, alpha=eta - 1), alpha=cfg - 1)

    return combine


def _length(x: Tensor) -> Tensor:
    return x.square().sum(dim=(1, 2, 3), keepdim=True).sqrt()


def apg_guidance(eta: float, norm_threshold: float, momentum: float) -> Callable[[], Combine]:
    """Adaptive projected guidance as a value for `ModelOptions.begin_guidance`; see `begin_apg`."""
    return partial(begin_apg, eta, norm_threshold, momentum)
