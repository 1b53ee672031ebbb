"""Two pictures compared pixel by pixel, as they were decoded (`engine.images.frames`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.images.frames import Frame


@dataclass(frozen=True, slots=True)
class Difference:
    """How far two pictures of one size are apart. Values run from 0 to 255.

    Attributes:
        pixels: How many pixels differ, over all frames.
        of_pixels: How many there are.
        largest: The largest difference of a channel.
        mean: The mean difference over all pixels and channels.
        box: What holds all pixels that differ, in any frame: left, top, right, bottom (the last two included).
        frame: The first frame that differs; 0 is the first.
    """

    pixels: int
    of_pixels: int
    largest: float
    mean: float
    box: tuple[int, int, int, int]
    frame: int


def size_of(frames: Sequence[Frame]) -> tuple[int, int, int]:
    """Width, height and number of frames."""
    height, width = frames[0].colors.shape[:2]
    return width, height, len(frames)


def compare_frames(one: Sequence[Frame], other: Sequence[Frame]) -> Difference | None:
    """How two pictures of one size differ; None if every pixel of every frame is equal. No alpha means opaque."""
    width, height, count = size_of(one)
    different = np.zeros((height, width), bool)
    pixels, first, largest, total = 0, -1, 0.0, 0.0
    for index, (left, right) in enumerate(zip(one, other, strict=True)):
        apart = np.abs(_channels(left) - _channels(right))
        where = apart.any(axis=-1)
        if where.any():
            first = index if first < 0 else first
            different |= where
            pixels += int(where.sum())
            largest = max(largest, float(apart.max()))
            total += float(apart.sum(dtype=np.float64))
    if not pixels:
        return None
    rows, columns = np.flatnonzero(different.any(axis=1)), np.flatnonzero(different.any(axis=0))
    box = (int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1]))
    of_pixels = width * height * count
    return Difference(pixels, of_pixels, largest, total / (of_pixels * _CHANNELS), box, first)


_CHANNELS = 4


def _channels(frame: Frame) -> np.ndarray:
    """`[h, w, 4]`, 0 to 255, signed so that differences can be taken."""
    colors = _in_bytes(frame.colors)
    alpha = np.full(colors.shape[:2], 255, colors.dtype) if frame.alpha is None else _in_bytes(frame.alpha)
    return np.concatenate([colors, alpha[..., None]], axis=-1)


def _in_bytes(values: np.ndarray) -> np.ndarray:
    return values.astype(np.int16) if values.dtype == np.uint8 else values.astype(np.float32) * 255
