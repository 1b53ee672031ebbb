"""Learning rates and repeatable randomness."""

import torch

from engine.training.schedule import learning_rate, step_generators


def test_the_rate_rises_then_falls_to_zero():
    rates = [learning_rate(step, 1000, 2.0, 100) for step in range(1001)]
    assert rates[:100] == sorted(rates[:100])
    assert rates[99] == rates[100] == 2.0
    assert rates[100:] == sorted(rates[100:], reverse=True)
    assert rates[1000] < 1e-9


def test_generators_depend_on_everything_and_on_nothing_else():
    def draw(*key: int):
        rng, generator = step_generators(*key)
        return float(rng.random()), float(torch.rand((), generator=generator))

    keys = [(1, 1, 1, 0), (2, 1, 1, 0), (1, 2, 1, 0), (1, 1, 2, 0), (1, 1, 1, 1)]
    draws = [draw(*key) for key in keys]
    assert draws == [draw(*key) for key in keys]
    assert len({first for first, _ in draws}) == len({second for _, second in draws}) == len(keys)
