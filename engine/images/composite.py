"""One picture over another: pasting through a mask, mask arithmetic, and the Porter-Duff operators.

Sources: Porter and Duff 1984, "Compositing digital images"; for the modes beyond it, the documentation of Android's
`PorterDuff.Mode`, whose names the workflow files use.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

from engine.images.pixels import as_masks, repeat_to_batch
from engine.images.resize import resize, resize_image, resize_masks

MaskOperation = Literal["multiply", "add", "subtract", "and", "or", "xor"]
PorterDuffMode = Literal[
    "ADD",
    "CLEAR",
    "DARKEN",
    "DST",
    "DST_ATOP",
    "DST_IN",
    "DST_OUT",
    "DST_OVER",
    "LIGHTEN",
    "MULTIPLY",
    "OVERLAY",
    "SCREEN",
    "SRC",
    "SRC_ATOP",
    "SRC_IN",
    "SRC_OUT",
    "SRC_OVER",
    "XOR",
]


def paste(
    destination: Tensor, source: Tensor, x: int, y: int, mask: Tensor | None = None, *, resize_source: bool = False
) -> Tensor:
    """Paste images or latents `[b, c, h, w]`; the result has the destination's size and batch.

    Args:
        destination: What is pasted onto; not changed.
        source: Of as many channels; what reaches over the edge is cut off.
        x: Left edge of the source in the destination.
        y: Top edge.
        mask: `[b, h, w]`, resized to the source: 1 takes the source, 0 keeps the destination.
        resize_source: Stretch the source to the destination's size first.
    """
    if resize_source:
        source = resize(source, destination.shape[-1], destination.shape[-2], "bilinear")
    source = repeat_to_batch(source.to(destination), destination.shape[0])
    height = max(0, min(source.shape[-2], destination.shape[-2] - y))
    width = max(0, min(source.shape[-1], destination.shape[-1] - x))
    result = destination.clone()
    under = result[..., y : y + height, x : x + width]
    over = source[..., :height, :width]
    if mask is not None:
        mask = resize_masks(as_masks(mask).to(destination), source.shape[-1], source.shape[-2])
        mask = repeat_to_batch(mask, destination.shape[0])
        over = torch.lerp(under, over, mask[:, None, :height, :width])
    under.copy_(over)
    return result


def combine_masks(destination: Tensor, source: Tensor, x: int, y: int, operation: MaskOperation) -> Tensor:
    """Combine `[b, h, w]` with another mask whose top left corner lies at (x, y); clipped to 0..1."""
    destination = as_masks(destination)
    source = repeat_to_batch(as_masks(source).to(destination), destination.shape[0])
    height = max(0, min(source.shape[1], destination.shape[1] - y))
    width = max(0, min(source.shape[2], destination.shape[2] - x))
    result = destination.clone()
    under = result[:, y : y + height, x : x + width]
    under.copy_(_MASK_OPERATIONS[operation](under, source[:, :height, :width]))
    return result.clamp_(0, 1)


def _is_masked(mask: Tensor) -> Tensor:
    return mask.round().bool()


_MASK_OPERATIONS: dict[MaskOperation, Callable[[Tensor, Tensor], Tensor]] = {
    "multiply": torch.mul,
    "add": torch.add,
    "subtract": torch.sub,
    "and": lambda a, b: _is_masked(a) & _is_masked(b),
    "or": lambda a, b: _is_masked(a) | _is_masked(b),
    "xor": lambda a, b: _is_masked(a) ^ _is_masked(b),
}


def porter_duff(
    source: Tensor, source_mask: Tensor, destination: Tensor, destination_mask: Tensor, mode: PorterDuffMode
) -> tuple[Tensor, Tensor]:
    """Compose two images with transparency.

    Args:
        source: `[b, h, w, 3]`; resized (bicubic, centre crop) and repeated to the destination's size and batch.
        source_mask: `[b, h, w]`, 1 is transparent.
        destination: `[b, h, w, 3]`.
        destination_mask: `[b, h, w]`, 1 is transparent.
        mode: The operator.

    Returns:
        The image `[b, h, w, 3]`, and its mask `[b, h, w]`, 1 is transparent.
    """
    b, height, width, _ = destination.shape
    source = resize_image(source[..., :3].to(destination), width, height, "bicubic", "center")
    source = repeat_to_batch(source, b)
    alphas = [
        1 - repeat_to_batch(resize_masks(as_masks(mask).to(destination), width, height, "bicubic"), b)
        for mask in (source_mask, destination_mask)
    ]
    sa, da = (alpha.clamp(0, 1).unsqueeze(-1) for alpha in alphas)
    alpha, color = _compose(mode, sa, source.clamp(0, 1) * sa, da, destination[..., :3].clamp(0, 1) * da)
    image = torch.where(alpha > 1e-5, color / alpha.clamp(min=1e-5), 0.0)
    return image.clamp(0, 1), 1 - alpha.squeeze(-1)


# what of the source and what of the destination is kept, by Porter and Duff's table
_OPERATORS: dict[str, tuple[str, str]] = {
    "ADD": ("all", "all"),
    "CLEAR": ("none", "none"),
    "DST": ("none", "all"),
    "DST_ATOP": ("outside destination", "inside source"),
    "DST_IN": ("none", "inside source"),
    "DST_OUT": ("none", "outside source"),
    "DST_OVER": ("outside destination", "all"),
    "SRC": ("all", "none"),
    "SRC_ATOP": ("inside destination", "outside source"),
    "SRC_IN": ("inside destination", "none"),
    "SRC_OUT": ("outside destination", "none"),
    "SRC_OVER": ("all", "outside source"),
    "XOR": ("outside destination", "outside source"),
}


def _compose(mode: PorterDuffMode, sa: Tensor, s: Tensor, da: Tensor, d: Tensor) -> tuple[Tensor, Tensor]:
    """Alpha and colour from alphas and colours; colours are multiplied by their alpha, in and out."""
    if mode in _OPERATORS:
        parts: dict[str, Tensor | float] = {
            "all": 1.0,
            "none": 0.0,
            "inside source": sa,
            "inside destination": da,
            "outside source": 1 - sa,
            "outside destination": 1 - da,
        }
        of_source, of_destination = (parts[part] for part in _OPERATORS[mode])
        alpha, color = of_source * sa + of_destination * da, of_source * s + of_destination * d
        return alpha.clamp(max=1), color.clamp(max=1)
    union = sa + da - sa * da
    match mode:
        case "MULTIPLY":
            return sa * da, s * d
        case "SCREEN":
            return union, s + d - s * d
        case "OVERLAY":
            return union, torch.where(2 * d < da, 2 * s * d, sa * da - 2 * (da - d) * (sa - s))
        case "DARKEN":
            return union, (1 - da) * s + (1 - sa) * d + torch.minimum(s, d)
        case _:
            return union, (1 - da) * s + (1 - sa) * d + torch.maximum(s, d)
