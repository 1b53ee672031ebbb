"""Sampling as packs ask for it: `common_ksampler`, `comfy.sample`, `comfy.samplers.KSampler`.

Each turns what packs hand over into one call of `engine.sampling.sample`. A callback of a pack gets the estimate of the
clean latent in the place of the noisy one, which our loop does not show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import torch
from torch import Tensor

from engine.compat.host import current_host
from engine.compat.not_offered import refuse
from engine.compat.pack_progress import check_interrupted, show_preview, show_progress
from engine.compat.pack_samplers import offer_pack_choices, sampler_of
from engine.images.pixels import repeat_to_batch
from engine.sampling.guidance import CFGGuider, Guide, Guider
from engine.sampling.model import Model
from engine.sampling.noise import prepare_noise as draw_noise
from engine.sampling.sample import sample as run_sampler
from engine.sampling.samplers import SAMPLERS, Sampler
from engine.sampling.schedules import DISCARD_PENULTIMATE, SCHEDULERS, make_sigmas

Callback = Callable[[int, Tensor, Tensor, int], Any]
"""(step, estimate of the clean latent, latent, number of steps)."""


def prepare_noise(latent_image: Tensor, seed: int, noise_inds: Sequence[int] | None = None) -> Tensor:
    """The initial noise for a batch of latents."""
    return draw_noise(latent_image, seed, None if noise_inds is None else [int(index) for index in noise_inds])


def fix_empty_latent_channels(model: Model, latent_image: Tensor) -> Tensor:
    """An empty latent with as many channels as the model has; any other as it is."""
    channels = model.latent_channels
    if latent_image.shape[1] == channels or torch.count_nonzero(latent_image) > 0:
        return latent_image
    return latent_image.new_zeros(len(latent_image), channels, *latent_image.shape[2:])


def prepare_callback(model: Model, steps: int, x0_output_dict: dict[str, Any] | None = None) -> Callback:
    """Shows progress and previews at the node that runs."""

    def callback(step: int, x0: Tensor, x: Tensor, total_steps: int) -> None:
        del x
        if x0_output_dict is not None:
            x0_output_dict["x0"] = x0
        show_progress(step + 1, total_steps or steps)
        show_preview(model.latent_format.preview(x0))

    return callback


def run_guider(
    guider: Guider,
    noise: Tensor,
    latent_image: Tensor,
    sampler: Sampler,
    sigmas: Tensor,
    denoise_mask: Tensor | None = None,
    callback: Callback | None = None,
    seed: int | None = None,
) -> Tensor:
    """Sample; the latent comes back on the host."""

    def tell(step: int, total: int, denoised: Tensor) -> None:
        check_interrupted()
        if callback is not None:
            callback(step, denoised, denoised, total)

    given: Any = sampler  # packs may hand over anything
    if not isinstance(given, Sampler):
        refuse(f"A sampler of the kind {type(given).__name__}")
    result = run_sampler(
        current_host().pool(),
        guider,
        noise=noise,
        latent=latent_image,
        sigmas=torch.as_tensor(sigmas).cpu(),
        sampler=sampler,
        seed=seed or 0,
        noise_mask=denoise_mask,
        on_step=tell,
    )
    return result.samples.cpu()


def sample_custom(
    model: Model,
    noise: Tensor,
    cfg: float,
    sampler: Sampler,
    sigmas: Tensor,
    positive: Any,
    negative: Any,
    latent_image: Tensor,
    noise_mask: Tensor | None = None,
    callback: Callback | None = None,
    disable_pbar: bool = False,
    seed: int | None = None,
) -> Tensor:
    """Sample with a sampler and levels of one's own."""
    del disable_pbar
    guider = CFGGuider(model, positive, negative, cfg)
    return run_guider(guider, noise, latent_image, sampler, sigmas, noise_mask, callback, seed)


def sample(
    model: Model,
    noise: Tensor,
    steps: int,
    cfg: float,
    sampler_name: str,
    scheduler: str,
    positive: Any,
    negative: Any,
    latent_image: Tensor,
    denoise: float = 1.0,
    disable_noise: bool = False,
    start_step: int | None = None,
    last_step: int | None = None,
    force_full_denoise: bool = False,
    noise_mask: Tensor | None = None,
    sigmas: Tensor | None = None,
    callback: Callback | None = None,
    disable_pbar: bool = False,
    seed: int | None = None,
) -> Tensor:
    """Sample with a sampler and a scheduler by name."""
    del disable_noise
    job = KSampler(model, steps, None, sampler_name, scheduler, denoise)
    return job.sample(
        *(noise, positive, negative, cfg, latent_image, start_step, last_step, force_full_denoise),
        denoise_mask=noise_mask,
        sigmas=sigmas,
        callback=callback,
        seed=seed,
        disable_pbar=disable_pbar,
    )


def common_ksampler(
    model: Model,
    seed: int,
    steps: int,
    cfg: float,
    sampler_name: str,
    scheduler: str,
    positive: Any,
    negative: Any,
    latent: Mapping[str, Any],
    denoise: float = 1.0,
    disable_noise: bool = False,
    start_step: int | None = None,
    last_step: int | None = None,
    force_full_denoise: bool = False,
) -> tuple[dict[str, Any]]:
    """What the node KSampler does, with progress and previews."""
    samples = fix_empty_latent_channels(model, latent["samples"])
    noise = torch.zeros_like(samples) if disable_noise else prepare_noise(samples, seed, latent.get("batch_index"))
    result = sample(
        *(model, noise, steps, cfg, sampler_name, scheduler, positive, negative, samples, denoise),
        start_step=start_step,
        last_step=last_step,
        force_full_denoise=force_full_denoise,
        noise_mask=latent.get("noise_mask"),
        callback=prepare_callback(model, steps),
        seed=seed,
    )
    return ({**latent, "samples": result},)


def cut_levels(sigmas: Tensor, start_step: int | None, last_step: int | None, force_full_denoise: bool) -> Tensor:
    """The levels of the steps from `start_step` to `last_step`; the last is 0 if all noise has to go."""
    if last_step is not None and last_step < len(sigmas) - 1:
        sigmas = sigmas[: last_step + 1].clone()
        if force_full_denoise and len(sigmas):
            sigmas[-1] = 0
    if start_step:
        sigmas = sigmas[start_step:] if start_step < len(sigmas) - 1 else sigmas[:0]
    return sigmas


class KSampler:
    """A sampler and a schedule by name, for one model. Arguments as of `sample`."""

    SAMPLERS: ClassVar[list[str]] = list(SAMPLERS)
    SCHEDULERS: ClassVar[list[str]] = list(SCHEDULERS)
    DISCARD_PENULTIMATE_SIGMA_SAMPLERS: ClassVar[set[str]] = set(DISCARD_PENULTIMATE)

    def __init__(
        self,
        model: Model,
        steps: int,
        device: Any,
        sampler: str | None = None,
        scheduler: str | None = None,
        denoise: float | None = None,
        model_options: Any = None,
    ) -> None:
        del model_options
        self.model = model
        self.device = device
        self.sampler = sampler or "euler"
        self.scheduler = scheduler or "normal"
        self.set_steps(steps, denoise)

    def set_steps(self, steps: int, denoise: float | None = None) -> None:
        """Another number of steps."""
        self.steps = steps
        self.denoise = denoise
        self.sigmas = self._levels(1.0 if denoise is None else denoise)

    def calculate_sigmas(self, steps: int) -> Tensor:
        """The levels of so many steps."""
        with offer_pack_choices():
            return make_sigmas(self.model.parametrization.schedule, self.scheduler, steps, 1.0, self.sampler)

    def _levels(self, denoise: float) -> Tensor:
        with offer_pack_choices():
            return make_sigmas(self.model.parametrization.schedule, self.scheduler, self.steps, denoise, self.sampler)

    def sample(
        self,
        noise: Tensor,
        positive: Any,
        negative: Any,
        cfg: float,
        latent_image: Tensor | None = None,
        start_step: int | None = None,
        last_step: int | None = None,
        force_full_denoise: bool = False,
        denoise_mask: Tensor | None = None,
        sigmas: Tensor | None = None,
        callback: Callback | None = None,
        disable_pbar: bool = False,
        seed: int | None = None,
    ) -> Tensor:
        """Sample; the latent comes back on the host."""
        del disable_pbar
        latent = torch.zeros_like(noise) if latent_image is None else latent_image
        levels = cut_levels(self.sigmas if sigmas is None else sigmas, start_step, last_step, force_full_denoise)
        guider = CFGGuider(self.model, positive, negative, cfg)
        return run_guider(guider, noise, latent, sampler_of(self.sampler), levels, denoise_mask, callback, seed)


class PackGuider(Guider):
    """A guider as packs make it: `set_conds`, `set_cfg`, `sample`. It fits GUIDER sockets.

    Args:
        model_patcher: The model.
    """

    __setattr__ = object.__setattr__  # packs set what they like; ours are frozen

    def __init__(self, model_patcher: Model) -> None:
        if type(self).predict_noise is not PackGuider.predict_noise:
            refuse("A guider with a predict_noise of its own")
        object.__setattr__(self, "model", model_patcher)
        self.model_patcher = model_patcher
        self._guider = CFGGuider(model_patcher, [], [], 1.0)

    def set_conds(self, positive: Any, negative: Any) -> None:
        """What the image is to show, and what not."""
        self._guider = replace(self._guider, positive=positive, negative=negative)

    def set_cfg(self, cfg: float) -> None:
        """How closely the prompts are followed."""
        self._guider = replace(self._guider, cfg=cfg)

    def predict_noise(self, x: Tensor, timestep: Tensor, model_options: Any = None, seed: Any = None) -> Tensor:
        """What packs override; not offered."""
        del x, timestep, model_options, seed
        refuse("comfy.samplers.CFGGuider.predict_noise")

    def conditionings(self, *, with_uncond: bool = False) -> Any:
        """As of `CFGGuider`."""
        return self._guider.conditionings(with_uncond=with_uncond)

    def begin(self) -> Guide:
        """As of `CFGGuider`."""
        return self._guider.begin()

    def sample(
        self,
        noise: Tensor,
        latent_image: Tensor,
        sampler: Sampler,
        sigmas: Tensor,
        denoise_mask: Tensor | None = None,
        callback: Callback | None = None,
        disable_pbar: bool = False,
        seed: int | None = None,
    ) -> Tensor:
        """Sample; the latent comes back on the host."""
        del disable_pbar
        return run_guider(self, noise, latent_image, sampler, sigmas, denoise_mask, callback, seed)


def prepare_mask(noise_mask: Tensor, shape: Sequence[int], device: Any) -> Tensor:
    """A mask in the size and batch of latents of this shape."""
    mask = noise_mask.reshape(-1, 1, *noise_mask.shape[-2:])
    mask = torch.nn.functional.interpolate(mask, size=tuple(shape[-2:]), mode="bilinear")
    return repeat_to_batch(mask, shape[0]).expand(-1, shape[1], -1, -1).to(device)
