"""Colours: packed integers, luma, Y'CbCr. Source of the matrices: ITU-R BT.601, full range as in JFIF."""

from __future__ import annotations

import torch
from torch import Tensor

_RED, _GREEN, _BLUE = 0.299, 0.587, 0.114


def unpack_color(color: int) -> tuple[int, int, int]:
    """Red, green and blue, 0..255, of 0xRRGGBB."""
    return color >> 16 & 255, color >> 8 & 255, color & 255


def luma(image: Tensor) -> Tensor:
    """`[b, h, w, 3 or more]` -> `[b, h, w]`; an image of one channel is its own luma."""
    if image.shape[-1] < 3:
        return image[..., 0]
    return _RED * image[..., 0] + _GREEN * image[..., 1] + _BLUE * image[..., 2]


def rgb_to_yuv(image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Y, Cb and Cr, each `[b, h, w]`, of an RGB image; Cb and Cr are 0.5 where there is no colour."""
    y = luma(image)
    u = (image[..., 2] - y) / (2 * (1 - _BLUE)) + 0.5
    v = (image[..., 0] - y) / (2 * (1 - _RED)) + 0.5
    return y, u, v


def yuv_to_rgb(y: Tensor, u: Tensor, v: Tensor) -> Tensor:
    """The inverse of `rgb_to_yuv`: three of `[b, h, w]` -> `[b, h, w, 3]`, not clipped."""
    red = y + 2 * (1 - _RED) * (v - 0.5)
    blue = y + 2 * (1 - _BLUE) * (u - 0.5)
    green = (y - _RED * red - _BLUE * blue) / _GREEN
    return torch.stack([red, green, blue], dim=-1)


def mask_of_color(image: Tensor, color: int) -> Tensor:
    """`[b, h, w]`, 1 where the 8-bit colour of `[b, h, w, 3]` is 0xRRGGBB."""
    wanted = torch.tensor(unpack_color(color), device=image.device)
    rounded = (image[..., :3].clamp(0, 1) * 255).round().long()
    return (rounded == wanted).all(dim=-1).float()
