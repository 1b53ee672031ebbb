"""What a solver is given and what it yields: the common ground of the `solver_*` files.

A solver follows the probability flow ODE dx/dsigma = (x - D(x, sigma)) / sigma, or an SDE of the same marginals, from
one noise level to the next. It is a generator of `Step`: whoever consumes it shows progress and previews, and stops it
by not asking for more. Levels are Python numbers, so no step makes the host wait for the device.
Symbols: x the latent, D the denoised estimate, h = ln sigma - ln sigma_next.
Source of the ancestral split: Song et al. 2020, arXiv 2010.02502, equation 16, in the form of k-diffusion (MIT).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from engine.sampling.noise import StepNoise


@dataclass(frozen=True, slots=True)
class Step:
    """One interval of the schedule, done.

    Attributes:
        index: Which interval, from 0.
        x: The latent after it.
        denoised: The estimate that the interval began with.
        sigma: The level that it began at.
    """

    index: int
    x: Tensor
    denoised: Tensor
    sigma: float


class Guided(NamedTuple):
    """Estimates of the clean latent.

    Attributes:
        denoised: With guidance.
        uncond: Without the prompt; the same where there is no such thing.
    """

    denoised: Tensor
    uncond: Tensor


@dataclass(frozen=True, slots=True)
class Problem:
    """What a solver is given.

    Attributes:
        guided: (x, sigma) -> the estimates.
        x: The latent at the first level `[b c h w]`.
        sigmas: The levels; only the last may be 0, and no two neighbours are equal.
        noise: For samplers that add some.
    """

    guided: Callable[[Tensor, float], Guided]
    x: Tensor
    sigmas: tuple[float, ...]
    noise: StepNoise

    @property
    def steps(self) -> int:
        """Number of intervals."""
        return len(self.sigmas) - 1

    def denoise(self, x: Tensor, sigma: float) -> Tensor:
        """D(x, sigma)."""
        return self.guided(x, sigma).denoised

    def intervals(self) -> Iterator[tuple[int, float, float]]:
        """(index, sigma, sigma_next) of every interval."""
        for index in range(self.steps):
            yield index, self.sigmas[index], self.sigmas[index + 1]


def euler_step(x: Tensor, denoised: Tensor, sigma: float, sigma_next: float) -> Tensor:
    """The straight line from x at sigma to the estimate at 0, as far as sigma_next; the estimate itself at 0."""
    return torch.lerp(denoised, x, sigma_next / sigma)


def slope(x: Tensor, denoised: Tensor, sigma: float) -> Tensor:
    """dx/dsigma."""
    return (x - denoised) / sigma


def log_midpoint(sigma: float, other: float) -> float:
    """The level half-way, by the logarithm."""
    return math.sqrt(sigma * other)


def split_ancestral(sigma: float, sigma_next: float, eta: float = 1.0) -> tuple[float, float]:
    """How far to go down, and how much noise to add then, to arrive at sigma_next.

    Args:
        sigma: Where the step begins.
        sigma_next: Where it ends.
        eta: 0 adds no noise, 1 as much as the reverse diffusion.

    Returns:
        (sigma_down, sigma_up), sigma_down² + sigma_up² = sigma_next².
    """
    if eta == 0 or sigma_next >= sigma:
        return sigma_next, 0.0
    up = min(sigma_next, eta * sigma_next * math.sqrt(sigma**2 - sigma_next**2) / sigma)
    return math.sqrt(max(sigma_next**2 - up**2, 0.0)), up


def add_noise(problem: Problem, x: Tensor, sigma: float, sigma_next: float, amount: float) -> Tensor:
    """x with so much of the interval's noise."""
    if amount == 0:
        return x
    return torch.add(x, problem.noise(sigma, sigma_next), alpha=amount)
