from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from engine.sampling.guidance import apg_guidance
from engine.sampling.latent_operations import sharpen, tonemap_reinhard
from engine.sampling.model import ModelOptions, combine_cfg
from engine.types import Latent
from nodes.latent_operations import (
    latent_apply_operation,
    latent_apply_operation_cfg,
    latent_operation_sharpen,
    latent_operation_tonemap_reinhard,
)
from tests.nodes.unchanged import unchanged
from tests.small_models import make_model


def double(x: Tensor) -> Tensor:
    return x * 2


def negate(x: Tensor) -> Tensor:
    return -x


def random(seed: int = 0) -> Tensor:
    return torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(seed))


def test_an_operation_is_applied_to_the_samples_only() -> None:
    given: Latent = {"samples": random(), "batch_index": [4, 5]}
    with unchanged(given):
        sharpened = latent_apply_operation(
            samples=given, operation=latent_operation_sharpen(sharpen_radius=3, sigma=1.5, alpha=0.2)
        )
        mapped = latent_apply_operation(samples=given, operation=latent_operation_tonemap_reinhard(multiplier=0.5))
    assert torch.equal(sharpened["samples"], sharpen(given["samples"], 3, 1.5, 0.2))
    assert torch.equal(mapped["samples"], tonemap_reinhard(given["samples"], 0.5))
    assert sharpened.get("batch_index") == [4, 5]


def test_in_guidance_it_is_applied_to_the_difference() -> None:
    model = make_model()
    patched = latent_apply_operation_cfg(model=model, operation=double)
    assert model.options == ModelOptions()
    assert patched.weights is model.weights
    assert not patched.options.skips_uncond
    x, cond, uncond = random(), random(1), random(2)
    combine = patched.options.begin_guidance()
    torch.testing.assert_close(
        combine(x, 1.0, cond, uncond, 3.0), combine_cfg(x, 1.0, cond, uncond, 6.0), rtol=1e-4, atol=1e-4
    )


@pytest.mark.parametrize("cfg", [1.0, 4.0])
def test_other_guidance_stays(cfg: float) -> None:
    model = make_model()
    options = ModelOptions(begin_guidance=apg_guidance(0.5, 2.0, 0.0))
    patched = latent_apply_operation_cfg(model=replace(model, options=options), operation=negate)
    x, cond, uncond = random(), random(1), random(2)
    expected = options.begin_guidance()(x, 1.0, 2 * uncond - cond, uncond, cfg)
    torch.testing.assert_close(patched.options.begin_guidance()(x, 1.0, cond, uncond, cfg), expected)
