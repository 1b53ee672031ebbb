"""Every sampler against k-diffusion, diffusers, or the closed solution."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, get_args

import pytest
import torch
from diffusers.schedulers.scheduling_unipc_multistep import UniPCMultistepScheduler
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from engine.errors import InputValueError
from engine.sampling.samplers import SAMPLERS, SamplerName, find_sampler
from engine.sampling.solver import Guided, Problem
from tests.engine.sampling.denoisers import (
    GaussianData,
    denoise_mixture,
    guided_mixture,
    path_noise,
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

# How often the error halves when the steps are halved, without noise.
ORDERS = [
    ("euler", {}, 1),
    ("heun", {}, 2),
    ("dpm_2", {}, 2),
    ("lms", {}, 4),
    ("lms", {"order": 2}, 2),
    ("dpmpp_2m", {}, 2),
    ("uni_pc", {}, 4),  # The corrector adds one to the predictor's three.
    ("uni_pc_bh2", {}, 4),
    ("uni_pc", {"order": 2}, 3),
    ("euler_ancestral", {"eta": 0.0}, 1),
    ("dpm_2_ancestral", {"eta": 0.0}, 2),
    ("dpmpp_2s_ancestral", {"eta": 0.0}, 2),
    ("dpmpp_sde", {"eta": 0.0}, 2),
    ("dpmpp_2m_sde", {"eta": 0.0}, 2),
    ("dpmpp_2m_sde_heun", {"eta": 0.0}, 2),
    ("heunpp2", {}, 1),
    ("euler_cfg_pp", {}, 1),
    ("res_multistep", {}, 2),
    ("gradient_estimation", {}, 1),
    ("er_sde", {"solver_type": "ODE", "max_stage": 1}, 1),
    ("er_sde", {"solver_type": "ODE", "max_stage": 2}, 2),
    ("er_sde", {"solver_type": "ODE"}, 2),
    ("er_sde", {"solver_type": "Reverse-time SDE", "eta": 0.0}, 2),
    ("seeds_2", {"eta": 0.0}, 2),
    ("seeds_3", {"eta": 0.0}, 3),
    ("dpmpp_3m_sde", {"eta": 0.0}, 2),  # See the solver: the third order is in its name only.
]


@pytest.mark.parametrize(("name", "options", "order"), ORDERS, ids=lambda value: str(value))
def test_order_of_convergence(name: str, options: dict[str, Any], order: int) -> None:
    x = starting_point()
    errors = list[float]()
    for n in (100, 200):
        sigmas = smooth_sigmas(n, graded=True)
        exact = DATA.solution(x, sigmas[0], sigmas[-1])
        found = solve(name, x, sigmas, data=DATA.guided, **options)
        errors.append(float((found - exact).abs().max()))
    assert math.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.3)


def test_ipndm_is_of_fourth_order_on_even_steps() -> None:
    x, errors = starting_point(), list[float]()
    for n in (100, 200):
        sigmas = tuple(float(sigma) for sigma in torch.linspace(10, 0.5, n + 1, dtype=torch.float64))
        found = solve("ipndm", x, sigmas, data=DATA.guided)
        errors.append(float((found - DATA.solution(x, sigmas[0], sigmas[-1])).abs().max()))
    assert math.log2(errors[0] / errors[1]) == pytest.approx(4, abs=0.3)


# The same of the variance of what stochastic samplers make.
WEAK_ORDERS = [
    ("euler_ancestral", {}, 1),
    ("euler_ancestral_cfg_pp", {}, 1),
    ("ddpm", {}, 1),
    ("dpm_2_ancestral", {}, 2),
    ("dpmpp_2s_ancestral", {}, 2),
    ("dpmpp_sde", {}, 2),
    ("dpmpp_2m_sde", {}, 2),
    ("dpmpp_2m_sde_heun", {}, 2),
    ("dpmpp_3m_sde", {}, 2),
    ("er_sde", {"max_stage": 1}, 1),
    ("er_sde", {"max_stage": 2}, 2),
    ("er_sde", {}, 2),
    ("er_sde", {"solver_type": "Reverse-time SDE"}, 2),
    ("seeds_2", {}, 2),
    ("seeds_3", {}, 2),
]


@pytest.mark.parametrize(("name", "options", "order"), WEAK_ORDERS, ids=lambda value: str(value))
def test_noise_keeps_the_distribution(name: str, options: dict[str, Any], order: int) -> None:
    data = GaussianData(mean=0.0)
    errors = list[float]()
    between = (1 / 3, 2 / 3) if name == "seeds_3" else (1 / 2,)
    for n in (100, 200):
        sigmas = smooth_sigmas(n)
        levels = [*sigmas, *(a * (b / a) ** r for a, b in pairwise(sigmas) for r in between)]
        x = torch.zeros(len(levels), dtype=torch.float64)
        x[0] = math.sqrt(data.deviation**2 + sigmas[0] ** 2)
        for step in SAMPLERS[name].solve(Problem(data.guided, x, sigmas, path_noise(levels)), **options):
            x = step.x
        errors.append(abs(float(x.square().sum()) - (data.deviation**2 + sigmas[-1] ** 2)))
    assert math.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.3)


# -- particular samplers ---------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # diffusers with numpy 2
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("uni_pc", {"solver_type": "bh1", "final_sigmas_type": "sigma_min"}),
        ("uni_pc_bh2", {"solver_type": "bh2", "final_sigmas_type": "sigma_min"}),
        ("uni_pc_bh2", {"solver_type": "bh2", "final_sigmas_type": "zero", "use_karras_sigmas": True}),
    ],
)
@pytest.mark.parametrize("n", [1, 2, 3, 4, 9])
def test_uni_pc_equals_diffusers(name: str, settings: dict[str, Any], n: int) -> None:
    """diffusers works in the variance-preserving frame, x / sqrt(1 + sigma²); the two agree exactly."""
    scheduler: Any = UniPCMultistepScheduler(solver_order=3, prediction_type="sample", **settings)
    scheduler.set_timesteps(n)
    sigmas = tuple(scheduler.sigmas.double().tolist())
    x = starting_point(sigmas[0])
    theirs = x / math.sqrt(1 + sigmas[0] ** 2)
    for sigma, timestep in zip(sigmas, scheduler.timesteps, strict=False):
        denoised = denoise_mixture(theirs * math.sqrt(1 + sigma**2), sigma)
        theirs = scheduler.step(denoised, timestep, theirs).prev_sample
    torch.testing.assert_close(solve(name, x, sigmas), theirs, rtol=1e-4, atol=1e-5)


def test_ddim_is_euler() -> None:
    x, sigmas = starting_point(), (*smooth_sigmas(6), 0.0)
    assert torch.equal(solve("ddim", x, sigmas), solve("euler", x, sigmas))


def test_ddpm_samples_the_posterior() -> None:
    """In the variance-preserving frame of arXiv 2006.11239, equations 6 and 7."""
    x, (sigma, sigma_next) = starting_point(3.0), (3.0, 1.2)
    bar, bar_next = 1 / (1 + sigma**2), 1 / (1 + sigma_next**2)
    alpha = bar / bar_next
    denoised = denoise_mixture(x, sigma)
    mean = math.sqrt(bar_next) * (1 - alpha) / (1 - bar) * denoised
    mean = mean + math.sqrt(alpha) * (1 - bar_next) / (1 - bar) * (x * math.sqrt(bar))
    deviation = math.sqrt((1 - bar_next) / (1 - bar) * (1 - alpha))
    expected = (mean + deviation * smooth_noise(x)(sigma, sigma_next)) / math.sqrt(bar_next)
    torch.testing.assert_close(solve("ddpm", x, (sigma, sigma_next)), expected)


def test_lcm_noises_the_estimate() -> None:
    x = starting_point(3.0)
    expected = denoise_mixture(x, 3.0) + 1.2 * smooth_noise(x)(3.0, 1.2)
    torch.testing.assert_close(solve("lcm", x, (3.0, 1.2)), expected)
    torch.testing.assert_close(solve("lcm", x, (3.0, 0.0)), denoise_mixture(x, 3.0))


def double_estimate(x: Tensor, sigma: float) -> Guided:
    """Estimates with and without guidance that differ."""
    return Guided(denoise_mixture(x, sigma), 0.5 * x)


def test_cfg_pp_takes_the_noise_of_the_unconditional_estimate() -> None:
    x, noise = starting_point(3.0), smooth_noise(starting_point(3.0))(3.0, 1.2)
    denoised, uncond = double_estimate(x, 3.0)
    found = solve("euler_cfg_pp", x, (3.0, 1.2), data=double_estimate)
    torch.testing.assert_close(found, denoised + 1.2 * (x - uncond) / 3.0)
    up = math.sqrt(1.2**2 * (3.0**2 - 1.2**2)) / 3.0
    down = math.sqrt(1.2**2 - up**2)
    found = solve("euler_ancestral_cfg_pp", x, (3.0, 1.2), data=double_estimate)
    torch.testing.assert_close(found, denoised + down * (x - uncond) / 3.0 + up * noise)
    assert SAMPLERS["euler_cfg_pp"].uses_uncond
    assert SAMPLERS["euler_ancestral_cfg_pp"].uses_uncond


def test_cfg_pp_without_guidance_is_euler() -> None:
    x, sigmas = starting_point(), smooth_sigmas(6)
    for name in ("euler", "euler_ancestral"):
        torch.testing.assert_close(solve(f"{name}_cfg_pp", x, sigmas), solve(name, x, sigmas))


def test_heunpp2_by_hand() -> None:
    """Weights 1 - b - c, b, c of the three slopes, b and c the next levels over three times the first."""
    x, (s0, s1, s2, s3) = starting_point(4.0), (4.0, 2.5, 1.0, 0.5)

    def direction(x: Tensor, sigma: float) -> Tensor:
        return (x - denoise_mixture(x, sigma)) / sigma

    first = direction(x, s0)
    x_1 = x + first * (s1 - s0)
    second = direction(x_1, s1)
    third = direction(x_1 + second * (s2 - s1), s2)
    b, c = s1 / (3 * s0), s2 / (3 * s0)
    after_one = x + (s1 - s0) * ((1 - b - c) * first + b * second + c * third)
    steps = list(SAMPLERS["heunpp2"].run(guided_mixture, x, (s0, s1, s2, s3), 0))
    torch.testing.assert_close(steps[0].x, after_one)
    # The last step but one has two slopes, the last is plain.
    x_2 = steps[1].x
    first = direction(steps[0].x, s1)
    third = direction(steps[0].x + first * (s2 - s1), s2)
    b = s2 / (2 * s0)
    torch.testing.assert_close(x_2, steps[0].x + (s2 - s1) * ((1 - b) * first + b * third))
    torch.testing.assert_close(steps[2].x, x_2 + direction(x_2, s2) * (s3 - s2))


def test_res_multistep_is_the_trapezoid_form_without_noise() -> None:
    x, sigmas = starting_point(), (*smooth_sigmas(6), 0.0)
    torch.testing.assert_close(solve("res_multistep", x, sigmas), solve("dpmpp_2m_sde_heun", x, sigmas, eta=0.0))


def test_gradient_estimation_by_hand() -> None:
    x, (s0, s1, s2) = starting_point(4.0), (4.0, 2.5, 1.0)
    first = (x - denoise_mixture(x, s0)) / s0
    x_1 = x + first * (s1 - s0)
    second = (x_1 - denoise_mixture(x_1, s1)) / s1
    expected = x_1 + (2 * second - first) * (s2 - s1)
    torch.testing.assert_close(solve("gradient_estimation", x, (s0, s1, s2)), expected)


# -- laws that hold for all ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SAMPLERS)
def test_one_step_to_zero_is_the_estimate(name: str) -> None:
    x = starting_point(3.0)
    torch.testing.assert_close(solve(name, x, (3.0, 0.0)), denoise_mixture(x, 3.0))


@pytest.mark.parametrize("name", SAMPLERS)
def test_steps_count_the_intervals(name: str) -> None:
    x, sigmas = starting_point(), (*smooth_sigmas(4), 0.0)
    steps = list(SAMPLERS[name].run(guided_mixture, x, sigmas, seed=1))
    if name in OWN_STEPS:
        indices = [step.index for step in steps]
        assert indices == sorted(indices)
        assert indices[-1] == 4
    else:
        assert [step.index for step in steps] == list(range(5))
        assert [step.sigma for step in steps] == list(sigmas[:-1])
    torch.testing.assert_close(steps[0].denoised, denoise_mixture(x, sigmas[0]))
    assert list(SAMPLERS[name].run(guided_mixture, x, sigmas[:1], seed=1)) == []


@pytest.mark.parametrize("name", SAMPLERS)
def test_input_is_left_alone_and_the_seed_decides(name: str) -> None:
    x, sigmas = starting_point(), (*smooth_sigmas(4), 0.0)
    version = x._version
    first, again, other = (list(SAMPLERS[name].run(guided_mixture, x, sigmas, seed))[-1].x for seed in (1, 1, 2))
    assert x._version == version
    assert torch.equal(first, again)
    assert torch.equal(first, other) == (name in DETERMINISTIC)


OWN_STEPS = {"dpm_fast", "dpm_adaptive"}
DETERMINISTIC = {"euler", "euler_cfg_pp", "heun", "heunpp2", "dpm_2", "lms", "dpm_fast", "dpm_adaptive", "dpmpp_2m"} | {
    *("ipndm", "res_multistep", "gradient_estimation", "ddim", "uni_pc", "uni_pc_bh2")
}


@pytest.mark.parametrize("name", sorted(DETERMINISTIC - {"dpm_adaptive"}))
def test_rising_levels_undo_falling_ones(name: str) -> None:
    x, sigmas = starting_point(2.0), smooth_sigmas(60, 2.0, 0.5)
    down = solve(name, x, sigmas, data=DATA.guided)
    torch.testing.assert_close(solve(name, down, sigmas[::-1], data=DATA.guided), x, rtol=0, atol=0.05)


@pytest.mark.parametrize("name", SAMPLERS)
def test_rising_levels_work_or_are_refused(name: str) -> None:
    sampler, x = SAMPLERS[name], starting_point(1.0)
    if sampler.falling_only:
        with pytest.raises(InputValueError, match="needs sigmas that fall"):
            sampler.run(guided_mixture, x, (1.0, 2.0), 0)
    else:
        assert bool(list(sampler.run(guided_mixture, x, (1.0, 2.0, 3.0), 0))[-1].x.isfinite().all())


class NoWaiting(TorchDispatchMode):
    """Fails where the host would wait for a device: a tensor read as a number, or asked for places."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        assert func.overloadpacket.__name__ not in ("_local_scalar_dense", "nonzero", "equal", "masked_select"), func
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("name", [name for name in SAMPLERS if name != "dpm_adaptive"])
def test_no_step_waits_for_the_device(name: str) -> None:
    x, sigmas = starting_point().float(), (*smooth_sigmas(5), 0.0)
    with NoWaiting():
        for _ in SAMPLERS[name].run(guided_mixture, x, sigmas, seed=1):
            pass


def test_waiting_would_be_noticed() -> None:
    with NoWaiting(), pytest.raises(AssertionError):
        float(torch.ones(1))


def test_names_are_those_of_workflow_files() -> None:
    assert get_args(SamplerName) == tuple(SAMPLERS)
    with pytest.raises(InputValueError, match=r"sampler_name must be one of euler, .*, not 'nonsense'"):
        find_sampler("nonsense")
