"""Pictures on canvases and beside one another."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InputValueError
from engine.images.canvas import COLORS, Direction, concatenate, crop, fill, fit, stitch
from engine.images.resize import ImageMethod

LIMIT = 10**6


def beside(
    first: torch.Tensor, second: torch.Tensor, direction: Direction = "right", **options: object
) -> torch.Tensor:
    chosen: dict[str, Any] = {"match_size": False, "spacing": 0, "color": "white", "max_pixels": LIMIT} | options
    return stitch(first, second, direction, **chosen)


def test_filling() -> None:
    image = fill(3, 2, (0.5, 0.25, 1.0), batch=2, channels=4)
    assert image.shape == (2, 2, 3, 4)
    assert image[1, 1, 2].tolist() == [0.5, 0.25, 1.0, 1.0]
    image[0, 0, 0, 0] = 9  # its own memory, not one value seen many times
    assert (image == 9).sum() == 1


@given(*[st.integers(1, 30)] * 4, st.sampled_from(["area", "bicubic", "nearest-exact", "bilinear", "lanczos"]))
@settings(max_examples=60, deadline=None)
def test_the_whole_picture_fits(w: int, h: int, width: int, height: int, method: ImageMethod) -> None:
    image = torch.ones(2, h, w, 3)
    got = fit(image, width, height, "black", method)
    assert got.shape == (2, height, width, 3)
    filled = got[0, ..., 0] > 0.5
    rows, columns = filled.any(dim=1), filled.any(dim=0)
    assert rows.all() or columns.all()
    assert filled.sum() == rows.sum() * columns.sum()
    for line in (rows, columns):
        assert abs(int(line.int().argmax()) - int(line.flip(0).int().argmax())) <= 1


def test_padding_colour() -> None:
    got = fit(torch.full((1, 2, 4, 3), 0.5), 4, 4, "white", "bilinear")
    assert got[0, :, 0, 0].tolist() == [1.0, 0.5, 0.5, 1.0]


def test_batches_take_the_first_size() -> None:
    got = concatenate([torch.zeros(1, 4, 6, 3), torch.ones(2, 8, 8, 4)])
    assert got.shape == (3, 4, 6, 4)
    assert torch.equal(got[0, ..., 3], torch.ones(4, 6))
    assert torch.equal(got[1:], torch.ones(2, 4, 6, 4))


@given(st.integers(0, 20), st.integers(0, 20), st.integers(1, 20), st.integers(1, 20))
def test_cropping_gives_what_there_is(x: int, y: int, width: int, height: int) -> None:
    image = torch.rand(2, 7, 9, 3)
    got = crop(image, x, y, width, height)
    left, top = min(x, 8), min(y, 6)
    assert torch.equal(got, image[:, top : top + height, left : left + width])
    assert got.numel()
    assert got.data_ptr() != image.data_ptr()


@pytest.mark.parametrize("direction", ["right", "down", "left", "up"])
def test_sides(direction: Direction) -> None:
    first, second = torch.zeros(1, 2, 3, 3), torch.ones(1, 2, 3, 3)
    got = beside(first, second, direction)
    axis = 2 if direction in ("right", "left") else 1
    order = [first, second] if direction in ("right", "down") else [second, first]
    assert torch.equal(got, torch.cat(order, dim=axis))


@pytest.mark.parametrize("color", COLORS)
def test_spacing(color: str) -> None:
    got = beside(torch.zeros(1, 2, 3, 3), torch.zeros(1, 2, 3, 3), "down", spacing=4, color=color)
    assert got.shape == (1, 8, 3, 3)
    assert torch.equal(got[0, 2:6], torch.tensor(COLORS[color]).expand(4, 3, 3))


def test_sizes_batches_and_channels() -> None:
    first, second = torch.full((1, 4, 4, 3), 0.5), torch.full((3, 2, 6, 4), 0.25)
    assert beside(first, second, "right", match_size=True).shape == (3, 4, 4 + 12, 4)
    assert beside(first, second, "down", match_size=True).shape == (3, 4 + 1, 4, 4)
    margins = beside(first, second, "right")
    assert margins.shape == (3, 4, 10, 4)
    assert margins[0, :, 5, 0].tolist() == [0.0, 0.25, 0.25, 0.0]
    assert first._version == second._version == 0


@pytest.mark.parametrize("match_size", [True, False])
def test_too_large_is_refused_before_it_is_made(match_size: bool) -> None:
    with pytest.raises(InputValueError, match="image2"):
        beside(torch.zeros(1, 3000, 2, 3), torch.zeros(1, 1, 3000, 3), match_size=match_size)
