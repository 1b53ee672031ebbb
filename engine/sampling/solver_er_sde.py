"""Extended reverse-time SDE: how much noise is added at which level is a function phi of one's choice.

Every phi has the right marginals; phi(sigma) = sigma is the ODE, sigma² the reverse diffusion. The estimate is taken as
a polynomial in sigma (in `stages` - 1 derivatives from earlier steps), and integrated against phi.
Symbols: s the level now, t the next; D1, D2 derivatives of D by sigma.
Source: Cui et al. 2023, arXiv 2309.06169, equations 14 to 18 and section 4.3 (the default phi).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from engine.sampling.solver import Problem, Step, add_noise

LogPhi = Callable[[float], float]
"""ln phi by sigma; only ratios of phi count, and phi itself may be beyond what a number can hold."""


def er_sde(
    problem: Problem,
    *,
    solver_type: Literal["ER-SDE", "Reverse-time SDE", "ODE"] = "ER-SDE",
    max_stage: int = 3,
    eta: float = 1.0,
    s_noise: float = 1.0,
) -> Iterator[Step]:
    """ER-SDE-Solver-1, -2 or -3. One evaluation a step."""
    log_phi = choose_phi(solver_type, eta)
    x, derivatives, levels = problem.x, list[Tensor](), list[float]()
    for index, sigma, sigma_next in problem.intervals():
        denoised = problem.denoise(x, sigma)
        levels = [sigma, *levels[:2]]
        derivatives = _differentiate(denoised, derivatives, levels)
        if sigma_next == 0:
            x = denoised
        else:
            kept = math.exp(log_phi(sigma_next) - log_phi(sigma))
            x = torch.lerp(denoised, x, kept)
            weights = integrate_phi(log_phi, sigma, sigma_next)
            for weight, derivative in zip(weights[: max_stage - 1], derivatives[1:], strict=False):
                x = torch.add(x, derivative, alpha=weight)
            amount = math.sqrt(max(sigma_next**2 - (sigma * kept) ** 2, 0.0))
            x = add_noise(problem, x, sigma, sigma_next, amount * s_noise)
        yield Step(index, x, denoised, sigma)


def choose_phi(solver_type: str, eta: float) -> LogPhi:
    """The noise scaling function of a kind of solver: sigma (e^(sigma^0.3) + 10), or a power of sigma."""
    if solver_type == "ER-SDE":
        return lambda sigma: math.log(sigma) + math.log(math.exp(sigma**0.3) + 10)
    power = 1 + (eta if solver_type == "Reverse-time SDE" else 0)
    return lambda sigma: power * math.log(sigma)


def _differentiate(denoised: Tensor, earlier: list[Tensor], levels: list[float]) -> list[Tensor]:
    """D, D1 and D2, as far as there are earlier ones (the paper's equation 18)."""
    found = [denoised]
    if len(levels) > 1:
        found.append((denoised - earlier[0]) / (levels[0] - levels[1]))
    if len(levels) > 2:
        found.append((found[1] - earlier[1]) / ((levels[0] - levels[2]) / 2))
    return found


def integrate_phi(log_phi: LogPhi, s: float, t: float, points: int = 32) -> tuple[float, float]:
    """What D1 and D2 are multiplied with: t - s + phi(t) I(1), (t - s)² / 2 + phi(t) I(sigma - s).

    I(f) is the integral of f / phi from t to s.
    """
    # Gauss-Legendre in ln sigma, where 1 / phi is nearly exponential.
    places, weights = np.polynomial.legendre.leggauss(points)
    middle, half = math.log(s * t) / 2, math.log(s / t) / 2
    levels = [math.exp(middle + half * float(place)) for place in places]
    at_end = log_phi(t)
    parts = [
        half * float(weight) * level * math.exp(at_end - log_phi(level))
        for weight, level in zip(weights, levels, strict=True)
    ]
    first = sum(parts)
    second = sum(part * (level - s) for part, level in zip(parts, levels, strict=True))
    return t - s + first, (t - s) ** 2 / 2 + second
