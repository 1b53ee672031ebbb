"""Nodes of the categories `conditioning/inpaint` and `conditioning/instructpix2pix`: models that see an image too."""

from __future__ import annotations

from typing import NamedTuple

import torch

from engine import Context, node
from engine.sampling.inpainting import prepare_inpainting
from engine.sampling.vae import encode_image
from engine.types import Conditioning, Image, Latent, LatentDict, Mask, Vae
from nodes.conditioning import with_options


class Prepared(NamedTuple):
    """What a sampler takes.

    Args:
        positive: What the image is to show.
        negative: What it is not to show.
        latent: What the sampler starts from.
    """

    positive: Conditioning
    negative: Conditioning
    latent: Latent


@node("InpaintModelConditioning", category="conditioning/inpaint", display_name="InpaintModelConditioning")
def inpaint_model_conditioning(
    *,
    positive: Conditioning,
    negative: Conditioning,
    vae: Vae,
    pixels: Image,
    mask: Mask,
    noise_mask: bool = True,
    ctx: Context,
) -> Prepared:
    """Show an inpainting model the image around the part that it is to paint.

    Args:
        positive: What the image is to show.
        negative: What it is not to show.
        vae: The autoencoder that belongs to the model.
        pixels: The image.
        mask: What is to be painted.
        noise_mask: Whether the sampler is also kept from changing anything outside of the mask.
    """
    parts = prepare_inpainting(pixels, mask, vae.config.downscale)
    latent: LatentDict = {"samples": encode_image(ctx.pool, vae, parts.pixels)}
    if noise_mask:
        latent["noise_mask"] = parts.mask
    kept = encode_image(ctx.pool, vae, parts.greyed)
    positive, negative = (
        with_options(conditioning, {"concat_latent_image": kept, "concat_mask": parts.mask})
        for conditioning in (positive, negative)
    )
    return Prepared(positive, negative, latent)


@node("InstructPixToPixConditioning", category="conditioning/instructpix2pix")
def instruct_pix_to_pix_conditioning(
    *, positive: Conditioning, negative: Conditioning, vae: Vae, pixels: Image, ctx: Context
) -> Prepared:
    """Show an editing model the image that it is to change as the text says.

    Args:
        positive: What is to be changed.
        negative: What the image is not to show.
        vae: The autoencoder that belongs to the model.
        pixels: The image.
    """
    seen = encode_image(ctx.pool, vae, pixels)
    positive, negative = (
        with_options(conditioning, {"concat_latent_image": seen}) for conditioning in (positive, negative)
    )
    return Prepared(positive, negative, {"samples": torch.zeros_like(seen)})
