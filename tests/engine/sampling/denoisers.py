"""Denoisers in closed form, for the tests of samplers: no network, float64."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

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


def smooth_sigmas(n: int, first: float = 10.0, last: float = 0.1, rho: float = 3.0) -> tuple[float, ...]:
    """n steps between two levels, the same curve for every n."""
    return tuple((first ** (1 / rho) + i / n * (last ** (1 / rho) - first ** (1 / rho))) ** rho for i in range(n + 1))


def smooth_noise(x: Tensor) -> Callable[[float, float], Tensor]:
    """Stands in for random noise where two programs must get the same: a smooth function of the levels."""
    pattern = torch.linspace(-1, 1, x.numel(), dtype=x.dtype).view(x.shape)

    def draw(sigma: float | Tensor, sigma_next: float | Tensor) -> Tensor:
        return torch.sin(7 * pattern + 3 * math.log(float(sigma)) + 2 * float(sigma_next))

    return draw
