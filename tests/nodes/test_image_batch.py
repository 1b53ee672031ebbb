"""Batches taken apart and put together, also by channel."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine import InputValueError
from nodes.image_batch import (
    image_from_batch,
    image_rgb_to_yuv,
    image_yuv_to_rgb,
    rebatch_images,
    repeat_image_batch,
)
from tests.nodes.pictures import context, picture


@given(st.lists(st.integers(1, 5), min_size=1, max_size=5), st.integers(1, 7))
def test_rebatching_keeps_every_picture_in_order(lengths: list[int], size: int) -> None:
    batches = [picture(2, 2, batch=length, seed=seed) for seed, length in enumerate(lengths)]
    got = rebatch_images(images=batches, batch_size=size)
    assert torch.equal(torch.cat(got), torch.cat(batches))
    assert {len(batch) for batch in got[:-1]} <= {size}
    assert 1 <= len(got[-1]) <= size


def test_rebatching_pictures_of_other_sizes() -> None:
    got = rebatch_images(images=[picture(4, 4), picture(6, 2), picture(3, 3)], batch_size=2)
    assert [tuple(batch.shape) for batch in got] == [(2, 4, 4, 3), (1, 3, 3, 3)]


def test_repeating(tmp_path: Path) -> None:
    ctx = context(tmp_path, max_image_pixels=1000)
    image = picture(batch=2)
    got = repeat_image_batch(image=image, amount=3, ctx=ctx)
    assert torch.equal(got, torch.cat([image] * 3))
    with pytest.raises(InputValueError, match="amount"):
        repeat_image_batch(image=image, amount=4096, ctx=ctx)


@given(st.integers(1, 6), st.integers(0, 9), st.integers(1, 9))
def test_taking_out(batch: int, start: int, length: int) -> None:
    image = picture(2, 2, batch=batch)
    got = image_from_batch(image=image, batch_index=start, length=length)
    first = min(start, batch - 1)
    assert torch.equal(got, image[first : first + length])
    assert got.untyped_storage().data_ptr() != image.untyped_storage().data_ptr()


def test_colour_channels_there_and_back() -> None:
    image = picture(5, 4, batch=2)
    split = image_rgb_to_yuv(image=image)
    assert all(plane.shape == image.shape for plane in split)
    assert torch.allclose(image_yuv_to_rgb(Y=split.y, U=split.u, V=split.v), image, atol=1e-5)
    with pytest.raises(InputValueError, match="U, V"):
        image_yuv_to_rgb(Y=split.y, U=split.u[:1], V=split.v)
