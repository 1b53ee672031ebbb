"""Which noise levels a run visits: the named schedulers, and the ones that nodes offer with their own settings.

A schedule is a float32 tensor on the CPU, so that reading it never waits for a device; it falls, and ends with 0.
n is the number of steps, so a schedule has n + 1 levels. Named schedulers take the levels a network was trained at
(`parametrization.DiscreteSchedule`); the formulas below them take numbers.
Sources: Karras et al. 2022, arXiv 2206.00364, equation 5; Song et al. 2021, arXiv 2011.13456 (VP); Lee et al. 2024,
arXiv 2407.12173 (beta); Sabour et al. 2024, arXiv 2404.14507 (Align Your Steps and kl_optimal); genmoai/mochi,
Apache-2.0 (linear_quadratic); Hang et al. 2024, arXiv 2407.03297 (Laplace).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, Literal

import numpy as np
import torch
from torch import Tensor

from engine.errors import InputValueError
from engine.sampling.parametrization import DiscreteSchedule, list_floats

SchedulerName = Literal[
    "simple",
    "sgm_uniform",
    "karras",
    "exponential",
    "ddim_uniform",
    "beta",
    "normal",
    "linear_quadratic",
    "kl_optimal",
]

FULL_DENOISE: Final = 0.9999
MOST_STEPS: Final = 1_000_000

DISCARD_PENULTIMATE: Final = frozenset({"dpm_2", "dpm_2_ancestral", "uni_pc", "uni_pc_bh2"})
"""Samplers whose last step is a large one: on the usual schedules they do better without the last level above 0."""


Formula = Callable[[DiscreteSchedule, int], list[float]]
"""(levels that the network was trained at, n) -> n + 1 levels, the last of them 0."""
_further: ContextVar[Callable[[str], Formula | None] | None] = ContextVar("further_schedulers", default=None)


@contextmanager
def offer_schedulers(find: Callable[[str], Formula | None]) -> Generator[None]:
    """For as long as the `with` lasts, in this thread or task, `make_sigmas` asks here for names it does not know."""
    token = _further.set(find)
    try:
        yield
    finally:
        _further.reset(token)


def make_sigmas(
    schedule: DiscreteSchedule,
    scheduler: str,
    steps: int,
    denoise: float = 1.0,
    sampler: str = "euler",
) -> Tensor:
    """The levels of a run.

    Args:
        schedule: The levels that the network was trained at.
        scheduler: One of `SCHEDULERS`.
        steps: How many steps are run.
        denoise: Share of the schedule that is run, from its end; at 0 nothing is.
        sampler: Who will use it: for `DISCARD_PENULTIMATE` one level more is made and the last but one left out.

    Returns:
        `[steps + 1]`; `ddim_uniform` and `beta` may give other lengths. Empty if `denoise` is 0.

    Raises:
        InputValueError: If a value is out of range.
    """
    formula, further = SCHEDULERS.get(scheduler), _further.get()
    if formula is None and further is not None:
        formula = further(scheduler)
    if formula is None:
        raise InputValueError(f"scheduler must be one of {', '.join(SCHEDULERS)}, not {scheduler!r}.")
    if steps < 1:
        raise InputValueError(f"steps must be at least 1, not {steps}.")
    if not 0 <= denoise <= 1:
        raise InputValueError(f"denoise must be from 0 to 1, not {denoise}.")
    if denoise == 0:
        return torch.zeros(0)
    total = steps if denoise > FULL_DENOISE else steps / denoise
    if total > MOST_STEPS:
        raise InputValueError(
            f"{steps} steps at denoise {denoise} are part of a schedule of {total:.0f} steps; "
            f"at most {MOST_STEPS} are possible. Use a larger denoise or fewer steps."
        )
    if sampler in DISCARD_PENULTIMATE:
        levels = formula(schedule, int(total) + 1)
        levels = [*levels[:-2], levels[-1]]
    else:
        levels = formula(schedule, int(total))
    return as_sigmas(levels[-(steps + 1) :])


def as_sigmas(levels: Sequence[float] | Tensor) -> Tensor:
    """Levels as a schedule: float32, on the CPU.

    Raises:
        InputValueError: If one is negative or not finite.
    """
    sigmas = torch.as_tensor(levels, dtype=torch.float64).cpu()
    if sigmas.ndim != 1 or not bool(torch.isfinite(sigmas).all()) or bool((sigmas < 0).any()):
        raise InputValueError(
            "These settings give no usable noise levels (a list of finite numbers from 0 up was expected, "
            f"{_shorten(sigmas)} came out)."
        )
    return sigmas.float()


def _shorten(sigmas: Tensor) -> str:
    if sigmas.ndim != 1:
        return f"a tensor of shape {list(sigmas.shape)}"
    shown = ", ".join(f"{sigma:.4g}" for sigma in list_floats(sigmas[:4]))
    return f"[{shown}{', ...' if len(sigmas) > 4 else ''}]"


# -- named schedulers: the levels that the network was trained at, n -> n + 1 levels, the last of them 0 -------------


def simple(schedule: DiscreteSchedule, n: int) -> list[float]:
    """Every so many of the training levels, from the highest."""
    table = schedule.sigmas
    return [*(table[-(1 + i * len(table) // n)] for i in range(n)), 0.0]


def sgm_uniform(schedule: DiscreteSchedule, n: int) -> list[float]:
    """Evenly spaced in training time; the lowest training level is left out."""
    last = schedule.timestep(schedule.sigma_max)
    return [*(schedule.sigma(t) for t in list_floats(_ramp(last, 0, n + 1)[:-1])), 0.0]


def karras(schedule: DiscreteSchedule, n: int) -> list[float]:
    """Evenly spaced in sigma ** (1/7)."""
    return list_floats(karras_levels(n, schedule.sigma_min, schedule.sigma_max))


def exponential(schedule: DiscreteSchedule, n: int) -> list[float]:
    """Evenly spaced in ln sigma."""
    return list_floats(polyexponential_levels(n, schedule.sigma_min, schedule.sigma_max))


def ddim_uniform(schedule: DiscreteSchedule, n: int) -> list[float]:
    """Every so many of the training levels, from the second lowest (Song et al. 2020, arXiv 2010.02502).

    Does not begin at the highest level, and may have more levels than asked for.
    """
    stride = max(len(schedule.sigmas) // n, 1)
    return [*reversed(schedule.sigmas[1::stride]), 0.0]


def beta(schedule: DiscreteSchedule, n: int) -> list[float]:
    """Training times at quantiles of a Beta(0.6, 0.6): dense at both ends. Repeated levels are left out."""
    return beta_levels(schedule, n)


def normal(schedule: DiscreteSchedule, n: int) -> list[float]:
    """Evenly spaced in training time, down to the lowest training level."""
    last = schedule.timestep(schedule.sigma_max)
    return [*(schedule.sigma(t) for t in list_floats(_ramp(last, 0, n))), 0.0]


def linear_quadratic(schedule: DiscreteSchedule, n: int) -> list[float]:
    """Half of the steps take off 2.5 % evenly, the rest goes quadratically, with a smooth joint. Meant for flow."""
    threshold = 0.025
    if n == 1:
        return [schedule.sigma_max, 0.0]
    linear = n // 2
    rest = n - linear
    curve = (linear - threshold * n) / (linear * rest**2)
    slope = threshold / linear - 2 * curve * linear
    done = [i * threshold / linear for i in range(linear)]
    done += [curve * i**2 + slope * i + curve * linear**2 for i in range(linear, n)]
    return [*(schedule.sigma_max * (1 - share) for share in done), 0.0]


def kl_optimal(schedule: DiscreteSchedule, n: int) -> list[float]:
    """Evenly spaced in arctan sigma."""
    angles = _ramp(math.atan(schedule.sigma_max), math.atan(schedule.sigma_min), n)
    return list_floats(_with_zero(angles.tan()))


SCHEDULERS: Final[Mapping[str, Formula]] = {
    "simple": simple,
    "sgm_uniform": sgm_uniform,
    "karras": karras,
    "exponential": exponential,
    "ddim_uniform": ddim_uniform,
    "beta": beta,
    "normal": normal,
    "linear_quadratic": linear_quadratic,
    "kl_optimal": kl_optimal,
}


# -- formulas with their own settings: n + 1 levels, float64, not checked (see `as_sigmas`) --------------------------


def _with_zero(levels: Tensor) -> Tensor:
    return torch.cat([levels, levels.new_zeros(1)])


def _ramp(start: float, end: float, n: int) -> Tensor:
    return torch.linspace(start, end, n, dtype=torch.float64)


def karras_levels(n: int, sigma_min: float, sigma_max: float, rho: float = 7.0) -> Tensor:
    """Evenly spaced in sigma ** (1 / rho)."""
    if rho == 0:
        raise InputValueError("rho must not be 0.")
    return _with_zero(_ramp(sigma_max ** (1 / rho), sigma_min ** (1 / rho), n) ** rho)


def polyexponential_levels(n: int, sigma_min: float, sigma_max: float, rho: float = 1.0) -> Tensor:
    """A polynomial of degree rho in ln sigma; rho 1 is exponential."""
    for name, sigma in (("sigma_min", sigma_min), ("sigma_max", sigma_max)):
        if not sigma > 0:
            raise InputValueError(f"{name} must be above 0, not {sigma}.")
    low, high = math.log(sigma_min), math.log(sigma_max)
    return _with_zero((_ramp(1, 0, n) ** rho * (high - low) + low).exp())


def laplace_levels(n: int, sigma_min: float, sigma_max: float, mu: float = 0.0, beta: float = 0.5) -> Tensor:
    """Quantiles of a Laplace distribution of ln sigma with centre mu and width beta."""
    x = _ramp(0, 1, n)
    log_sigma = mu - beta * torch.sign(0.5 - x) * torch.log(1 - 2 * (0.5 - x).abs() + 1e-5)
    return _with_zero(log_sigma.exp().clamp(min=sigma_min).clamp(max=sigma_max))


def vp_levels(n: int, beta_d: float = 19.9, beta_min: float = 0.1, eps_s: float = 1e-3) -> Tensor:
    """The continuous variance-preserving process, evenly spaced in time from 1 to eps_s."""
    t = _ramp(1, eps_s, n)
    return _with_zero(torch.expm1(beta_d * t**2 / 2 + beta_min * t).sqrt())


def beta_levels(schedule: DiscreteSchedule, n: int, alpha: float = 0.6, beta: float = 0.6) -> list[float]:
    """Training levels at quantiles of a Beta distribution; repeated ones are left out, and 0 follows."""
    if not (alpha > 0 and beta > 0):
        raise InputValueError(f"alpha and beta must be above 0, not {alpha} and {beta}.")
    from scipy import special  # A third of a second, for one scheduler.

    last = len(schedule.sigmas) - 1
    quantiles: np.ndarray = special.betaincinv(alpha, beta, 1 - np.arange(n) / n)
    timesteps = dict.fromkeys(int(place) for place in np.rint(quantiles * last))
    return [*(schedule.sigmas[t] for t in timesteps), 0.0]


def turbo_levels(schedule: DiscreteSchedule, n: int, denoise: float = 1.0) -> list[float]:
    """The ten timesteps that SD-Turbo was distilled at (999, 899, ...), n of them from where `denoise` begins."""
    first = 10 - int(10 * denoise)
    timesteps = list(range(999, 0, -100))[first : first + n]
    return [*(schedule.sigma(t) for t in timesteps), 0.0]


ALIGN_YOUR_STEPS: Final[Mapping[str, tuple[float, ...]]] = {
    "SD1": (14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029),
    "SDXL": (14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029),
    "SVD": (700.00, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034, 0.002),
}
"""Optimised levels for 10 steps, published with the paper."""


def align_your_steps_levels(model: str, n: int) -> Tensor:
    """The optimised levels for a model family, interpolated in ln sigma to n steps."""
    table = np.array(ALIGN_YOUR_STEPS[model])
    places = np.linspace(0, 1, n + 1)
    levels = np.exp(np.interp(places, np.linspace(0, 1, len(table)), np.log(table)))
    levels[-1] = 0.0
    return torch.tensor(levels, dtype=torch.float64)
