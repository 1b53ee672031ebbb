"""Pictures with transparency."""

from __future__ import annotations

import torch

from nodes.mask_compositing import join_image_with_alpha, porter_duff_image_composite, split_image_with_alpha
from tests.nodes.pictures import picture


def test_joining_and_splitting() -> None:
    image, mask = picture(batch=2), torch.rand(2, 4, 6)
    joined = join_image_with_alpha(image=image, alpha=mask)
    assert joined.shape == (2, 4, 6, 4)
    split = split_image_with_alpha(image=joined)
    assert torch.equal(split.image, image)
    assert torch.allclose(split.mask, mask)
    assert torch.equal(split_image_with_alpha(image=image).mask, torch.zeros(2, 4, 6))
    assert join_image_with_alpha(image=joined, alpha=torch.ones(1, 8, 8)).shape == (2, 4, 6, 4)
    assert image._version == mask._version == 0


def test_source_over() -> None:
    below, above = torch.zeros(1, 1, 2, 3), torch.ones(1, 1, 2, 3)
    transparent = torch.tensor([[[0.0, 1.0]]])
    result = porter_duff_image_composite(
        source=above,
        source_alpha=transparent,
        destination=below,
        destination_alpha=torch.zeros(1, 1, 2),
        mode="SRC_OVER",
    )
    assert result.image[0, 0, :, 0].tolist() == [1.0, 0.0]
    assert result.mask.tolist() == [[[0.0, 0.0]]]
