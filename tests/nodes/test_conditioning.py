"""What each node of `conditioning` and `advanced/conditioning` makes of texts and their options."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from engine import Context, InputValueError, Settings
from engine.text.encode import encode_text
from engine.types import Conditioning
from nodes.conditioning import (
    clip_set_last_layer,
    clip_text_encode,
    conditioning_average,
    conditioning_combine,
    conditioning_concat,
    conditioning_set_area,
    conditioning_set_area_percentage,
    conditioning_set_area_strength,
    conditioning_set_mask,
)
from nodes.conditioning_advanced import conditioning_set_timestep_range, conditioning_zero_out
from tests.nodes.unchanged import unchanged
from tests.small_models import make_clip


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def text(length: int = 3, seed: int = 0, **options: Any) -> Conditioning:
    conditioning: Any = [(random(1, length, 4, seed=seed), {"pooled_output": random(1, 4, seed=seed + 1), **options})]
    return conditioning


def pooled_of(conditioning: Conditioning) -> Tensor:
    return conditioning[0][1].get("pooled_output", torch.empty(0))


@pytest.fixture(scope="module")
def ctx() -> Context:
    return Context.standalone(Settings(device="cpu"))


def test_text_encode_gives_tokens_and_pooled(ctx: Context) -> None:
    clip = make_clip()
    ((tokens, options),) = clip_text_encode(text="a (red:1.3) circle", clip=clip, ctx=ctx)
    expected = encode_text(ctx.pool, clip, "a (red:1.3) circle")
    assert torch.equal(tokens, expected.tokens)
    assert options.keys() == {"pooled_output"}
    assert torch.equal(options["pooled_output"], expected.pooled)


def test_set_last_layer_is_a_new_value_of_the_same_weights() -> None:
    clip = make_clip()
    skipped = clip_set_last_layer(clip=clip, stop_at_clip_layer=-2)
    assert (clip.layer, skipped.layer) == (-1, -2)
    assert skipped.weights is clip.weights


# -- average -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("strength", [0.0, 0.25, 1.0])
def test_average_is_a_weighted_mean_of_tokens_and_pooled(strength: float) -> None:
    to, source = text(3, strength=0.5), text(3, seed=5)
    with unchanged(to, source):
        ((tokens, options),) = conditioning_average(
            conditioning_to=to, conditioning_from=source, conditioning_to_strength=strength
        )
    torch.testing.assert_close(tokens, to[0][0] * strength + source[0][0] * (1 - strength))
    pooled = [pooled_of(item) for item in (to, source)]
    torch.testing.assert_close(options["pooled_output"], pooled[0] * strength + pooled[1] * (1 - strength))
    assert options["strength"] == 0.5


@pytest.mark.parametrize("length", [2, 5])
def test_average_has_the_length_of_the_first(length: int) -> None:
    to, source = text(3), text(length, seed=5)
    ((tokens, _),) = conditioning_average(conditioning_to=to, conditioning_from=source, conditioning_to_strength=0.5)
    filled = torch.zeros(1, 3, 4)
    filled[:, : min(3, length)] = source[0][0][:, :3]
    torch.testing.assert_close(tokens, (to[0][0] + filled) / 2)


def test_average_takes_the_pooled_text_that_there_is() -> None:
    without: Conditioning = [(random(1, 3, 4), {})]
    pooled = text(3, seed=5)
    (first,) = conditioning_average(conditioning_to=without, conditioning_from=pooled, conditioning_to_strength=0.5)
    assert torch.equal(pooled_of([first]), pooled_of(pooled))
    (second,) = conditioning_average(conditioning_to=pooled, conditioning_from=without, conditioning_to_strength=0.5)
    assert torch.equal(pooled_of([second]), pooled_of(pooled))


def test_only_the_first_of_several_is_blended_in(caplog: pytest.LogCaptureFixture) -> None:
    several = text(3, seed=5) + text(3, seed=7)
    averaged = conditioning_average(conditioning_to=text(3), conditioning_from=several, conditioning_to_strength=0.5)
    assert "only the first is used" in caplog.text
    expected = conditioning_average(
        conditioning_to=text(3), conditioning_from=several[:1], conditioning_to_strength=0.5
    )
    assert torch.equal(averaged[0][0], expected[0][0])


# -- combine, concat ---------------------------------------------------------------------------------------------------


def test_combine_is_both_lists() -> None:
    a, b = text(3), text(5, seed=5)
    with unchanged(a, b):
        combined = conditioning_combine(conditioning_1=a, conditioning_2=b)
    assert combined[0] is a[0]
    assert combined[1] is b[0]
    assert len(combined) == 2


def test_concat_puts_tokens_behind_each_text() -> None:
    to, source = text(3) + text(2, seed=3), text(4, seed=5)
    with unchanged(to, source):
        joined = conditioning_concat(conditioning_to=to, conditioning_from=source)
    for (tokens, options), (old, old_options) in zip(joined, to, strict=True):
        assert torch.equal(tokens, torch.cat([old, source[0][0]], dim=1))
        assert options == old_options


@pytest.mark.parametrize("node", [conditioning_average, conditioning_concat])
def test_texts_of_another_encoder_and_empty_lists_are_refused(node: Any) -> None:
    other: Conditioning = [(random(1, 3, 6), {})]
    with pytest.raises(InputValueError, match="conditioning_from: text tokens with 4 features"):
        node(conditioning_to=text(), conditioning_from=other, **_strength(node))
    with pytest.raises(InputValueError, match="conditioning_from: the conditioning is empty"):
        node(conditioning_to=text(), conditioning_from=[], **_strength(node))


def _strength(node: Any) -> dict[str, float]:
    return {"conditioning_to_strength": 0.5} if node is conditioning_average else {}


# -- options -----------------------------------------------------------------------------------------------------------


def options_of(conditioning: Conditioning) -> dict[str, Any]:
    return {key: value for key, value in conditioning[0][1].items() if key != "pooled_output"}


def test_area_is_in_latent_pixels() -> None:
    given = text(mask_strength=0.5)
    with unchanged(given):
        area = conditioning_set_area(conditioning=given, width=72, height=64, x=16, y=25, strength=0.7)
    assert options_of(area) == {
        "area": (8, 9, 3, 2),
        "strength": 0.7,
        "set_area_to_bounds": False,
        "mask_strength": 0.5,
    }
    assert area[0][0] is given[0][0]


def test_area_in_shares() -> None:
    area = conditioning_set_area_percentage(conditioning=text(), width=0.5, height=0.25, x=0.1, y=0.2, strength=2.0)
    assert options_of(area) == {
        "area": ("percentage", 0.25, 0.5, 0.2, 0.1),
        "strength": 2.0,
        "set_area_to_bounds": False,
    }


def test_strength_alone_leaves_the_area() -> None:
    area = conditioning_set_area(conditioning=text(), width=64, height=64, x=0, y=0, strength=1.0)
    assert options_of(conditioning_set_area_strength(conditioning=area, strength=0.3)) == {
        **options_of(area),
        "strength": 0.3,
    }


@pytest.mark.parametrize(("choice", "bounds"), [("default", False), ("mask bounds", True)])
def test_mask(choice: Any, bounds: bool) -> None:
    given, mask = text(), torch.rand(8, 8)
    with unchanged(given, mask):
        masked = conditioning_set_mask(conditioning=given, mask=mask, strength=0.5, set_cond_area=choice)
    options = options_of(masked)
    assert torch.equal(options.pop("mask"), mask[None])
    assert options == {"mask_strength": 0.5, "set_area_to_bounds": bounds}


def test_zero_out_keeps_other_options() -> None:
    given = text(strength=0.5)
    with unchanged(given):
        ((tokens, options),) = conditioning_zero_out(conditioning=given)
    assert torch.equal(tokens, torch.zeros(1, 3, 4))
    assert torch.equal(options["pooled_output"], torch.zeros(1, 4))
    assert options["strength"] == 0.5
    assert conditioning_zero_out(conditioning=[(tokens, {})])[0][1] == {}


def test_timestep_range() -> None:
    ranged = conditioning_set_timestep_range(conditioning=text(), start=0.2, end=0.8)
    assert options_of(ranged) == {"start_percent": 0.2, "end_percent": 0.8}
