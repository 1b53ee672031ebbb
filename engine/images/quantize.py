"""Fewer colours: a palette by median cut (Pillow), with error diffusion or an ordered (Bayer) pattern.

Sources: Floyd and Steinberg 1976; Bayer 1973, "An optimum method for two-level rendition of continuous-tone pictures".
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from PIL import Image
from torch import Tensor

from engine.images.pixels import from_uint8, to_uint8

Dither = Literal["none", "floyd-steinberg", "bayer-2", "bayer-4", "bayer-8", "bayer-16"]


def quantize(image: Tensor, colors: int, dither: Dither) -> Tensor:
    """Each image of `[b, h, w, c]` with a palette of its own of at most `colors` colours; `[b, h, w, 3]`."""
    pixels = to_uint8(image.expand(*image.shape[:-1], 3) if image.shape[-1] == 1 else image[..., :3])
    frames = [_quantize_frame(Image.fromarray(frame), colors, dither) for frame in pixels]
    return from_uint8(np.stack(frames)).to(image.device)


def _quantize_frame(frame: Image.Image, colors: int, dither: Dither) -> np.ndarray:
    palette = frame.quantize(colors)
    diffusion = Image.Dither.FLOYDSTEINBERG if dither == "floyd-steinberg" else Image.Dither.NONE
    if dither.startswith("bayer-"):
        matrix = bayer_matrix(int(dither.removeprefix("bayer-")))
        repeats = -(-frame.height // len(matrix)), -(-frame.width // len(matrix))
        pattern = np.tile(matrix, repeats)[: frame.height, : frame.width]
        spread = 255 / np.cbrt(colors)  # the mean distance of palette colours along an axis of the cube
        shifted = np.array(frame) + spread * pattern[..., None]
        frame = Image.fromarray(shifted.clip(0, 255).astype(np.uint8))
    return np.array(frame.quantize(palette=palette, dither=diffusion).convert("RGB"))


def bayer_matrix(order: int) -> np.ndarray:
    """The order x order matrix, a power of two a side, of evenly spaced thresholds around zero."""
    ranks = np.zeros((1, 1))
    while len(ranks) < order:
        ranks = np.block([[4 * ranks, 4 * ranks + 2], [4 * ranks + 3, 4 * ranks + 1]])
    return (ranks + 0.5) / ranks.size - 0.5
