"""Blend modes: laws, and values by hand."""

from __future__ import annotations

from typing import get_args

import pytest
import torch

from engine.images.blend import BlendMode, blend

MODES: tuple[BlendMode, ...] = get_args(BlendMode)


def grey(value: float) -> torch.Tensor:
    return torch.full((1, 1, 1, 3), value)


@pytest.mark.parametrize("mode", MODES)
def test_factor_zero_is_the_backdrop(mode: BlendMode) -> None:
    a, b = torch.rand(2, 3, 4, 3), torch.rand(2, 3, 4, 3)
    assert torch.equal(blend(a, b, 0.0, mode), a)
    half, full = blend(a, b, 0.5, mode), blend(a, b, 1.0, mode)
    assert torch.allclose(half, (a + full) / 2, atol=1e-6)
    assert 0 <= float(full.min()) <= float(full.max()) <= 1
    assert a._version == b._version == 0


@pytest.mark.parametrize(
    ("mode", "backdrop", "source", "expected"),
    [
        ("normal", 0.2, 0.7, 0.7),
        ("multiply", 0.5, 0.5, 0.25),
        ("screen", 0.5, 0.5, 0.75),
        ("overlay", 0.25, 0.5, 0.25),
        ("overlay", 0.75, 0.5, 0.75),
        ("overlay", 0.75, 0.2, 0.6),
        ("soft_light", 0.4, 0.5, 0.4),
        ("soft_light", 0.5, 0.0, 0.25),
        ("soft_light", 0.25, 1.0, 0.5),
        ("soft_light", 0.64, 1.0, 0.8),
        ("soft_light", 0.125, 1.0, 0.34375),
        ("difference", 0.2, 0.7, 0.5),
        ("difference", 0.7, 0.2, 0.5),
    ],
)
def test_by_hand(mode: BlendMode, backdrop: float, source: float, expected: float) -> None:
    assert torch.allclose(blend(grey(backdrop), grey(source), 1.0, mode), grey(expected), atol=1e-6)


def test_sizes_batches_and_channels_follow_the_backdrop() -> None:
    assert blend(torch.rand(3, 8, 6, 3), torch.rand(1, 4, 9, 3), 0.5, "normal").shape == (3, 8, 6, 3)
    assert blend(torch.rand(2, 8, 6, 3), torch.rand(5, 8, 6, 4), 0.5, "screen").shape == (2, 8, 6, 4)
