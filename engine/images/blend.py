"""Blend modes: two images mixed value by value. Source: W3C, Compositing and Blending Level 1, section 9.1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

from engine.images.pixels import match_channels, repeat_to_batch
from engine.images.resize import resize_image

BlendMode = Literal["normal", "multiply", "screen", "overlay", "soft_light", "difference"]


def blend(backdrop: Tensor, source: Tensor, factor: float, mode: BlendMode) -> Tensor:
    """Mix `[b, h, w, c]` with another image: `factor` 0 is the backdrop, 1 the mode's result; clipped to 0..1.

    The source is resized (bicubic, centre crop) to the backdrop's size and repeated to its batch.
    """
    height, width = backdrop.shape[1:3]
    source = resize_image(source.to(backdrop), width, height, "bicubic", "center")
    backdrop, source = match_channels([backdrop, repeat_to_batch(source, backdrop.shape[0])])
    return torch.lerp(backdrop, _MODES[mode](backdrop, source), factor).clamp(0, 1)


def _overlay(backdrop: Tensor, source: Tensor) -> Tensor:
    dark = 2 * backdrop * source
    light = 1 - 2 * (1 - backdrop) * (1 - source)
    return torch.where(backdrop <= 0.5, dark, light)


def _soft_light(backdrop: Tensor, source: Tensor) -> Tensor:
    curve = ((16 * backdrop - 12) * backdrop + 4) * backdrop
    curve = torch.where(backdrop <= 0.25, curve, backdrop.clamp(min=0).sqrt())
    dark = backdrop - (1 - 2 * source) * backdrop * (1 - backdrop)
    light = backdrop + (2 * source - 1) * (curve - backdrop)
    return torch.where(source <= 0.5, dark, light)


_MODES: dict[BlendMode, Callable[[Tensor, Tensor], Tensor]] = {
    "normal": lambda _, source: source,
    "multiply": lambda backdrop, source: backdrop * source,
    "screen": lambda backdrop, source: 1 - (1 - backdrop) * (1 - source),
    "overlay": _overlay,
    "soft_light": _soft_light,
    "difference": lambda backdrop, source: (backdrop - source).abs(),
}
