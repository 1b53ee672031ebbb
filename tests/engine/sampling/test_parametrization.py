"""The noise levels of training, and what a network's output means."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.sampling.parametrization import (
    EVERY_SIGMA,
    DiscreteSchedule,
    Parametrization,
    PredictionName,
)

SD = DiscreteSchedule.stable_diffusion()
ZERO_SNR = DiscreteSchedule.stable_diffusion(zero_terminal_snr=True)


def test_levels_of_stable_diffusion() -> None:
    assert SD.sigma_min == pytest.approx(0.0291672, abs=5e-8)
    assert SD.sigma_max == pytest.approx(14.6146412, abs=5e-7)
    assert ZERO_SNR.sigma_max == pytest.approx(4518.76, abs=5e-3)
    assert ZERO_SNR.sigma_min == pytest.approx(SD.sigma_min, rel=1e-6)


@pytest.mark.parametrize("schedule", [SD, ZERO_SNR])
def test_levels_rise(schedule: DiscreteSchedule) -> None:
    assert len(schedule.sigmas) == 1000
    assert sorted(set(schedule.sigmas)) == list(schedule.sigmas)


@given(st.integers(0, 999))
def test_timestep_is_the_inverse_of_sigma(timestep: int) -> None:
    assert SD.timestep(SD.sigma(timestep)) == timestep


@given(st.floats(0, 999))
def test_sigma_is_linear_in_the_logarithm(timestep: float) -> None:
    low, high = math.floor(timestep), math.ceil(timestep)
    share = timestep - low
    expected = (1 - share) * math.log(SD.sigmas[low]) + share * math.log(SD.sigmas[high])
    assert math.log(SD.sigma(timestep)) == pytest.approx(expected, abs=1e-9)


@given(st.floats(1e-4, 100))
def test_timestep_is_the_nearest_in_the_logarithm(sigma: float) -> None:
    distance = abs(math.log(sigma) - math.log(SD.sigmas[SD.timestep(sigma)]))
    assert distance <= min(abs(math.log(sigma) - math.log(level)) for level in SD.sigmas) + 1e-9


def test_percent_to_sigma() -> None:
    assert SD.percent_to_sigma(0) == SD.percent_to_sigma(-1) == EVERY_SIGMA
    assert SD.percent_to_sigma(1) == SD.percent_to_sigma(2) == 0
    assert SD.percent_to_sigma(0.5) == pytest.approx(SD.sigma(499.5))


@given(st.floats(0.02, 20))
def test_true_predictions_give_the_clean_latent(sigma: float) -> None:
    clean, noise = torch.randn(2, 3, dtype=torch.float64), torch.randn(2, 3, dtype=torch.float64)
    alpha_bar = 1 / (1 + sigma**2)
    predictions: dict[PredictionName, torch.Tensor] = {
        "eps": noise,
        "v": math.sqrt(alpha_bar) * noise - math.sqrt(1 - alpha_bar) * clean,
    }
    for name, output in predictions.items():
        parametrization = Parametrization(SD, name)
        x = parametrization.add_noise(clean, noise, sigma)
        torch.testing.assert_close(parametrization.denoised(x, output, sigma), clean, rtol=1e-9, atol=1e-9)
        # What the network sees is the variance-preserving mixture.
        mixture = math.sqrt(alpha_bar) * clean + math.sqrt(1 - alpha_bar) * noise
        torch.testing.assert_close(parametrization.scale_input(x, sigma), mixture, rtol=1e-9, atol=1e-9)


def test_start_is_wider_at_full_strength() -> None:
    noise, latent = torch.ones(1, 4, 2, 2), torch.full((1, 4, 2, 2), 3.0)
    start = Parametrization(SD).start
    assert start(latent, noise, 5.0)[0, 0, 0, 0] == 8.0
    full = math.sqrt(1 + SD.sigma_max**2)
    for sigma in (SD.sigma_max, SD.sigma_max * (1 - 5e-6)):
        assert float(start(latent, noise, sigma)[0, 0, 0, 0]) == pytest.approx(3 + full, abs=1e-3)
    assert float(start(latent, noise, SD.sigma_max * 0.999)[0, 0, 0, 0]) == pytest.approx(3 + SD.sigma_max * 0.999)
