"""Nodes of the category `sampling/custom_sampling/schedulers`: which noise levels a run visits."""

from __future__ import annotations

from typing import Annotated, Literal

from engine import InputValueError, Number, node
from engine.sampling.schedules import (
    SchedulerName,
    align_your_steps_levels,
    as_sigmas,
    beta_levels,
    karras_levels,
    laplace_levels,
    make_sigmas,
    polyexponential_levels,
    turbo_levels,
    vp_levels,
)
from engine.types import Model, Sigmas
from nodes.sampling import Denoise, Steps

_Sigma = Annotated[float, Number(min=0.0, max=5000.0, step=0.01, round=False)]
_SIGMA_MAX = 14.614642
_SIGMA_MIN = 0.0291675


@node("BasicScheduler", category="sampling/custom_sampling/schedulers")
def basic_scheduler(*, model: Model, scheduler: SchedulerName, steps: Steps = 20, denoise: Denoise = 1.0) -> Sigmas:
    """Noise levels by one of the named schedulers.

    Args:
        model: Whose noise levels they are.
        scheduler: How the noise is shared out among the steps.
        steps: How many steps.
        denoise: The share of the way that is gone, from its end.
    """
    return make_sigmas(model.parametrization.schedule, scheduler, steps, denoise)


@node("KarrasScheduler", category="sampling/custom_sampling/schedulers")
def karras_scheduler(
    *,
    steps: Steps = 20,
    sigma_max: _Sigma = _SIGMA_MAX,
    sigma_min: _Sigma = _SIGMA_MIN,
    rho: Annotated[float, Number(min=0.0, max=100.0, step=0.01, round=False)] = 7.0,
) -> Sigmas:
    """Noise levels that lie dense where there is little noise (arXiv 2206.00364).

    Args:
        steps: How many steps.
        sigma_max: The first level.
        sigma_min: The last level above 0.
        rho: How dense; 1 is even.
    """
    return as_sigmas(karras_levels(steps, sigma_min, sigma_max, rho))


@node("ExponentialScheduler", category="sampling/custom_sampling/schedulers")
def exponential_scheduler(
    *, steps: Steps = 20, sigma_max: _Sigma = _SIGMA_MAX, sigma_min: _Sigma = _SIGMA_MIN
) -> Sigmas:
    """Noise levels of which each is the same share of the one before.

    Args:
        steps: How many steps.
        sigma_max: The first level.
        sigma_min: The last level above 0.
    """
    return as_sigmas(polyexponential_levels(steps, sigma_min, sigma_max))


@node("PolyexponentialScheduler", category="sampling/custom_sampling/schedulers")
def polyexponential_scheduler(
    *,
    steps: Steps = 20,
    sigma_max: _Sigma = _SIGMA_MAX,
    sigma_min: _Sigma = _SIGMA_MIN,
    rho: Annotated[float, Number(min=0.0, max=100.0, step=0.01, round=False)] = 1.0,
) -> Sigmas:
    """Noise levels that are polynomial in their logarithm.

    Args:
        steps: How many steps.
        sigma_max: The first level.
        sigma_min: The last level above 0.
        rho: The degree; 1 is exponential, more lies dense where there is little noise.
    """
    return as_sigmas(polyexponential_levels(steps, sigma_min, sigma_max, rho))


@node("LaplaceScheduler", category="sampling/custom_sampling/schedulers")
def laplace_scheduler(
    *,
    steps: Steps = 20,
    sigma_max: _Sigma = _SIGMA_MAX,
    sigma_min: _Sigma = _SIGMA_MIN,
    mu: Annotated[float, Number(min=-10.0, max=10.0, step=0.1, round=False)] = 0.0,
    beta: Annotated[float, Number(min=0.0, max=10.0, step=0.1, round=False)] = 0.5,
) -> Sigmas:
    """Noise levels that lie dense around one of them (arXiv 2407.03297).

    Args:
        steps: How many steps.
        sigma_max: The first level.
        sigma_min: The last level above 0.
        mu: The logarithm of the level that they lie around.
        beta: How widely.
    """
    return as_sigmas(laplace_levels(steps, sigma_min, sigma_max, mu, beta))


@node("VPScheduler", category="sampling/custom_sampling/schedulers")
def vp_scheduler(
    *,
    steps: Steps = 20,
    beta_d: _Sigma = 19.9,
    beta_min: _Sigma = 0.1,
    eps_s: Annotated[float, Number(min=0.0, max=1.0, step=0.0001, round=False)] = 0.001,
) -> Sigmas:
    """Noise levels of the continuous variance-preserving process (arXiv 2011.13456).

    Args:
        steps: How many steps.
        beta_d: How much faster noise is added at the end than at the beginning.
        beta_min: How fast it is added at the beginning.
        eps_s: The time of the last level above 0.
    """
    return as_sigmas(vp_levels(steps, beta_d, beta_min, eps_s))


_Shape = Annotated[float, Number(min=0.0, max=50.0, step=0.01, round=False)]


@node("BetaSamplingScheduler", category="sampling/custom_sampling/schedulers")
def beta_sampling_scheduler(*, model: Model, steps: Steps = 20, alpha: _Shape = 0.6, beta: _Shape = 0.6) -> Sigmas:
    """Noise levels at quantiles of a beta distribution of training time (arXiv 2407.12173).

    Args:
        model: Whose noise levels they are.
        steps: How many steps; fewer if levels would repeat.
        alpha: Below 1, they lie dense where there is little noise.
        beta: Below 1, they lie dense where there is much noise.
    """
    return as_sigmas(beta_levels(model.parametrization.schedule, steps, alpha, beta))


@node("SDTurboScheduler", category="sampling/custom_sampling/schedulers")
def sd_turbo_scheduler(
    *,
    model: Model,
    steps: Annotated[int, Number(min=1, max=10)] = 1,
    denoise: Annotated[float, Number(min=0, max=1.0, step=0.01)] = 1.0,
) -> Sigmas:
    """Noise levels that SD-Turbo was made for.

    Args:
        model: Whose noise levels they are.
        steps: How many of its ten steps.
        denoise: The share of the way that is gone, from its end.
    """
    return as_sigmas(turbo_levels(model.parametrization.schedule, steps, denoise))


@node("AlignYourStepsScheduler", category="sampling/custom_sampling/schedulers")
def align_your_steps_scheduler(
    *, model_type: Literal["SD1", "SDXL", "SVD"], steps: Steps = 10, denoise: Denoise = 1.0
) -> Sigmas:
    """Noise levels that were optimised for a family of models (arXiv 2404.14507).

    Args:
        model_type: The family.
        steps: How many steps; the levels were optimised for 10.
        denoise: The share of the way that is gone, from its end.
    """
    if not 0 <= denoise <= 1:
        raise InputValueError(f"denoise must be from 0 to 1, not {denoise}.")
    sigmas = as_sigmas(align_your_steps_levels(model_type, steps))
    return sigmas if denoise == 1 else last_steps(sigmas, denoise)


def last_steps(sigmas: Sigmas, denoise: float) -> Sigmas:
    """The levels of that share of the steps, from the end; none for a share of 0."""
    steps = round((len(sigmas) - 1) * denoise)
    return sigmas[len(sigmas) - 1 - steps :] if steps > 0 else sigmas[:0]
