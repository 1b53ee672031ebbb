from __future__ import annotations

import pytest
import torch

from engine.models.preview import SD1_LATENTS, SDXL_LATENTS, LatentFormat, fit_rgb


@pytest.mark.parametrize("family", [SD1_LATENTS, SDXL_LATENTS])
def test_scaling_is_undone(family: LatentFormat) -> None:
    latents = torch.randn(1, 4, 3, 3)
    torch.testing.assert_close(family.unscale(family.scale(latents)), latents)


@pytest.mark.parametrize("family", [SD1_LATENTS, SDXL_LATENTS])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_previews_are_pictures(family: LatentFormat, dtype: torch.dtype) -> None:
    picture = family.preview((torch.randn(2, 4, 6, 5) * 3).to(dtype))
    assert picture.shape == (2, 6, 5, 3)
    assert picture.dtype == torch.float32
    assert picture.min() >= 0
    assert picture.max() <= 1


def test_channels_go_to_their_colours() -> None:
    family = LatentFormat(1.0, rgb=((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)), rgb_offset=(0.0, -1.0, 0.0))
    picture = family.preview(torch.tensor([0.5, 0.25])[None, :, None, None])
    assert picture.flatten().tolist() == [0.75, 0.0, 0.375]


def test_fit_finds_a_linear_map() -> None:
    latents = torch.randn(3, 4, 6, 6)
    table, offset = torch.randn(4, 3), torch.tensor([0.1, -0.2, 0.3])
    small = (latents.movedim(1, -1) @ table + offset).movedim(-1, 1)
    pixels = small.repeat_interleave(8, dim=2).repeat_interleave(8, dim=3)
    rgb, rgb_offset = fit_rgb(latents, pixels)
    torch.testing.assert_close(torch.tensor(rgb), table, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(torch.tensor(rgb_offset), offset, atol=1e-4, rtol=1e-4)


def test_what_does_not_fit_is_named() -> None:
    with pytest.raises(ValueError, match=r"4 channels, not \[1, 3, 2, 2\]"):
        SD1_LATENTS.preview(torch.zeros(1, 3, 2, 2))
    with pytest.raises(ValueError, match="positive scale"):
        LatentFormat(0.0, rgb=())
