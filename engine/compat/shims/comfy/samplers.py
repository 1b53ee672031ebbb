"""`comfy.samplers`: samplers and schedulers by name; packs append to the lists."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from engine.compat.not_offered import absent_names
from engine.compat.pack_samplers import (
    FunctionSampler,
    SchedulerHandler,
    calculate_sigmas,
    lend_formula,
    make_function_sampler,
    sampler_of,
)
from engine.compat.pack_sampling import KSampler, PackGuider, sample_custom
from engine.sampling.samplers import Sampler
from engine.sampling.schedules import SCHEDULERS

__all__ = ["FunctionSampler", "KSampler", "Sampler", "calculate_sigmas"]

SAMPLER_NAMES = KSAMPLER_NAMES = KSampler.SAMPLERS
SCHEDULER_NAMES = KSampler.SCHEDULERS
SCHEDULER_HANDLERS: dict[str, Any] = {name: SchedulerHandler(lend_formula(name)) for name in SCHEDULERS}
CFGGuider = PackGuider
sampler_object = sampler_of
simple_scheduler, ddim_scheduler = lend_formula("simple"), lend_formula("ddim_uniform")
beta_scheduler, kl_optimal_scheduler = lend_formula("beta"), lend_formula("kl_optimal")
linear_quadratic_schedule = lend_formula("linear_quadratic")


def normal_scheduler(model_sampling: Any, steps: int, sgm: bool = False, floor: bool = False) -> Tensor:
    """Evenly spaced in training time."""
    del floor
    return calculate_sigmas(model_sampling, "sgm_uniform" if sgm else "normal", steps)


def KSAMPLER(sampler_function: Any, extra_options: Any = None, inpaint_options: Any = None) -> Sampler:
    """A sampler of a function that runs all steps."""
    name = getattr(sampler_function, "__name__", "sampler").removeprefix("sample_")
    return make_function_sampler(name, sampler_function, dict(extra_options or {}), inpaint_options)


def ksampler(sampler_name: str, extra_options: Any = None, inpaint_options: Any = None) -> Sampler:
    """A sampler by name, with options."""
    del inpaint_options
    return sampler_of(sampler_name).with_options(**(extra_options or {}))


def sample(
    model: Any,
    noise: Tensor,
    positive: Any,
    negative: Any,
    cfg: float,
    device: Any,
    sampler: Sampler,
    sigmas: Tensor,
    model_options: Any = None,
    latent_image: Any = None,
    denoise_mask: Any = None,
    callback: Any = None,
    disable_pbar: bool = False,
    seed: int | None = None,
) -> Tensor:
    """Sample with a sampler and levels of one's own."""
    latent = noise.new_zeros(noise.shape) if latent_image is None else latent_image
    return sample_custom(
        model, noise, cfg, sampler, sigmas, positive, negative, latent, denoise_mask, callback, disable_pbar, seed
    )


globals().update(
    absent_names(
        "comfy.samplers",
        *("sampling_function", "calc_cond_batch", "calc_cond_uncond_batch", "cfg_function", "get_area_and_mult"),
        *("process_conds", "encode_model_conds", "resolve_areas_and_cond_masks", "calculate_start_end_timesteps"),
        *("pre_run_control", "apply_empty_x_to_equal_area", "cond_equal_size", "can_concat_cond", "cond_cat"),
        *("KSamplerX0Inpaint", "finalize_default_conds", "preprocess_conds_hooks", "get_mask_aabb"),
        *("create_cond_with_same_area_if_none", "resolve_areas_and_cond_masks_multidim"),
    )
)
