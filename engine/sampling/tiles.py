"""Tiles: applying a network to an image piece by piece, without seams.

Tiles overlap, and each counts less towards its edges, so that one fades into the next. What a network knows of the
whole image (its norms, its attention) differs from tile to tile; where asked for, tilings of several proportions are
averaged, which blurs those differences. Knows no networks: any function of `[b c h w]` that keeps places will do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


def _ignore(done: int, total: int) -> None:
    del done, total


@dataclass(frozen=True, slots=True)
class Tiling:
    """How an image is cut up. Units are cells: the pixels of the smaller of input and output.

    Attributes:
        height: Of a tile.
        width: Of a tile.
        overlap: Of neighbouring tiles, less than both.
    """

    height: int
    width: int
    overlap: int

    def __post_init__(self) -> None:
        if not 0 <= self.overlap < min(self.height, self.width):
            raise ValueError(f"Tiles must be larger than their overlap, which must not be negative: {self}.")

    def places(self, height: int, width: int) -> list[tuple[slice, slice]]:
        """The rows and columns of each tile, in an image of that size."""
        rows = _cut(height, self.height, self.overlap)
        columns = _cut(width, self.width, self.overlap)
        return [(row, column) for row in rows for column in columns]


def make_tilings(tile: int, overlap: int, height: int, width: int) -> list[Tiling]:
    """Three tilings of different proportions and the same area; fewer where the image is too small to show it.

    Args:
        tile: Side of the square one, in cells, at least 4.
        overlap: At most a quarter of `tile` is used.
        height: Of the image.
        width: Of the image.
    """
    overlap = min(overlap, tile // 4)
    shapes = ((tile, tile), (tile // 2, tile * 2), (tile * 2, tile // 2))
    tilings = {(min(high, height), min(wide, width)): Tiling(high, wide, overlap) for high, wide in shapes}
    return list(tilings.values())


def apply_tiled(
    function: Callable[[Tensor], Tensor],
    x: Tensor,
    tilings: Sequence[Tiling],
    *,
    cell_in: int = 1,
    cell_out: int = 1,
    on_progress: Callable[[int, int], None] = _ignore,
) -> Tensor:
    """Apply a function tile by tile and put the results together.

    Args:
        function: `[b c h*cell_in w*cell_in]` -> `[b c' h*cell_out w*cell_out]`, for any h and w.
        x: `[b c h*cell_in w*cell_in]`.
        tilings: Their results are averaged.
        cell_in: Pixels of the input in a cell, along a side.
        cell_out: Pixels of the output in a cell, along a side.
        on_progress: Told after each tile how many are done, of how many.

    Returns:
        `[b c' h*cell_out w*cell_out]`, float32.
    """
    height, width = x.shape[-2] // cell_in, x.shape[-1] // cell_in
    places = [tiling.places(height, width) for tiling in tilings]
    total = sum(map(len, places))
    done = 0
    result: Tensor | None = None
    for tiling, own in zip(tilings, places, strict=True):
        summed: Tensor | None = None
        weights = torch.zeros(height * cell_out, width * cell_out, device=x.device)
        for rows, columns in own:
            piece = function(x[..., _scale(rows, cell_in), _scale(columns, cell_in)]).float()
            weight = _fade(rows, tiling.overlap, cell_out)[:, None] * _fade(columns, tiling.overlap, cell_out)
            weight = weight.to(x.device)
            if summed is None:
                summed = piece.new_zeros(*piece.shape[:2], height * cell_out, width * cell_out)
            at = (..., _scale(rows, cell_out), _scale(columns, cell_out))
            summed[at] += piece * weight
            weights[at] += weight
            done += 1
            on_progress(done, total)
        assert summed is not None, "an image has at least one tile"
        mean = summed / weights / len(tilings)
        result = mean if result is None else result + mean
    assert result is not None, "there is at least one tiling"
    return result


def _cut(length: int, tile: int, overlap: int) -> list[slice]:
    """Places of tiles along a side; the last one is moved inwards, so that none is smaller than the others."""
    if length <= tile:
        return [slice(0, length)]
    starts = range(0, length - overlap, tile - overlap)
    return [slice(min(start, length - tile), min(start, length - tile) + tile) for start in starts]


def _scale(place: slice, cell: int) -> slice:
    return slice(place.start * cell, place.stop * cell)


def _fade(place: slice, overlap: int, cell: int) -> Tensor:
    """A weight for each pixel along a tile's side: 1, falling linearly over the overlap to nearly 0."""
    length, reach = (place.stop - place.start) * cell, overlap * cell
    distance = torch.arange(length, dtype=torch.float32) + 0.5
    distance = torch.minimum(distance, distance.flip(0))
    return (distance / max(reach, 0.5)).clamp(max=1.0)
