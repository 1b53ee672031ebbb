"""Cropping, turning, placing."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine import Context, InputValueError
from nodes.image_transform import image_crop, image_flip, image_rotate, image_stitch, resize_and_pad_image
from tests.nodes.pictures import context, picture, row


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    return context(tmp_path, max_image_pixels=5000)


def test_cropping() -> None:
    image = picture(6, 4)
    assert torch.equal(image_crop(image=image, width=2, height=3, x=1, y=1), image[:, 1:4, 1:3])
    assert torch.equal(image_crop(image=image, width=512, height=512, x=4, y=0), image[:, :, 4:])
    assert torch.equal(image_crop(image=image, width=5, height=5, x=99, y=99), image[:, 3:, 5:])


def test_turning_is_clockwise() -> None:
    image = row(0.0, 0.5, 1.0)
    quarter = image_rotate(image=image, rotation="90 degrees")
    assert quarter[0, :, 0, 0].tolist() == [0.0, 0.5, 1.0]
    assert image_rotate(image=image, rotation="180 degrees")[0, 0, :, 0].tolist() == [1.0, 0.5, 0.0]
    assert image_rotate(image=image, rotation="270 degrees")[0, :, 0, 0].tolist() == [1.0, 0.5, 0.0]
    assert torch.equal(image_rotate(image=image, rotation="none"), image)
    left_column = image_rotate(image=picture(3, 2, seed=1), rotation="90 degrees")
    assert torch.equal(left_column[0, 0], picture(3, 2, seed=1)[0, :, 0].flip(0))


def test_mirroring() -> None:
    image = picture()
    assert torch.equal(image_flip(image=image, flip_method="x-axis: vertically"), image.flip(1))
    assert torch.equal(image_flip(image=image, flip_method="y-axis: horizontally"), image.flip(2))


def test_stitching(ctx: Context) -> None:
    options = {"match_image_size": True, "spacing_width": 2, "spacing_color": "red", "ctx": ctx}
    image = picture()
    assert image_stitch(image1=image, direction="right", **options) is image
    got = image_stitch(image1=image, image2=picture(seed=1), direction="left", **options)
    assert got.shape == (1, 4, 14, 3)
    assert torch.equal(got[:, :, 8:], image)
    assert got[0, 0, 6].tolist() == [1.0, 0.0, 0.0]
    with pytest.raises(InputValueError, match="image2"):
        image_stitch(image1=picture(2, 60), image2=picture(60, 1), direction="right", **options)


def test_fitting(ctx: Context) -> None:
    got = resize_and_pad_image(
        image=row(0.5, 0.5), target_width=4, target_height=4, padding_color="white", interpolation="area", ctx=ctx
    )
    assert got[0, :, 0, 0].tolist() == [1.0, 0.5, 0.5, 1.0]
    with pytest.raises(InputValueError, match="target_width, target_height"):
        resize_and_pad_image(
            image=row(0.5), target_width=100, target_height=51, padding_color="black", interpolation="area", ctx=ctx
        )
