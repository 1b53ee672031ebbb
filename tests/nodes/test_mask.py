"""Making, converting and changing masks."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine import Context, FileError, InputValueError
from engine.images.codec import encode_png
from nodes.mask import (
    crop_mask,
    feather_mask,
    grow_mask,
    image_color_to_mask,
    image_to_mask,
    invert_mask,
    load_image_mask,
    mask_composite,
    mask_to_image,
    solid_mask,
    threshold_mask,
)
from tests.nodes.pictures import context, picture


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    return context(tmp_path, max_image_pixels=10_000)


def test_one_channel_of_a_file(ctx: Context) -> None:
    image = picture(channels=4)
    folder = ctx.settings.directory("input")
    (folder / "clear.png").write_bytes(encode_png(image[0]))
    (folder / "plain.png").write_bytes(encode_png(image[0, ..., :3]))
    for index, channel in enumerate(("red", "green", "blue")):
        assert torch.equal(load_image_mask(image="clear.png", channel=channel, ctx=ctx), image[..., index])
    assert torch.equal(load_image_mask(image="clear.png", channel="alpha", ctx=ctx), 1 - image[..., 3])
    assert torch.equal(load_image_mask(image="plain.png", channel="alpha", ctx=ctx), torch.zeros(1, 4, 6))
    with pytest.raises(FileError):
        load_image_mask(image="nope.png", channel="red", ctx=ctx)
    assert load_image_mask.validate is not None
    assert "nope" in str(load_image_mask.validate(image="nope.png", settings=ctx.settings))


def test_masks_and_pictures() -> None:
    mask = torch.rand(2, 3, 4)
    image = mask_to_image(mask=mask)
    assert image.shape == (2, 3, 4, 3)
    for channel in ("red", "green", "blue"):
        assert torch.equal(image_to_mask(image=image, channel=channel), mask)
    with pytest.raises(InputValueError, match="channel"):
        image_to_mask(image=image, channel="alpha")
    clear = picture(channels=4)
    assert torch.equal(image_to_mask(image=clear, channel="alpha"), clear[..., 3])
    assert mask_to_image(mask=mask[0]).shape == (1, 3, 4, 3)


def test_one_colour() -> None:
    image = torch.tensor([[[0.0, 0, 0], [1, 0.5, 0], [1, 1, 1]]])[None]
    assert image_color_to_mask(image=image, color=0xFF8000).tolist() == [[[0.0, 1.0, 0.0]]]
    assert image_color_to_mask(image=image, color=0).tolist() == [[[1.0, 0.0, 0.0]]]


def test_solid_and_inverted(ctx: Context) -> None:
    mask = solid_mask(value=0.25, width=3, height=2, ctx=ctx)
    assert torch.equal(mask, torch.full((1, 2, 3), 0.25))
    assert torch.equal(invert_mask(mask=mask), torch.full((1, 2, 3), 0.75))
    with pytest.raises(InputValueError, match="width, height"):
        solid_mask(value=1.0, width=101, height=100, ctx=ctx)


def test_cropping() -> None:
    mask = torch.rand(2, 4, 6)
    assert torch.equal(crop_mask(mask=mask, x=1, y=2, width=3, height=9), mask[:, 2:, 1:4])
    assert crop_mask(mask=mask[0], x=0, y=0, width=2, height=2).shape == (1, 2, 2)


def test_combining() -> None:
    below, above = torch.full((1, 2, 3), 0.5), torch.full((1, 9, 1), 0.25)
    got = mask_composite(destination=below, source=above, x=2, y=1, operation="add")
    assert got.tolist() == [[[0.5, 0.5, 0.5], [0.5, 0.5, 0.75]]]
    assert below._version == 0


def test_borders() -> None:
    mask = torch.ones(1, 1, 4)
    assert feather_mask(mask=mask, left=2, top=0, right=0, bottom=0).tolist() == [[[0.5, 1.0, 1.0, 1.0]]]
    mask = torch.tensor([[[0.0, 1.0, 0.0, 0.0]]])
    assert grow_mask(mask=mask, expand=1, tapered_corners=True).tolist() == [[[1.0, 1.0, 1.0, 0.0]]]
    assert grow_mask(mask=mask, expand=-1, tapered_corners=False).tolist() == [[[0.0, 0.0, 0.0, 0.0]]]
    assert mask._version == 0


def test_thresholds() -> None:
    mask = torch.tensor([[[0.2, 0.5, 0.7]]])
    assert threshold_mask(mask=mask, value=0.5).tolist() == [[[0.0, 0.0, 1.0]]]
