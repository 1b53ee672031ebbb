"""What a network predicts, and how noise levels relate to its clock.

The engine works in the variance-exploding frame, x = x0 + sigma * noise. A network trained otherwise is turned into a
denoiser by D(x, sigma) = c_skip x + c_out F(c_in x, timestep) (Karras et al. 2022, arXiv 2206.00364, equation 7).
Symbols: ᾱ the share of signal in the variance-preserving frame, sigma = sqrt((1 - ᾱ) / ᾱ).
Which levels a run visits is decided in `schedules`.
Sources: Ho et al. 2020, arXiv 2006.11239 (eps); Salimans & Ho 2022, arXiv 2202.00512, appendix D (v); Lin et al. 2023,
arXiv 2305.08891, algorithm 1 (zero terminal SNR).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor

PredictionName = Literal["eps", "v"]

EVERY_SIGMA = 999999999.9
"""What a percentage of 0 means: above any noise level."""

ZERO_SNR_LAST_ALPHA_BAR = 4.8973451890853435e-08
"""The last ᾱ of a zero terminal SNR schedule: as good as zero, and the reason for a finite sigma_max of 4518.8."""


def list_floats(levels: Tensor) -> list[float]:
    """A tensor of one dimension as Python numbers; waits for its device."""
    untyped: Any = levels  # torch does not say what `tolist` returns.
    return untyped.tolist()


@dataclass(frozen=True, slots=True)
class DiscreteSchedule:
    """The noise levels that a network was trained at.

    Attributes:
        sigmas: One for each training timestep, rising.
    """

    sigmas: tuple[float, ...]

    @classmethod
    def from_betas(cls, betas: Tensor, *, zero_terminal_snr: bool = False) -> DiscreteSchedule:
        """The levels of a variance-preserving process.

        Args:
            betas: Share of noise that each training step adds, `[n]`, float64.
            zero_terminal_snr: Shift and scale the schedule so that nothing of the image is left at the last step.
        """
        alpha_bar = torch.cumprod(1 - betas.double(), dim=0)
        if zero_terminal_snr:
            root = alpha_bar.sqrt()
            root = (root - root[-1]) * root[0] / (root[0] - root[-1])
            alpha_bar = root**2
            alpha_bar[-1] = ZERO_SNR_LAST_ALPHA_BAR
        sigmas = ((1 - alpha_bar) / alpha_bar).sqrt().float()
        return cls(tuple(list_floats(sigmas)))

    @classmethod
    def stable_diffusion(cls, *, zero_terminal_snr: bool = False) -> DiscreteSchedule:
        """The schedule of Stable Diffusion 1.x, 2.x and XL: 1000 steps, the root of beta linear in time."""
        betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
        return cls.from_betas(betas, zero_terminal_snr=zero_terminal_snr)

    @property
    def sigma_min(self) -> float:
        """The lowest level."""
        return self.sigmas[0]

    @property
    def sigma_max(self) -> float:
        """The highest level."""
        return self.sigmas[-1]

    def timestep(self, sigma: float) -> int:
        """The training timestep whose level is nearest, by the logarithm."""
        above = bisect_left(self.sigmas, sigma)
        if above == 0 or above == len(self.sigmas):
            return max(above - 1, 0)
        # Nearer to the lower of two neighbours, by the logarithm, is below their geometric mean.
        return above - 1 if sigma * sigma < self.sigmas[above - 1] * self.sigmas[above] else above

    def sigma(self, timestep: float) -> float:
        """The level at a timestep, ln sigma interpolated linearly between whole ones."""
        timestep = min(max(timestep, 0.0), len(self.sigmas) - 1.0)
        low = math.floor(timestep)
        share = timestep - low
        if share == 0:
            return self.sigmas[low]
        return math.exp((1 - share) * math.log(self.sigmas[low]) + share * math.log(self.sigmas[low + 1]))

    def percent_to_sigma(self, percent: float) -> float:
        """The level at a share of the run, 0 (before the first step) to 1 (after the last), in training time."""
        if percent <= 0:
            return EVERY_SIGMA
        if percent >= 1:
            return 0.0
        return self.sigma((1 - percent) * (len(self.sigmas) - 1))


class Scaling(NamedTuple):
    """D = c_skip x + c_out F(c_in x)."""

    c_in: float
    c_skip: float
    c_out: float


def scale_eps(sigma: float) -> Scaling:
    """The network predicts the noise."""
    return Scaling(c_in=1 / math.sqrt(sigma**2 + 1), c_skip=1.0, c_out=-sigma)


def scale_v(sigma: float) -> Scaling:
    """The network predicts the velocity, sqrt(ᾱ) noise - sqrt(1 - ᾱ) x0."""
    root = math.sqrt(sigma**2 + 1)
    return Scaling(c_in=1 / root, c_skip=1 / (sigma**2 + 1), c_out=-sigma / root)


_SCALINGS = {"eps": scale_eps, "v": scale_v}


@dataclass(frozen=True, slots=True)
class Parametrization:
    """How a network's output becomes an estimate of the clean latent.

    Attributes:
        schedule: Its clock.
        prediction: What it predicts: noise or velocity.
    """

    schedule: DiscreteSchedule
    prediction: PredictionName = "eps"

    def scale_input(self, x: Tensor, sigma: float) -> Tensor:
        """The latent as the network was trained to see it."""
        return x * _SCALINGS[self.prediction](sigma).c_in

    def denoised(self, x: Tensor, output: Tensor, sigma: float) -> Tensor:
        """The estimate of the clean latent from the network's output for `x`."""
        scaling = _SCALINGS[self.prediction](sigma)
        kept = x if scaling.c_skip == 1 else x * scaling.c_skip
        return torch.add(kept, output, alpha=scaling.c_out)

    def add_noise(self, latent: Tensor, noise: Tensor, sigma: float) -> Tensor:
        """A clean latent at a noise level."""
        return torch.add(latent, noise, alpha=sigma)

    def start(self, latent: Tensor, noise: Tensor, sigma: float) -> Tensor:
        """What a run begins with.

        At full strength the noise is as wide as noised data of unit variance, which the latent, if there is one,
        does not change: training never saw anything narrower at that level.
        """
        highest = self.schedule.sigma_max
        if sigma > highest or math.isclose(sigma, highest, rel_tol=1e-5):
            return torch.add(latent, noise, alpha=math.sqrt(1 + sigma**2))
        return self.add_noise(latent, noise, sigma)
