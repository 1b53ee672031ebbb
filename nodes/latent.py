"""Nodes of the category `latent`: making latents, images to latents and back, resizing and pasting."""

from __future__ import annotations

import logging
from typing import Annotated, Literal

import torch

from engine import Context, Number, node
from engine.images.composite import paste
from engine.images.masks import feather as feather_mask
from engine.images.pixels import check_pixels
from engine.images.resize import resize
from engine.sampling.vae import decode_latent, encode_image
from engine.types import Image, Latent, Mask, Vae
from nodes.latent_samples import LATENT_PIXEL, Method, Offset, replace_samples, take_samples

logger = logging.getLogger(__name__)

_NewSide = Annotated[int, Number(min=16, max=16384, step=8)]
_SMALLEST_SIDE = 64
"""Pixels along a side of what `LatentUpscale` makes."""


@node("VAEDecode", category="latent", display_name="VAE Decode")
def vae_decode(*, samples: Latent, vae: Vae, ctx: Context) -> Image:
    """Make images of latents.

    Args:
        samples: The latents.
        vae: The autoencoder that belongs to the model that made them.
    """
    return decode_latent(ctx.pool, vae, take_samples(samples, "samples"), ctx.progress)


@node("VAEEncode", category="latent", display_name="VAE Encode")
def vae_encode(*, pixels: Image, vae: Vae, ctx: Context) -> Latent:
    """Make latents of images.

    Args:
        pixels: The images; cut to a multiple of 8 pixels.
        vae: The autoencoder that belongs to the model that is to change them.
    """
    return {"samples": encode_image(ctx.pool, vae, pixels, ctx.progress)}


@node("EmptyLatentImage", category="latent", display_name="Empty Latent Image")
def empty_latent_image(
    *,
    width: _NewSide = 512,
    height: _NewSide = 512,
    batch_size: Annotated[int, Number(min=1, max=4096)] = 1,
    ctx: Context,
) -> Latent:
    """Make empty latents, to be filled by a sampler.

    Args:
        width: Of the image, in pixels; an eighth of it, rounded down, is the latent's.
        height: Of the image.
        batch_size: How many.
    """
    check_pixels(ctx.settings.max_image_pixels, "width, height, batch_size", width, height, batch_size)
    for name, side in (("width", width), ("height", height)):
        if side % LATENT_PIXEL:
            whole = side - side % LATENT_PIXEL
            logger.warning("EmptyLatentImage: %s %d is not a multiple of 8; the image has %d.", name, side, whole)
    return {"samples": torch.zeros(batch_size, 4, height // LATENT_PIXEL, width // LATENT_PIXEL)}


@node("LatentUpscale", category="latent", display_name="Upscale Latent")
def latent_upscale(
    *,
    samples: Latent,
    upscale_method: Method,
    width: Offset = 512,
    height: Offset = 512,
    crop: Literal["disabled", "center"],
    ctx: Context,
) -> Latent:
    """Resize latents to the size of an image.

    Args:
        samples: The latents.
        upscale_method: How new values are found; `bislerp` keeps contrast best.
        width: Of the image, in pixels; 0 keeps the proportions.
        height: Of the image, in pixels; 0 keeps the proportions.
        crop: Whether to cut the longer sides instead of stretching.
    """
    old = take_samples(samples, "samples")
    if width == 0 and height == 0:
        return samples
    old_height, old_width = old.shape[-2:]
    width = max(_SMALLEST_SIDE, width or round(old_width * height / old_height))
    height = max(_SMALLEST_SIDE, height or round(old_height * width / old_width))
    check_pixels(ctx.settings.max_image_pixels, "width, height", width, height, len(old))
    return replace_samples(samples, resize(old, width // LATENT_PIXEL, height // LATENT_PIXEL, upscale_method, crop))


@node("LatentUpscaleBy", category="latent", display_name="Upscale Latent By")
def latent_upscale_by(
    *,
    samples: Latent,
    upscale_method: Method,
    scale_by: Annotated[float, Number(min=0.01, max=8.0, step=0.01)] = 1.5,
    ctx: Context,
) -> Latent:
    """Resize latents by a factor.

    Args:
        samples: The latents.
        upscale_method: How new values are found; `bislerp` keeps contrast best.
        scale_by: Factor of both sides.
    """
    old = take_samples(samples, "samples")
    width, height = (max(1, round(side * scale_by)) for side in (old.shape[-1], old.shape[-2]))
    limit = ctx.settings.max_image_pixels
    check_pixels(limit, "scale_by", width * LATENT_PIXEL, height * LATENT_PIXEL, len(old))
    return replace_samples(samples, resize(old, width, height, upscale_method))


@node("LatentComposite", category="latent", display_name="Latent Composite")
def latent_composite(
    *, samples_to: Latent, samples_from: Latent, x: Offset = 0, y: Offset = 0, feather: Offset = 0
) -> Latent:
    """Paste a latent over another.

    Args:
        samples_to: What is pasted onto.
        samples_from: What is pasted; what reaches over the edge is cut off.
        x: Its left edge, in pixels of the image.
        y: Its top edge, in pixels of the image.
        feather: How far it fades in at the sides that are not on the image's border.
    """
    below, above = take_samples(samples_to, "samples_to"), take_samples(samples_from, "samples_from")
    x, y, soft = x // LATENT_PIXEL, y // LATENT_PIXEL, feather // LATENT_PIXEL
    above = above[..., : max(0, below.shape[-2] - y), : max(0, below.shape[-1] - x)]
    if above.numel() == 0:
        return samples_to
    right, bottom = x + above.shape[-1] < below.shape[-1], y + above.shape[-2] < below.shape[-2]
    sides = (soft if is_inside else 0 for is_inside in (x > 0, y > 0, right, bottom))
    mask = feather_mask(torch.ones(1, *above.shape[-2:]), *sides)
    return replace_samples(samples_to, paste(below, above, x, y, mask if soft else None))


@node("LatentCompositeMasked", category="latent", display_name="LatentCompositeMasked")
def latent_composite_masked(
    *,
    destination: Latent,
    source: Latent,
    x: Offset = 0,
    y: Offset = 0,
    resize_source: bool = False,
    mask: Mask | None = None,
) -> Latent:
    """Paste a latent over another through a mask.

    Args:
        destination: What is pasted onto.
        source: What is pasted; what reaches over the edge is cut off.
        x: Its left edge, in pixels of the image.
        y: Its top edge, in pixels of the image.
        resize_source: Stretch it to the destination's size first.
        mask: Where it is seen; all of it, if there is none.
    """
    below, above = take_samples(destination, "destination"), take_samples(source, "source")
    x, y = x // LATENT_PIXEL, y // LATENT_PIXEL
    return replace_samples(destination, paste(below, above, x, y, mask, resize_source=resize_source))
