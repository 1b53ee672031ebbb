"""Nodes of the category `image/postprocessing`: blending, blurring, sharpening, fewer colours, morphology."""

from __future__ import annotations

from typing import Annotated

from engine import Number, node
from engine.images.blend import BlendMode, blend
from engine.images.filters import blur, sharpen
from engine.images.morphology import Operation, transform
from engine.images.quantize import Dither, quantize
from engine.types import Image

_Radius = Annotated[int, Number(min=1, max=31, step=1)]


@node("ImageBlend", category="image/postprocessing")
def image_blend(
    *,
    image1: Image,
    image2: Image,
    blend_factor: Annotated[float, Number(min=0.0, max=1.0, step=0.01)] = 0.5,
    blend_mode: BlendMode,
) -> Image:
    """Mix two pictures.

    Args:
        image1: The picture below; gives size and batch.
        image2: The picture above, resized to it.
        blend_factor: 0 is the picture below, 1 the full effect.
        blend_mode: How the two make one.
    """
    return blend(image1, image2, blend_factor, blend_mode)


@node("ImageBlur", category="image/postprocessing")
def image_blur(
    *, image: Image, blur_radius: _Radius = 1, sigma: Annotated[float, Number(min=0.1, max=10.0, step=0.1)] = 1.0
) -> Image:
    """Blur pictures with a Gaussian.

    Args:
        image: The pictures.
        blur_radius: How far a pixel spreads.
        sigma: The Gaussian's width in units of the radius; large values come close to an even mean.
    """
    return blur(image, blur_radius, sigma)


@node("ImageSharpen", category="image/postprocessing")
def image_sharpen(
    *,
    image: Image,
    sharpen_radius: _Radius = 1,
    sigma: Annotated[float, Number(min=0.1, max=10.0, step=0.01)] = 1.0,
    alpha: Annotated[float, Number(min=0.0, max=5.0, step=0.01)] = 1.0,
) -> Image:
    """Sharpen pictures by an unsharp mask.

    Args:
        image: The pictures.
        sharpen_radius: Size of the details, in pixels.
        sigma: Width of the blur behind it, in units of the radius.
        alpha: How strongly; 0 does nothing.
    """
    return sharpen(image, sharpen_radius, sigma, alpha)


@node("ImageQuantize", category="image/postprocessing")
def image_quantize(
    *, image: Image, colors: Annotated[int, Number(min=1, max=256, step=1)] = 256, dither: Dither
) -> Image:
    """Reduce pictures to a palette.

    Args:
        image: The pictures; each has its own palette.
        colors: How many colours at most.
        dither: How missing colours are mixed from those that are left.
    """
    return quantize(image, colors, dither)


@node("Morphology", category="image/postprocessing", display_name="ImageMorphology")
def morphology(
    *, image: Image, operation: Operation, kernel_size: Annotated[int, Number(min=3, max=999, step=1)] = 3
) -> Image:
    """Grow or shrink what is bright, and what follows from that.

    Args:
        image: The pictures.
        operation: `dilate` grows what is bright, `erode` shrinks it; the others are made of these two.
        kernel_size: Side of the square that is looked at, in pixels.
    """
    return transform(image.movedim(-1, 1), operation, kernel_size).movedim(1, -1).contiguous()
