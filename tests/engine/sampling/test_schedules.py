"""The schedulers: published values, and laws that hold for all of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, get_args

import pytest
import torch
from diffusers.schedulers.scheduling_utils import AysSchedules
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from engine.errors import InputValueError
from engine.sampling.parametrization import DiscreteSchedule
from engine.sampling.schedules import (
    ALIGN_YOUR_STEPS,
    DISCARD_PENULTIMATE,
    SCHEDULERS,
    SchedulerName,
    align_your_steps_levels,
    as_sigmas,
    beta_levels,
    karras_levels,
    laplace_levels,
    make_sigmas,
    polyexponential_levels,
    turbo_levels,
    vp_levels,
)
from tests.peers import load_peer

SD = DiscreteSchedule.stable_diffusion()
ZERO_SNR = DiscreteSchedule.stable_diffusion(zero_terminal_snr=True)

# 8 steps, as other programs give them.
GOLDEN = {
    "simple": "14.6146 7.2974 4.0817 2.4925 1.6129 1.0690 0.6932 0.3977 0",
    "sgm_uniform": "14.6146 7.3020 4.0861 2.4960 1.6156 1.0712 0.6951 0.3997 0",
    "karras": "14.6146 7.9029 4.0277 1.9104 0.8289 0.3211 0.1072 0.0292 0",
    "exponential": "14.6146 6.0130 2.4739 1.0179 0.4188 0.1723 0.0709 0.0292 0",
    "ddim_uniform": "7.3718 4.1167 2.5109 1.6237 1.0760 0.6984 0.4022 0.0413 0",
    "beta": "14.6146 10.4835 5.6866 2.9636 1.6183 0.9198 0.5154 0.2433 0",
    "normal": "14.6146 6.6780 3.5221 2.0606 1.2768 0.7913 0.4397 0.0292 0",
    "linear_quadratic": "14.6146 14.5233 14.4320 14.3406 14.2493 13.2902 10.5956 6.1656 0",
    "kl_optimal": "14.6146 3.4935 1.8781 1.1879 0.7770 0.4832 0.2443 0.0292 0",
}


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_golden_values(scheduler: str) -> None:
    expected = torch.tensor([float(value) for value in GOLDEN[scheduler].split()])
    sigmas = make_sigmas(SD, scheduler, 8)
    assert sigmas.dtype == torch.float32
    torch.testing.assert_close(sigmas, expected, rtol=0, atol=5.1e-5)


@pytest.mark.parametrize("schedule", [SD, ZERO_SNR], ids=["sd", "zero_snr"])
@given(scheduler=st.sampled_from(list(SCHEDULERS)), steps=st.integers(1, 60))
def test_schedules_fall_to_zero(schedule: DiscreteSchedule, scheduler: str, steps: int) -> None:
    sigmas = make_sigmas(schedule, scheduler, steps)
    assert sigmas[-1] == 0
    assert bool((sigmas.diff() < 0).all())
    if scheduler not in ("ddim_uniform", "beta"):
        assert len(sigmas) == steps + 1
        assert float(sigmas[0]) == pytest.approx(schedule.sigma_max, rel=1e-5)


@pytest.mark.parametrize("scheduler", SCHEDULERS)
def test_many_steps_never_rise(scheduler: str) -> None:
    sigmas = make_sigmas(SD, scheduler, 3000)
    assert bool((sigmas.diff() <= 0).all())
    assert bool(torch.isfinite(sigmas).all())


@given(scheduler=st.sampled_from(list(SCHEDULERS)), steps=st.integers(1, 30), denoise=st.floats(0.02, 0.999))
def test_denoise_runs_the_end_of_a_longer_schedule(scheduler: str, steps: int, denoise: float) -> None:
    part = make_sigmas(SD, scheduler, steps, denoise)
    whole = make_sigmas(SD, scheduler, int(steps / denoise))
    assert part.tolist() == whole.tolist()[-(steps + 1) :]


def test_denoise_of_nothing_and_of_everything() -> None:
    assert len(make_sigmas(SD, "karras", 20, 0.0)) == 0
    assert torch.equal(make_sigmas(SD, "karras", 20, 0.99995), make_sigmas(SD, "karras", 20, 1.0))


@pytest.mark.parametrize("sampler", sorted(DISCARD_PENULTIMATE))
def test_some_samplers_do_without_the_last_level_but_one(sampler: str) -> None:
    sigmas = make_sigmas(SD, "karras", 8, sampler=sampler)
    longer = make_sigmas(SD, "karras", 9)
    assert sigmas.tolist() == [*longer.tolist()[:-2], 0.0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nonsense", 8), "scheduler must be one of simple, sgm_uniform"),
        (("karras", 0), "steps must be at least 1"),
        (("karras", -3), "steps must be at least 1"),
        (("karras", 8, math.nan), "denoise must be from 0 to 1, not nan"),
        (("karras", 8, 1.5), "denoise must be from 0 to 1"),
        (("karras", 8, -0.5), "denoise must be from 0 to 1"),
        (("karras", 20, 1e-12), "Use a larger denoise"),
    ],
)
def test_bad_settings_are_refused(arguments: tuple[Any, ...], said: str) -> None:
    with pytest.raises(InputValueError, match=said):
        make_sigmas(SD, *arguments)


def test_names_are_those_of_workflow_files() -> None:
    assert get_args(SchedulerName) == tuple(SCHEDULERS)


K_DIFFUSION: list[tuple[Callable[..., Tensor], str, tuple[float, ...]]] = [
    (karras_levels, "get_sigmas_karras", (0.03, 14.0, 5.0)),
    (polyexponential_levels, "get_sigmas_exponential", (0.03, 14.0)),
    (polyexponential_levels, "get_sigmas_polyexponential", (0.03, 14.0, 0.7)),
    (vp_levels, "get_sigmas_vp", (19.0, 0.2, 0.002)),
]


@pytest.mark.parametrize(("ours", "theirs", "settings"), K_DIFFUSION, ids=[theirs for _, theirs, _ in K_DIFFUSION])
def test_formulas_equal_k_diffusion(ours: Callable[..., Tensor], theirs: str, settings: tuple[float, ...]) -> None:
    expected = getattr(load_peer("k_diffusion.sampling"), theirs)(9, *settings)
    torch.testing.assert_close(ours(9, *settings).float(), expected, rtol=2e-4, atol=1e-6)


def test_align_your_steps_is_the_published_table() -> None:
    for name, key in (("SD1", "Sigmas"), ("SDXL", "XLSigmas"), ("SVD", "VideoSigmas")):
        table = AysSchedules[f"StableDiffusion{key}"]
        levels = align_your_steps_levels(name, 10).tolist()
        assert levels[:-1] == pytest.approx(table[:-1])
        assert levels[-1] == 0


def test_align_your_steps_interpolates_the_logarithm() -> None:
    levels = align_your_steps_levels("SD1", 20)
    table = ALIGN_YOUR_STEPS["SD1"]
    assert levels[::2][:-1].tolist() == pytest.approx(table[:-1])
    assert float(levels[1]) == pytest.approx(math.sqrt(table[0] * table[1]))


def test_turbo_levels_are_those_it_was_distilled_at() -> None:
    assert turbo_levels(SD, 2) == [SD.sigma(999), SD.sigma(899), 0.0]
    assert turbo_levels(SD, 1, 0.5) == [SD.sigma(499), 0.0]
    assert turbo_levels(SD, 10, 0.3) == [SD.sigma(t) for t in (299, 199, 99)] + [0.0]


def test_laplace_levels_fall_and_stay_in_bounds() -> None:
    levels = laplace_levels(11, 0.03, 14.6)
    assert float(levels[0]) == pytest.approx(14.6)
    assert float(levels[5]) == pytest.approx(1.0)
    assert float(levels[-2]) == pytest.approx(0.03)
    assert bool((levels.diff() <= 0).all())


def test_unusable_levels_are_refused() -> None:
    with pytest.raises(InputValueError, match="no usable noise levels"):
        as_sigmas(vp_levels(5, beta_d=5000))
    with pytest.raises(InputValueError, match=r"\[1, -1\]"):
        as_sigmas([1.0, -1.0])
    with pytest.raises(InputValueError, match="shape"):
        as_sigmas(torch.ones(2, 2))
    with pytest.raises(InputValueError, match="rho"):
        karras_levels(5, 0.1, 1.0, 0.0)
    with pytest.raises(InputValueError, match="sigma_min"):
        polyexponential_levels(5, 0.0, 1.0)
    with pytest.raises(InputValueError, match="alpha and beta"):
        beta_levels(SD, 5, 0.0, 0.6)
