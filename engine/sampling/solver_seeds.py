"""SEEDS: exponential integrators of the reverse-time SDE with several stages, and noise that they share.

Between two levels the SDE multiplies x by e^(-(1 + eta) h), adds the estimate's share, and noise of deviation
sigma_next sqrt(1 - e^(-2 eta h)). Each stage continues the path of the one before, so its noise is what that had,
damped, and some of its own. Symbols: h = ln sigma - ln sigma_next, step = (1 + eta) h.
Source: Gonzalez et al. 2023, arXiv 2305.14267, algorithms 2 to 4, in data prediction.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from engine.sampling.solver import Problem, Step


def seeds_2(problem: Problem, *, eta: float = 1.0, s_noise: float = 1.0, r: float = 0.5) -> Iterator[Step]:
    """Two stages: two evaluations a step, the second at share r of it in ln sigma."""
    x = problem.x
    for index, sigma, sigma_next in problem.intervals():
        denoised = problem.denoise(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            path = _Path(problem, eta, s_noise, sigma)
            middle = sigma * (sigma_next / sigma) ** r
            ahead = path.walk(middle, torch.lerp(x, denoised, path.share(middle)))
            target = torch.lerp(denoised, problem.denoise(ahead, middle), 1 / (2 * r))
            x = path.walk(sigma_next, torch.lerp(x, target, path.share(sigma_next)))
        yield Step(index, x, denoised, sigma)


def seeds_3(
    problem: Problem, *, eta: float = 1.0, s_noise: float = 1.0, r1: float = 1 / 3, r2: float = 2 / 3
) -> Iterator[Step]:
    """Three stages: three evaluations a step."""
    x = problem.x
    for index, sigma, sigma_next in problem.intervals():
        denoised = problem.denoise(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            path = _Path(problem, eta, s_noise, sigma)
            first, second = (sigma * (sigma_next / sigma) ** r for r in (r1, r2))
            ahead = path.walk(first, torch.lerp(x, denoised, path.share(first)))
            change = problem.denoise(ahead, first) - denoised
            ahead = torch.lerp(x, denoised, path.share(second))
            ahead = path.walk(second, torch.add(ahead, change, alpha=r2 / r1 * path.share_of_slope(second)))
            change = problem.denoise(ahead, second) - denoised
            end = torch.lerp(x, denoised, path.share(sigma_next))
            x = path.walk(sigma_next, torch.add(end, change, alpha=path.share_of_slope(sigma_next) / r2))
        yield Step(index, x, denoised, sigma)


class _Path:
    """The noise of one step, from its first level down."""

    def __init__(self, problem: Problem, eta: float, s_noise: float, sigma: float) -> None:
        self._problem, self._eta, self._s_noise = problem, eta, s_noise
        self._start = self._level = sigma
        self._noise: Tensor | None = None

    def share(self, level: float) -> float:
        """Of the estimate, in x at a level: phi_1."""
        return 1 - (level / self._start) ** (1 + self._eta)

    def share_of_slope(self, level: float) -> float:
        """Of the estimate's change over the step so far, in x at a level: phi_2."""
        return 1 - self.share(level) / ((1 + self._eta) * math.log(self._start / level))

    def walk(self, level: float, x: Tensor) -> Tensor:
        """x, with the path's noise at that level."""
        fraction = level / self._level
        amount = level * math.sqrt(max(1 - fraction ** (2 * self._eta), 0.0)) * self._s_noise
        if amount > 0:
            fresh = self._problem.noise(self._level, level) * amount
            damped = None if self._noise is None else self._noise * fraction ** (1 + self._eta)
            self._noise = fresh if damped is None else fresh + damped
        self._level = level
        return x if self._noise is None else x + self._noise
