"""Putting pictures `[b, h, w, c]` onto larger canvases and beside one another, and making batches of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from engine.images.pixels import check_pixels, match_channels
from engine.images.resize import ImageMethod, resize_image

Direction = Literal["right", "down", "left", "up"]
COLORS = {
    "white": (1.0, 1.0, 1.0),
    "black": (0.0, 0.0, 0.0),
    "red": (1.0, 0.0, 0.0),
    "green": (0.0, 1.0, 0.0),
    "blue": (0.0, 0.0, 1.0),
}


def fill(width: int, height: int, color: Sequence[float], batch: int = 1, channels: int = 3) -> Tensor:
    """An image of one colour; a channel beyond the colour's is 1 (opaque)."""
    values = torch.ones(channels)
    values[: len(color)] = torch.tensor(color)
    return values.expand(batch, height, width, channels).clone()


def fit(image: Tensor, width: int, height: int, color: str, method: ImageMethod) -> Tensor:
    """The whole image, as large as it can be, in the middle of a canvas of the given size and colour."""
    old_height, old_width = image.shape[1:3]
    if width * old_height <= height * old_width:
        new_width, new_height = width, max(1, old_height * width // old_width)
    else:
        new_width, new_height = max(1, old_width * height // old_height), height
    canvas = fill(width, height, COLORS[color], image.shape[0], image.shape[-1]).to(image)
    x, y = (width - new_width) // 2, (height - new_height) // 2
    canvas[:, y : y + new_height, x : x + new_width] = resize_image(image, new_width, new_height, method)
    return canvas


def concatenate(images: Sequence[Tensor]) -> Tensor:
    """One batch of all; sizes other than the first one's are resized to it (bilinear, centre crop)."""
    height, width = images[0].shape[1:3]
    resized = [resize_image(image.to(images[0]), width, height, "bilinear", "center") for image in images]
    return torch.cat(match_channels(resized))


def stitch(
    first: Tensor,
    second: Tensor,
    direction: Direction,
    *,
    match_size: bool,
    spacing: int,
    color: str,
    max_pixels: int,
) -> Tensor:
    """Put the second image beside the first.

    Args:
        first: `[b, h, w, c]`.
        second: Repeats its last frame if the other has more, and the other way round.
        direction: On which side of the first the second goes.
        match_size: Scale the second to the first one's height (or width); else the smaller gets black margins.
        spacing: Pixels between them.
        color: Of the space between.
        max_pixels: The largest result.

    Raises:
        InputValueError: if the result would be larger.
    """
    along, across = (2, 1) if direction in ("right", "left") else (1, 2)  # dimensions
    if match_size and first.shape[across] != second.shape[across]:
        second = _scale_to(second, across, first.shape[across], max_pixels)
    length = max(first.shape[0], second.shape[0])
    sides = match_channels([_last_frames(image.to(first), length) for image in (first, second)])
    breadth = max(image.shape[across] for image in sides)
    total = sum(image.shape[along] for image in sides) + spacing
    check_pixels(max_pixels, "image2", breadth, total, length)
    parts = [_center(image, across, breadth) for image in sides]
    if spacing:
        size = (spacing, breadth) if along == 2 else (breadth, spacing)
        parts.insert(1, fill(*size, COLORS[color], length, parts[0].shape[-1]).to(first))
    return torch.cat(parts if direction in ("right", "down") else parts[::-1], dim=along)


def _scale_to(image: Tensor, across: int, breadth: int, max_pixels: int) -> Tensor:
    along = 3 - across
    length = max(1, round(image.shape[along] * breadth / image.shape[across]))
    width, height = (length, breadth) if along == 2 else (breadth, length)
    check_pixels(max_pixels, "image2", width, height, image.shape[0])
    return resize_image(image, width, height, "lanczos")


def _last_frames(image: Tensor, length: int) -> Tensor:
    if image.shape[0] == length:
        return image
    return image[torch.arange(length, device=image.device).clamp(max=image.shape[0] - 1)]


def _center(image: Tensor, dim: int, size: int) -> Tensor:
    missing = size - image.shape[dim]
    margins = (missing // 2, missing - missing // 2)
    padding = (0, 0, *margins) if dim == 2 else (0, 0, 0, 0, *margins)
    return functional.pad(image, padding) if missing else image


def crop(pixels: Tensor, x: int, y: int, width: int, height: int) -> Tensor:
    """A part of `[b, h, w, ...]`, as much of it as there is, and at least one pixel."""
    x, y = min(x, pixels.shape[2] - 1), min(y, pixels.shape[1] - 1)
    return pixels[:, y : y + height, x : x + width].clone()
