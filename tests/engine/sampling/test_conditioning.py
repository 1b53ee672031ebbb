"""Places, masks and times of conditionings, against cases computed by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputValueError
from engine.sampling.conditioning import Area, Cond, complete_areas, fit_mask, resolve_conditioning
from engine.sampling.parametrization import EVERY_SIGMA
from tests.engine.sampling.networks import SD, conditioning, tokens


def resolve(height: int = 32, width: int = 64, **options: Any) -> Cond:
    (cond,) = resolve_conditioning(conditioning(1.0, **options), height, width, SD, name="positive")
    return cond


def test_plain_conditioning_counts_everywhere_and_always() -> None:
    cond = resolve()
    assert (cond.area, cond.weight, cond.strength) == (None, None, 1.0)
    assert all(cond.counts_at(sigma) for sigma in (*SD.sigmas, 1e6, 1e-6))


def test_times() -> None:
    cond = resolve(start_percent=0.25, end_percent=0.75)
    assert (cond.first_sigma, cond.last_sigma) == (SD.percent_to_sigma(0.25), SD.percent_to_sigma(0.75))
    assert cond.counts_at(cond.first_sigma)
    assert cond.counts_at(cond.last_sigma)
    assert not cond.counts_at(cond.first_sigma * 1.001)
    assert not cond.counts_at(cond.last_sigma * 0.999)
    assert resolve(start_percent=0.0, end_percent=1.0).first_sigma == EVERY_SIGMA


@pytest.mark.parametrize(
    ("given_area", "resolved"),
    [
        ((8, 16, 4, 32), (8, 16, 4, 32)),
        ((32, 64, 0, 0), None),
        ((40, 100, 0, 0), None),
        ((16, 64, 24, 10), (8, 54, 24, 10)),
        (("percentage", 0.5, 0.25, 0.5, 0.75), (16, 16, 16, 48)),
        (("percentage", 0.0, 0.001, 0.0, 0.0), (1, 1, 0, 0)),
        (("percentage", 1.0, 1.0, 0.0, 0.0), None),
    ],
)
def test_areas(given_area: tuple[Any, ...], resolved: tuple[int, ...] | None) -> None:
    assert resolve(area=given_area).area == resolved


def test_area_fades_towards_the_rest_of_the_image() -> None:
    """8 pixels, or a quarter of the side; not at the image's border."""
    weight = resolve(area=(32, 16, 0, 10)).weight
    assert weight is not None
    assert weight.shape == (1, 1, 32, 16)
    fade = [0.25, 0.5, 0.75, 1.0]
    line = torch.tensor([*fade, *[1.0] * 8, *reversed(fade)])
    assert torch.equal(weight[0, 0], line.expand(32, 16))
    corner = resolve(area=(16, 40, 0, 24)).weight
    assert corner is not None
    down = torch.tensor([*[1.0] * 12, *reversed(fade)])
    across = torch.tensor([*[step / 8 for step in range(1, 9)], *[1.0] * 32])
    torch.testing.assert_close(corner[0, 0], down[:, None] * across)


@given(height=st.integers(1, 40), width=st.integers(1, 40), y=st.integers(0, 20), x=st.integers(0, 20))
def test_fading_stays_between_0_and_1_and_touches_only_inner_sides(height: int, width: int, y: int, x: int) -> None:
    cond = resolve(60, 60, area=(height, width, y, x))
    assert cond.weight is not None
    assert float(cond.weight.min()) > 0
    assert float(cond.weight.max()) == 1
    assert (float(cond.weight[0, 0, 0].max()) == 1) == (y == 0 or height < 8)


def test_mask_is_resized_and_cropped_and_not_faded() -> None:
    mask = torch.zeros(64, 128)
    mask[:, 64:] = 1
    cond = resolve(mask=mask, mask_strength=0.5, area=(8, 32, 0, 16), strength=2.0)
    assert cond.weight is not None
    assert cond.strength == 2.0
    assert torch.equal(cond.weight[0, 0, 0], torch.tensor([0.0] * 16 + [0.5] * 16))


def test_mask_of_an_edge_is_bilinear() -> None:
    mask = torch.tensor([[0.0, 0.0, 1.0, 1.0]])
    assert fit_mask(mask, 1, 2, name="mask").flatten().tolist() == [0.0, 1.0]
    assert fit_mask(mask, 1, 8, name="mask").flatten().tolist() == [0, 0, 0, 0.25, 0.75, 1, 1, 1]


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 4), (2, 1, 3, 4)])
def test_masks_of_every_shape(shape: tuple[int, ...]) -> None:
    assert fit_mask(torch.ones(shape), 5, 7, name="mask").shape == (2 if len(shape) > 2 else 1, 1, 5, 7)


@pytest.mark.parametrize("shape", [(4,), (2, 2, 3, 4), (1, 1, 1, 3, 4), (0, 3)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputValueError, match="the mask of x must be"):
        fit_mask(torch.ones(shape), 5, 7, name="the mask of x")


@pytest.mark.parametrize(
    ("marked", "area"),
    [
        ((slice(4, 20), slice(30, 50)), (16, 20, 4, 30)),
        ((slice(4, 6), slice(30, 31)), (8, 8, 4, 30)),
        ((slice(30, 32), slice(60, 64)), (2, 4, 30, 60)),
        ((slice(0, 0), slice(0, 0)), (8, 8, 0, 0)),
    ],
)
def test_bounds_of_a_mask(marked: tuple[slice, slice], area: tuple[int, ...]) -> None:
    mask = torch.zeros(2, 32, 64)
    mask[1][marked] = 1
    cond = resolve(mask=mask, set_area_to_bounds=True)
    assert cond.area == area
    assert cond.weight is not None
    assert cond.weight.shape == (2, 1, *area[:2])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"area": (8, 8, 40, 0)}, r"positive: the area \(height 8, width 8, at y 40, x 0"),
        ({"area": (8, 8, -1, 0)}, "lies outside the latent of height 32, width 64"),
        ({"area": (0, 8, 0, 0)}, "lies outside"),
        ({"area": ("percentage", math.nan, 1.0, 0.0, 0.0)}, "finite"),
        ({"strength": math.inf}, "strength"),
        ({"mask": torch.ones(2)}, "the mask of positive"),
    ],
)
def test_useless_options_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InputValueError, match=said):
        resolve(**options)


def test_empty_conditioning_is_refused() -> None:
    with pytest.raises(InputValueError, match="negative: the conditioning is empty"):
        resolve_conditioning([], 8, 8, SD, name="negative")
    with pytest.raises(InputValueError, match="negative: text tokens"):
        resolve_conditioning([(torch.ones(77, 3), {})], 8, 8, SD, name="negative")


def value_of(cond: Cond) -> float:
    return float(cond.context[0, 0, 0])


def place(value: float, **fields: Any) -> Cond:
    return Cond(tokens(value), {}, **fields)


def test_areas_get_their_counterpart_from_the_smallest_around_them() -> None:
    inner, outer, elsewhere = Area(4, 4, 2, 2), Area(8, 8, 0, 0), Area(4, 4, 20, 20)
    positive = [place(1.0), place(2.0, strength=3.0, area=inner, last_sigma=0.5)]
    negative = [place(-1.0), place(-2.0, area=outer), place(-3.0, area=elsewhere)]
    completed = complete_areas({"positive": positive, "negative": negative})
    added = completed["negative"][3:]
    assert [(value_of(cond), cond.area, cond.strength, cond.last_sigma) for cond in added] == [(-2.0, inner, 3.0, 0.5)]
    assert [(value_of(cond), cond.area) for cond in completed["positive"][2:]] == [(1.0, outer), (1.0, elsewhere)]
    assert len(positive) == 2


def test_areas_that_match_need_nothing() -> None:
    area = Area(4, 4, 2, 2)
    both = {"positive": [place(1.0, area=area)], "negative": [place(-1.0, area=area)]}
    assert {name: len(conds) for name, conds in complete_areas(both).items()} == {"positive": 1, "negative": 1}
    alone = {"positive": [place(1.0, area=area)]}
    assert complete_areas(alone) == alone
