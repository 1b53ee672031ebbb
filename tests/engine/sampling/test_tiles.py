"""Tiles: for functions that look at each place alone, tiled and whole are the same; no place is left out."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from engine.sampling.tiles import Tiling, apply_tiled, make_tilings

SIDES = st.integers(1, 40)


def random(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def enlarge(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=4, mode="nearest") * 2 + 1


def reduce(x: Tensor) -> Tensor:
    return functional.avg_pool2d(x, 4)[:, :2]


@settings(max_examples=100, deadline=None)
@given(SIDES, SIDES, SIDES, SIDES, st.integers(0, 10))
def test_places_cover_an_image_with_tiles_of_one_size(high: int, wide: int, h: int, w: int, overlap: int) -> None:
    tiling = Tiling(high, wide, min(overlap, high - 1, wide - 1))
    counted = torch.zeros(h, w)
    for rows, columns in tiling.places(h, w):
        counted[rows, columns] += 1
        assert counted[rows, columns].shape == (min(high, h), min(wide, w))
    assert counted.min() >= 1
    assert len(tiling.places(h, w)) == len(set(map(str, tiling.places(h, w))))


@settings(max_examples=40, deadline=None)
@given(SIDES, SIDES, st.integers(4, 16), st.integers(0, 16))
def test_a_function_of_single_places_is_not_changed(h: int, w: int, tile: int, overlap: int) -> None:
    x = random(2, 3, h, w)
    tilings = make_tilings(tile, overlap, h, w)
    torch.testing.assert_close(apply_tiled(enlarge, x, tilings, cell_out=4), enlarge(x))
    pixels = random(1, 3, h * 4, w * 4)
    torch.testing.assert_close(apply_tiled(reduce, pixels, tilings, cell_in=4), reduce(pixels))


def test_a_function_that_looks_around_is_not_changed_where_tiles_overlap_far_enough() -> None:
    kernel = torch.ones(1, 1, 3, 3) / 9

    def blur(x: Tensor) -> Tensor:
        return functional.conv2d(functional.pad(x, (1, 1, 1, 1), "replicate"), kernel)

    smooth = torch.linspace(0, 1, 64)[None, None, None, :] * torch.linspace(0, 1, 48)[None, None, :, None]
    torch.testing.assert_close(apply_tiled(blur, smooth, [Tiling(16, 16, 8)]), blur(smooth), atol=2e-3, rtol=0)


def test_neighbours_fade_into_each_other() -> None:
    """Where tiles differ by a constant, the result has no step larger than the fade's slope."""
    values = iter(range(100))

    def count(x: Tensor) -> Tensor:
        return torch.full_like(x, next(values))

    result = apply_tiled(count, torch.zeros(1, 1, 5, 28), [Tiling(5, 16, 4)])
    assert result[0, 0, 0, :12].eq(0).all()
    assert result[0, 0, 0, 16:].eq(1).all()
    steps = result[0, 0, 0].diff()
    assert steps.min() >= 0
    assert steps.max() <= 0.26


def test_tilings_have_three_proportions_unless_the_image_is_small() -> None:
    assert make_tilings(64, 8, 200, 200) == [Tiling(64, 64, 8), Tiling(32, 128, 8), Tiling(128, 32, 8)]
    assert make_tilings(64, 99, 200, 200)[0].overlap == 16
    assert len(make_tilings(64, 8, 32, 32)) == 1
    assert len(make_tilings(64, 8, 64, 64)) == 3


@pytest.mark.parametrize(("tile", "overlap"), [(4, 4), (4, -1), (0, 0)])
def test_tiles_not_larger_than_their_overlap_are_refused(tile: int, overlap: int) -> None:
    with pytest.raises(ValueError, match="larger than their overlap"):
        Tiling(tile, tile, overlap)


def test_progress_counts_tiles() -> None:
    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        told.append((done, total))

    apply_tiled(enlarge, random(1, 1, 8, 8), [Tiling(4, 4, 0), Tiling(8, 2, 0)], cell_out=4, on_progress=tell)
    assert told == [(done, 8) for done in range(1, 9)]
