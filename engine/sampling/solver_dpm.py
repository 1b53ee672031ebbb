"""DPM-Solver of orders 1 to 3, with a fixed number of evaluations or with steps of its own choice.

Both go from the first level to the lowest above 0 and take no notice of the levels between.
Symbols: eps the slope (x - D) / sigma; h = ln sigma - ln sigma_next; r the places of the evaluations between.
Sources: Lu et al. 2022, arXiv 2206.00927, algorithms 1 and 2, appendix C; k-diffusion, MIT (the step control).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import torch
from torch import Tensor

from engine.errors import InputValueError
from engine.sampling.solver import Problem, Step, add_noise, slope, split_ancestral

MOST_STEPS: Final = 1000
"""Steps that the adaptive solver makes at most."""


@dataclass(slots=True)
class Interval:
    """One step, and the slopes that were evaluated in it; those that two orders share are evaluated once.

    Attributes:
        problem: What is solved.
        x: Where the step begins.
        sigma: The level there.
        sigma_next: The level that it goes to.
        eps: The slope at the beginning.
        slopes: The slopes found further on, by level.
    """

    problem: Problem
    x: Tensor
    sigma: float
    sigma_next: float
    eps: Tensor
    slopes: dict[float, Tensor] = field(default_factory=dict[float, Tensor])

    @property
    def h(self) -> float:
        """Length of the step in ln sigma."""
        return math.log(self.sigma / self.sigma_next)

    def slope_at(self, level: float, x: Tensor) -> Tensor:
        """The slope at a level inside, evaluated at x unless it is known."""
        if level not in self.slopes:
            self.slopes[level] = slope(x, self.problem.denoise(x, level), level)
        return self.slopes[level]

    def place(self, r: float) -> float:
        """The level at share r of the step."""
        return self.sigma * math.exp(-r * self.h)

    def advance(self, level: float) -> Tensor:
        """x at a level, along the slope at the beginning."""
        return torch.add(self.x, self.eps, alpha=level - self.sigma)

    def solve(self, order: int, r1: float | None = None) -> Tensor:
        """x at the end, by DPM-Solver-1, -2 or -3."""
        end = self.advance(self.sigma_next)
        if order == 1:
            return end
        r1 = r1 or (1 / 2 if order == 2 else 1 / 3)
        first = self.place(r1)
        change = self.slope_at(first, self.advance(first)) - self.eps
        if order == 2:
            return torch.add(end, change, alpha=(self.sigma_next - self.sigma) / (2 * r1))
        r2, second = 2 / 3, self.place(2 / 3)
        ahead = torch.add(self.advance(second), change, alpha=-second * (r2 / r1) * _phi_2(r2 * self.h))
        change = self.slope_at(second, ahead) - self.eps
        return torch.add(end, change, alpha=-self.sigma_next / r2 * _phi_2(self.h))

    def solve_twice(self, order: int) -> tuple[Tensor, Tensor]:
        """x at the end by an order less, and by that order, with evaluations in common."""
        if order == 2:
            return self.solve(1), self.solve(2)
        return self.solve(2, 1 / 3), self.solve(3)


def _phi_2(h: float) -> float:
    return math.expm1(h) / h - 1


def _lowest(problem: Problem) -> float:
    """The lowest level above 0."""
    return problem.sigmas[-1] or problem.sigmas[-2]


def dpm_fast(problem: Problem) -> Iterator[Step]:
    """DPM-Solver-fast: as many evaluations as there are steps, by order 3 as far as they go (appendix D.3)."""
    if problem.steps == 0:
        return
    first, last, budget = problem.sigmas[0], _lowest(problem), problem.steps
    x, used = problem.x, 0
    if first == last:
        denoised = problem.denoise(x, first)
        yield Step(budget - 1, denoised, denoised, first)
        return
    orders = [3] * (budget // 3 - 1) + [2, 1] if budget % 3 == 0 else [3] * (budget // 3) + [budget % 3]
    for index, order in enumerate(orders):
        sigma, sigma_next = (first * (last / first) ** ((index + later) / len(orders)) for later in (0, 1))
        denoised = problem.denoise(x, sigma)
        x = Interval(problem, x, sigma, sigma_next, slope(x, denoised, sigma)).solve(order)
        used += order
        yield Step(used - 1, x, denoised, sigma)


@dataclass(slots=True)
class StepControl:
    """A PID controller of the step's length in ln sigma (Söderlind 2003; the form of k-diffusion).

    Attributes:
        h: The length.
        proportional: Gain of the error of this step.
        integral: Gain of the sum of errors.
        derivative: Gain of their change.
        order: Of the solver whose error it is.
        accept_safety: A step is kept if the next would be at least so much of it.
    """

    h: float
    proportional: float
    integral: float
    derivative: float
    order: float
    accept_safety: float
    inverses: list[float] = field(default_factory=list[float])

    def accept(self, error: float) -> bool:
        """Whether a step of this error is good enough; changes the length for the next, or the same, step."""
        inverse = 1 / (error + 1e-8)
        self.inverses = [inverse, *self.inverses[1:]] if self.inverses else [inverse] * 3
        gains = (
            (self.proportional + self.integral + self.derivative) / self.order,
            -(self.proportional + 2 * self.derivative) / self.order,
            self.derivative / self.order,
        )
        exponent = sum(gain * math.log(value) for value, gain in zip(self.inverses, gains, strict=True))
        factor = 1 + math.atan(math.exp(min(max(exponent, -100.0), 100.0)) - 1)
        accepted = factor >= self.accept_safety
        if accepted:
            self.inverses = [self.inverses[0], self.inverses[0], self.inverses[1]]
        self.h *= factor
        return accepted


def dpm_adaptive(
    problem: Problem,
    *,
    order: int = 3,
    rtol: float = 0.05,
    atol: float = 0.0078,
    h_init: float = 0.05,
    pcoeff: float = 0.0,
    icoeff: float = 1.0,
    dcoeff: float = 0.0,
    accept_safety: float = 0.81,
    eta: float = 0.0,
    s_noise: float = 1.0,
) -> Iterator[Step]:
    """DPM-Solver-12 or -23 with steps as long as the error allows (appendix C.4).

    The number of steps is its own choice. The one sampler that has to wait for the device in every step: how long the
    next is depends on what the network said.
    """
    if order not in (2, 3):
        raise InputValueError(f"order must be 2 or 3, not {order}.")
    if problem.steps == 0:
        return
    first, last = problem.sigmas[0], _lowest(problem)
    if first == last:
        denoised = problem.denoise(problem.x, first)
        yield Step(problem.steps - 1, denoised, denoised, first)
        return
    span = math.log(first / last)
    shortest = span / MOST_STEPS
    control = StepControl(max(abs(h_init), shortest), pcoeff, icoeff, dcoeff, 1.5 if eta else order, accept_safety)
    x = low_before = problem.x
    done, denoised = 0.0, problem.denoise(x, first)
    while done < span - 1e-5:
        h = min(control.h, span - done)
        sigma, sigma_next = first * math.exp(-done), first * math.exp(-(done + h))
        down = max(split_ancestral(sigma, sigma_next, eta)[0], last)
        interval = Interval(problem, x, sigma, down, slope(x, denoised, sigma))
        low, high = interval.solve_twice(order)
        allowed = torch.maximum(low.abs(), low_before.abs()).mul_(rtol).clamp_(min=max(atol, 1e-12))
        error = float(((low - high) / allowed).square().mean().sqrt())
        # Steps that are as short as possible are kept, and so are those of a network that gives no numbers.
        accepted = not math.isfinite(error) or control.accept(error) or h <= shortest
        control.h = max(control.h, shortest)
        if accepted:
            up = math.sqrt(max(sigma_next**2 - down**2, 0.0))
            x, low_before = add_noise(problem, high, sigma, sigma_next, up * s_noise), low
            done += h
            yield Step(min(int(problem.steps * done / span), problem.steps - 1), x, denoised, sigma)
            if done < span - 1e-5:
                denoised = problem.denoise(x, first * math.exp(-done))
