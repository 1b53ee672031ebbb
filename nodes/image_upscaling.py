"""Nodes of the category `image/upscaling` that need no model: resizing."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from torch import Tensor

from engine import Context, Number, node
from engine.images.pixels import check_pixels
from engine.images.resize import Crop, resize_image, scaled_size
from engine.types import Image, ResizeMethod
from nodes.sizes import Offset


def _resize(
    ctx: Context, image: Tensor, size: tuple[int, int], method: ResizeMethod, blame: str, crop: Crop = "disabled"
) -> Tensor:
    width, height = size
    check_pixels(ctx.settings.max_image_pixels, blame, width, height, image.shape[0])
    return resize_image(image, width, height, method, crop)


def _times(image: Tensor, scale: float) -> tuple[int, int]:
    return max(1, round(image.shape[2] * scale)), max(1, round(image.shape[1] * scale))


@node("ImageScale", category="image/upscaling", display_name="Upscale Image")
def image_scale(
    *,
    image: Image,
    upscale_method: ResizeMethod,
    width: Offset = 512,
    height: Offset = 512,
    crop: Crop,
    ctx: Context,
) -> Image:
    """Resize pictures.

    Args:
        image: The pictures.
        upscale_method: How new pixels are found.
        width: The new width; 0 keeps the proportions.
        height: The new height; 0 keeps the proportions.
        crop: `center` cuts what does not fit the new proportions, `disabled` stretches.
    """
    size = scaled_size(image.shape[2], image.shape[1], width, height)
    return _resize(ctx, image, size, upscale_method, "width, height", crop)


@node("ImageScaleBy", category="image/upscaling", display_name="Upscale Image By")
def image_scale_by(
    *,
    image: Image,
    upscale_method: ResizeMethod,
    scale_by: Annotated[float, Number(min=0.01, max=8.0, step=0.01)] = 1.0,
    ctx: Context,
) -> Image:
    """Resize pictures by a factor.

    Args:
        image: The pictures.
        upscale_method: How new pixels are found.
        scale_by: 2 doubles width and height.
    """
    return _resize(ctx, image, _times(image, scale_by), upscale_method, "scale_by")


@node("ImageScaleToTotalPixels", category="image/upscaling")
def image_scale_to_total_pixels(
    *,
    image: Image,
    upscale_method: ResizeMethod,
    megapixels: Annotated[float, Number(min=0.01, max=16.0, step=0.01)] = 1.0,
    ctx: Context,
) -> Image:
    """Resize pictures to a number of pixels, keeping the proportions.

    Args:
        image: The pictures.
        upscale_method: How new pixels are found.
        megapixels: In units of 1024 x 1024 pixels.
    """
    scale = math.sqrt(megapixels * 1024 * 1024 / (image.shape[1] * image.shape[2]))
    return _resize(ctx, image, _times(image, scale), upscale_method, "megapixels")


@node("ImageScaleToMaxDimension", category="image/upscaling", display_name="ImageScaleToMaxDimension")
def image_scale_to_max_dimension(
    *,
    image: Image,
    upscale_method: Literal["area", "lanczos", "bilinear", "nearest-exact", "bicubic"],
    largest_size: Offset = 512,
    ctx: Context,
) -> Image:
    """Resize pictures so that the longer side has a given length, keeping the proportions.

    Args:
        image: The pictures.
        upscale_method: How new pixels are found.
        largest_size: The longer side in pixels; 0 leaves the pictures as they are.
    """
    h, w = image.shape[1:3]
    size = scaled_size(w, h, largest_size, 0) if w >= h else scaled_size(w, h, 0, largest_size)
    return _resize(ctx, image, size, upscale_method, "largest_size")
