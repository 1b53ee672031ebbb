"""One sampling run: a latent, noise, levels, a guider and a sampler in; the denoised latent out.

Progress, preview and interruption are here, too: whatever `on_step` does after each step of the sampler. Latents come
and go on the autoencoder's scale; inside, everything is in the network's, in float32, on its device.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from engine.errors import InputValueError
from engine.memory.pool import Pool
from engine.models.unet import UNet
from engine.sampling.conditioning import complete_areas, fit_mask, resolve_conditioning
from engine.sampling.estimates import Estimator, repeat_to
from engine.sampling.guidance import Guider
from engine.sampling.model import Model
from engine.sampling.noise import make_generator
from engine.sampling.parametrization import Parametrization, list_floats
from engine.sampling.samplers import Sampler
from engine.sampling.schedules import as_sigmas
from engine.sampling.solver import Guided, Step

OnStep = Callable[[int, int, Tensor], None]
"""(step, number of steps, estimate of the clean latent in the network's scale), after each step, from 0.

The estimate is on the device; reading it makes the host wait. An exception raised here ends the run."""


class SampleResult(NamedTuple):
    """What a run leaves, on the network's device.

    Attributes:
        samples: The latent `[b c h w]`.
        denoised: The last estimate of the clean latent; differs if the run stopped above level 0.
    """

    samples: Tensor
    denoised: Tensor


def sample(
    pool: Pool,
    guider: Guider,
    *,
    noise: Tensor,
    latent: Tensor,
    sigmas: Tensor,
    sampler: Sampler,
    seed: int,
    noise_mask: Tensor | None = None,
    on_step: OnStep | None = None,
) -> SampleResult:
    """Denoise a latent.

    Args:
        pool: Holds the weights.
        guider: The model and what it is to show.
        noise: The initial noise `[b c h w]`, of unit variance; zeros if the latent is noisy already.
        latent: What the run starts from `[b c h w]`; zeros for nothing.
        sigmas: The levels `[n + 1]`; empty returns the latent as it is, a single one only adds the noise.
        sampler: How to get from level to level.
        seed: Of the noise that the sampler adds.
        noise_mask: Where to paint, 1, and what to keep, 0; any size.
        on_step: Called after each step.

    Raises:
        InputValueError: If anything does not fit the model or each other.
    """
    model = guider.model
    _check_latent(model, latent, noise)
    levels = as_levels(sigmas)
    if not levels:
        return SampleResult(latent, latent)
    with pool.use(model.weights) as unet:
        device = next(unet.parameters()).device
        clean = model.latent_format.scale(latent.to(device, torch.float32))
        noise = noise.to(device, torch.float32)
        mask = None
        if noise_mask is not None:
            fitted = fit_mask(noise_mask, latent.shape[-2], latent.shape[-1], name="noise_mask")
            mask = repeat_to(fitted, len(latent)).to(device)
        guided = _make_guided(unet, guider, clean, noise, mask, sampler, seed)
        x = model.parametrization.start(clean, noise, levels[0])

        def tell(step: Step) -> None:
            if on_step is not None:
                on_step(step.index, len(levels) - 1, step.denoised)

        x, denoised = sampler.follow(guided, x, levels, seed, on_step=tell, model=model)
    samples = model.latent_format.unscale(x)
    return SampleResult(samples, samples if denoised is None else model.latent_format.unscale(denoised))


def as_levels(sigmas: Tensor) -> tuple[float, ...]:
    """A schedule as numbers, without repeated levels, read from the tensor once.

    Raises:
        InputValueError: If a level is not a finite number from 0 up, or one before the last is 0.
    """
    listed = list_floats(as_sigmas(sigmas))
    levels = [sigma for index, sigma in enumerate(listed) if index == 0 or sigma != listed[index - 1]]
    if 0 in levels[:-1]:
        raise InputValueError(f"sigmas: only the last may be 0; number {levels.index(0) + 1} of {len(levels)} is.")
    return tuple(levels)


def _check_latent(model: Model, latent: Tensor, noise: Tensor) -> None:
    channels = model.latent_channels
    if latent.ndim != 4 or latent.shape[1] != channels or 0 in latent.shape:
        raise InputValueError(
            f"latent: {model.weights.name} makes latents [b {channels} h w], not {list(latent.shape)}; "
            "use a latent that was made for this model."
        )
    if noise.shape != latent.shape:
        raise InputValueError(f"noise: {list(latent.shape)} was expected, as of the latent, not {list(noise.shape)}.")


def _make_guided(
    unet: UNet, guider: Guider, clean: Tensor, noise: Tensor, mask: Tensor | None, sampler: Sampler, seed: int
) -> Callable[[Tensor, float], Guided]:
    """What the sampler follows."""
    model = guider.model
    lists = guider.conditionings(with_uncond=sampler.uses_uncond)
    resolved = {
        name: resolve_conditioning(
            conditioning, clean.shape[-2], clean.shape[-1], model.parametrization.schedule, name=name
        )
        for name, conditioning in lists.items()
    }
    estimate = Estimator(model, unet, complete_areas(resolved), clean, mask)
    guide = guider.begin()

    def guided(x: Tensor, sigma: float) -> Guided:
        return guide(x, sigma, estimate(x, sigma))

    if mask is None:
        return guided
    if sampler.renews_inpaint_noise:
        noise = torch.randn(noise.shape, generator=make_generator(seed + 1)).to(device=noise.device)
    return Inpainting(guided, model.parametrization, clean, noise, mask)


@dataclass(frozen=True, slots=True, eq=False)
class Inpainting:
    """Estimates for which the masked part of the image is known.

    Attributes:
        guided: The estimates for the whole image.
        parametrization: Knows how the kept part looks at a level.
        clean: The image `[b c h w]`.
        noise: What the kept part is noised with `[b c h w]`.
        mask: 1 where to paint, 0 what to keep `[b 1 h w]`.
    """

    guided: Callable[[Tensor, float], Guided]
    parametrization: Parametrization
    clean: Tensor
    noise: Tensor
    mask: Tensor

    def __call__(self, x: Tensor, sigma: float) -> Guided:
        """The estimates for `x` at a level, its kept part replaced."""
        known = self.parametrization.add_noise(self.clean, self.noise, sigma)
        estimates = self.guided(torch.lerp(known, x, self.mask), sigma)
        denoised = torch.lerp(self.clean, estimates.denoised, self.mask)
        if estimates.uncond is estimates.denoised:
            return Guided(denoised, denoised)
        return Guided(denoised, torch.lerp(self.clean, estimates.uncond, self.mask))
