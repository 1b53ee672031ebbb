"""Nodes of the category `sampling`: from noise, prompts and a model to a latent."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from torch import Tensor

from engine import Context, InputValueError, Number, node
from engine.sampling.guidance import CFGGuider, Guider
from engine.sampling.noise import NoiseSource
from engine.sampling.sample import sample
from engine.sampling.samplers import Sampler, SamplerName, find_sampler
from engine.sampling.schedules import SchedulerName, make_sigmas
from engine.types import Conditioning, Latent, Model, Seed
from nodes.latent_samples import replace_samples, take_samples

Steps = Annotated[int, Number(min=1, max=10_000)]
Cfg = Annotated[float, Number(min=0.0, max=100.0, step=0.1, round=0.01)]
Denoise = Annotated[float, Number(min=0.0, max=1.0, step=0.01)]
_StepIndex = Annotated[int, Number(min=0, max=10_000)]


class Sampled(NamedTuple):
    """What a run gives.

    Args:
        output: The latent as the run left it.
        denoised_output: What the model last took the finished latent to be.
    """

    output: Latent
    denoised_output: Latent


def run_sampler(
    ctx: Context, guider: Guider, noise: NoiseSource, sampler: Sampler, sigmas: Tensor, latent_image: Latent, seed: int
) -> Sampled:
    """Sample, and show progress and previews; a run with nothing to do gives the latent back.

    Args:
        ctx: Where to show them.
        guider: The model and what it is to show.
        noise: The initial noise.
        sampler: How to get from level to level.
        sigmas: The levels.
        latent_image: What the run starts from.
        seed: Of the noise that the sampler adds.
    """
    samples = take_samples(latent_image, "latent_image")
    latent_format = guider.model.latent_format

    def show(step: int, total: int, denoised: Tensor) -> None:
        ctx.progress(step + 1, total)
        ctx.preview(latent_format.preview(denoised))

    ctx.check_interrupted()
    result = sample(
        ctx.pool,
        guider,
        noise=noise.make(samples, latent_image.get("batch_index")),
        latent=samples,
        sigmas=sigmas,
        sampler=sampler,
        seed=seed,
        noise_mask=latent_image.get("noise_mask"),
        on_step=show,
    )
    return Sampled(replace_samples(latent_image, result.samples), replace_samples(latent_image, result.denoised))


@node("KSampler", category="sampling")
def k_sampler(
    *,
    model: Model,
    seed: Seed = 0,
    steps: Steps = 20,
    cfg: Cfg = 8.0,
    sampler_name: SamplerName,
    scheduler: SchedulerName,
    positive: Conditioning,
    negative: Conditioning,
    latent_image: Latent,
    denoise: Denoise = 1.0,
    ctx: Context,
) -> Latent:
    """Turn noise into a latent image that shows what the prompts ask for.

    Args:
        model: The model that removes the noise.
        seed: Names the noise: the same seed gives the same picture.
        steps: In how many steps the noise is removed; more take longer and are more exact.
        cfg: How closely the prompts are followed; 1 ignores the negative, much more than 10 burns colours.
        sampler_name: The method that removes the noise.
        scheduler: How the noise is shared out among the steps.
        positive: What the image is to show.
        negative: What it is not to show.
        latent_image: What to start from, its size and its mask.
        denoise: How much of it is made anew; less than 1 keeps some of the image.

    Returns:
        The latent without noise.
    """
    sigmas = make_sigmas(model.parametrization.schedule, scheduler, steps, denoise, sampler_name)
    guider = CFGGuider(model, positive, negative, cfg)
    return run_sampler(ctx, guider, NoiseSource(seed), find_sampler(sampler_name), sigmas, latent_image, seed).output


@node("KSamplerAdvanced", category="sampling", display_name="KSampler (Advanced)")
def k_sampler_advanced(
    *,
    model: Model,
    add_noise: Literal["enable", "disable"],
    noise_seed: Seed = 0,
    steps: Steps = 20,
    cfg: Cfg = 8.0,
    sampler_name: SamplerName,
    scheduler: SchedulerName,
    positive: Conditioning,
    negative: Conditioning,
    latent_image: Latent,
    start_at_step: _StepIndex = 0,
    end_at_step: _StepIndex = 10_000,
    return_with_leftover_noise: Literal["disable", "enable"],
    ctx: Context,
) -> Latent:
    """Run some of the steps of a KSampler, so that several can share them.

    Args:
        model: The model that removes the noise.
        add_noise: Whether noise is added first; not if the latent has it already.
        noise_seed: Names the noise: the same seed gives the same picture.
        steps: In how many steps all the noise would be removed.
        cfg: How closely the prompts are followed; 1 ignores the negative, much more than 10 burns colours.
        sampler_name: The method that removes the noise.
        scheduler: How the noise is shared out among the steps.
        positive: What the image is to show.
        negative: What it is not to show.
        latent_image: What to start from, its size and its mask.
        start_at_step: The first step that is run.
        end_at_step: The step before which it ends.
        return_with_leftover_noise: Whether noise may be left for another sampler, or the last step removes it all.

    Returns:
        The latent, with the noise that is left.
    """
    sigmas = make_sigmas(model.parametrization.schedule, scheduler, steps, sampler=sampler_name)
    sigmas = slice_steps(sigmas, start_at_step, end_at_step, keep_noise=return_with_leftover_noise == "enable")
    guider, noise = CFGGuider(model, positive, negative, cfg), NoiseSource(noise_seed, silent=add_noise == "disable")
    return run_sampler(ctx, guider, noise, find_sampler(sampler_name), sigmas, latent_image, noise_seed).output


def slice_steps(sigmas: Tensor, first: int, end: int, *, keep_noise: bool) -> Tensor:
    """The levels of the steps from `first` up to, not including, `end`; none if there is no such step.

    Args:
        sigmas: All levels.
        first: Of the steps, from 0.
        end: The step before which to stop; beyond the last is the last.
        keep_noise: Whether the run may end above level 0.
    """
    if first < 0 or end < 0:
        raise InputValueError(f"start_at_step and end_at_step must not be negative, not {first} and {end}.")
    if min(end, len(sigmas) - 1) <= first:
        return sigmas[:0]
    part = sigmas[first : end + 1].clone()
    if not keep_noise:
        part[-1] = 0
    return part
