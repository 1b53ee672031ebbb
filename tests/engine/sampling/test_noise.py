"""Noise: the same numbers as elsewhere, and no one else's generator touched."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InputValueError
from engine.sampling.noise import NoiseSource, make_brownian_noise, make_gaussian_noise, prepare_noise
from tests.peers import load_peer

LATENT = torch.zeros(1, 4, 64, 64)
FIRST = [1.926915, 1.487284, 0.900717, -2.105521, 0.678418, -1.234545]
SECOND = [-1.304659, 1.450703, 0.244280, -0.279890]


def test_golden_values() -> None:
    assert prepare_noise(LATENT, 42).flatten()[:6].tolist() == pytest.approx(FIRST, abs=1e-6)
    pair = prepare_noise(LATENT.repeat(2, 1, 1, 1), 42)
    assert pair[1].flatten()[:4].tolist() == pytest.approx(SECOND, abs=1e-6)
    assert prepare_noise(LATENT, 42, [1]).flatten()[:4].tolist() == pytest.approx(SECOND, abs=1e-6)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**64 - 1), batch=st.integers(1, 3), height=st.integers(1, 9), width=st.integers(1, 9))
def test_noise_is_the_global_generators_without_touching_it(seed: int, batch: int, height: int, width: int) -> None:
    samples = torch.zeros(batch, 4, height, width)
    before = torch.get_rng_state()
    ours = prepare_noise(samples, seed)
    assert torch.equal(before, torch.get_rng_state())
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        assert torch.equal(ours, torch.randn(samples.shape))


@settings(max_examples=30)
@given(indices=st.lists(st.integers(0, 6), min_size=1, max_size=5), side=st.sampled_from([2, 4, 5]))
def test_batch_index_names_the_draw(indices: list[int], side: int) -> None:
    item = torch.zeros(1, 4, side, side)
    noise = prepare_noise(item.repeat(len(indices), 1, 1, 1), 7, indices)
    for place, index in enumerate(indices):
        assert torch.equal(noise[place : place + 1], prepare_noise(item, 7, [index]))


def test_noise_follows_the_latents_dtype() -> None:
    assert prepare_noise(LATENT.half(), 3).dtype == torch.float16


@pytest.mark.parametrize("seed", [-1, 2**64 + 1])
def test_seed_out_of_range_is_refused(seed: int) -> None:
    with pytest.raises(InputValueError, match="seed must be from 0"):
        prepare_noise(LATENT, seed)
    with pytest.raises(InputValueError, match="seed must be from 0"):
        make_brownian_noise(LATENT, 0.1, 1.0, seed)


@pytest.mark.parametrize("indices", [[-1], [0, 1], []])
def test_batch_index_that_does_not_fit_is_refused(indices: list[int]) -> None:
    with pytest.raises(InputValueError, match="batch_index"):
        prepare_noise(LATENT, 1, indices)


def test_sources() -> None:
    assert torch.equal(NoiseSource(5).make(LATENT), prepare_noise(LATENT, 5))
    assert torch.equal(NoiseSource(5).make(LATENT, [2]), prepare_noise(LATENT, 5, [2]))
    assert not NoiseSource(0, silent=True).make(LATENT).any()


def test_first_added_noise_is_not_the_initial_noise() -> None:
    added = make_gaussian_noise(LATENT, 42)(2.0, 1.0)
    assert torch.equal(added, prepare_noise(LATENT, 43))


def test_largest_seed_wraps_for_added_noise() -> None:
    assert torch.equal(make_gaussian_noise(LATENT, 2**64 - 1)(2.0, 1.0), prepare_noise(LATENT, 0))


SIGMAS = [14.614642, 9.1, 4.0270002, 0.829, 0.1072, 0.0291675]


@pytest.mark.filterwarnings("ignore:Should have")  # The peer asks beyond its bounds by a rounding error.
def test_brownian_noise_equals_k_diffusion() -> None:
    peer = load_peer("k_diffusion.sampling")
    x = torch.zeros(1, 4, 8, 8)
    levels = torch.tensor(SIGMAS)
    theirs = peer.BrownianTreeNoiseSampler(x, levels[-1], levels[0], seed=11)
    ours = make_brownian_noise(x, float(levels[-1]), float(levels[0]), 11)
    for sigma, sigma_next in pairwise(levels):
        expected = theirs(sigma, sigma_next)
        torch.testing.assert_close(ours(float(sigma), float(sigma_next)), expected, rtol=1e-6, atol=1e-6)


def test_brownian_noise_is_one_path() -> None:
    x = torch.zeros(1, 4, 8, 8, dtype=torch.float64)
    draw = make_brownian_noise(x, 0.5, 8.0, 3)
    coarse = draw(8.0, 1.0) * 7**0.5
    fine = draw(8.0, 3.0) * 5**0.5 + draw(3.0, 1.0) * 2**0.5
    torch.testing.assert_close(coarse, fine)
    assert torch.equal(draw(3.0, 1.0), -draw(1.0, 3.0))
    assert torch.equal(draw(8.0, 1.0), make_brownian_noise(x, 0.5, 8.0, 3)(8.0, 1.0))
    assert not torch.equal(draw(8.0, 1.0), make_brownian_noise(x, 0.5, 8.0, 4)(8.0, 1.0))


def test_brownian_noise_has_unit_variance() -> None:
    x = torch.zeros(1, 4, 100, 100)
    draw = make_brownian_noise(x, 0.0291675, 14.614642, 3)
    for sigma, sigma_next in ((14.614642, 7.0), (0.3, 0.0291675)):
        noise = draw(sigma, sigma_next)
        assert float(noise.mean()) == pytest.approx(0, abs=0.02)
        assert float(noise.std()) == pytest.approx(1, abs=0.02)


def test_interval_below_the_resolution_is_silent() -> None:
    x = torch.zeros(1, 4, 4, 4)
    assert not make_brownian_noise(x, 0.1, 1.0, 3)(0.5000001, 0.5).any()
