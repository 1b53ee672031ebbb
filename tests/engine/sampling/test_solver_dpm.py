"""DPM-Solver with a fixed number of evaluations and with steps of its own choice, against k-diffusion."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.errors import InputValueError
from engine.sampling.samplers import SAMPLERS
from engine.sampling.solver import Guided
from tests.engine.sampling.denoisers import denoise_mixture, smooth_noise, smooth_sigmas, starting_point
from tests.engine.sampling.test_samplers import solve
from tests.peers import load_peer


@pytest.fixture
def double_precision() -> Iterator[None]:
    """k-diffusion makes tensors of the levels in the default type."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def peer_mixture(x: Tensor, sigma: Tensor) -> Tensor:
    return denoise_mixture(x, float(sigma[0]))


@pytest.mark.usefixtures("double_precision")
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6, 11])
@pytest.mark.parametrize("zero", [(), (0.0,)])
def test_dpm_fast_equals_k_diffusion(n: int, zero: tuple[float, ...]) -> None:
    """Both stop at the lowest level above 0."""
    x, sigmas = starting_point(), (*smooth_sigmas(n), *zero)
    theirs = load_peer("k_diffusion.sampling").sample_dpm_fast(
        peer_mixture, x, 0.1, sigmas[0], len(sigmas) - 1, disable=True
    )
    torch.testing.assert_close(solve("dpm_fast", x, sigmas), theirs, rtol=1e-9, atol=1e-9)


@pytest.mark.usefixtures("double_precision")
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"order": 2},
        {"rtol": 0.001, "atol": 0.0001},
        {"h_init": 3.0},
        {"pcoeff": 0.2, "icoeff": 0.8, "dcoeff": 0.1},
        {"eta": 0.5, "s_noise": 0.9},
    ],
)
def test_dpm_adaptive_equals_k_diffusion(options: dict[str, Any]) -> None:
    x, sigmas = starting_point(), smooth_sigmas(5)
    more = {"noise_sampler": smooth_noise(x)} if "eta" in options else {}
    theirs = load_peer("k_diffusion.sampling").sample_dpm_adaptive(
        peer_mixture, x, sigmas[-1], sigmas[0], disable=True, **options, **more
    )
    torch.testing.assert_close(solve("dpm_adaptive", x, sigmas, **options), theirs, rtol=1e-7, atol=1e-7)


def test_dpm_adaptive_comes_to_an_end() -> None:
    """With tolerances that nothing satisfies, and a network that gives no numbers."""
    x, sigmas = starting_point(), smooth_sigmas(3, 1.0, 0.999)
    assert bool(solve("dpm_adaptive", x, sigmas, rtol=0.0, atol=0.0, pcoeff=100.0, dcoeff=100.0).isfinite().all())

    def no_numbers(x: Tensor, sigma: float) -> Guided:
        return Guided(x * math.nan, x * math.nan)

    steps = list(SAMPLERS["dpm_adaptive"].run(no_numbers, x, smooth_sigmas(3), 0))
    assert len(steps) < 200
    with pytest.raises(InputValueError, match="order must be 2 or 3"):
        solve("dpm_adaptive", x, sigmas, order=4)
