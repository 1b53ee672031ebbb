"""Denoisers in closed form, for the tests of samplers: no network, float64."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from engine.sampling.solver import Guided

Guide = Callable[[Tensor, float], Guided]


@dataclass(frozen=True)
class GaussianData:
    """Data x0 ~ N(mean, deviation²): both the denoiser and the ODE's solution are known."""

    mean: float = 0.7
    deviation: float = 0.6

    def denoise(self, x: Tensor, sigma: float) -> Tensor:
        """E[x0 | x], linear in x."""
        kept = self.deviation**2 / (self.deviation**2 + sigma**2)
        return kept * x + (1 - kept) * self.mean

    def guided(self, x: Tensor, sigma: float) -> Guided:
        denoised = self.denoise(x, sigma)
        return Guided(denoised, denoised)

    def solution(self, x: Tensor, sigma: float, sigma_next: float) -> Tensor:
        """Where the probability flow ODE takes x."""
        width = math.sqrt((self.deviation**2 + sigma_next**2) / (self.deviation**2 + sigma**2))
        return self.mean + (x - self.mean) * width


def denoise_mixture(x: Tensor, sigma: float) -> Tensor:
    """E[x0 | x] for two equal Gaussians at ±1 of deviation 0.3: not linear in x."""
    variance = 0.09 + sigma**2
    towards = torch.tanh(x / variance)
    return (0.09 * x + sigma**2 * towards) / variance


def guided_mixture(x: Tensor, sigma: float) -> Guided:
    denoised = denoise_mixture(x, sigma)
    return Guided(denoised, denoised)


def starting_point(sigma: float = 10.0, *, shape: tuple[int, ...] = (2, 3, 4, 5)) -> Tensor:
    """Noise of that width, float64."""
    generator = torch.Generator().manual_seed(5)
    return sigma * torch.randn(shape, dtype=torch.float64, generator=generator)


def smooth_sigmas(n: int, first: float = 10.0, last: float = 0.1, *, graded: bool = False) -> tuple[float, ...]:
    """n steps between two levels, points of the same curve for every n.

    Graded steps are small at both ends, where multistep methods are of lower order, and so show the order in between.
    """
    places = [i / n for i in range(n + 1)]
    if graded:
        places = [u**3 * (10 - 15 * u + 6 * u**2) for u in places]
    return tuple((first ** (1 / 3) + u * (last ** (1 / 3) - first ** (1 / 3))) ** 3 for u in places)


def smooth_noise(x: Tensor) -> Callable[[float, float], Tensor]:
    """Stands in for random noise where two programs must get the same: a smooth function of the levels."""
    pattern = torch.linspace(-1, 1, x.numel(), dtype=x.dtype).view(x.shape)

    def draw(sigma: float | Tensor, sigma_next: float | Tensor) -> Tensor:
        return torch.sin(7 * pattern + 3 * math.log(float(sigma)) + 2 * float(sigma_next))

    return draw


def path_noise(levels: Sequence[float]) -> Callable[[float, float], Tensor]:
    """Noise as coordinates: of one Brownian path over sigma, whose independent pieces lie between the levels.

    A solver that is linear in x and noise, run on such coordinates, tells the exact distribution of what it makes: the
    squared length of the result is its variance. Coordinate 0 is left for the initial noise.
    """
    places = sorted(levels)
    pieces = torch.tensor([high - low for low, high in pairwise(places)], dtype=torch.float64)

    def draw(sigma: float, sigma_next: float) -> Tensor:
        low, high = sorted((sigma, sigma_next))
        first, last = (min(range(len(places)), key=lambda i, at=at: abs(places[i] - at)) for at in (low, high))
        assert math.isclose(places[first], low)
        assert math.isclose(places[last], high)
        noise = torch.zeros(1 + len(pieces), dtype=torch.float64)
        noise[1 + first : 1 + last] = (pieces[first:last] / (high - low)).sqrt()
        return noise

    return draw
