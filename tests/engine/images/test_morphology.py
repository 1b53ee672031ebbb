"""Morphology: equal to looking at every pixel of the window, and dual, and increasing."""

from __future__ import annotations

from typing import get_args

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.images.morphology import Operation, dilate, erode, grow, transform

PLANES = st.builds(
    lambda h, w, seed: torch.rand(1, h, w, generator=torch.Generator().manual_seed(seed)),
    *(st.integers(1, 11), st.integers(1, 11), st.integers(0, 999)),
)


def largest(planes: torch.Tensor, reaches: torch.Tensor) -> torch.Tensor:
    """The largest value over offsets (dy, dx) that stay inside, pixel by pixel."""
    h, w = planes.shape[-2:]
    result = torch.full_like(planes, -torch.inf)
    for y in range(h):
        for x in range(w):
            near = [(y + dy, x + dx) for dy, dx in reaches.tolist() if 0 <= y + dy < h and 0 <= x + dx < w]
            result[0, y, x] = max(planes[0, ny, nx] for ny, nx in near)
    return result


def offsets(radius: int, diamond: bool) -> torch.Tensor:
    line = torch.arange(-radius, radius + 1)
    square = torch.cartesian_prod(line, line)
    return square[square.abs().sum(dim=1) <= radius] if diamond else square


@given(PLANES, st.integers(0, 13), st.booleans())
@settings(max_examples=80, deadline=None)
def test_growing_is_the_largest_value_near(planes: torch.Tensor, radius: int, tapered: bool) -> None:
    expected = largest(planes, offsets(radius, tapered))
    assert torch.equal(grow(planes, radius, tapered), expected)
    assert torch.equal(grow(-planes, -radius, tapered), -expected)
    assert planes._version == 0


@given(PLANES, st.integers(1, 14))
@settings(max_examples=60, deadline=None)
def test_windows_of_even_and_odd_sizes(planes: torch.Tensor, size: int) -> None:
    line = torch.arange(-(size // 2), size - size // 2)
    assert torch.equal(dilate(planes, size), largest(planes, torch.cartesian_prod(line, line)))
    assert torch.equal(erode(planes, size), -dilate(-planes.flip(-1, -2), size).flip(-1, -2))


@given(PLANES, st.integers(3, 9))
@settings(max_examples=60, deadline=None)
def test_order(planes: torch.Tensor, size: int) -> None:
    eroded, opened, closed, dilated = (transform(planes, op, size) for op in ("erode", "open", "close", "dilate"))
    assert (eroded <= opened).all()
    assert (opened <= planes).all()
    assert (planes <= closed).all()
    assert (closed <= dilated).all()
    assert torch.equal(transform(opened, "open", size), opened)
    assert torch.equal(transform(closed, "close", size), closed)
    assert torch.equal(transform(planes, "gradient", size), dilated - eroded)
    assert torch.equal(transform(planes, "top_hat", size), planes - opened)
    assert torch.equal(transform(planes, "bottom_hat", size), closed - planes)


def test_growing_twice_is_growing_once() -> None:
    mask = (torch.rand(2, 20, 30) < 0.02).float()
    for tapered in (True, False):
        assert torch.equal(grow(grow(mask, 3, tapered), 4, tapered), grow(mask, 7, tapered))


def test_by_hand() -> None:
    mask = torch.zeros(1, 5, 5)
    mask[0, 2, 2] = 1.0
    assert grow(mask, 1).sum() == 5
    assert grow(mask, 1, tapered_corners=False).sum() == 9
    assert grow(mask, 2).sum() == 13
    assert grow(mask, -1).sum() == 0
    assert torch.equal(grow(mask, 0), mask)


@pytest.mark.parametrize("operation", get_args(Operation))
def test_huge_windows_cost_little(operation: Operation) -> None:
    planes = torch.rand(1, 3, 64, 64)
    assert transform(planes, operation, 999).shape == planes.shape
    assert torch.equal(grow(planes[0], 16384), planes[0].amax(dim=(1, 2), keepdim=True).expand(3, 64, 64))
