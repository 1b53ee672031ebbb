"""Nodes of the category `sampling/custom_sampling/samplers`: samplers with their options."""

from __future__ import annotations

from typing import Annotated, Literal

from engine import InputValueError, Number, node
from engine.sampling.samplers import SamplerName, find_sampler
from engine.types import Sampler

_Amount = Annotated[float, Number(min=0.0, max=100.0, step=0.01, round=False)]
_NoiseDevice = Literal["gpu", "cpu"]


def _place(name: str, noise_device: str) -> str:
    """The name of the sampler that draws its noise there."""
    return f"{name}_gpu" if noise_device == "gpu" else name


@node("KSamplerSelect", category="sampling/custom_sampling/samplers")
def k_sampler_select(*, sampler_name: SamplerName) -> Sampler:
    """A sampler by its name.

    Args:
        sampler_name: The method that removes the noise.
    """
    return find_sampler(sampler_name)


@node("SamplerEulerAncestral", category="sampling/custom_sampling/samplers")
def sampler_euler_ancestral(*, eta: _Amount = 1.0, s_noise: _Amount = 1.0) -> Sampler:
    """Euler steps with noise.

    Args:
        eta: How much noise is removed and added again in each step.
        s_noise: Multiplies the noise that is added.
    """
    return find_sampler("euler_ancestral").with_options(eta=eta, s_noise=s_noise)


@node(
    "SamplerEulerAncestralCFGPP",
    category="sampling/custom_sampling/samplers",
    display_name="SamplerEulerAncestralCFG++",
)
def sampler_euler_ancestral_cfg_pp(
    *,
    eta: Annotated[float, Number(min=0.0, max=1.0, step=0.01, round=False)] = 1.0,
    s_noise: Annotated[float, Number(min=0.0, max=10.0, step=0.01, round=False)] = 1.0,
) -> Sampler:
    """Euler steps with noise and CFG++, for a cfg of about 1.

    Args:
        eta: How much noise is removed and added again in each step.
        s_noise: Multiplies the noise that is added.
    """
    return find_sampler("euler_ancestral_cfg_pp").with_options(eta=eta, s_noise=s_noise)


@node("SamplerLMS", category="sampling/custom_sampling/samplers")
def sampler_lms(*, order: Annotated[int, Number(min=1, max=100)] = 4) -> Sampler:
    """Linear multistep.

    Args:
        order: How many earlier steps are looked at.
    """
    if order < 1:
        raise InputValueError(f"order must be at least 1, not {order}.")
    return find_sampler("lms").with_options(order=order)


@node("SamplerDPMPP_3M_SDE", category="sampling/custom_sampling/samplers")
def sampler_dpmpp_3m_sde(*, eta: _Amount = 1.0, s_noise: _Amount = 1.0, noise_device: _NoiseDevice) -> Sampler:
    """DPM-Solver++ (3M) with noise.

    Args:
        eta: How much noise is removed and added again in each step.
        s_noise: Multiplies the noise that is added.
        noise_device: Where the noise is drawn; the same seed gives other noise on each.
    """
    return find_sampler(_place("dpmpp_3m_sde", noise_device)).with_options(eta=eta, s_noise=s_noise)


@node("SamplerDPMPP_2M_SDE", category="sampling/custom_sampling/samplers")
def sampler_dpmpp_2m_sde(
    *, solver_type: Literal["midpoint", "heun"], eta: _Amount = 1.0, s_noise: _Amount = 1.0, noise_device: _NoiseDevice
) -> Sampler:
    """DPM-Solver++ (2M) with noise.

    Args:
        solver_type: How a step uses the one before.
        eta: How much noise is removed and added again in each step.
        s_noise: Multiplies the noise that is added.
        noise_device: Where the noise is drawn; the same seed gives other noise on each.
    """
    sampler = find_sampler(_place("dpmpp_2m_sde", noise_device))
    return sampler.with_options(eta=eta, s_noise=s_noise, solver_type=solver_type)


@node("SamplerDPMPP_SDE", category="sampling/custom_sampling/samplers")
def sampler_dpmpp_sde(
    *, eta: _Amount = 1.0, s_noise: _Amount = 1.0, r: _Amount = 0.5, noise_device: _NoiseDevice
) -> Sampler:
    """DPM-Solver++ with noise, two evaluations a step.

    Args:
        eta: How much noise is removed and added again in each step.
        s_noise: Multiplies the noise that is added.
        r: Where in the step the second evaluation is made.
        noise_device: Where the noise is drawn; the same seed gives other noise on each.
    """
    if not 0 < r <= 1:
        raise InputValueError(f"r must be above 0 and at most 1, not {r}.")
    return find_sampler(_place("dpmpp_sde", noise_device)).with_options(eta=eta, s_noise=s_noise, r=r)


@node("SamplerDPMPP_2S_Ancestral", category="sampling/custom_sampling/samplers")
def sampler_dpmpp_2s_ancestral(*, eta: _Amount = 1.0, s_noise: _Amount = 1.0) -> Sampler:
    """DPM-Solver++ (2S) with noise, two evaluations a step.

    Args:
        eta: How much noise is removed and added again in each step.
        s_noise: Multiplies the noise that is added.
    """
    return find_sampler("dpmpp_2s_ancestral").with_options(eta=eta, s_noise=s_noise)


@node("SamplerDPMAdaptative", category="sampling/custom_sampling/samplers")
def sampler_dpm_adaptive(
    *,
    order: Annotated[int, Number(min=2, max=3)] = 3,
    rtol: _Amount = 0.05,
    atol: _Amount = 0.0078,
    h_init: _Amount = 0.05,
    pcoeff: _Amount = 0.0,
    icoeff: _Amount = 1.0,
    dcoeff: _Amount = 0.0,
    accept_safety: _Amount = 0.81,
    eta: _Amount = 0.0,
    s_noise: _Amount = 1.0,
) -> Sampler:
    """DPM-Solver that chooses its own steps, as many as the tolerances ask for.

    Args:
        order: Of the solver.
        rtol: Error that is allowed, relative to the latent.
        atol: Error that is allowed anyway.
        h_init: The first step, in the logarithm of the noise level.
        pcoeff: How strongly the error of a step changes the next.
        icoeff: How strongly the errors of all steps do.
        dcoeff: How strongly a change of the error does.
        accept_safety: A step is kept if the next would be at least this share of it.
        eta: How much noise is removed and added again in each step.
        s_noise: Multiplies the noise that is added.
    """
    return find_sampler("dpm_adaptive").with_options(
        order=order,
        rtol=rtol,
        atol=atol,
        h_init=h_init,
        pcoeff=pcoeff,
        icoeff=icoeff,
        dcoeff=dcoeff,
        accept_safety=accept_safety,
        eta=eta,
        s_noise=s_noise,
    )


@node("SamplerER_SDE", category="sampling/custom_sampling/samplers")
def sampler_er_sde(
    *,
    solver_type: Literal["ER-SDE", "Reverse-time SDE", "ODE"],
    max_stage: Annotated[int, Number(min=1, max=3)] = 3,
    eta: _Amount = 1.0,
    s_noise: _Amount = 1.0,
) -> Sampler:
    """Extended reverse-time SDE (arXiv 2309.06169).

    Args:
        solver_type: How much noise is added at which level.
        max_stage: How many steps each looks at.
        eta: Strength of the noise; counts for the reverse-time SDE only.
        s_noise: Multiplies the noise that is added.
    """
    if not 1 <= max_stage <= 3:
        raise InputValueError(f"max_stage must be from 1 to 3, not {max_stage}.")
    return find_sampler("er_sde").with_options(solver_type=solver_type, max_stage=max_stage, eta=eta, s_noise=s_noise)
