"""Soft borders and the masks of larger canvases, by hand and by symmetry."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.images.masks import feather, outpaint_mask


def test_feathering_by_hand() -> None:
    row = feather(torch.ones(1, 1, 6), 2, 0, 3, 0)[0, 0]
    assert torch.allclose(row, torch.tensor([0.5, 1.0, 1.0, 1.0, 2 / 3, 1 / 3]))
    assert torch.allclose(feather(torch.ones(1, 2, 2), 2, 2, 0, 0)[0], torch.tensor([[0.25, 0.5], [0.5, 1.0]]))


@given(*[st.integers(0, 20)] * 4)
def test_feathering_is_symmetric(left: int, top: int, right: int, bottom: int) -> None:
    mask = torch.rand(2, 7, 9)
    got = feather(mask, left, top, right, bottom)
    mirrored = feather(mask.flip(1, 2), right, bottom, left, top).flip(1, 2)
    assert torch.allclose(got, mirrored)
    assert (got <= mask).all()
    assert mask._version == 0


def test_new_canvas_is_masked_and_old_is_not() -> None:
    mask = outpaint_mask(4, 3, (2, 1, 0, 3), 0)
    assert mask.shape == (1, 7, 6)
    assert mask[0, 1:4, 2:].sum() == 0
    assert mask.sum() == 7 * 6 - 12


def test_fading_by_hand() -> None:
    mask = outpaint_mask(10, 10, (3, 0, 0, 0), 4)[0]
    assert torch.allclose(mask[5], torch.tensor([1.0, 1, 1, 1, 0.5625, 0.25, 0.0625, 0, 0, 0, 0, 0, 0]))


@given(*[st.integers(0, 3)] * 4, st.integers(0, 6))
def test_fading_is_symmetric(left: int, top: int, right: int, bottom: int, feathering: int) -> None:
    mask = outpaint_mask(9, 8, (left, top, right, bottom), feathering)
    assert torch.equal(mask, outpaint_mask(9, 8, (right, bottom, left, top), feathering).flip(1, 2))
    assert 0 <= float(mask.min()) <= float(mask.max()) <= 1


def test_too_much_fading_is_none() -> None:
    assert torch.equal(outpaint_mask(8, 8, (2, 0, 0, 0), 4), outpaint_mask(8, 8, (2, 0, 0, 0), 0))
