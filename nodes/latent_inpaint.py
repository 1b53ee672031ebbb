"""Nodes of the category `latent/inpaint`: latents of which a part is to be painted anew."""

from __future__ import annotations

from typing import Annotated

from engine import Context, Number, node
from engine.images.morphology import dilate
from engine.images.pixels import as_masks
from engine.sampling.inpainting import prepare_inpainting
from engine.sampling.vae import encode_image
from engine.types import Image, Latent, Mask, Vae
from nodes.latent_samples import take_samples


@node("VAEEncodeForInpaint", category="latent/inpaint", display_name="VAE Encode (for Inpainting)")
def vae_encode_for_inpaint(
    *,
    pixels: Image,
    vae: Vae,
    mask: Mask,
    grow_mask_by: Annotated[int, Number(min=0, max=64, step=1)] = 6,
    ctx: Context,
) -> Latent:
    """Make latents of images whose masked part is to be painted from nothing: it becomes grey.

    Args:
        pixels: The images.
        vae: The autoencoder that belongs to the model.
        mask: What is to be painted.
        grow_mask_by: How many pixels more, across, are painted than are made grey, so that the edges fit.
    """
    parts = prepare_inpainting(pixels, mask, vae.config.downscale)
    painted = parts.mask.round()
    if grow_mask_by > 0:
        painted = dilate(painted, grow_mask_by)
    return {"samples": encode_image(ctx.pool, vae, parts.greyed, ctx.progress), "noise_mask": painted}


@node("SetLatentNoiseMask", category="latent/inpaint", display_name="Set Latent Noise Mask")
def set_latent_noise_mask(*, samples: Latent, mask: Mask) -> Latent:
    """Let a sampler change a part of a latent only.

    Args:
        samples: The latents.
        mask: What may change; stretched to the image.
    """
    take_samples(samples, "samples")
    return {**samples, "noise_mask": as_masks(mask).unsqueeze(1)}
