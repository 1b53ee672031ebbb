"""The small functions that samplers of packs are written with: what they import from `comfy.k_diffusion.sampling`.

Sources: as of `engine.sampling.solver` and `engine.sampling.schedules`, whose formulas these are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from engine.sampling.noise import make_generator
from engine.sampling.schedules import karras_levels, polyexponential_levels, vp_levels
from engine.sampling.solver import slope, split_ancestral


def append_zero(x: Tensor) -> Tensor:
    """Levels, and 0 behind them."""
    return torch.cat([x, x.new_zeros(1)])


def append_dims(x: Tensor, target_dims: int) -> Tensor:
    """A tensor with as many dimensions, those that are missing at the end.

    Raises:
        ValueError: if it has more.
    """
    missing = target_dims - x.ndim
    if missing < 0:
        raise ValueError(f"A tensor of {x.ndim} dimensions cannot have {target_dims}.")
    return x.reshape(*x.shape, *[1] * missing)


def to_d(x: Tensor, sigma: Any, denoised: Tensor) -> Tensor:
    """dx/dsigma."""
    return (x - denoised) / append_dims(sigma, x.ndim) if isinstance(sigma, Tensor) else slope(x, denoised, sigma)


def get_ancestral_step(sigma_from: Any, sigma_to: Any, eta: float = 1.0) -> tuple[float, float]:
    """How far to go down, and how much noise to add then."""
    return split_ancestral(float(sigma_from), float(sigma_to), float(eta or 0))


def default_noise_sampler(x: Tensor, seed: int | None = None) -> Callable[[Any, Any], Tensor]:
    """Independent noise for every step; with a seed, the same each time."""
    generator: torch.Generator | None = None
    if seed is not None:
        generator = make_generator(seed + 1 if x.device.type == "cpu" else seed, x.device)

    def draw(sigma: Any, sigma_next: Any) -> Tensor:
        del sigma, sigma_next
        return torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)

    return draw


def get_sigmas_karras(n: int, sigma_min: float, sigma_max: float, rho: float = 7.0, device: Any = "cpu") -> Tensor:
    """Evenly spaced in sigma ** (1 / rho)."""
    return karras_levels(n, float(sigma_min), float(sigma_max), rho).float().to(device)


def get_sigmas_exponential(n: int, sigma_min: float, sigma_max: float, device: Any = "cpu") -> Tensor:
    """Evenly spaced in ln sigma."""
    return polyexponential_levels(n, float(sigma_min), float(sigma_max)).float().to(device)


def get_sigmas_polyexponential(
    n: int, sigma_min: float, sigma_max: float, rho: float = 1.0, device: Any = "cpu"
) -> Tensor:
    """A polynomial in ln sigma."""
    return polyexponential_levels(n, float(sigma_min), float(sigma_max), rho).float().to(device)


def get_sigmas_vp(
    n: int, beta_d: float = 19.9, beta_min: float = 0.1, eps_s: float = 1e-3, device: Any = "cpu"
) -> Tensor:
    """The continuous variance-preserving process."""
    return vp_levels(n, beta_d, beta_min, eps_s).float().to(device)
