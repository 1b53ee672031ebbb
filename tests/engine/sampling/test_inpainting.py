from __future__ import annotations

import pytest
import torch

from engine.errors import InputValueError
from engine.sampling.inpainting import prepare_inpainting


def test_what_is_masked_becomes_grey() -> None:
    pixels = torch.rand(1, 16, 16, 3)
    mask = torch.zeros(1, 16, 16)
    mask[:, :4] = 1.0
    mask[:, 4] = 0.4
    parts = prepare_inpainting(pixels, mask, 8)
    assert torch.equal(parts.pixels, pixels)
    assert parts.greyed[:, :4].eq(0.5).all()
    torch.testing.assert_close(parts.greyed[:, 4:], pixels[:, 4:])
    assert torch.equal(parts.mask, mask[:, None])


def test_image_and_mask_are_cut_alike() -> None:
    pixels = torch.rand(1, 21, 30, 3)
    mask = torch.rand(1, 21, 30)
    parts = prepare_inpainting(pixels, mask, 8)
    assert torch.equal(parts.pixels, pixels[:, 2:18, 3:27])
    assert torch.equal(parts.mask[:, 0], mask[:, 2:18, 3:27])


def test_masks_of_another_size_are_stretched() -> None:
    mask = torch.zeros(1, 4, 4)
    mask[:, :, :2] = 1
    parts = prepare_inpainting(torch.ones(2, 32, 32, 3), mask, 8)
    assert parts.mask.shape == (1, 1, 32, 32)
    assert parts.greyed[:, :, :16].eq(0.5).all()
    assert parts.greyed[:, :, 16:].eq(1).all()


def test_one_mask_for_each_image() -> None:
    masks = torch.stack([torch.zeros(16, 16), torch.ones(16, 16)])
    greyed = prepare_inpainting(torch.ones(2, 16, 16, 3), masks, 8).greyed
    assert greyed[0].eq(1).all()
    assert greyed[1].eq(0.5).all()


def test_other_numbers_of_masks_are_refused() -> None:
    with pytest.raises(InputValueError, match=r"^mask: one mask, or one for each of the 3 images, not 2"):
        prepare_inpainting(torch.ones(3, 16, 16, 3), torch.ones(2, 16, 16), 8)


@pytest.mark.parametrize(("pixels", "mask"), [((16, 16, 3), (16, 16)), ((1, 16, 16, 3), (16,))])
def test_other_shapes_are_refused(pixels: tuple[int, ...], mask: tuple[int, ...]) -> None:
    with pytest.raises(InputValueError):
        prepare_inpainting(torch.zeros(pixels), torch.zeros(mask), 8)


def test_nothing_is_written_into() -> None:
    pixels, mask = torch.rand(1, 16, 16, 3), torch.rand(1, 16, 16)
    prepare_inpainting(pixels, mask, 8)
    assert pixels._version == mask._version == 0
