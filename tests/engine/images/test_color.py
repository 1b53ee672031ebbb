"""Colours: packing, and Y'CbCr as the inverse of itself."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.images.color import luma, mask_of_color, rgb_to_yuv, unpack_color, yuv_to_rgb


def test_there_and_back() -> None:
    image = torch.rand(2, 5, 6, 3)
    assert torch.allclose(yuv_to_rgb(*rgb_to_yuv(image)), image, atol=1e-6)


def test_ranges_and_known_colours() -> None:
    corners = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 3).view(1, 1, 8, 3)
    for plane in rgb_to_yuv(corners):
        assert float(plane.min()) >= -1e-6
        assert float(plane.max()) <= 1 + 1e-6
    y, u, v = rgb_to_yuv(torch.tensor([1.0, 0.0, 0.0]).view(1, 1, 1, 3))
    assert torch.allclose(torch.stack([y, u, v]).flatten(), torch.tensor([0.299, 0.331264, 1.0]), atol=1e-5)
    for plane in rgb_to_yuv(torch.full((1, 1, 1, 3), 0.25))[1:]:
        assert torch.allclose(plane, torch.tensor(0.5))


def test_luma_of_grey() -> None:
    grey = torch.rand(1, 2, 2, 1)
    assert torch.equal(luma(grey), grey[..., 0])


@given(st.integers(0, 0xFFFFFF))
def test_a_colour_masks_itself(color: int) -> None:
    red, green, blue = unpack_color(color)
    assert red << 16 | green << 8 | blue == color
    image = torch.tensor([red, green, blue]).view(1, 1, 1, 3) / 255
    assert mask_of_color(image, color).item() == 1
    assert mask_of_color(image, color ^ 1).item() == 0
    assert mask_of_color(torch.cat([image, image[..., :1]], dim=-1), color).shape == (1, 1, 1)
