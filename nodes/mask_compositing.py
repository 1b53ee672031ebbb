"""Nodes of the category `mask/compositing`: pictures with transparency."""

from __future__ import annotations

import torch

from engine import node
from engine.images.composite import PorterDuffMode, porter_duff
from engine.images.pixels import as_masks, repeat_to_batch
from engine.images.resize import resize_masks
from engine.types import Image, Mask
from nodes.image import ImageAndMask


@node(
    "PorterDuffImageComposite",
    category="mask/compositing",
    display_name="Porter-Duff Image Composite",
    output_names=("IMAGE", "MASK"),
)
def porter_duff_image_composite(
    *, source: Image, source_alpha: Mask, destination: Image, destination_alpha: Mask, mode: PorterDuffMode = "DST"
) -> ImageAndMask:
    """Compose two pictures by their transparency.

    Args:
        source: The picture above, resized to the one below.
        source_alpha: What of it is transparent.
        destination: The picture below.
        destination_alpha: What of it is transparent.
        mode: What is kept of each.
    """
    return ImageAndMask(*porter_duff(source, source_alpha, destination, destination_alpha, mode))


@node(
    "SplitImageWithAlpha",
    category="mask/compositing",
    display_name="Split Image with Alpha",
    output_names=("IMAGE", "MASK"),
)
def split_image_with_alpha(*, image: Image) -> ImageAndMask:
    """Separate a picture's colours from its transparency.

    Args:
        image: The picture; nothing is transparent if it has three channels.
    """
    mask = 1.0 - image[..., 3] if image.shape[-1] > 3 else torch.zeros_like(image[..., 0])
    return ImageAndMask(image[..., :3].clone(), mask)


@node("JoinImageWithAlpha", category="mask/compositing", display_name="Join Image with Alpha")
def join_image_with_alpha(*, image: Image, alpha: Mask) -> Image:
    """Give a picture transparency.

    Args:
        image: The picture.
        alpha: What is to be transparent; resized to the picture.
    """
    b, h, w, _ = image.shape
    masks = repeat_to_batch(resize_masks(as_masks(alpha).to(image), w, h), b)
    return torch.cat([image[..., :3], 1.0 - masks.unsqueeze(-1)], dim=-1)
