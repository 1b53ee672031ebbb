"""CFG++: towards the guided estimate, but with the noise of the unconditional one, for small guidance scales.

Sources: Chung et al. 2024, arXiv 2406.08070, algorithm 2; the ancestral split as in `solver`.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

from engine.sampling.solver import Problem, Step, add_noise, slope, split_ancestral


def euler_cfg_pp(problem: Problem) -> Iterator[Step]:
    """Euler steps with CFG++: x = D + sigma_next (x - D_uncond) / sigma."""
    return euler_ancestral_cfg_pp(problem, eta=0.0)


def euler_ancestral_cfg_pp(problem: Problem, *, eta: float = 1.0, s_noise: float = 1.0) -> Iterator[Step]:
    """Euler steps with CFG++ and noise. One evaluation a step."""
    x = problem.x
    for index, sigma, sigma_next in problem.intervals():
        down, up = split_ancestral(sigma, sigma_next, eta)
        denoised, uncond = problem.guided(x, sigma)
        x = torch.add(denoised, slope(x, uncond, sigma), alpha=down)
        x = add_noise(problem, x, sigma, sigma_next, up * s_noise)
        yield Step(index, x, denoised, sigma)
