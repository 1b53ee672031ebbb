"""Nodes of the category `latent/advanced`: arithmetic between latents, joining and cutting them."""

from __future__ import annotations

from typing import Annotated, Literal

import torch

from engine import Context, InputValueError, Number, node
from engine.images.pixels import check_pixels, repeat_to_batch
from engine.sampling.latent_operations import interpolate
from engine.types import Latent
from nodes.latent_samples import LATENT_PIXEL, fit_samples, replace_samples, take_samples

_AXES = {"x": 3, "y": 2}


def _axis(dim: str) -> int:
    axis = _AXES.get(dim.lstrip("-"))
    if axis is None:
        raise InputValueError(f"dim: {dim} is the time of a video, and a latent of an image has none; choose x or y.")
    return axis


@node("LatentAdd", category="latent/advanced")
def latent_add(*, samples1: Latent, samples2: Latent) -> Latent:
    """Add two latents.

    Args:
        samples1: One.
        samples2: The other, resized to the first.
    """
    first = take_samples(samples1, "samples1")
    return replace_samples(samples1, first + fit_samples(samples2, first, "samples2"))


@node("LatentSubtract", category="latent/advanced")
def latent_subtract(*, samples1: Latent, samples2: Latent) -> Latent:
    """Subtract a latent from another.

    Args:
        samples1: From which is subtracted.
        samples2: What is subtracted, resized to the first.
    """
    first = take_samples(samples1, "samples1")
    return replace_samples(samples1, first - fit_samples(samples2, first, "samples2"))


@node("LatentMultiply", category="latent/advanced")
def latent_multiply(
    *, samples: Latent, multiplier: Annotated[float, Number(min=-10.0, max=10.0, step=0.01)] = 1.0
) -> Latent:
    """Multiply latents by a number.

    Args:
        samples: The latents.
        multiplier: The number.
    """
    return replace_samples(samples, take_samples(samples, "samples") * multiplier)


@node("LatentInterpolate", category="latent/advanced")
def latent_interpolate(
    *,
    samples1: Latent,
    samples2: Latent,
    ratio: Annotated[float, Number(min=0.0, max=1.0, step=0.01)] = 1.0,
) -> Latent:
    """Blend two latents without the loss of contrast that an average has.

    Args:
        samples1: One.
        samples2: The other, resized to the first.
        ratio: Share of the first.
    """
    first = take_samples(samples1, "samples1")
    return replace_samples(samples1, interpolate(first, fit_samples(samples2, first, "samples2"), ratio))


@node("LatentConcat", category="latent/advanced")
def latent_concat(
    *, samples1: Latent, samples2: Latent, dim: Literal["x", "-x", "y", "-y", "t", "-t"], ctx: Context
) -> Latent:
    """Put two latents beside each other.

    Args:
        samples1: One.
        samples2: The other.
        dim: `x`: the second to the right, `-x`: to the left; `y`: below, `-y`: above.
    """
    first, second = take_samples(samples1, "samples1"), take_samples(samples2, "samples2")
    axis = _axis(dim)
    second = repeat_to_batch(second.to(first), len(first))
    kept = [index for index in (1, 2, 3) if index != axis]
    if any(first.shape[index] != second.shape[index] for index in kept):
        raise InputValueError(
            f"samples2: to put it beside {list(first.shape)} along {dim.lstrip('-')}, all other sides must be equal; "
            f"it is {list(second.shape)}."
        )
    width, height = first.shape[3], first.shape[2]
    width, height = (width + second.shape[3], height) if axis == _AXES["x"] else (width, height + second.shape[2])
    limit = ctx.settings.max_image_pixels
    check_pixels(limit, "samples2", width * LATENT_PIXEL, height * LATENT_PIXEL, len(first))
    pair = [second, first] if dim.startswith("-") else [first, second]
    return replace_samples(samples1, torch.cat(pair, dim=axis))


@node("LatentCut", category="latent/advanced")
def latent_cut(
    *,
    samples: Latent,
    dim: Literal["x", "y", "t"],
    index: Annotated[int, Number(min=-16384, max=16384, step=1)] = 0,
    amount: Annotated[int, Number(min=1, max=16384, step=1)] = 1,
) -> Latent:
    """Cut a strip out of latents.

    Args:
        samples: The latents.
        dim: The side that is made shorter.
        index: Where the strip begins, in latent pixels; negative counts from the end.
        amount: How many latent pixels.
    """
    old, axis = take_samples(samples, "samples"), _axis(dim)
    length = old.shape[axis]
    start = min(index, length - 1) if index >= 0 else max(0, length + index)
    return replace_samples(samples, old.narrow(axis, start, min(amount, length - start)))


@node("LatentBatchSeedBehavior", category="latent/advanced")
def latent_batch_seed_behavior(*, samples: Latent, seed_behavior: Literal["random", "fixed"] = "fixed") -> Latent:
    """Say whether the latents of a batch get different noise.

    Args:
        samples: The latents.
        seed_behavior: `random`: each its own; `fixed`: all that of the first.
    """
    result: Latent = {**samples}
    first = (result.pop("batch_index", None) or [0])[0]
    if seed_behavior == "fixed":
        result["batch_index"] = [first] * len(take_samples(samples, "samples"))
    return result
