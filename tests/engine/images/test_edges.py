"""Edges: where they are, how thin, and that weak ones live by touching strong ones; against a walk by hand."""

from __future__ import annotations

from collections import deque

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.images.edges import _keep_connected, find_edges


def picture(grey: torch.Tensor) -> torch.Tensor:
    return grey[None, ..., None].expand(1, *grey.shape, 3)


def test_a_step_is_one_line() -> None:
    grey = torch.zeros(20, 20)
    grey[:, 10:] = 1.0
    for turned in (grey, grey.T, grey.flip(1), grey.flip(1).T):
        edges = find_edges(picture(turned), 0.4, 0.8)[0]
        lines = edges if turned.shape == grey.shape and torch.equal(turned, turned[:1].expand(20, 20)) else edges.T
        assert torch.equal(lines.sum(dim=1), torch.ones(20))
        assert lines[:, 9:11].sum() == 20


def test_a_diagonal_is_found() -> None:
    edges = find_edges(picture(torch.ones(30, 30).tril()), 0.4, 0.8)[0]
    inner = edges[3:-3, 3:-3]
    assert (inner.sum(dim=1) >= 1).all()
    assert inner.sum() <= 2 * 24


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_plain_pictures_have_none(value: float) -> None:
    assert find_edges(torch.full((2, 9, 8, 3), value), 0.01, 0.01).sum() == 0


def test_tiny_pictures() -> None:
    for shape in ((1, 1, 1, 3), (1, 1, 5, 3), (2, 2, 2, 1)):
        assert find_edges(torch.rand(shape), 0.1, 0.2).shape == shape[:3]


def test_weak_edges_live_by_strong_ones() -> None:
    """One edge that fades from strong to weak counts as a whole; the same weak edge alone does not."""
    fading = torch.zeros(60, 20)
    fading[:, 10:] = torch.linspace(1.0, 0.15, 60)[:, None]
    assert find_edges(picture(fading), 0.3, 2.0)[0][2:-2].sum(dim=1).min() == 1
    assert find_edges(picture(fading[40:]), 0.3, 2.0).sum() == 0


@given(st.integers(1, 9), st.integers(1, 9), st.floats(0, 1), st.integers(0, 2**31))
@settings(max_examples=80, deadline=None)
def test_connected_as_by_walking(height: int, width: int, density: float, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    weak = torch.rand(2, height, width, generator=generator) < density
    strong = weak & (torch.rand(2, height, width, generator=generator) < 0.2)
    assert torch.equal(_keep_connected(weak, strong), walk(weak, strong))


def walk(weak: torch.Tensor, strong: torch.Tensor) -> torch.Tensor:
    kept = strong.clone()
    todo = deque(strong.nonzero().tolist())
    while todo:
        b, y, x = todo.popleft()
        for ny in range(max(0, y - 1), min(weak.shape[1], y + 2)):
            for nx in range(max(0, x - 1), min(weak.shape[2], x + 2)):
                if weak[b, ny, nx] and not kept[b, ny, nx]:
                    kept[b, ny, nx] = True
                    todo.append([b, ny, nx])
    return kept


def test_a_spiral_is_followed_to_its_end() -> None:
    """The longest edge a picture can have; a walk that spreads pixel by pixel would take 8,000 rounds."""
    size = 127
    weak = torch.zeros(1, size, size, dtype=torch.bool)
    y, x, dy, dx = 0, 0, 0, 1
    weak[0, 0, 0] = True
    turns = 0
    while turns < 2:
        ny, nx = y + 2 * dy, x + 2 * dx
        if 0 <= ny < size and 0 <= nx < size and not weak[0, ny, nx]:
            weak[0, y + dy, x + dx] = weak[0, ny, nx] = True
            y, x, turns = ny, nx, 0
        else:
            dy, dx, turns = dx, -dy, turns + 1
    strong = torch.zeros_like(weak)
    strong[0, y, x] = True
    assert torch.equal(_keep_connected(weak, strong), weak)
