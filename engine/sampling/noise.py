"""Noise: what a run starts with, and what stochastic samplers add between steps.

The same seed gives the same numbers as in other programs of this kind, so their details are kept: the initial noise of
a batch is one draw from a Mersenne Twister on the CPU, in the latent's dtype; an ancestral sampler draws on the device
of the latent; the SDE samplers read a Brownian path (`torchsde`), on the CPU unless told otherwise. No generator but
those made here is touched.
Source of the Brownian tree: Li et al. 2020, arXiv 2001.01328; its use for sampling: k-diffusion (MIT).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor

from engine.errors import InputValueError
from engine.graph.schema import SEED_MAX

TREE_DIGITS = 6
"""Decimals to which the Brownian tree resolves its time."""

StepNoise = Callable[[float, float], Tensor]
"""(sigma, sigma_next) -> noise of unit variance for that interval, shaped like the latent."""


def check_seed(seed: int) -> None:
    """Raise if a seed is out of range.

    Raises:
        InputValueError: If it is not from 0 to 2**64 - 1.
    """
    if not 0 <= seed <= SEED_MAX:
        raise InputValueError(f"seed must be from 0 to {SEED_MAX}, not {seed}.")


def make_generator(seed: int, device: torch.device | str = "cpu") -> torch.Generator:
    """A generator of its own; a seed beyond 64 bits, as the one after the last, wraps around."""
    return torch.Generator(device).manual_seed(seed % (SEED_MAX + 1))


def prepare_noise(samples: Tensor, seed: int, batch_index: Sequence[int] | None = None) -> Tensor:
    """The initial noise for a batch of latents, on the CPU.

    Without `batch_index` the batch is one draw. An item of it is then the noise of the same item of a larger batch
    only if its number of elements is a multiple of 16, because of how torch fills normal tensors.

    Args:
        samples: The latents `[b c h w]`: their shape and dtype count.
        seed: 0 to 2**64 - 1.
        batch_index: For each item, which draw is its own; draws are then made one item at a time.

    Raises:
        InputValueError: If the seed is out of range, or indices are negative or not one for each item.
    """
    check_seed(seed)
    generator = make_generator(seed)
    if batch_index is None:
        return torch.randn(samples.shape, dtype=samples.dtype, generator=generator)
    if len(batch_index) != len(samples) or min(batch_index, default=0) < 0:
        raise InputValueError(
            f"batch_index must hold one index from 0 up for each of the {len(samples)} latents, not {batch_index}."
        )
    wanted = dict[int, Tensor]()
    for index in range(max(batch_index) + 1):
        draw = torch.randn((1, *samples.shape[1:]), dtype=samples.dtype, generator=generator)
        if index in batch_index:
            wanted[index] = draw
    return torch.cat([wanted[index] for index in batch_index])


@dataclass(frozen=True, slots=True)
class NoiseSource:
    """What NOISE sockets carry: where the initial noise comes from.

    Attributes:
        seed: Of the initial noise, and of the noise that samplers add.
        silent: The initial noise is zero: the latent is noisy already.
    """

    seed: int
    silent: bool = False

    def make(self, samples: Tensor, batch_index: Sequence[int] | None = None) -> Tensor:
        """The initial noise for these latents; see `prepare_noise`."""
        if self.silent:
            return torch.zeros(samples.shape, dtype=samples.dtype)
        return prepare_noise(samples, self.seed, batch_index)


def make_gaussian_noise(x: Tensor, seed: int) -> StepNoise:
    """Independent noise for every step, drawn on the device of `x`.

    On the CPU the stream begins one seed later: there the generator is of the same kind as that of the initial noise,
    and the first step would add just that noise again.
    """
    check_seed(seed)
    generator = make_generator(seed + 1 if x.device.type == "cpu" else seed, x.device)

    def draw(sigma: float, sigma_next: float) -> Tensor:
        del sigma, sigma_next  # Every interval gets fresh noise.
        return torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)

    return draw


def make_brownian_noise(
    x: Tensor, sigma_min: float, sigma_max: float, seed: int, *, on_device: bool = False
) -> StepNoise:
    """Increments of one Brownian path over sigma, scaled to unit variance.

    An interval gets the same noise however it is divided, so that more steps refine a picture and do not change it.

    Args:
        x: The latent: shape, dtype and device of the noise.
        sigma_min: Lowest level that will be asked for, above 0.
        sigma_max: Highest level that will be asked for.
        seed: Names the path.
        on_device: Draw on the device of `x`: faster there, but another path than that of the CPU.
    """
    check_seed(seed)
    start, end = (round(level, TREE_DIGITS) for level in (sigma_min, sigma_max))
    trees = list[Callable[[float, float], Tensor]]()

    def draw(sigma: float, sigma_next: float) -> Tensor:
        if not trees:
            trees.append(_grow_tree(x, start, end, seed, on_device=on_device))
        low, high = sorted(min(max(round(level, TREE_DIGITS), start), end) for level in (sigma, sigma_next))
        if low == high:
            return torch.zeros_like(x)
        sign = -1 if sigma > sigma_next else 1
        increment = trees[0](low, high).to(x.device, non_blocking=True)
        return increment * (sign / math.sqrt(abs(sigma - sigma_next)))

    return draw


def _grow_tree(x: Tensor, start: float, end: float, seed: int, *, on_device: bool) -> Callable[[float, float], Tensor]:
    import torchsde  # Only some samplers need it.

    root = torch.zeros(x.shape, dtype=x.dtype, device=x.device if on_device else "cpu")
    tree: Any = torchsde.BrownianTree(t0=start, w0=root, t1=end, entropy=seed)
    return cast(Callable[[float, float], Tensor], tree)
