"""Operations on latents `[b c h w]` that treat each latent pixel as a vector: a length, and a direction.

The length goes roughly with contrast and saturation, the direction with what is to be seen.
Source of the tone curve: Reinhard et al. 2002, "Photographic tone reproduction for digital images", equation 4.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

SHARPENING_UNIT: Final = 10.0
"""How much of the difference to the blurred latent is added at strength 1."""
WHITE_DEVIATIONS: Final = 5.0
"""Standard deviations above the mean length at which a latent pixel counts as white."""


def split_direction(latent: Tensor) -> tuple[Tensor, Tensor]:
    """Lengths `[b 1 h w]` and directions `[b c h w]`; the direction of a zero is zero."""
    length = latent.square().sum(dim=1, keepdim=True).sqrt()
    return length, latent / torch.where(length == 0, 1.0, length)


def interpolate(a: Tensor, b: Tensor, share_of_a: float) -> Tensor:
    """Between two latents of one shape: the directions are mixed and made unit vectors, the lengths are mixed."""
    length_a, direction_a = split_direction(a)
    length_b, direction_b = split_direction(b)
    _, direction = split_direction(torch.lerp(direction_b, direction_a, share_of_a))
    return direction * torch.lerp(length_b, length_a, share_of_a)


def sharpen(latent: Tensor, radius: int, sigma: float, strength: float) -> Tensor:
    """Unsharp masking of the directions: what differs from the blurred latent is made to differ more.

    Args:
        latent: `[b c h w]`.
        radius: Of the square that is blurred over, in latent pixels.
        sigma: Width of the Gaussian in it.
        strength: 0 changes nothing.
    """
    length, direction = split_direction(latent)
    offsets = torch.arange(-radius, radius + 1, dtype=latent.dtype, device=latent.device)
    line = torch.exp(-(offsets**2) / (2 * sigma**2))
    line = line / line.sum()
    blurred = _convolve(_convolve(direction, line, -1), line, -2)
    return (direction + strength * SHARPENING_UNIT * (direction - blurred)) * length


def _convolve(x: Tensor, line: Tensor, dim: int) -> Tensor:
    """Along one side, which is continued as its mirror image, or where that is too short, by its last values."""
    channels, reach = x.shape[1], len(line) // 2
    mode = "reflect" if reach < x.shape[dim] else "replicate"
    if dim == -1:
        padding, kernel = (reach, reach, 0, 0), line[None, None, None, :]
    else:
        padding, kernel = (0, 0, reach, reach), line[None, None, :, None]
    return functional.conv2d(functional.pad(x, padding, mode), kernel.expand(channels, 1, -1, -1), groups=channels)


def tonemap_reinhard(latent: Tensor, multiplier: float) -> Tensor:
    """Compress the lengths of very long vectors, so that strong guidance does not oversaturate.

    Args:
        latent: `[b c h w]`.
        multiplier: Of the length that nothing exceeds; 0 leaves nothing.
    """
    length, direction = split_direction(latent)
    mean = length.mean(dim=(1, 2, 3), keepdim=True)
    deviation = length.std(dim=(1, 2, 3), keepdim=True, correction=min(1, length[0].numel() - 1))
    white = (mean + WHITE_DEVIATIONS * deviation) * multiplier
    ratio = length / torch.where(white == 0, 1.0, white)
    return direction * torch.where(white == 0, 0.0, ratio / (ratio + 1) * white)
