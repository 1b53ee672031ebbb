"""Nodes of the categories `sampling/custom_sampling/guiders` and `/noise`: what steers a run, what it starts with."""

from __future__ import annotations

from typing import Literal

from engine import node
from engine.sampling.guidance import BasicGuider, CFGGuider, DualCFGGuider
from engine.sampling.noise import NoiseSource
from engine.types import Conditioning, Guider, Model, Noise, Seed
from nodes.sampling import Cfg


@node("CFGGuider", category="sampling/custom_sampling/guiders")
def cfg_guider(*, model: Model, positive: Conditioning, negative: Conditioning, cfg: Cfg = 8.0) -> Guider:
    """Guide towards one prompt and away from another.

    Args:
        model: The model.
        positive: What the image is to show.
        negative: What it is not to show.
        cfg: How closely the prompts are followed; 1 ignores the negative.
    """
    return CFGGuider(model, positive, negative, cfg)


@node("DualCFGGuider", category="sampling/custom_sampling/guiders")
def dual_cfg_guider(
    *,
    model: Model,
    cond1: Conditioning,
    cond2: Conditioning,
    negative: Conditioning,
    cfg_conds: Cfg = 8.0,
    cfg_cond2_negative: Cfg = 8.0,
    style: Literal["regular", "nested"],
) -> Guider:
    """Guide towards two prompts, as models that edit an image need it.

    Args:
        model: The model.
        cond1: What the image is to show, the image that is edited and the text.
        cond2: The image that is edited, without the text.
        negative: What it is not to show.
        cfg_conds: How closely the first is followed, beyond the second.
        cfg_cond2_negative: How closely the second is followed, beyond the negative.
        style: Add both differences, or guide what the first guidance gives once more.
    """
    return DualCFGGuider(model, cond1, cond2, negative, cfg_conds, cfg_cond2_negative, style)


@node("BasicGuider", category="sampling/custom_sampling/guiders")
def basic_guider(*, model: Model, conditioning: Conditioning) -> Guider:
    """Follow one prompt, without guidance.

    Args:
        model: The model.
        conditioning: What the image is to show.
    """
    return BasicGuider(model, conditioning)


@node("RandomNoise", category="sampling/custom_sampling/noise")
def random_noise(*, noise_seed: Seed = 0) -> Noise:
    """Start from noise.

    Args:
        noise_seed: Names the noise: the same seed gives the same picture.
    """
    return NoiseSource(noise_seed)


@node("DisableNoise", category="sampling/custom_sampling/noise")
def disable_noise() -> Noise:
    """Start from the latent as it is. What a sampler adds later has the seed 0."""
    return NoiseSource(0, silent=True)
