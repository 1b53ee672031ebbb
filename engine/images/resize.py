"""Resizing of images, masks and latents by the methods of the ecosystem's workflow files.

`nearest-exact`, `bilinear`, `area`, `bicubic` are torch's, without antialiasing; `lanczos` is Pillow's on 8-bit
channels; `bislerp` interpolates directions and lengths of latent vectors apart. All take half-pixel centres.
Source of slerp: Shoemake 1985, "Animating rotation with quaternion curves", 3.3.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional

from engine.errors import InputValueError
from engine.images.pixels import from_uint8, to_uint8

ImageMethod = Literal["nearest-exact", "bilinear", "area", "bicubic", "lanczos"]
LatentMethod = Literal["nearest-exact", "bilinear", "area", "bicubic", "bislerp"]
Crop = Literal["disabled", "center"]


def resize(
    samples: Tensor, width: int, height: int, method: ImageMethod | LatentMethod, crop: Crop = "disabled"
) -> Tensor:
    """Resize `[b, c, h, w]`.

    Args:
        samples: Images (channels first), masks (one channel) or latents. Never written into; returned as they are
            if they have the size already.
        width: The new width.
        height: The new height.
        method: `lanczos` clips to 0..1, so it is for images and masks only; `bicubic` may overshoot.
        crop: `center` first cuts the longer sides, so that proportions are kept; `disabled` stretches.

    Raises:
        InputValueError: if the new size is empty or the method unknown.
    """
    if width < 1 or height < 1:
        raise InputValueError(f"Cannot resize to {width} x {height}: width and height must be at least 1.")
    if crop == "center":
        samples = crop_to_aspect(samples, width, height)
    if samples.shape[-2:] == (height, width):
        return samples
    if method == "lanczos":
        return _resize_lanczos(samples, width, height)
    if method == "bislerp":
        return _resize_bislerp(samples, width, height)
    if method not in get_args(ImageMethod):
        raise InputValueError(f"Unknown resize method {method!r}.")
    return functional.interpolate(samples, size=(height, width), mode=method)


def resize_image(
    image: Tensor, width: int, height: int, method: ImageMethod = "bilinear", crop: Crop = "disabled"
) -> Tensor:
    """`resize` for images `[b, h, w, c]`."""
    if crop == "disabled" and image.shape[1:3] == (height, width):
        return image
    return resize(image.movedim(-1, 1), width, height, method, crop).movedim(1, -1).contiguous()


def resize_masks(masks: Tensor, width: int, height: int, method: ImageMethod = "bilinear") -> Tensor:
    """`resize` for masks `[b, h, w]`."""
    return resize(masks.unsqueeze(1), width, height, method).squeeze(1)


def crop_to_aspect(samples: Tensor, width: int, height: int) -> Tensor:
    """The largest centred part of `[..., h, w]` that has the proportions of width to height; a view."""
    old_height, old_width = samples.shape[-2:]
    cut_x = cut_y = 0
    if old_width * height > old_height * width:
        cut_x = min(round((old_width - old_height * width / height) / 2), (old_width - 1) // 2)
    else:
        cut_y = min(round((old_height - old_width * height / width) / 2), (old_height - 1) // 2)
    return samples[..., cut_y : old_height - cut_y, cut_x : old_width - cut_x]


def scaled_size(old_width: int, old_height: int, width: int, height: int) -> tuple[int, int]:
    """The size wanted, where 0 for one side means: keep the proportions; 0 for both: keep the size."""
    if width == 0 and height == 0:
        return old_width, old_height
    if width == 0:
        return max(1, round(old_width * height / old_height)), height
    if height == 0:
        return width, max(1, round(old_height * width / old_width))
    return width, height


def _resize_lanczos(samples: Tensor, width: int, height: int) -> Tensor:
    b, c, h, w = samples.shape
    planes = to_uint8(samples).reshape(b * c, h, w)
    resized = np.empty((b * c, height, width), np.uint8)
    for index, plane in enumerate(planes):
        resized[index] = np.asarray(Image.fromarray(plane).resize((width, height), Image.Resampling.LANCZOS))
    return from_uint8(resized.reshape(b, c, height, width)).to(samples.device, samples.dtype)


def _resize_bislerp(samples: Tensor, width: int, height: int) -> Tensor:
    wide = _interpolate_slerp(samples.float(), width)
    return _interpolate_slerp(wide.transpose(-1, -2), height).transpose(-1, -2).contiguous().to(samples.dtype)


def _interpolate_slerp(samples: Tensor, size: int) -> Tensor:
    """`[b, c, h, w]` -> `[b, c, h, size]`, each new vector of channels between its two neighbours in the row."""
    old = samples.shape[-1]
    at = (torch.arange(size, device=samples.device, dtype=torch.float32) + 0.5) * (old / size) - 0.5
    at = at.clamp(0, old - 1)
    left = at.floor().long()
    right = (left + 1).clamp(max=old - 1)
    return slerp(samples[..., left], samples[..., right], at - left)


def slerp(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """Between the vectors along dimension 1 of a and b: the direction turns evenly, the length changes evenly.

    Where the directions (nearly) agree or are opposite, or a vector is zero, the straight line is taken.
    """
    length_a, length_b = _length(a), _length(b)
    unit_a, unit_b = functional.normalize(a, dim=1), functional.normalize(b, dim=1)
    cosine = (unit_a * unit_b).sum(dim=1, keepdim=True)
    angle = cosine.clamp(-1, 1).acos()
    weight_a, weight_b = torch.sin((1 - t) * angle) / angle.sin(), torch.sin(t * angle) / angle.sin()
    turned = (weight_a * unit_a + weight_b * unit_b) * torch.lerp(length_a, length_b, t)
    straight = (cosine.abs() > 1 - 1e-5) | (length_a == 0) | (length_b == 0)
    return torch.where(straight, torch.lerp(a, b, t), turned)


def _length(vectors: Tensor) -> Tensor:
    return vectors.square().sum(dim=1, keepdim=True).sqrt()
