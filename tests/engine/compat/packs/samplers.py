"""Samplers and schedulers, added in the ways that packs add them."""

import comfy.samplers
import torch
from comfy.k_diffusion import sampling as k_diffusion_sampling
from tqdm.auto import trange


@torch.no_grad()
def sample_own_euler(model, x, sigmas, extra_args=None, callback=None, disable=None, s_churn=0.0):
    extra_args = {} if extra_args is None else extra_args
    s_in = x.new_ones([x.shape[0]])
    for i in trange(len(sigmas) - 1, disable=disable):
        denoised = model(x, sigmas[i] * s_in, **extra_args)
        d = k_diffusion_sampling.to_d(x, sigmas[i], denoised)
        if callback is not None:
            callback({"x": x, "i": i, "sigma": sigmas[i], "sigma_hat": sigmas[i], "denoised": denoised})
        x = x + d * (sigmas[i + 1] - sigmas[i])
    return x


def sample_deaf(model, x, sigmas, extra_args=None, callback=None, disable=None):
    """Swallows whatever is raised."""
    for i in range(len(sigmas) - 1):
        try:
            x = model(x, sigmas[i] * x.new_ones([len(x)]), **extra_args)
            callback({"x": x, "i": i, "sigma": sigmas[i], "sigma_hat": sigmas[i], "denoised": x})
        except Exception:
            pass
    return x


def own_simple(model_sampling, steps):
    table = model_sampling.sigmas
    return torch.FloatTensor([float(table[-(1 + i * len(table) // steps)]) for i in range(steps)] + [0.0])


def by_numbers(n, sigma_min, sigma_max):
    return k_diffusion_sampling.get_sigmas_karras(n, sigma_min, sigma_max)


for name, function in (("own_euler", sample_own_euler), ("deaf", sample_deaf)):
    if name not in comfy.samplers.KSampler.SAMPLERS:
        comfy.samplers.KSampler.SAMPLERS.append(name)
        setattr(k_diffusion_sampling, f"sample_{name}", function)
comfy.samplers.SCHEDULER_HANDLERS["own_simple"] = comfy.samplers.SchedulerHandler(handler=own_simple, use_ms=True)
comfy.samplers.SCHEDULER_HANDLERS["by_numbers"] = comfy.samplers.SchedulerHandler(by_numbers, use_ms=False)
for name in ("own_simple", "by_numbers"):
    if name not in comfy.samplers.KSampler.SCHEDULERS:
        comfy.samplers.KSampler.SCHEDULERS.append(name)


class Chooses:
    """Hands a sampler function on by a socket."""

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"name": (comfy.samplers.KSampler.SAMPLERS,), "s": (comfy.samplers.KSampler.SCHEDULERS,)}}

    RETURN_TYPES = ("SAMPLER", "STRING")
    FUNCTION = "go"

    def go(self, name, s):
        if name == "own_euler":
            return (comfy.samplers.KSAMPLER(sample_own_euler, extra_options={"s_churn": 0.0}), s)
        return (comfy.samplers.sampler_object(name), s)


NODE_CLASS_MAPPINGS = {"Chooses": Chooses}
