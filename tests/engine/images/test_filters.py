"""Blur and sharpening: means are kept, the kernel is the Gaussian it says, and one undoes what the other does."""

from __future__ import annotations

import math

import pytest
import torch

from engine.images.filters import blur, sharpen


@pytest.mark.parametrize(("radius", "sigma"), [(1, 1.0), (3, 0.5), (31, 10.0)])
def test_a_point_becomes_the_kernel(radius: int, sigma: float) -> None:
    size = 2 * radius + 3
    image = torch.zeros(1, size, size, 3)
    image[0, radius + 1, radius + 1] = 1.0
    weights = torch.tensor([math.exp(-((i / radius) ** 2) / (2 * sigma**2)) for i in range(-radius, radius + 1)])
    kernel = weights[:, None] * weights
    blurred = blur(image, radius, sigma)
    assert torch.allclose(blurred[0, 1:-1, 1:-1, 0], kernel / kernel.sum(), atol=1e-6)
    assert torch.count_nonzero(blurred[0, 0]) == 0
    assert image._version == 1


@pytest.mark.parametrize("shape", [(1, 1, 1, 3), (2, 3, 2, 4), (1, 40, 2, 1)])
def test_one_colour_stays(shape: tuple[int, ...]) -> None:
    image = torch.full(shape, 0.3)
    assert torch.allclose(blur(image, 31, 2.0), image, atol=1e-6)
    assert torch.allclose(sharpen(image, 31, 2.0, 5.0), image, atol=1e-4)


def test_borders_are_mirrored() -> None:
    row = torch.tensor([0.0, 0.0, 1.0]).view(1, 1, 3, 1).expand(1, 5, 3, 1)
    weights = torch.tensor([math.exp(-0.5), 1.0, math.exp(-0.5)])
    weights /= weights.sum()
    assert torch.allclose(blur(row, 1, 1.0)[0, 2, :, 0], torch.stack([row[0, 0, 0, 0], weights[2], weights[1]]))


def test_sharpening_adds_what_the_blur_takes() -> None:
    image = torch.rand(1, 9, 9, 3) * 0.2 + 0.4
    blurred = blur(image, 2, 0.7)
    assert torch.allclose(sharpen(image, 2, 0.7, 0.05), image + 0.5 * (image - blurred), atol=1e-5)
    assert torch.allclose(sharpen(image, 2, 0.7, 0.0), image, atol=1e-6)
    strong = sharpen(torch.rand(1, 9, 9, 3), 1, 1.0, 5.0)
    assert 0 <= float(strong.min()) <= float(strong.max()) <= 1
