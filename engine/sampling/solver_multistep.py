"""Further deterministic methods that use the slopes or estimates of earlier steps. One evaluation a step.

Sources: Zhang & Chen 2022, arXiv 2204.13902, section 4 (ipndm); Zhang et al. 2023, arXiv 2308.02157 (res_multistep);
Permenter & Yuan 2023, arXiv 2306.04848, algorithm 2 (gradient_estimation).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import torch
from torch import Tensor

from engine.sampling.solver import Problem, Step, euler_step, slope

ADAMS_BASHFORTH: Final = (
    (1.0,),
    (3 / 2, -1 / 2),
    (23 / 12, -16 / 12, 5 / 12),
    (55 / 24, -59 / 24, 37 / 24, -9 / 24),
)
"""Weights of the slopes, the latest first, for steps of equal length."""


def ipndm(problem: Problem, *, order: int = 4) -> Iterator[Step]:
    """Improved PNDM: Adams-Bashforth with the weights for equal steps, whatever the steps are."""
    x, slopes = problem.x, list[Tensor]()
    for index, sigma, sigma_next in problem.intervals():
        denoised = problem.denoise(x, sigma)
        slopes = [slope(x, denoised, sigma), *slopes[: order - 1]]
        for weight, d in zip(ADAMS_BASHFORTH[len(slopes) - 1], slopes, strict=True):
            x = torch.add(x, d, alpha=weight * (sigma_next - sigma))
        yield Step(index, x, denoised, sigma)


def res_multistep(problem: Problem) -> Iterator[Step]:
    """Refined exponential solver, second order: D is taken as linear in ln sigma, and integrated exactly."""
    x, previous, h_last = problem.x, None, 0.0
    for index, sigma, sigma_next in problem.intervals():
        denoised = problem.denoise(x, sigma)
        if sigma_next == 0:
            x = denoised
        else:
            h = math.log(sigma / sigma_next)
            x = euler_step(x, denoised, sigma, sigma_next)
            if previous is not None:
                x = torch.add(x, denoised - previous, alpha=(h + math.expm1(-h)) / h_last)
            h_last = h
        previous = denoised
        yield Step(index, x, denoised, sigma)


def gradient_estimation(problem: Problem, *, gamma: float = 2.0) -> Iterator[Step]:
    """Euler steps along gamma times this slope and 1 - gamma times the last one."""
    x, last = problem.x, None
    for index, sigma, sigma_next in problem.intervals():
        denoised = problem.denoise(x, sigma)
        d = slope(x, denoised, sigma)
        x = torch.add(x, d if last is None else torch.lerp(last, d, gamma), alpha=sigma_next - sigma)
        last = d
        yield Step(index, x, denoised, sigma)
