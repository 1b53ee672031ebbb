"""Every sampler against k-diffusion, diffusers, or the closed solution."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from engine.sampling.samplers import SAMPLERS
from engine.sampling.solver import Problem
from tests.engine.sampling.denoisers import (
    GaussianData,
    denoise_mixture,
    guided_mixture,
    smooth_noise,
    smooth_sigmas,
    starting_point,
)
from tests.peers import load_peer

DATA = GaussianData()


def solve(name: str, x: Tensor, sigmas: tuple[float, ...], *, data: Any = guided_mixture, **options: Any) -> Tensor:
    """The last x, with noise that is a smooth function of the levels."""
    problem = Problem(data, x, sigmas, smooth_noise(x))
    for step in SAMPLERS[name].solve(problem, **options):
        x = step.x
    return x


PEERS = {
    "euler": ("sample_euler", {}),
    "euler_ancestral": ("sample_euler_ancestral", {}),
    "heun": ("sample_heun", {}),
    "dpm_2": ("sample_dpm_2", {}),
    "dpm_2_ancestral": ("sample_dpm_2_ancestral", {}),
    "lms": ("sample_lms", {}),
    "dpmpp_2s_ancestral": ("sample_dpmpp_2s_ancestral", {}),
    "dpmpp_sde": ("sample_dpmpp_sde", {}),
    "dpmpp_2m": ("sample_dpmpp_2m", {}),
    "dpmpp_2m_sde": ("sample_dpmpp_2m_sde", {}),
    "dpmpp_2m_sde_heun": ("sample_dpmpp_2m_sde", {"solver_type": "heun"}),
    "dpmpp_3m_sde": ("sample_dpmpp_3m_sde", {}),
}
OPTIONS: dict[str, dict[str, Any]] = {
    "euler_ancestral": {"eta": 0.6, "s_noise": 0.9},
    "dpm_2_ancestral": {"eta": 0.6, "s_noise": 0.9},
    "lms": {"order": 3},
    "dpmpp_2s_ancestral": {"eta": 0.6, "s_noise": 0.9},
    "dpmpp_sde": {"eta": 0.6, "s_noise": 0.9, "r": 0.3},
    "dpmpp_2m_sde": {"eta": 0.6, "s_noise": 0.9},
    "dpmpp_2m_sde_heun": {"eta": 0.6, "s_noise": 0.9},
    "dpmpp_3m_sde": {"eta": 0.6, "s_noise": 0.9},
}


@pytest.mark.parametrize("ends_at_zero", [True, False])
@pytest.mark.parametrize(
    ("name", "options"), [*((name, {}) for name in PEERS), *OPTIONS.items()], ids=lambda value: str(value)
)
def test_sampler_equals_k_diffusion(name: str, options: dict[str, Any], ends_at_zero: bool) -> None:
    peer = load_peer("k_diffusion.sampling")
    function, fixed = PEERS[name]
    x = starting_point()
    sigmas = (*smooth_sigmas(7), 0.0) if ends_at_zero else smooth_sigmas(7)

    def model(x: Tensor, sigma: Tensor) -> Tensor:
        return denoise_mixture(x, float(sigma[0]))

    arguments = {**fixed, **options}
    if "ancestral" in name or "sde" in name:
        arguments["noise_sampler"] = smooth_noise(x)
    theirs = getattr(peer, function)(
        model, x.clone(), torch.tensor(sigmas, dtype=torch.float64), disable=True, **arguments
    )
    torch.testing.assert_close(solve(name, x, sigmas, **options), theirs, rtol=1e-9, atol=1e-9)


# -- laws: Gaussian data, for which the solution is known ------------------------------------------------------------

# How often the error halves when the steps are halved: the order of each method without noise.
ORDERS = {
    ("euler", ()): 1,
    ("ddim", ()): 1,
    ("heun", ()): 2,
    ("dpm_2", ()): 2,
    ("lms", ()): 4,
    ("lms", (("order", 2),)): 2,
    ("dpmpp_2m", ()): 2,
    ("uni_pc", ()): 3,
    ("uni_pc_bh2", ()): 3,
    ("euler_ancestral", (("eta", 0.0),)): 1,
    ("dpm_2_ancestral", (("eta", 0.0),)): 2,
    ("dpmpp_2s_ancestral", (("eta", 0.0),)): 2,
    ("dpmpp_sde", (("eta", 0.0),)): 2,
    ("dpmpp_2m_sde", (("eta", 0.0),)): 2,
    ("dpmpp_2m_sde_heun", (("eta", 0.0),)): 2,
    ("dpmpp_3m_sde", (("eta", 0.0),)): 3,
}


@pytest.mark.parametrize(("case", "order"), ORDERS.items(), ids=lambda value: str(value))
def test_order_of_convergence(case: tuple[str, tuple[tuple[str, Any], ...]], order: int) -> None:
    name, options = case
    x = starting_point()
    errors = list[float]()
    for n in (100, 200):
        sigmas = smooth_sigmas(n)
        exact = DATA.solution(x, sigmas[0], sigmas[-1])
        found = solve(name, x, sigmas, data=DATA.guided, **dict(options))
        errors.append(float((found - exact).abs().max()))
    print(name, options, errors, math.log2(errors[0] / errors[1]))
    assert math.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.25)
