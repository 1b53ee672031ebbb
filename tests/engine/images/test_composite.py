"""Pasting, mask arithmetic, Porter-Duff: laws and values by hand."""

from __future__ import annotations

from typing import get_args

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.images.composite import MaskOperation, PorterDuffMode, combine_masks, paste, porter_duff

MODES: tuple[PorterDuffMode, ...] = get_args(PorterDuffMode)


# -- pasting ---------------------------------------------------------------------------------------------------------


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 8), st.integers(0, 8), st.booleans())
@settings(max_examples=80, deadline=None)
def test_inside_is_the_source_and_outside_stays(width: int, height: int, x: int, y: int, masked: bool) -> None:
    below, above = torch.zeros(2, 3, 5, 7), torch.ones(1, 3, height, width)
    mask = torch.ones(1, height, width) if masked else None
    got = paste(below, above, x, y, mask)
    expected = torch.zeros(2, 3, 5, 7)
    expected[..., y : y + height, x : x + width] = 1
    assert torch.equal(got, expected)
    assert below._version == above._version == 0


def test_masks_mix_and_are_resized_to_the_source() -> None:
    below, above = torch.zeros(1, 3, 4, 4), torch.ones(1, 3, 2, 4)
    got = paste(below, above, 0, 1, torch.tensor([[[0.0, 0.0, 0.25, 1.0]]]))
    assert torch.equal(got[0, 0, 1:3], torch.tensor([[0.0, 0.0, 0.25, 1.0]]).expand(2, 4))
    assert got[0, 0, [0, 3]].sum() == 0


def test_a_source_of_another_batch_and_size() -> None:
    got = paste(torch.zeros(3, 3, 4, 4), torch.arange(1.0, 3.0).view(2, 1, 1, 1).expand(2, 3, 2, 2), 0, 0)
    assert got[:, 0, 0, 0].tolist() == [1, 2, 1]
    assert torch.equal(
        paste(torch.zeros(1, 3, 4, 6), torch.ones(1, 3, 2, 2), 0, 0, resize_source=True), torch.ones(1, 3, 4, 6)
    )


# -- masks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("multiply", [0.0, 0.0, 0.1, 0.64]),
        ("add", [0.0, 1.0, 0.7, 1.0]),
        ("subtract", [0.0, 0.0, 0.0, 0.0]),
        ("and", [0.0, 0.0, 0.0, 1.0]),
        ("or", [0.0, 1.0, 0.0, 1.0]),
        ("xor", [0.0, 1.0, 0.0, 0.0]),
    ],
)
def test_mask_operations_by_hand(operation: MaskOperation, expected: list[float]) -> None:
    below, above = torch.tensor([[[0.0, 0.0, 0.2, 0.8]]]), torch.tensor([[[0.0, 1.0, 0.5, 0.8]]])
    assert torch.allclose(combine_masks(below, above, 0, 0, operation), torch.tensor([[expected]]), atol=1e-6)


@pytest.mark.parametrize("operation", get_args(MaskOperation))
def test_masks_beyond_the_edge(operation: MaskOperation) -> None:
    below = torch.rand(2, 4, 5)
    assert torch.equal(combine_masks(below, torch.ones(1, 3, 3), 5, 0, operation), below)
    assert torch.equal(combine_masks(below, torch.ones(1, 3, 3), 3, 2, operation)[:, :2], below[:, :2])
    assert combine_masks(below[0], torch.ones(9, 9), 0, 0, operation).shape == (1, 4, 5)
    assert below._version == 0


# -- Porter-Duff -----------------------------------------------------------------------------------------------------


def compose(mode: PorterDuffMode, sa: float, s: float, da: float, d: float) -> tuple[float, float]:
    shape = (1, 1, 1, 3)
    image, mask = porter_duff(
        torch.full(shape, s), torch.full(shape[:3], 1 - sa), torch.full(shape, d), torch.full(shape[:3], 1 - da), mode
    )
    return round(float(image[0, 0, 0, 0]), 4), round(1 - float(mask), 4)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("ADD", (0.55, 1.0)),
        ("CLEAR", (0.0, 0.0)),
        ("DARKEN", (0.3714, 0.875)),
        ("DST", (0.2, 0.75)),
        ("DST_ATOP", (0.35, 0.5)),
        ("DST_IN", (0.2, 0.375)),
        ("DST_OUT", (0.2, 0.375)),
        ("DST_OVER", (0.2857, 0.875)),
        ("SRC", (0.8, 0.5)),
        ("SRC_ATOP", (0.5, 0.75)),
        ("SRC_IN", (0.8, 0.375)),
        ("SRC_OUT", (0.8, 0.125)),
        ("SRC_OVER", (0.5429, 0.875)),
        ("XOR", (0.35, 0.5)),
        ("MULTIPLY", (0.16, 0.375)),
        ("LIGHTEN", (0.6571, 0.875)),
        ("SCREEN", (0.56, 0.875)),
    ],
)
def test_half_transparent_colours_by_hand(mode: PorterDuffMode, expected: tuple[float, float]) -> None:
    """Source 0.8 with alpha 0.5 over destination 0.2 with alpha 0.75: premultiplied 0.4 and 0.15."""
    assert compose(mode, 0.5, 0.8, 0.75, 0.2) == pytest.approx(expected, abs=1e-3)


def test_opaque_pictures() -> None:
    opaque = {mode: compose(mode, 1.0, 0.8, 1.0, 0.2) for mode in MODES}
    assert (
        opaque["SRC_OVER"] == opaque["SRC_ATOP"] == opaque["SRC_IN"] == opaque["SRC"] == opaque["LIGHTEN"] == (0.8, 1.0)
    )
    assert opaque["DST_OVER"] == opaque["DST_ATOP"] == opaque["DST"] == opaque["DARKEN"] == (0.2, 1.0)
    assert opaque["XOR"] == opaque["SRC_OUT"] == opaque["DST_OUT"] == opaque["CLEAR"] == (0.0, 0.0)
    assert opaque["MULTIPLY"] == (0.16, 1.0)
    assert opaque["SCREEN"] == (0.84, 1.0)
    assert opaque["OVERLAY"] == (0.32, 1.0)
    assert opaque["ADD"] == (1.0, 1.0)


@given(*[st.floats(0, 1)] * 4)
@settings(max_examples=60, deadline=None)
def test_source_over_is_the_mirror_of_destination_over(sa: float, s: float, da: float, d: float) -> None:
    mirrored: list[tuple[PorterDuffMode, PorterDuffMode]] = [
        *(("SRC_OVER", "DST_OVER"), ("SRC_IN", "DST_IN"), ("SRC_OUT", "DST_OUT"), ("SRC_ATOP", "DST_ATOP"))
    ]
    for over, under in mirrored:
        assert compose(over, sa, s, da, d) == pytest.approx(compose(under, da, d, sa, s), abs=2e-3)


@pytest.mark.parametrize("mode", MODES)
def test_ranges_and_shapes(mode: PorterDuffMode) -> None:
    inputs = torch.rand(1, 9, 3, 4), torch.rand(5, 4), torch.rand(2, 6, 7, 3), torch.rand(1, 6, 7)
    image, mask = porter_duff(*inputs, mode)
    assert image.shape == (2, 6, 7, 3)
    assert mask.shape == (2, 6, 7)
    for values in (image, mask):
        assert -1e-6 <= float(values.min()) <= float(values.max()) <= 1 + 1e-6
    assert all(value._version == 0 for value in inputs)
