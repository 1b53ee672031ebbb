"""Nodes of the category `latent/transform`: turning, mirroring and cutting latents. Masks stay as they are."""

from __future__ import annotations

from typing import Annotated, Literal

import torch

from engine import Number, node
from engine.types import Latent
from nodes.latent_samples import LATENT_PIXEL, Offset, replace_samples, take_samples

_Side = Annotated[int, Number(min=64, max=16384, step=8)]
_QUARTER_TURNS = {"none": 0, "90 degrees": 1, "180 degrees": 2, "270 degrees": 3}
_SMALLEST_CROP = 8
"""Latent pixels that a crop holds at least, if there are as many."""


@node("LatentRotate", category="latent/transform", display_name="Rotate Latent")
def latent_rotate(*, samples: Latent, rotation: Literal["none", "90 degrees", "180 degrees", "270 degrees"]) -> Latent:
    """Turn latents clockwise.

    Args:
        samples: The latents.
        rotation: How far.
    """
    turned = torch.rot90(take_samples(samples, "samples"), _QUARTER_TURNS[rotation], dims=(3, 2))
    return replace_samples(samples, turned)


@node("LatentFlip", category="latent/transform", display_name="Flip Latent")
def latent_flip(*, samples: Latent, flip_method: Literal["x-axis: vertically", "y-axis: horizontally"]) -> Latent:
    """Mirror latents.

    Args:
        samples: The latents.
        flip_method: Upside down, or left to right.
    """
    side = 2 if flip_method.startswith("x") else 3
    return replace_samples(samples, take_samples(samples, "samples").flip(side))


@node("LatentCrop", category="latent/transform", display_name="Crop Latent")
def latent_crop(*, samples: Latent, width: _Side = 512, height: _Side = 512, x: Offset = 0, y: Offset = 0) -> Latent:
    """Cut a part out of latents.

    Args:
        samples: The latents.
        width: Of the part, in pixels of the image; what reaches over the edge is left out.
        height: Of the part.
        x: Its left edge; moved inwards, if less than 64 pixels would be left.
        y: Its top edge.
    """
    old = take_samples(samples, "samples")
    left = max(0, min(x // LATENT_PIXEL, old.shape[-1] - _SMALLEST_CROP))
    top = max(0, min(y // LATENT_PIXEL, old.shape[-2] - _SMALLEST_CROP))
    part = old[..., top : top + height // LATENT_PIXEL, left : left + width // LATENT_PIXEL]
    return replace_samples(samples, part)
