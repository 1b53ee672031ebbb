"""Nodes of the category `mask`: making, converting and changing masks."""

from __future__ import annotations

from typing import Annotated, Literal

import torch

from engine import Context, InputValueError, ModelFile, Number, node
from engine.files import resolve_input_file
from engine.images.canvas import crop
from engine.images.codec import read_image
from engine.images.color import mask_of_color
from engine.images.composite import MaskOperation, combine_masks
from engine.images.masks import feather
from engine.images.morphology import grow
from engine.images.pixels import as_masks, check_pixels
from engine.types import Image, Mask
from nodes.image import check_input, stamp_input
from nodes.sizes import Color, Offset, Side

_Fraction = Annotated[float, Number(min=0.0, max=1.0, step=0.01)]
_CHANNELS = {"red": 0, "green": 1, "blue": 2, "alpha": 3}


@node(
    "LoadImageMask",
    category="mask",
    display_name="Load Image (as Mask)",
    is_io=True,
    fingerprint=stamp_input,
    validate=check_input,
)
def load_image_mask(
    *,
    image: Annotated[str, ModelFile("input", image_upload=True)],
    channel: Literal["alpha", "red", "green", "blue"],
    ctx: Context,
) -> Mask:
    """Load one channel of a picture as a mask.

    Args:
        image: The file.
        channel: A colour as it is, or `alpha`: what is transparent; nothing, if the picture has no transparency.
    """
    path = resolve_input_file(ctx.settings, image, "image")
    picture = read_image(path, ctx.settings.max_image_pixels)
    if channel != "alpha":
        return picture.image[..., _CHANNELS[channel]].clone()
    return torch.zeros(picture.image.shape[:3]) if picture.alpha is None else picture.mask


@node("MaskToImage", category="mask", display_name="Convert Mask to Image")
def mask_to_image(*, mask: Mask) -> Image:
    """Make a grey picture of a mask: white is masked.

    Args:
        mask: The mask.
    """
    return as_masks(mask).unsqueeze(-1).repeat(1, 1, 1, 3)


@node("ImageToMask", category="mask", display_name="Convert Image to Mask")
def image_to_mask(*, image: Image, channel: Literal["red", "green", "blue", "alpha"]) -> Mask:
    """Take one channel of a picture as a mask.

    Args:
        image: The picture.
        channel: Which one; `alpha` as it is, opaque being masked.
    """
    index = _CHANNELS[channel]
    if index >= image.shape[-1]:
        raise InputValueError(f"channel: the picture has {image.shape[-1]} channels and no {channel}.")
    return image[..., index].clone()


@node("ImageColorToMask", category="mask", display_name="ImageColorToMask")
def image_color_to_mask(*, image: Image, color: Color = 0) -> Mask:
    """Mask what has exactly one colour.

    Args:
        image: The picture.
        color: As 0xRRGGBB.
    """
    return mask_of_color(image, color)


@node("SolidMask", category="mask", display_name="SolidMask")
def solid_mask(*, value: _Fraction = 1.0, width: Side = 512, height: Side = 512, ctx: Context) -> Mask:
    """Make a mask of one value.

    Args:
        value: 1 is masked.
        width: In pixels.
        height: In pixels.
    """
    check_pixels(ctx.settings.max_image_pixels, "width, height", width, height)
    return torch.full((1, height, width), value)


@node("InvertMask", category="mask", display_name="InvertMask")
def invert_mask(*, mask: Mask) -> Mask:
    """Mask what was not.

    Args:
        mask: The mask.
    """
    return 1.0 - mask


@node("CropMask", category="mask", display_name="CropMask")
def crop_mask(*, mask: Mask, x: Offset = 0, y: Offset = 0, width: Side = 512, height: Side = 512) -> Mask:
    """Cut out a part of a mask.

    Args:
        mask: The mask.
        x: Left edge of the part.
        y: Its top edge.
        width: Of the part; what lies beyond the mask is left out.
        height: Of the part.
    """
    return crop(as_masks(mask), x, y, width, height)


@node("MaskComposite", category="mask", display_name="MaskComposite")
def mask_composite(*, destination: Mask, source: Mask, x: Offset = 0, y: Offset = 0, operation: MaskOperation) -> Mask:
    """Combine two masks.

    Args:
        destination: The mask below; gives size and batch.
        source: The mask above.
        x: Where its left edge goes.
        y: Where its top edge goes.
        operation: How the two make one; `and`, `or` and `xor` round to 0 and 1 first.
    """
    return combine_masks(destination, source, x, y, operation)


@node("FeatherMask", category="mask", display_name="FeatherMask")
def feather_mask(*, mask: Mask, left: Offset = 0, top: Offset = 0, right: Offset = 0, bottom: Offset = 0) -> Mask:
    """Fade a mask out towards the borders of the picture.

    Args:
        mask: The mask.
        left: Over how many pixels, on the left.
        top: On top.
        right: On the right.
        bottom: At the bottom.
    """
    return feather(as_masks(mask), left, top, right, bottom)


@node("GrowMask", category="mask", display_name="GrowMask")
def grow_mask(
    *,
    mask: Mask,
    expand: Annotated[int, Number(min=-16384, max=16384, step=1)] = 0,
    tapered_corners: bool = True,
) -> Mask:
    """Grow what is masked, or shrink it.

    Args:
        mask: The mask.
        expand: By how many pixels; negative shrinks.
        tapered_corners: Grow by diamonds instead of squares.
    """
    return grow(as_masks(mask), expand, tapered_corners)


@node("ThresholdMask", category="mask", display_name="ThresholdMask")
def threshold_mask(*, mask: Mask, value: _Fraction = 0.5) -> Mask:
    """Make a mask of 0 and 1.

    Args:
        mask: The mask.
        value: What is above it becomes 1.
    """
    return (mask > value).float()
