"""Neighbourhood filters of images `[b, h, w, c]`: Gaussian blur and unsharp mask."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def blur(image: Tensor, radius: int, sigma: float) -> Tensor:
    """Gaussian blur, mirrored at the borders.

    Args:
        image: `[b, h, w, c]`.
        radius: How far the kernel reaches, in pixels.
        sigma: Standard deviation in units of the radius, so that 1 means: down to 0.61 at the kernel's rim.
    """
    return blur_planes(image.movedim(-1, 1), radius, sigma).movedim(1, -1).contiguous()


def sharpen(image: Tensor, radius: int, sigma: float, alpha: float) -> Tensor:
    """Unsharp mask: ten times `alpha` of what the blur takes away is added; clipped to 0..1."""
    return torch.lerp(blur(image, radius, sigma), image, 1 + 10 * alpha).clamp(0, 1)


def blur_planes(planes: Tensor, radius: int, sigma: float) -> Tensor:
    """`blur` for `[b, c, h, w]`, one direction after the other."""
    offsets = torch.linspace(-1, 1, 2 * radius + 1, device=planes.device, dtype=torch.float32)
    weights = torch.exp(-offsets.square() / (2 * sigma * sigma))
    weights = (weights / weights.sum()).to(planes.dtype)
    b, c, h, w = planes.shape
    mode = "reflect" if radius < min(h, w) else "replicate"
    padded = functional.pad(planes, (radius, radius, radius, radius), mode).reshape(b * c, 1, h + 2 * radius, -1)
    rows = functional.conv2d(padded, weights.view(1, 1, 1, -1))
    return functional.conv2d(rows, weights.view(1, 1, -1, 1)).reshape(b, c, h, w)
