"""UniPC: a unified predictor-corrector of the probability flow ODE, as a multistep method in ln sigma.

The corrector uses the evaluation that the next step begins with, so a step costs one evaluation.
Symbols: h = ln sigma - ln sigma_next, B(h) either h or e^h - 1 with h negative, r the places of earlier evaluations in
units of the step, D1 the divided differences of D; as in the paper, for data prediction.
Source: Zhao et al. 2023, arXiv 2302.04867, algorithms 1 and 2, appendix A.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from engine.sampling.solver import Problem, Step, euler_step

Variant = Literal["bh1", "bh2"]


def uni_pc(problem: Problem, *, order: int = 3, variant: Variant = "bh1") -> Iterator[Step]:
    """UniPC with B(h) = h; of lower order at the beginning and at the end. One evaluation a step."""
    x, previous = problem.x, list[tuple[float, Tensor]]()
    if problem.steps:
        previous = [(problem.sigmas[0], problem.denoise(x, problem.sigmas[0]))]
    for index, sigma, sigma_next in problem.intervals():
        denoised = previous[0][1]
        order_here = min(order, index + 1, problem.steps - index)
        if index == problem.steps - 1:
            x = denoised if sigma_next == 0 else predict(x, previous[:order_here], sigma_next, variant)
        else:
            ahead = predict(x, previous[:order_here], sigma_next, variant)
            estimate = problem.denoise(ahead, sigma_next)
            x = correct(x, previous[:order_here], sigma_next, estimate, variant)
            previous = [(sigma_next, estimate), *previous[: order - 1]]
        yield Step(index, x, denoised, sigma)


def uni_pc_bh2(problem: Problem, *, order: int = 3) -> Iterator[Step]:
    """UniPC with B(h) = e^h - 1."""
    return uni_pc(problem, order=order, variant="bh2")


Evaluations = Sequence[tuple[float, Tensor]]
"""(level, estimate), the present one first."""


def predict(x: Tensor, evaluations: Evaluations, sigma_next: float, variant: Variant) -> Tensor:
    """UniP: x at the next level, from the estimates so far."""
    order = len(evaluations)
    sigma, denoised = evaluations[0]
    ahead = euler_step(x, denoised, sigma, sigma_next)
    if order == 1:
        return ahead
    scale, places, rows, targets = _conditions(evaluations, sigma_next, variant)
    # At order 2 the paper takes 1/2, whatever B is.
    weights = [0.5] if order == 2 else np.linalg.solve(rows[:-1, :-1], targets[:-1]).tolist()
    return _add_differences(ahead, evaluations, places, [-scale * weight for weight in weights])


def correct(x: Tensor, evaluations: Evaluations, sigma_next: float, estimate: Tensor, variant: Variant) -> Tensor:
    """UniC: x at the next level again, with the estimate that was made there."""
    sigma, denoised = evaluations[0]
    ahead = euler_step(x, denoised, sigma, sigma_next)
    scale, places, rows, targets = _conditions(evaluations, sigma_next, variant)
    weights = [0.5] if len(evaluations) == 1 else np.linalg.solve(rows, targets).tolist()
    ahead = _add_differences(ahead, evaluations, places, [-scale * weight for weight in weights[:-1]])
    return torch.add(ahead, estimate - denoised, alpha=-scale * weights[-1])


def _add_differences(x: Tensor, evaluations: Evaluations, places: Sequence[float], weights: Sequence[float]) -> Tensor:
    """x + sum of weight * D1, D1 = (earlier estimate - present one) / place."""
    present = evaluations[0][1]
    for (_, earlier), place, weight in zip(evaluations[1:], places, weights, strict=True):
        x = torch.add(x, earlier - present, alpha=weight / place)
    return x


def _conditions(
    evaluations: Evaluations, sigma_next: float, variant: Variant
) -> tuple[float, list[float], np.ndarray, np.ndarray]:
    """B(h), the places of the earlier estimates, and the linear system for the weights (the paper's equation 6)."""
    order, sigma = len(evaluations), evaluations[0][0]
    step = math.log(sigma_next / sigma)
    places = [math.log(earlier / sigma) / step for earlier, _ in evaluations[1:]]
    scale = step if variant == "bh1" else math.expm1(step)
    rows = np.vander([*places, 1.0], order, increasing=True).T
    phi, factorial, targets = math.expm1(step) / step - 1, 1, list[float]()
    for k in range(1, order + 1):
        targets.append(phi * factorial / scale)
        factorial *= k + 1
        phi = phi / step - 1 / factorial
    return scale, places, rows, np.array(targets)
