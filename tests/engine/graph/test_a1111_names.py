"""Names of samplers of A1111: all that it has had, with the scheduler in the name or beside it."""

from __future__ import annotations

import pytest

from engine.graph.a1111_names import MODEL_UPSCALERS, SAMPLERS, SCHEDULERS, NamedSampler, name_sampler
from engine.graph.core_types import core_registry

KSAMPLER = core_registry().require("KSampler")


def choices(name: str) -> tuple[str, ...]:
    declared = KSAMPLER.input(name)
    assert declared is not None
    assert isinstance(declared.choices, tuple)
    return declared.choices


@pytest.mark.parametrize(
    ("name", "schedule", "expected"),
    [
        ("Euler a", None, ("euler_ancestral", "normal")),
        ("DPM++ 2M Karras", None, ("dpmpp_2m", "karras")),
        ("DPM++ 2M", "Karras", ("dpmpp_2m", "karras")),
        ("DPM++ 2M", "Automatic", ("dpmpp_2m", "karras")),
        ("DPM++ 2M", None, ("dpmpp_2m", "normal")),
        ("DPM++ 2M SDE Heun Exponential", None, ("dpmpp_2m_sde_heun", "exponential")),
        ("DPM++ 3M SDE", "SGM Uniform", ("dpmpp_3m_sde", "sgm_uniform")),
        ("DPM++ 2S a Karras", None, ("dpmpp_2s_ancestral", "karras")),
        ("DPM2 a Karras", None, ("dpm_2_ancestral", "karras")),
        ("Euler", "Automatic", ("euler", "normal")),
        ("Euler", "Beta", ("euler", "beta")),
        ("DDIM", "Karras", ("ddim", "ddim_uniform")),
        ("UniPC", None, ("uni_pc", "normal")),
        ("k_euler_a", None, ("euler_ancestral", "normal")),
        ("dpmpp_2m_sde_gpu", "karras", ("dpmpp_2m_sde", "karras")),
        ("dpmpp_sde_karras", None, ("dpmpp_sde", "karras")),
        ("euler_sgm_uniform", None, ("euler", "sgm_uniform")),
        ("  euler   A ", "  sgm  uniform ", ("euler_ancestral", "sgm_uniform")),
        ("Magic", None, (None, "normal")),
        ("Euler", "Align Your Steps", ("euler", None)),
    ],
)
def test_names(name: str, schedule: str | None, expected: tuple[str | None, str | None]) -> None:
    assert name_sampler(name, schedule) == NamedSampler(*expected)


def test_every_name_leads_to_one_that_nodes_take() -> None:
    assert set(SAMPLERS.values()) <= set(choices("sampler_name"))
    assert set(SCHEDULERS.values()) <= set(choices("scheduler"))
    for name in SAMPLERS:
        for schedule in (None, "Automatic"):
            found = name_sampler(name, schedule)
            assert found.sampler in choices("sampler_name")
            assert found.scheduler in choices("scheduler")


def test_names_of_ours_are_known() -> None:
    for sampler in choices("sampler_name"):
        assert name_sampler(sampler, None).sampler in (sampler, sampler.removesuffix("_gpu"), None)


def test_what_is_only_alike_says_so() -> None:
    assert not name_sampler("Restart", None).is_exact
    assert not name_sampler("PLMS", None).is_exact


def test_upscalers_are_looked_up_in_small_letters() -> None:
    assert all(name == name.lower() for name in MODEL_UPSCALERS)
