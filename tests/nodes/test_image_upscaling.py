"""Resizing nodes: which size comes out, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
import torch

from engine import Context, InputValueError
from engine.types import ResizeMethod
from nodes.image_upscaling import (
    image_scale,
    image_scale_by,
    image_scale_to_max_dimension,
    image_scale_to_total_pixels,
)
from tests.nodes.pictures import context, picture, row


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    return context(tmp_path, max_image_pixels=2**21)


@pytest.mark.parametrize(
    ("size", "expected"), [((0, 0), (6, 4)), ((3, 0), (3, 2)), ((0, 8), (12, 8)), ((5, 5), (5, 5)), ((1, 0), (1, 1))]
)
def test_zero_keeps_proportions(ctx: Context, size: tuple[int, int], expected: tuple[int, int]) -> None:
    width, height = size
    scaled = image_scale(image=picture(), upscale_method="area", width=width, height=height, crop="disabled", ctx=ctx)
    assert scaled.shape == (1, expected[1], expected[0], 3)


def test_cropping_and_stretching(ctx: Context) -> None:
    image = row(0.0, 0.25, 0.75, 1.0).repeat(1, 2, 1, 1)
    cropped = image_scale(image=image, upscale_method="area", width=2, height=2, crop="center", ctx=ctx)
    assert cropped[0, 0, :, 0].tolist() == [0.25, 0.75]
    stretched = image_scale(image=image, upscale_method="area", width=2, height=2, crop="disabled", ctx=ctx)
    assert stretched[0, 0, :, 0].tolist() == [0.125, 0.875]


@pytest.mark.parametrize("method", get_args(ResizeMethod))
def test_by_a_factor(ctx: Context, method: str) -> None:
    image = picture(batch=2)
    assert image_scale_by(image=image, upscale_method=method, scale_by=2.5, ctx=ctx).shape == (2, 10, 15, 3)
    assert image_scale_by(image=image, upscale_method=method, scale_by=0.01, ctx=ctx).shape == (2, 1, 1, 3)
    assert torch.equal(image_scale_by(image=image, upscale_method=method, scale_by=1.0, ctx=ctx), image)
    assert image._version == 0


def test_to_a_number_of_pixels(ctx: Context) -> None:
    scaled = image_scale_to_total_pixels(image=picture(400, 100), upscale_method="area", megapixels=0.04, ctx=ctx)
    assert scaled.shape == (1, 102, 410, 3)


def test_to_a_longest_side(ctx: Context) -> None:
    for width, height, largest, expected in (
        (6, 4, 3, (3, 2)),
        (4, 6, 3, (2, 3)),
        (6, 4, 0, (6, 4)),
        (5, 5, 7, (7, 7)),
    ):
        scaled = image_scale_to_max_dimension(
            image=picture(width, height), upscale_method="bilinear", largest_size=largest, ctx=ctx
        )
        assert (scaled.shape[2], scaled.shape[1]) == expected


def test_too_large_is_refused(ctx: Context) -> None:
    image = picture(300, 200)
    with pytest.raises(InputValueError, match="width, height"):
        image_scale(image=image, upscale_method="area", width=16384, height=0, crop="disabled", ctx=ctx)
    with pytest.raises(InputValueError, match="scale_by"):
        image_scale_by(image=image, upscale_method="area", scale_by=8.0, ctx=ctx)
    with pytest.raises(InputValueError, match="megapixels"):
        image_scale_to_total_pixels(image=image, upscale_method="area", megapixels=16.0, ctx=ctx)
    with pytest.raises(InputValueError, match="largest_size"):
        image_scale_to_max_dimension(image=image, upscale_method="area", largest_size=16384, ctx=ctx)
