"""The arithmetic of guidance, by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from diffusers.guiders.adaptive_projected_guidance import MomentumBuffer, normalized_guidance
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputValueError
from engine.sampling.guidance import BasicGuider, CFGGuider, DualCFGGuider, apg_guidance
from engine.sampling.model import ModelOptions
from tests.engine.sampling.networks import KnownModel, conditioning

MODEL = KnownModel().model()
A, B, C = conditioning(1.0), conditioning(2.0), conditioning(3.0)
X = torch.zeros(1, 4, 2, 2)


def full(value: float) -> torch.Tensor:
    return torch.full((1, 4, 2, 2), value, dtype=torch.float64)


@given(cfg=st.floats(-5, 30), cond=st.floats(-3, 3), uncond=st.floats(-3, 3))
def test_cfg(cfg: float, cond: float, uncond: float) -> None:
    guide = CFGGuider(MODEL, A, B, cfg).begin()
    found = guide(X, 1.0, {"positive": full(cond), "negative": full(uncond)})
    torch.testing.assert_close(found.denoised, full(uncond + cfg * (cond - uncond)))
    torch.testing.assert_close(found.uncond, full(uncond))


def test_cfg_1_does_without_the_negative() -> None:
    guider = CFGGuider(MODEL, A, B, 1.0)
    assert guider.conditionings() == {"positive": A}
    assert guider.conditionings(with_uncond=True) == {"positive": A, "negative": B}
    assert torch.equal(guider.begin()(X, 1.0, {"positive": full(2.0)}).denoised, full(2.0))
    patched = replace(MODEL, options=ModelOptions(skips_uncond=False))
    assert set(CFGGuider(patched, A, B, 1.0).conditionings()) == {"positive", "negative"}
    assert set(CFGGuider(MODEL, A, B, 1.001).conditionings()) == {"positive", "negative"}


def test_basic_guider_takes_the_estimate() -> None:
    guider = BasicGuider(MODEL, A)
    assert guider.conditionings() == {"conditioning": A}
    found = guider.begin()(X, 1.0, {"conditioning": full(2.0)})
    assert torch.equal(found.denoised, full(2.0))


def test_dual_guidance() -> None:
    estimates = {"cond1": full(5.0), "cond2": full(3.0), "negative": full(1.0)}
    regular = DualCFGGuider(MODEL, A, B, C, 7.0, 2.0).begin()(X, 1.0, estimates)
    torch.testing.assert_close(regular.denoised, full(1 + 2 * (3 - 1) + 7 * (5 - 3)))
    nested = DualCFGGuider(MODEL, A, B, C, 7.0, 2.0, "nested").begin()(X, 1.0, estimates)
    torch.testing.assert_close(nested.denoised, full(1 + 2 * ((3 + 7 * (5 - 3)) - 1)))
    assert torch.equal(nested.uncond, full(1.0))


@pytest.mark.parametrize("strength", [math.nan, math.inf])
def test_strength_must_be_a_number(strength: float) -> None:
    with pytest.raises(InputValueError, match="cfg must be a finite number, not"):
        CFGGuider(MODEL, A, B, strength)
    with pytest.raises(InputValueError, match="cfg_cond2_negative must be a finite number"):
        DualCFGGuider(MODEL, A, B, C, 7.0, strength)


def test_model_decides_how_estimates_are_combined() -> None:
    def begin() -> Any:
        return lambda x, sigma, cond, uncond, cfg: cond + uncond + cfg + sigma

    guide = CFGGuider(replace(MODEL, options=ModelOptions(begin_guidance=begin)), A, B, 2.0).begin()
    assert torch.equal(guide(X, 4.0, {"positive": full(1.0), "negative": full(3.0)}).denoised, full(10.0))


# -- adaptive projected guidance -------------------------------------------------------------------------------------


def pair(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    both = torch.randn(2, 3, 4, 5, 6, dtype=torch.float64, generator=generator)
    return both[0], both[1]


def test_apg_that_changes_nothing_is_cfg() -> None:
    cond, uncond = pair(1)
    combine = apg_guidance(eta=1.0, norm_threshold=0.0, momentum=0.0)()
    torch.testing.assert_close(combine(X, 1.0, cond, uncond, 7.5), uncond + 7.5 * (cond - uncond))


@pytest.mark.parametrize(("eta", "threshold", "momentum"), [(0.0, 2.5, -0.5), (0.3, 0.0, 0.0), (1.0, 100.0, 0.7)])
def test_apg_equals_diffusers(eta: float, threshold: float, momentum: float) -> None:
    combine, buffer = apg_guidance(eta, threshold, momentum)(), MomentumBuffer(momentum)
    for step in range(3):
        cond, uncond = pair(step)
        theirs = normalized_guidance(cond, uncond, 7.5 - 1, buffer, eta, threshold, use_original_formulation=True)
        torch.testing.assert_close(combine(X, 1.0, cond, uncond, 7.5), theirs)
