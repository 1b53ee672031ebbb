"""What the nodes for latents share: the tensor of a LATENT, checked, and a LATENT with another one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from torch import Tensor

from engine import InputValueError, Number
from engine.images.pixels import repeat_to_batch
from engine.images.resize import resize
from engine.types import Latent

LATENT_PIXEL = 8
"""Pixels of the image for each latent pixel, along a side."""

Offset = Annotated[int, Number(min=0, max=16384, step=8)]
"""A position or a side in pixels of the image, where 0 has a meaning of its own."""
Method = Literal["nearest-exact", "bilinear", "area", "bicubic", "bislerp"]


def take_samples(latent: Latent, name: str) -> Tensor:
    """The tensor `[b c h w]` of a latent.

    Raises:
        InputValueError: If it has none, or one of another kind.
    """
    samples: Any = latent.get("samples")  # packs may put anything there
    if not isinstance(samples, Tensor):
        raise InputValueError(f"{name}: a latent was expected, but there are no samples in it.")
    if samples.ndim != 4 or 0 in samples.shape:
        raise InputValueError(f"{name}: a latent of an image, [b c h w], was expected, not {list(samples.shape)}.")
    return samples


def replace_samples(latent: Latent, samples: Tensor) -> Latent:
    """The same latent, mask and noise, with other samples."""
    return {**latent, "samples": samples}


def fit_samples(latent: Latent, like: Tensor, name: str, *, method: Method = "bilinear") -> Tensor:
    """The samples of a latent in another's size, repeated to its batch, on its device.

    Raises:
        InputValueError: If it has another number of channels.
    """
    samples = take_samples(latent, name).to(like)
    if samples.shape[1] != like.shape[1]:
        raise InputValueError(f"{name}: {like.shape[1]} channels were expected, not {samples.shape[1]}.")
    return repeat_to_batch(resize(samples, like.shape[-1], like.shape[-2], method, "center"), len(like))
