"""Deterministic solvers of the probability flow ODE: Euler, Heun, midpoint and linear multistep methods.

Sources: Karras et al. 2022, arXiv 2206.00364, algorithm 1 (euler, heun); Lu et al. 2022, arXiv 2206.00927 (dpm_2);
Lu et al. 2022, arXiv 2211.01095, algorithm 2 (dpmpp_2m); k-diffusion, MIT (lms and the forms of the others).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from engine.sampling.solver import Problem, Step, euler_step, log_midpoint, slope


def euler(problem: Problem) -> Iterator[Step]:
    """First order, one evaluation a step (arXiv 2206.00364, algorithm 1 without the correction; DDIM with eta 0)."""
    x = problem.x
    for index, sigma, sigma_next in problem.intervals():
        denoised = problem.denoise(x, sigma)
        x = euler_step(x, denoised, sigma, sigma_next)
        yield Step(index, x, denoised, sigma)


def heun(problem: Problem) -> Iterator[Step]:
    """Second order, two evaluations a step (arXiv 2206.00364, algorithm 1)."""
    x = problem.x
    for index, sigma, sigma_next in problem.intervals():
        denoised = problem.denoise(x, sigma)
        ahead = euler_step(x, denoised, sigma, sigma_next)
        if sigma_next > 0:
            d = slope(x, denoised, sigma) + slope(ahead, problem.denoise(ahead, sigma_next), sigma_next)
            x = torch.add(x, d, alpha=(sigma_next - sigma) / 2)
        else:
            x = ahead
        yield Step(index, x, denoised, sigma)


def dpm_2(problem: Problem) -> Iterator[Step]:
    """Second order, two evaluations a step, the second at the midpoint of ln sigma (arXiv 2206.00927, algorithm 1)."""
    x = problem.x
    for index, sigma, sigma_next in problem.intervals():
        denoised = problem.denoise(x, sigma)
        x = midpoint_step(problem, x, denoised, sigma, sigma_next)
        yield Step(index, x, denoised, sigma)


def midpoint_step(problem: Problem, x: Tensor, denoised: Tensor, sigma: float, sigma_next: float) -> Tensor:
    """One step along the slope at the midpoint of ln sigma; a plain step if it goes to 0."""
    if sigma_next == 0:
        return denoised
    middle = log_midpoint(sigma, sigma_next)
    ahead = euler_step(x, denoised, sigma, middle)
    d = slope(ahead, problem.denoise(ahead, middle), middle)
    return torch.add(x, d, alpha=sigma_next - sigma)


def heunpp2(problem: Problem) -> Iterator[Step]:
    """Heun++: slopes at up to three levels, weighted by how high these are; three evaluations a step.

    The weights favour the first slope where there is little noise; no order beyond the first is claimed.
    """
    x, first = problem.x, problem.sigmas[0]
    for index, sigma, sigma_next in problem.intervals():
        denoised = problem.denoise(x, sigma)
        left = problem.steps - index
        levels = problem.sigmas[index : index + min(left, 3)]
        d = slope(x, denoised, sigma)
        ahead, slopes = x, [d]
        for before, level in pairwise(levels):
            ahead = torch.add(ahead, slopes[-1], alpha=level - before)
            slopes.append(slope(ahead, problem.denoise(ahead, level), level))
        for level, other in zip(levels[1:], slopes[1:], strict=True):
            d = torch.add(d, other - slopes[0], alpha=level / (len(levels) * first))
        x = torch.add(x, d, alpha=sigma_next - sigma)
        yield Step(index, x, denoised, sigma)


def lms(problem: Problem, *, order: int = 4) -> Iterator[Step]:
    """Linear multistep: a polynomial through the last slopes, integrated. One evaluation a step."""
    x, slopes = problem.x, list[Tensor]()
    for index, sigma, _ in problem.intervals():
        denoised = problem.denoise(x, sigma)
        slopes = [slope(x, denoised, sigma), *slopes[: order - 1]]
        nodes = [problem.sigmas[index - back] for back in range(len(slopes))]
        for weight, d in zip(integrate_lagrange(nodes, sigma, problem.sigmas[index + 1]), slopes, strict=True):
            x = torch.add(x, d, alpha=weight)
        yield Step(index, x, denoised, sigma)


def integrate_lagrange(nodes: Sequence[float], start: float, end: float) -> list[float]:
    """The integral of each Lagrange basis polynomial on distinct nodes, from start to end."""
    # Gauss-Legendre quadrature is exact for the degree at hand.
    places, weights = np.polynomial.legendre.leggauss(len(nodes) // 2 + 1)
    places = start + (end - start) * (places + 1) / 2
    integrals = list[float]()
    for j, node in enumerate(nodes):
        others = np.array([other for k, other in enumerate(nodes) if k != j])
        basis = np.prod((places[:, None] - others) / (node - others), axis=1)
        integrals.append(float(weights @ basis) * (end - start) / 2)
    return integrals


def dpmpp_2m(problem: Problem) -> Iterator[Step]:
    """DPM-Solver++(2M): second order in ln sigma, one evaluation a step (arXiv 2211.01095, algorithm 2)."""
    x, previous = problem.x, None
    for index, sigma, sigma_next in problem.intervals():
        denoised = problem.denoise(x, sigma)
        target = denoised
        if previous is not None and sigma_next > 0:
            h, h_last = math.log(sigma / sigma_next), math.log(problem.sigmas[index - 1] / sigma)
            target = torch.lerp(previous, denoised, 1 + h / (2 * h_last))
        x = euler_step(x, target, sigma, sigma_next)
        previous = denoised
        yield Step(index, x, denoised, sigma)
