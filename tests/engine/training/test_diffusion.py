"""The second stage's clock and weights, and its networks' first guess."""

import torch

from engine.sampling.parametrization import DiscreteSchedule
from engine.training.diffusion import cumulative_alphas, make_networks, weigh_timesteps
from tests.engine.training.tiny import TINY


def test_the_clock_is_that_of_the_samplers():
    abar = cumulative_alphas()
    sigmas = ((1 - abar) / abar).sqrt()
    torch.testing.assert_close(sigmas, torch.tensor(DiscreteSchedule.stable_diffusion().sigmas), rtol=1e-4, atol=0)


def test_weights_are_positive_and_rise_with_the_noise():
    weights = weigh_timesteps(cumulative_alphas(), 5.0)
    assert (weights > 0).all()
    assert (weights.diff() > 0).all()


def test_first_weights_are_repeatable_and_predict_nothing():
    first, second = (make_networks(TINY, 50) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))
    x, timesteps, rows = torch.randn(2, 4, 16, 16), torch.tensor([3, 900]), torch.randint(0, 50, (2, 77))
    assert (first(x, timesteps, rows) == 0).all()
