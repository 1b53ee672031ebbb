"""Solvers of the reverse-time SDE by exponential integrators, with noise from one Brownian path.

eta 0 gives the ODE, 1 the reverse diffusion. Symbols: h = ln sigma - ln sigma_next, phi functions of (1 + eta) h.
Sources: Lu et al. 2022, arXiv 2211.01095, section 5 (SDE-DPM-Solver++); k-diffusion, MIT (dpmpp_sde, dpmpp_3m_sde).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

import torch

from engine.sampling.solver import Problem, Step, add_noise, euler_step, split_ancestral


def dpmpp_sde(problem: Problem, *, eta: float = 1.0, s_noise: float = 1.0, r: float = 0.5) -> Iterator[Step]:
    """DPM-Solver++, stochastic, single step. Two evaluations a step, the second at share r of it in ln sigma."""
    x = problem.x
    for index, sigma, sigma_next in problem.intervals():
        denoised = problem.denoise(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            middle = sigma * (sigma_next / sigma) ** r
            down, up = split_ancestral(sigma, middle, eta)
            ahead = euler_step(x, denoised, sigma, down)
            ahead = add_noise(problem, ahead, sigma, middle, up * s_noise)
            target = torch.lerp(denoised, problem.denoise(ahead, middle), 1 / (2 * r))
            down, up = split_ancestral(sigma, sigma_next, eta)
            x = euler_step(x, target, sigma, down)
            x = add_noise(problem, x, sigma, sigma_next, up * s_noise)
        yield Step(index, x, denoised, sigma)


def dpmpp_2m_sde(
    problem: Problem,
    *,
    eta: float = 1.0,
    s_noise: float = 1.0,
    solver_type: Literal["midpoint", "heun"] = "midpoint",
) -> Iterator[Step]:
    """SDE-DPM-Solver++(2M): second order, one evaluation a step (arXiv 2211.01095, section 5)."""
    x, previous, h_last = problem.x, None, 0.0
    for index, sigma, sigma_next in problem.intervals():
        denoised = problem.denoise(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            h = math.log(sigma / sigma_next)
            step = h * (1 + eta)
            phi_1 = -math.expm1(-step)
            x = torch.lerp(x, denoised, phi_1)
            if previous is not None:
                phi_2 = 1 - phi_1 / step if solver_type == "heun" else phi_1 / 2
                x = torch.add(x, denoised - previous, alpha=phi_2 * h / h_last)
            x = add_noise(problem, x, sigma, sigma_next, _noise_of(h, eta, sigma_next) * s_noise)
            h_last = h
        previous = denoised
        yield Step(index, x, denoised, sigma)


def dpmpp_2m_sde_heun(problem: Problem, *, eta: float = 1.0, s_noise: float = 1.0) -> Iterator[Step]:
    """SDE-DPM-Solver++(2M) with the trapezoid in place of the midpoint."""
    return dpmpp_2m_sde(problem, eta=eta, s_noise=s_noise, solver_type="heun")


def dpmpp_3m_sde(problem: Problem, *, eta: float = 1.0, s_noise: float = 1.0) -> Iterator[Step]:
    """DPM-Solver++(3M) SDE, one evaluation a step (k-diffusion).

    Of second order, with a smaller error than 2M: the term in phi_3 is half of what third order takes. It is kept, for
    the same pictures as elsewhere.
    """
    x, earlier, h_last = problem.x, list[torch.Tensor](), list[float]()
    for index, sigma, sigma_next in problem.intervals():
        denoised = problem.denoise(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            h = math.log(sigma / sigma_next)
            step = h * (1 + eta)
            phi_1 = -math.expm1(-step)
            phi_2 = 1 - phi_1 / step
            x = torch.lerp(x, denoised, phi_1)
            if earlier:
                # Divided differences of D over ln sigma, in units of this step.
                r0 = h_last[0] / h
                first = (denoised - earlier[0]) / r0
                if len(earlier) == 1:
                    x = torch.add(x, first, alpha=phi_2)
                else:
                    r1 = h_last[1] / h
                    second = (first - (earlier[0] - earlier[1]) / r1) / (r0 + r1)
                    phi_3 = phi_2 / step - 0.5
                    x = torch.add(x, first, alpha=phi_2)
                    x = torch.add(x, second, alpha=phi_2 * r0 - phi_3)
            x = add_noise(problem, x, sigma, sigma_next, _noise_of(h, eta, sigma_next) * s_noise)
            h_last = [h, *h_last[:1]]
        earlier = [denoised, *earlier[:1]]
        yield Step(index, x, denoised, sigma)


def _noise_of(h: float, eta: float, sigma_next: float) -> float:
    """The deviation of the noise that a step of length h adds."""
    return sigma_next * math.sqrt(-math.expm1(-2 * eta * h))
