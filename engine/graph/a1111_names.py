"""How A1111, and programs like it, call samplers, schedulers and upscalers, and what these are called here.

Before version 1.9 the scheduler stood in the sampler's name ("DPM++ 2M Karras"); since then it is a setting of its own
("Schedule type"), where "Automatic" means the one that the sampler was made for.
"""

from __future__ import annotations

from typing import NamedTuple

SAMPLERS = {
    "euler": "euler",
    "euler a": "euler_ancestral",
    "euler cfg++": "euler_cfg_pp",
    "euler a cfg++": "euler_ancestral_cfg_pp",
    "lms": "lms",
    "heun": "heun",
    "heunpp2": "heunpp2",
    "dpm2": "dpm_2",
    "dpm2 a": "dpm_2_ancestral",
    "dpm fast": "dpm_fast",
    "dpm adaptive": "dpm_adaptive",
    "dpm++ 2s a": "dpmpp_2s_ancestral",
    "dpm++ sde": "dpmpp_sde",
    "dpm++ 2m": "dpmpp_2m",
    "dpm++ 2m alt": "dpmpp_2m",
    "dpm++ 2m sde": "dpmpp_2m_sde",
    "dpm++ 2m sde heun": "dpmpp_2m_sde_heun",
    "dpm++ 3m sde": "dpmpp_3m_sde",
    "ddim": "ddim",
    "ddim cfg++": "euler_cfg_pp",
    "ddpm": "ddpm",
    "unipc": "uni_pc",
    "lcm": "lcm",
    "ipndm": "ipndm",
    "ipndm_v": "ipndm_v",
    "deis": "deis",
    "res multistep": "res_multistep",
    "er sde": "er_sde",
    "plms": "ipndm",
    "restart": "heun",
}
NEAREST_SAMPLERS = frozenset({"dpm++ 2m alt", "ddim cfg++", "plms", "restart"})
"""Those for which there is only something like it."""

SCHEDULERS = {
    "uniform": "normal",
    "normal": "normal",
    "karras": "karras",
    "exponential": "exponential",
    "polyexponential": "exponential",
    "sgm uniform": "sgm_uniform",
    "sgm_uniform": "sgm_uniform",
    "sgmuniform": "sgm_uniform",
    "kl optimal": "kl_optimal",
    "kl_optimal": "kl_optimal",
    "simple": "simple",
    "ddim": "ddim_uniform",
    "ddim uniform": "ddim_uniform",
    "ddim_uniform": "ddim_uniform",
    "beta": "beta",
    "linear quadratic": "linear_quadratic",
}
"""By length, longer ones win at the end of a sampler's name."""

_MADE_FOR = {
    **dict.fromkeys(("dpm2", "dpm2 a", "dpm++ 2s a", "dpm++ sde", "dpm++ 2m", "restart"), "karras"),
    **dict.fromkeys(("dpm++ 2m sde", "dpm++ 2m sde heun", "dpm++ 3m sde"), "exponential"),
    **dict.fromkeys(("ddim", "ddim cfg++", "plms"), "ddim_uniform"),
}
_OWN_SCHEDULE = frozenset({"ddim", "ddim cfg++", "plms"})
"""Samplers that never took another schedule than theirs."""

LATENT_UPSCALERS = {
    "latent": "bilinear",
    "latent (antialiased)": "bilinear",
    "latent (bicubic)": "bicubic",
    "latent (bicubic antialiased)": "bicubic",
    "latent (nearest)": "nearest-exact",
    "latent (nearest-exact)": "nearest-exact",
}
PIXEL_UPSCALERS = {"none": "lanczos", "lanczos": "lanczos", "nearest": "nearest-exact"}
MODEL_UPSCALERS = {
    "r-esrgan 4x+": "RealESRGAN_x4plus",
    "r-esrgan 4x+ anime6b": "RealESRGAN_x4plus_anime_6B",
    "r-esrgan 2x+": "RealESRGAN_x2plus",
    "r-esrgan general 4xv3": "realesr-general-x4v3",
    "r-esrgan animevideo": "realesr-animevideov3",
    "esrgan_4x": "ESRGAN_4x",
    "swinir 4x": "SwinIR_4x",
}
"""Upscalers under names of their own, with the files that they are."""


class NamedSampler(NamedTuple):
    """A sampler and a scheduler by their names here.

    Attributes:
        sampler: None if the name is not known.
        scheduler: None if the name of the scheduler is not known.
        is_exact: It is the same method, and not only one like it.
    """

    sampler: str | None
    scheduler: str | None
    is_exact: bool = True


def name_sampler(name: str, schedule: str | None) -> NamedSampler:
    """Sampler and scheduler.

    Args:
        name: As written, with or without a scheduler at the end; names of ours are known as well.
        schedule: The setting "Schedule type" as written; None if there is none.
    """
    label, ending = _split(" ".join(name.lower().removeprefix("k_").split()))
    sampler = SAMPLERS.get(label) or _own_name(label)
    wanted = " ".join((schedule or "").lower().split())
    if label in _OWN_SCHEDULE:
        scheduler = _MADE_FOR[label]
    elif wanted == "automatic":
        scheduler = _MADE_FOR.get(label, "normal")
    elif wanted:
        scheduler = SCHEDULERS.get(wanted)
    else:
        scheduler = SCHEDULERS[ending] if ending else "normal"
    return NamedSampler(sampler, scheduler, label not in NEAREST_SAMPLERS)


def _split(name: str) -> tuple[str, str]:
    """The name without the scheduler at its end, and that scheduler; names that are whole stay so."""
    if name in SAMPLERS or _own_name(name) is not None:
        return name, ""
    for ending in sorted(SCHEDULERS, key=len, reverse=True):
        for between in (" ", "_"):
            label = name.removesuffix(between + ending)
            if label != name and (label in SAMPLERS or _own_name(label) is not None):
                return label, ending
    return name, ""


def _own_name(name: str) -> str | None:
    """A name that is used here, also with blanks, or shortened as in `euler_a`."""
    plain = name.replace(" ", "_").removesuffix("_gpu")
    spelt = {
        "euler_a": "euler_ancestral",
        "dpm_2_a": "dpm_2_ancestral",
        "dpmpp_2s_a": "dpmpp_2s_ancestral",
        "unipc": "uni_pc",
        "uni_pc_bh2": "uni_pc_bh2",
    }
    plain = spelt.get(plain, plain)
    return plain if plain in _OWN else None


_OWN = frozenset(SAMPLERS.values()) | {
    *("dpmpp_2s_ancestral_cfg_pp", "dpmpp_2m_cfg_pp", "uni_pc_bh2", "res_multistep_cfg_pp", "gradient_estimation"),
    *("res_multistep_ancestral", "seeds_2", "seeds_3", "sa_solver"),
}
