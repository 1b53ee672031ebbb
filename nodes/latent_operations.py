"""Nodes of the category `latent/advanced/operations`: functions of latents as values, and what applies them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Annotated

from torch import Tensor

from engine import Number, Socket, node
from engine.sampling.latent_operations import sharpen, tonemap_reinhard
from engine.sampling.model import Combine
from engine.types import Latent, Model
from nodes.latent_samples import replace_samples, take_samples

LatentOperation = Annotated[Callable[[Tensor], Tensor], Socket("LATENT_OPERATION")]
"""`[b c h w]` -> the same shape; does not write into what it is given."""


@node("LatentApplyOperation", category="latent/advanced/operations", experimental=True)
def latent_apply_operation(*, samples: Latent, operation: LatentOperation) -> Latent:
    """Apply an operation to latents.

    Args:
        samples: The latents.
        operation: What is done with them.
    """
    return replace_samples(samples, operation(take_samples(samples, "samples")))


@node("LatentApplyOperationCFG", category="latent/advanced/operations", experimental=True)
def latent_apply_operation_cfg(*, model: Model, operation: LatentOperation) -> Model:
    """Apply an operation in every step, to the difference that the positive conditioning makes against the negative.

    Args:
        model: The model.
        operation: What is done with the difference.
    """
    begin = partial(_begin_operation, model.options.begin_guidance, operation)
    return replace(model, options=replace(model.options, begin_guidance=begin, skips_uncond=False))


def _begin_operation(begin: Callable[[], Combine], operation: LatentOperation) -> Combine:
    inner = begin()

    def combine(x: Tensor, sigma: float, cond: Tensor, uncond: Tensor, cfg: float) -> Tensor:
        return inner(x, sigma, uncond + operation(cond - uncond), uncond, cfg)

    return combine


@node("LatentOperationTonemapReinhard", category="latent/advanced/operations", experimental=True)
def latent_operation_tonemap_reinhard(
    *, multiplier: Annotated[float, Number(min=0.0, max=100.0, step=0.01)] = 1.0
) -> LatentOperation:
    """Make an operation that compresses what is very strong, so that high cfg does not oversaturate.

    Args:
        multiplier: Of the strength that nothing exceeds.
    """
    return partial(tonemap_reinhard, multiplier=multiplier)


@node("LatentOperationSharpen", category="latent/advanced/operations", experimental=True)
def latent_operation_sharpen(
    *,
    sharpen_radius: Annotated[int, Number(min=1, max=31, step=1)] = 9,
    sigma: Annotated[float, Number(min=0.1, max=10.0, step=0.1)] = 1.0,
    alpha: Annotated[float, Number(min=0.0, max=5.0, step=0.01)] = 0.1,
) -> LatentOperation:
    """Make an operation that sharpens.

    Args:
        sharpen_radius: Latent pixels around each that are looked at.
        sigma: How far away they count.
        alpha: Strength.
    """
    return partial(sharpen, radius=sharpen_radius, sigma=sigma, strength=alpha)
