"""Nodes of the category `sampling/custom_sampling`: samplers put together from parts, and guidance of other kinds."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from engine import Context, Number, node
from engine.sampling.guidance import CFGGuider, apg_guidance
from engine.sampling.noise import NoiseSource
from engine.types import Conditioning, Guider, Latent, Model, Noise, Sampler, Seed, Sigmas
from nodes.sampling import Cfg, Sampled, run_sampler


@node("SamplerCustom", category="sampling/custom_sampling")
def sampler_custom(
    *,
    model: Model,
    add_noise: bool = True,
    noise_seed: Seed = 0,
    cfg: Cfg = 8.0,
    positive: Conditioning,
    negative: Conditioning,
    sampler: Sampler,
    sigmas: Sigmas,
    latent_image: Latent,
    ctx: Context,
) -> Sampled:
    """Sample with a sampler and noise levels of your own.

    Args:
        model: The model that removes the noise.
        add_noise: Whether noise is added first; not if the latent has it already.
        noise_seed: Names the noise: the same seed gives the same picture.
        cfg: How closely the prompts are followed; 1 ignores the negative, much more than 10 burns colours.
        positive: What the image is to show.
        negative: What it is not to show.
        sampler: The method that removes the noise.
        sigmas: The noise levels, from step to step.
        latent_image: What to start from, its size and its mask.
    """
    guider = CFGGuider(model, positive, negative, cfg)
    noise = NoiseSource(noise_seed, silent=not add_noise)
    return run_sampler(ctx, guider, noise, sampler, sigmas, latent_image, noise_seed)


@node("SamplerCustomAdvanced", category="sampling/custom_sampling")
def sampler_custom_advanced(
    *, noise: Noise, guider: Guider, sampler: Sampler, sigmas: Sigmas, latent_image: Latent, ctx: Context
) -> Sampled:
    """Sample with noise, guidance, a sampler and noise levels of your own.

    Args:
        noise: The initial noise, and the seed of what the sampler adds.
        guider: The model and what it is to show.
        sampler: The method that removes the noise.
        sigmas: The noise levels, from step to step.
        latent_image: What to start from, its size and its mask.
    """
    return run_sampler(ctx, guider, noise, sampler, sigmas, latent_image, noise.seed)


@node("APG", category="sampling/custom_sampling", display_name="Adaptive Projected Guidance")
def apg(
    *,
    model: Model,
    eta: Annotated[float, Number(min=-10.0, max=10.0, step=0.01)] = 1.0,
    norm_threshold: Annotated[float, Number(min=0.0, max=50.0, step=0.1)] = 5.0,
    momentum: Annotated[float, Number(min=-5.0, max=1.0, step=0.01)] = 0.0,
) -> Model:
    """Guide without burning colours at a high cfg (arXiv 2410.02416).

    Args:
        model: The model to be guided so.
        eta: How much is kept of the part of guidance that only makes the image stronger; 1 keeps it, 0 none.
        norm_threshold: Longest step that guidance may take; 0 for no limit.
        momentum: Weight of the guidance of earlier steps; below 0 turns away from it.
    """
    guidance = apg_guidance(eta, norm_threshold, momentum)
    return replace(model, options=replace(model.options, begin_guidance=guidance))
