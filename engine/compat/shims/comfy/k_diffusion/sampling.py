"""`comfy.k_diffusion.sampling`: `sample_<name>` of every sampler of ours, and of those that packs set here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor
from tqdm.auto import trange

from engine.compat.pack_levels import (
    append_dims,
    append_zero,
    default_noise_sampler,
    get_ancestral_step,
    get_sigmas_exponential,
    get_sigmas_karras,
    get_sigmas_polyexponential,
    get_sigmas_vp,
    to_d,
)
from engine.compat.pack_samplers import BrownianTreeNoiseSampler, lend_solver
from engine.sampling.samplers import SAMPLERS

__all__ = [
    "BrownianTreeNoiseSampler",
    "append_dims",
    "append_zero",
    "default_noise_sampler",
    "get_ancestral_step",
    "get_sigmas_exponential",
    "get_sigmas_karras",
    "get_sigmas_polyexponential",
    "get_sigmas_vp",
    "to_d",
    "trange",
]


def __getattr__(name: str) -> Any:
    sampler = name.removeprefix("sample_")
    if sampler == name or sampler not in SAMPLERS:
        raise AttributeError(f"module 'comfy.k_diffusion.sampling' has no attribute {name!r}")
    function: Callable[..., Tensor] = lend_solver(sampler)
    return function
