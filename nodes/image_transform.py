"""Nodes of the category `image/transform`: cropping, turning, and placing on a canvas."""

from __future__ import annotations

from typing import Annotated, Literal

import torch

from engine import Context, Number, node
from engine.images.canvas import Direction, crop, fit, stitch
from engine.images.pixels import check_pixels
from engine.types import Image
from nodes.sizes import Offset, Side

_QUARTER_TURNS = {"none": 0, "90 degrees": 1, "180 degrees": 2, "270 degrees": 3}


@node("ImageCrop", category="image/transform", display_name="Image Crop")
def image_crop(*, image: Image, width: Side = 512, height: Side = 512, x: Offset = 0, y: Offset = 0) -> Image:
    """Cut out a part.

    Args:
        image: The pictures.
        width: Of the part; what lies beyond the picture is left out.
        height: Of the part.
        x: Its left edge.
        y: Its top edge.
    """
    return crop(image, x, y, width, height)


@node("ImageStitch", category="image/transform", display_name="Image Stitch")
def image_stitch(
    *,
    image1: Image,
    direction: Direction = "right",
    match_image_size: bool = True,
    spacing_width: Annotated[int, Number(min=0, max=1024, step=2)] = 0,
    spacing_color: Literal["white", "black", "red", "green", "blue"] = "white",
    image2: Image | None = None,
    ctx: Context,
) -> Image:
    """Put two pictures side by side.

    Args:
        image1: The first picture; alone it is handed on.
        direction: Where the second goes.
        match_image_size: Scale the second to the first one's height or width.
        spacing_width: Pixels between them.
        spacing_color: Colour of the space between.
        image2: The second picture.
    """
    if image2 is None:
        return image1
    return stitch(
        image1,
        image2,
        direction,
        match_size=match_image_size,
        spacing=spacing_width,
        color=spacing_color,
        max_pixels=ctx.settings.max_image_pixels,
    )


@node("ResizeAndPadImage", category="image/transform", display_name="ResizeAndPadImage")
def resize_and_pad_image(
    *,
    image: Image,
    target_width: Side = 512,
    target_height: Side = 512,
    padding_color: Literal["white", "black"],
    interpolation: Literal["area", "bicubic", "nearest-exact", "bilinear", "lanczos"],
    ctx: Context,
) -> Image:
    """Fit the whole picture into a canvas and fill what is left.

    Args:
        image: The pictures.
        target_width: Of the canvas.
        target_height: Of the canvas.
        padding_color: Of what is left.
        interpolation: How new pixels are found.
    """
    batch = image.shape[0]
    check_pixels(ctx.settings.max_image_pixels, "target_width, target_height", target_width, target_height, batch)
    return fit(image, target_width, target_height, padding_color, interpolation)


@node("ImageRotate", category="image/transform", display_name="ImageRotate")
def image_rotate(*, image: Image, rotation: Literal["none", "90 degrees", "180 degrees", "270 degrees"]) -> Image:
    """Turn pictures clockwise.

    Args:
        image: The pictures.
        rotation: How far.
    """
    return torch.rot90(image, _QUARTER_TURNS[rotation], dims=(2, 1)).contiguous()


@node("ImageFlip", category="image/transform", display_name="ImageFlip")
def image_flip(*, image: Image, flip_method: Literal["x-axis: vertically", "y-axis: horizontally"]) -> Image:
    """Mirror pictures.

    Args:
        image: The pictures.
        flip_method: Top to bottom, or left to right.
    """
    return image.flip(1 if flip_method.startswith("x") else 2)
