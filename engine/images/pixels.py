"""Between float tensors, 0..1, and 8-bit arrays; how many pixels may be made; batches brought to one size."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from engine.errors import InputValueError

Bytes = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

logger = logging.getLogger(__name__)


def to_uint8(image: Tensor) -> Bytes:
    """255 times the values, clipped and truncated (as the ecosystem saves them), on the host. NaN becomes 0."""
    scaled = image.detach().float() * 255.0
    if torch.isnan(scaled).any():
        logger.warning("A picture has values that are not numbers (NaN); they become black.")
        scaled = scaled.nan_to_num(nan=0.0, posinf=255.0, neginf=0.0)
    return scaled.clamp_(0, 255).to(torch.uint8).cpu().numpy()


def from_uint8(pixels: Bytes) -> Tensor:
    """Values divided by 255, float32; the array is copied."""
    return torch.as_tensor(np.array(pixels)).float().div_(255.0)


def check_pixels(max_pixels: int, name: str, width: int, height: int, batch: int = 1) -> None:
    """Refuse a picture that would be too large, before it costs anything.

    Args:
        max_pixels: `Settings.max_image_pixels`.
        name: The input to blame.
        width: In pixels.
        height: In pixels.
        batch: How many pictures.

    Raises:
        InputValueError: names the input, the size and the limit.
    """
    if width < 1 or height < 1 or batch < 1:
        raise InputValueError(f"{name}: a picture of {width} x {height} pixels, {batch} times, is empty.")
    if width * height * batch > max_pixels:
        times = f", {batch} times," if batch > 1 else ""
        raise InputValueError(
            f"{name}: {width} x {height} pixels{times} is more than the {max_pixels} pixels allowed at once"
            " (--max-image-size)."
        )


def as_masks(mask: Tensor) -> Tensor:
    """A mask as `[b, h, w]`, whether it came as `[h, w]`, `[b, h, w]` or `[b, 1, h, w]`."""
    if mask.ndim < 2:
        raise InputValueError(f"A mask has the shape [b, h, w]; this one has {list(mask.shape)}.")
    return mask.reshape(-1, mask.shape[-2], mask.shape[-1])


def repeat_to_batch(batch: Tensor, length: int) -> Tensor:
    """The first `length` items, starting over when they run out. A batch of that length is returned as it is."""
    if batch.shape[0] == length:
        return batch
    return batch[torch.arange(length, device=batch.device) % batch.shape[0]]


def match_channels(images: Sequence[Tensor]) -> list[Tensor]:
    """Images `[b, h, w, c]` with as many channels each as the richest has: alpha is filled in opaque."""
    channels = max(image.shape[-1] for image in images)
    return [
        functional.pad(image, (0, channels - image.shape[-1]), value=1.0) if image.shape[-1] < channels else image
        for image in images
    ]
