"""Ancestral solvers: each step goes further down than asked and comes back up by fresh noise.

Sources: Ho et al. 2020, arXiv 2006.11239, algorithm 2 (ddpm); Luo et al. 2023, arXiv 2310.04378, algorithm 3 (lcm);
Lu et al. 2022, arXiv 2211.01095, algorithm 1 (dpmpp_2s); k-diffusion, MIT (the ancestral forms).
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.sampling.solver import Problem, Step, add_noise, euler_step, log_midpoint, split_ancestral
from engine.sampling.solver_ode import midpoint_step


def euler_ancestral(problem: Problem, *, eta: float = 1.0, s_noise: float = 1.0) -> Iterator[Step]:
    """Euler steps with noise. One evaluation a step."""
    x = problem.x
    for index, sigma, sigma_next in problem.intervals():
        down, up = split_ancestral(sigma, sigma_next, eta)
        denoised = problem.denoise(x, sigma)
        x = euler_step(x, denoised, sigma, down)
        x = add_noise(problem, x, sigma, sigma_next, up * s_noise)
        yield Step(index, x, denoised, sigma)


def ddpm(problem: Problem) -> Iterator[Step]:
    """Samples of the posterior q(x_next | x, D): mean D + (sigma_next/sigma)² (x - D) (arXiv 2006.11239, equation 7).

    In this frame it is the ancestral Euler step with eta 1, for then sigma_down = sigma_next² / sigma.
    """
    return euler_ancestral(problem)


def dpm_2_ancestral(problem: Problem, *, eta: float = 1.0, s_noise: float = 1.0) -> Iterator[Step]:
    """Midpoint steps with noise. Two evaluations a step."""
    x = problem.x
    for index, sigma, sigma_next in problem.intervals():
        down, up = split_ancestral(sigma, sigma_next, eta)
        denoised = problem.denoise(x, sigma)
        x = midpoint_step(problem, x, denoised, sigma, down)
        # Without a way down (eta so large that all is noise) nothing is added, as in k-diffusion.
        x = add_noise(problem, x, sigma, sigma_next, up * s_noise if down > 0 else 0.0)
        yield Step(index, x, denoised, sigma)


def dpmpp_2s_ancestral(problem: Problem, *, eta: float = 1.0, s_noise: float = 1.0) -> Iterator[Step]:
    """DPM-Solver++(2S) steps with noise. Two evaluations a step."""
    x = problem.x
    for index, sigma, sigma_next in problem.intervals():
        down, up = split_ancestral(sigma, sigma_next, eta)
        denoised = problem.denoise(x, sigma)
        if down == 0:
            x = denoised
        else:
            middle = log_midpoint(sigma, down)
            target = problem.denoise(euler_step(x, denoised, sigma, middle), middle)
            x = euler_step(x, target, sigma, down)
        x = add_noise(problem, x, sigma, sigma_next, up * s_noise)
        yield Step(index, x, denoised, sigma)


def lcm(problem: Problem) -> Iterator[Step]:
    """Takes the estimate and noises it again, for models distilled to consistency (arXiv 2310.04378, algorithm 3)."""
    x = problem.x
    for index, sigma, sigma_next in problem.intervals():
        denoised = problem.denoise(x, sigma)
        x = add_noise(problem, denoised, sigma, sigma_next, sigma_next)
        yield Step(index, x, denoised, sigma)
