"""Largest and smallest values around each pixel, by squares and by diamonds, in log(size) steps.

What lies beyond the border never counts. Source: Serra 1982, "Image analysis and mathematical morphology"; windows by
doubling, van Droogenbroeck and Talbot 1996.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

Operation = Literal["erode", "dilate", "open", "close", "gradient", "bottom_hat", "top_hat"]


def transform(planes: Tensor, operation: Operation, size: int) -> Tensor:
    """A morphological operation on `[..., h, w]` with a square of `size` pixels a side."""
    match operation:
        case "erode":
            return erode(planes, size)
        case "dilate":
            return dilate(planes, size)
        case "open":
            return dilate(erode(planes, size), size)
        case "close":
            return erode(dilate(planes, size), size)
        case "gradient":
            return dilate(planes, size) - erode(planes, size)
        case "bottom_hat":
            return erode(dilate(planes, size), size) - planes
        case "top_hat":
            return planes - dilate(erode(planes, size), size)


def dilate(planes: Tensor, size: int) -> Tensor:
    """The largest value in the square of `size` pixels around each pixel of `[..., h, w]`."""
    before, after = size // 2, size - 1 - size // 2
    return _window_max(_window_max(planes, -1, before, after), -2, before, after)


def erode(planes: Tensor, size: int) -> Tensor:
    """The smallest value in the square around each pixel; of an even size it is the mirror image of `dilate`'s."""
    after, before = size // 2, size - 1 - size // 2
    return -_window_max(_window_max(-planes, -1, before, after), -2, before, after)


def grow(masks: Tensor, pixels: int, tapered_corners: bool = True) -> Tensor:
    """Grow what is masked in `[b, h, w]`, or shrink it by a negative number.

    Args:
        masks: 0..1.
        pixels: How far.
        tapered_corners: Grow by diamonds (steps along the axes) instead of squares.
    """
    if pixels < 0:
        return -grow(-masks, -pixels, tapered_corners)
    if not tapered_corners:
        return dilate(masks, 2 * pixels + 1)
    return _dilate_diamond(masks, pixels)


def _window_max(planes: Tensor, dim: int, before: int, after: int) -> Tensor:
    """The largest of the values from `before` pixels ahead to `after` pixels behind, along one dimension."""
    length = planes.shape[dim]
    before, after = min(before, length - 1), min(after, length - 1)
    padding = (before, after) if dim == -1 else (0, 0, before, after)
    planes = functional.pad(planes, padding, value=-torch.inf)
    window, covered = before + after + 1, 1
    while covered < window:
        step = min(covered, window - covered)
        rest = planes.shape[dim] - step
        planes = torch.maximum(planes.narrow(dim, 0, rest), planes.narrow(dim, step, rest))
        covered += step
    return planes


def _dilate_diamond(masks: Tensor, radius: int) -> Tensor:
    """The largest value within `radius` steps along the axes.

    A diamond of radius r + m is the union of the diamond of radius r and its four neighbours m pixels away, as long
    as m <= r; with m <= (r + 1) / 2 no path leaves the picture, so borders need no padding.
    """
    radius = min(radius, sum(masks.shape[-2:]))
    reached = 0
    while reached < radius:
        step = min(max(1, (reached + 1) // 2), radius - reached)
        grown = masks.clone()
        for dim in (-2, -1):
            rest = masks.shape[dim] - step
            if rest > 0:
                low, high = masks.narrow(dim, 0, rest), masks.narrow(dim, step, rest)
                for target, source in ((grown.narrow(dim, 0, rest), high), (grown.narrow(dim, step, rest), low)):
                    torch.maximum(target, source, out=target)
        masks = grown
        reached += step
    return masks
