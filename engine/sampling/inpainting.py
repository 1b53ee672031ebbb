"""What inpainting takes beside the sampler: image and mask of one size, and the part to be painted made grey."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from engine.errors import InputValueError
from engine.images.pixels import as_masks
from engine.images.resize import resize_masks
from engine.sampling.vae import crop_to_multiple


class InpaintingParts(NamedTuple):
    """An image and the part of it that is to be painted, of one size.

    Attributes:
        pixels: The image `[b h w c]`, cut to a multiple of the latent's pixel.
        greyed: The same without what is to be painted.
        mask: `[b 1 h w]`, as given, in the image's size.
    """

    pixels: Tensor
    greyed: Tensor
    mask: Tensor


def prepare_inpainting(pixels: Tensor, mask: Tensor, multiple: int) -> InpaintingParts:
    """Fit a mask to an image, cut both at all sides, and make grey what is masked by more than a half.

    Args:
        pixels: `[b h w c]`, 0..1.
        mask: `[b h w]`, of any size; a batch of one counts for every image.
        multiple: Of which the sides are to be.

    Raises:
        InputValueError: If there are more masks than images, or other than one for each.
    """
    if pixels.ndim != 4:
        raise InputValueError(f"pixels: an image [b h w 3] was expected, not a tensor of shape {list(pixels.shape)}.")
    masks = as_masks(mask).to(pixels.device, torch.float32)
    if len(masks) not in (1, len(pixels)):
        raise InputValueError(f"mask: one mask, or one for each of the {len(pixels)} images, not {len(masks)}.")
    masks = resize_masks(masks, pixels.shape[2], pixels.shape[1])
    pixels, masks = crop_to_multiple(pixels, multiple), crop_to_multiple(masks, multiple)
    keep = (1 - masks.round())[..., None].to(pixels.dtype)
    return InpaintingParts(pixels, (pixels - 0.5) * keep + 0.5, masks[:, None])
