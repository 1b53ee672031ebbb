"""Palettes: as few colours as asked, close to the picture, and dithering that keeps the mean."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
import torch

from engine.images.quantize import Dither, bayer_matrix, quantize


def colors_of(image: torch.Tensor) -> int:
    return len(torch.unique(image.reshape(-1, 3), dim=0))


@pytest.mark.parametrize("dither", get_args(Dither))
@pytest.mark.parametrize("colors", [1, 2, 7, 256])
def test_as_many_colours_as_asked(dither: Dither, colors: int) -> None:
    images = torch.rand(2, 17, 23, 4)
    got = quantize(images, colors, dither)
    assert got.shape == (2, 17, 23, 3)
    assert all(colors_of(image) <= colors for image in got)
    assert images._version == 0


def test_few_colours_are_kept() -> None:
    image = torch.tensor([[0, 51], [102, 255]]).view(1, 2, 2, 1).expand(1, 2, 2, 3) / 255
    assert torch.allclose(quantize(image, 4, "none"), image, atol=1 / 255)
    assert quantize(torch.rand(1, 3, 3, 1), 4, "none").shape == (1, 3, 3, 3)


@pytest.mark.parametrize("dither", ["floyd-steinberg", "bayer-2", "bayer-4", "bayer-8", "bayer-16"])
def test_dithering_mixes_what_is_missing(dither: Dither) -> None:
    """A ramp in two colours: without dithering each half is flat, with it the columns' means go up."""
    ramp = torch.linspace(0, 1, 64).expand(64, 64)[None, ..., None].expand(1, 64, 64, 3)
    means = quantize(ramp, 2, dither)[0, ..., 0].mean(dim=0)
    assert colors_of(quantize(ramp, 2, "none")) == 2
    middle = means[24:40].mean()
    assert means[:8].mean() < middle < means[-8:].mean()
    assert len(torch.unique((means * 100).round())) > 2


@pytest.mark.parametrize("order", [2, 4, 8, 16])
def test_thresholds_are_even_and_centred(order: int) -> None:
    matrix = bayer_matrix(order)
    steps = np.sort(matrix.ravel())
    assert matrix.shape == (order, order)
    assert np.allclose(np.diff(steps), 1 / order**2)
    assert np.allclose(steps, -steps[::-1])
