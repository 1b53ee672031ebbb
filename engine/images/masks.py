"""Shapes of masks `[b, h, w]`: soft borders, and the mask of a canvas that was made larger."""

from __future__ import annotations

import torch
from torch import Tensor


def feather(masks: Tensor, left: int, top: int, right: int, bottom: int) -> Tensor:
    """Fade a mask out linearly towards its borders, over so many pixels on each side."""
    height, width = masks.shape[1:]
    across = _ramp(width, left) * _ramp(width, right).flip(0)
    down = _ramp(height, top) * _ramp(height, bottom).flip(0)
    return masks * (down[:, None] * across).to(masks)


def _ramp(length: int, soft: int) -> Tensor:
    """1/soft, 2/soft, ... and then ones."""
    soft = min(soft, length)
    ramp = torch.ones(length)
    ramp[:soft] = torch.arange(1, soft + 1) / max(soft, 1)
    return ramp


def outpaint_mask(width: int, height: int, sides: tuple[int, int, int, int], feathering: int) -> Tensor:
    """1 where the canvas is new, fading quadratically to 0 inside the old picture.

    Args:
        width: Of the old picture.
        height: Of the old picture.
        sides: How many pixels were added left, top, right and bottom.
        feathering: How far the fading reaches; none if twice that is more than the old picture has.

    Returns:
        `[1, top + height + bottom, left + width + right]`.
    """
    left, top, right, bottom = sides
    mask = torch.ones(1, top + height + bottom, left + width + right)
    inner = mask[:, top : top + height, left : left + width]
    inner.zero_()
    if 0 < 2 * feathering < min(width, height):
        x, y = torch.arange(width), torch.arange(height)[:, None]
        far = torch.full((height, width), feathering)
        borders = ((left, x), (top, y), (right, width - 1 - x), (bottom, height - 1 - y))
        for added, distance in borders:
            if added:
                far = torch.minimum(far, distance)
        inner.copy_(((feathering - far) / feathering).square())
    return mask
