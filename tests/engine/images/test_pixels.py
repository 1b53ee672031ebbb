"""Between floats and bytes; limits; batches."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputValueError
from engine.images.pixels import as_masks, check_pixels, from_uint8, match_channels, repeat_to_batch, to_uint8


def test_bytes_survive_the_way_through_floats() -> None:
    values = torch.arange(256, dtype=torch.uint8).numpy()
    assert (to_uint8(from_uint8(values)) == values).all()


def test_inputs_are_not_changed() -> None:
    image = torch.tensor([[-1.0, 2.0, torch.nan]])
    before = image.clone()
    to_uint8(image)
    assert torch.equal(image.nan_to_num(5), before.nan_to_num(5))
    assert image._version == 0


@given(st.integers(-3, 2000), st.integers(-3, 2000), st.integers(-1, 5))
def test_pictures_up_to_the_limit(width: int, height: int, batch: int) -> None:
    limit = 10**6
    if min(width, height, batch) >= 1 and width * height * batch <= limit:
        check_pixels(limit, "width", width, height, batch)
    else:
        with pytest.raises(InputValueError, match=r"^width: "):
            check_pixels(limit, "width", width, height, batch)


def test_masks_of_every_shape() -> None:
    mask = torch.rand(2, 1, 3, 4)
    assert torch.equal(as_masks(mask), mask[:, 0])
    assert as_masks(mask[0, 0]).shape == (1, 3, 4)
    assert as_masks(mask[:, 0]).shape == (2, 3, 4)
    with pytest.raises(InputValueError, match="shape"):
        as_masks(torch.zeros(3))


def test_batches_start_over() -> None:
    batch = torch.arange(3)[:, None]
    assert repeat_to_batch(batch, 3) is batch
    assert repeat_to_batch(batch, 7)[:, 0].tolist() == [0, 1, 2, 0, 1, 2, 0]
    assert repeat_to_batch(batch, 2)[:, 0].tolist() == [0, 1]


def test_missing_alpha_is_opaque() -> None:
    rgb, rgba = match_channels([torch.zeros(1, 2, 2, 3), torch.zeros(1, 2, 2, 4)])
    assert torch.equal(rgb[..., 3], torch.ones(1, 2, 2))
    assert torch.equal(rgba[..., 3], torch.zeros(1, 2, 2))
