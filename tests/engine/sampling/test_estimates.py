"""How conditionings are batched and weighted: by a network whose estimates are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.errors import InputValueError
from engine.sampling.conditioning import ConditioningList, CondOptions, resolve_conditioning
from engine.sampling.estimates import LARGEST_BATCH, Estimator, repeat_to
from engine.sampling.model import Model
from tests.engine.sampling.networks import SD, Call, KnownModel, KnownNetwork, conditioning, join, tiny_model, tokens

SIGMA = SD.sigmas[500]


def make_estimator(
    known: KnownModel, lists: Mapping[str, ConditioningList], latent: Tensor, mask: Tensor | None = None, **fields: Any
) -> Estimator:
    model: Model = known.model(**fields)
    height, width = latent.shape[-2:]
    conds = {name: resolve_conditioning(entries, height, width, SD, name=name) for name, entries in lists.items()}
    return Estimator(model, known.network, conds, latent, mask)  # pyright: ignore[reportArgumentType]  (a stand-in)


def estimate(*entries: ConditioningList, sigma: float = SIGMA, size: tuple[int, int] = (16, 16)) -> Tensor:
    """The estimate for one list."""
    x = torch.randn(1, 4, *size)
    return make_estimator(KnownModel(), {"positive": join(*entries)}, x)(x, sigma)["positive"]


def assert_is(found: Tensor, value: float) -> None:
    torch.testing.assert_close(found, torch.full_like(found, value), rtol=0, atol=1e-4)


def test_one_conditioning_is_its_estimate() -> None:
    assert_is(estimate(conditioning(0.7)), 0.7)
    assert_is(estimate(conditioning(0.7, strength=0.2)), 0.7)
    assert_is(estimate(conditioning(0.7, strength=0.0)), 0.0)


def test_several_are_averaged_by_strength() -> None:
    found = estimate(conditioning(1.0), conditioning(3.0, strength=3.0), conditioning(0.0, strength=0.0))
    assert_is(found, (1 * 1 + 3 * 3) / 4)


def test_masks_weigh_every_pixel() -> None:
    mask = torch.zeros(16, 16)
    mask[:, 8:] = 1
    found = estimate(conditioning(1.0), conditioning(3.0, mask=mask, mask_strength=0.5, strength=2.0))
    assert_is(found[..., :8], 1.0)
    assert_is(found[..., 8:], 2.0)


def test_what_nothing_covers_is_zero() -> None:
    found = estimate(conditioning(5.0, area=(16, 8, 0, 0)))
    assert_is(found[..., :6], 5.0)
    assert_is(found[..., 8:], 0.0)
    assert bool(found.isfinite().all())


def test_area_over_a_background_fades_in() -> None:
    """Weight w of 3 against 1 of 1: (1 + 3 w) / (1 + w), w = 1/4, 1/2, 3/4, 1 from the inner side."""
    found = estimate(conditioning(1.0), conditioning(3.0, area=(16, 16, 0, 16)), size=(16, 32))
    assert_is(found[..., :16], 1.0)
    for column, w in enumerate((0.25, 0.5, 0.75, 1.0, 1.0)):
        assert_is(found[..., 16 + column], (1 + 3 * w) / (1 + w))
    assert_is(found[..., 31], 2.0)


def test_network_sees_only_the_area() -> None:
    known, x = KnownModel(), torch.randn(2, 4, 16, 16)
    make_estimator(known, {"positive": conditioning(1.0, area=(8, 6, 4, 2))}, x)(x, SIGMA)
    (call,) = known.network.calls
    scaled = x[:, :, 4:12, 2:8] / (1 + SIGMA**2) ** 0.5
    torch.testing.assert_close(call.x, scaled)
    assert call.timesteps.tolist() == [500.0, 500.0]


def test_times_are_looked_at_every_step() -> None:
    early, late = conditioning(1.0, end_percent=0.5), conditioning(2.0, start_percent=0.5)
    assert_is(estimate(early, late, sigma=SD.sigmas[700]), 1.0)
    assert_is(estimate(early, late, sigma=SD.sigmas[300]), 2.0)
    assert_is(estimate(late, sigma=SD.sigmas[700]), 0.0)


def batch_sizes(known: KnownModel) -> list[int]:
    return [len(call.x) for call in known.network.calls]


def test_lists_go_through_the_network_together() -> None:
    known, x = KnownModel(), torch.randn(2, 4, 16, 16)
    lists = {"positive": join(conditioning(1.0), conditioning(2.0)), "negative": conditioning(-1.0)}
    found = make_estimator(known, lists, x)(x, SIGMA)
    assert batch_sizes(known) == [6]
    assert_is(found["positive"], 1.5)
    assert_is(found["negative"], -1.0)


def test_areas_of_one_size_go_together_wherever_they_are() -> None:
    known, x = KnownModel(), torch.randn(1, 4, 16, 16)
    lists = {"positive": join(conditioning(1.0, area=(8, 16, 0, 0)), conditioning(2.0, area=(8, 16, 8, 0)))}
    found = make_estimator(known, lists, x)(x, SIGMA)["positive"]
    assert batch_sizes(known) == [2]
    assert_is(found[:, :, :8], 1.0)
    assert_is(found[:, :, 8:], 2.0)


def test_texts_of_other_lengths_are_repeated() -> None:
    known, x = KnownModel(), torch.randn(1, 4, 16, 16)
    lists = {"positive": conditioning(1.0, length=154), "negative": conditioning(-1.0, length=231)}
    found = make_estimator(known, lists, x)(x, SIGMA)
    assert [tuple(call.context.shape) for call in known.network.calls] == [(2, 462, 3)]
    assert_is(found["negative"], -1.0)


def test_texts_of_very_different_lengths_are_not() -> None:
    known, x = KnownModel(), torch.randn(1, 4, 16, 16)
    lists = {"positive": conditioning(1.0, length=77), "negative": conditioning(-1.0, length=5 * 77)}
    found = make_estimator(known, lists, x)(x, SIGMA)
    assert batch_sizes(known) == [1, 1]
    assert_is(found["positive"], 1.0)
    assert_is(found["negative"], -1.0)


def test_repeated_text_is_the_same_text() -> None:
    """The reason why it may be repeated, on a real network."""
    model, x = tiny_model(), torch.randn(1, 4, 8, 8)
    unet = model.weights.load(torch.float32)
    context, timesteps = torch.randn(1, 7, 3), torch.tensor([500.0])
    with torch.no_grad():
        torch.testing.assert_close(unet(x, timesteps, context), unet(x, timesteps, context.repeat(1, 4, 1)))


def test_large_latents_are_not_batched_beyond_the_pair() -> None:
    known, side = KnownModel(), int(LARGEST_BATCH**0.5)
    x = torch.zeros(1, 4, side, side)
    lists = {"positive": join(*(conditioning(float(i)) for i in range(4))), "negative": conditioning(-1.0)}
    make_estimator(known, lists, x)(x, SIGMA)
    assert batch_sizes(known) == [2, 2, 1]


class SmallNetwork(KnownNetwork):
    """Has memory for so many latents."""

    capacity = 2

    def forward(self, x: Tensor, timesteps: Tensor, context: Tensor, y: Tensor | None = None) -> Tensor:
        if len(x) > self.capacity:
            self.calls.append(Call(x, timesteps, context, y))
            raise torch.OutOfMemoryError
        return super().forward(x, timesteps, context, y)


def test_batches_get_smaller_when_memory_is_short() -> None:
    known, x = KnownModel(SmallNetwork()), torch.randn(1, 4, 16, 16)
    mask = torch.zeros(1, 1, 16, 16)
    lists = {"positive": join(*(conditioning(float(i)) for i in range(4))), "negative": conditioning(-1.0)}
    estimator = make_estimator(known, lists, x, mask, concat=("mask",))
    for _ in range(2):
        found = estimator(x, SIGMA)
        assert_is(found["positive"], 1.5)
        assert_is(found["negative"], -1.0)
    # The second time, what fits is known.
    assert batch_sizes(known) == [5, 2, 3, 1, 2, 2, 1, 2]


def test_one_that_does_not_fit_is_an_error() -> None:
    known, x = KnownModel(SmallNetwork()), torch.randn(3, 4, 16, 16)
    estimator = make_estimator(known, {"positive": conditioning(1.0), "negative": conditioning(-1.0)}, x)
    with pytest.raises(torch.OutOfMemoryError):
        estimator(x, SIGMA)


def test_batch_repeats_shorter_conditionings_and_masks() -> None:
    context = torch.cat([tokens(1.0), tokens(2.0)])
    mask = torch.stack([torch.ones(16, 16), torch.zeros(16, 16)])
    x = torch.randn(3, 4, 16, 16)
    options: CondOptions = {"mask": mask}
    lists = {"positive": [(context, CondOptions())], "negative": join(conditioning(1.0), [(tokens(3.0), options)])}
    found = make_estimator(KnownModel(), lists, x)(x, SIGMA)
    for item, value in enumerate((1.0, 2.0, 1.0)):
        assert_is(found["positive"][item], value)
    for item, value in enumerate((2.0, 1.0, 2.0)):
        assert_is(found["negative"][item], value)


def test_repeat_to() -> None:
    pair = torch.tensor([1, 2])
    assert repeat_to(pair, 5).tolist() == [1, 2, 1, 2, 1]
    assert repeat_to(pair, 1).tolist() == [1]
    assert repeat_to(pair, 2) is pair


def test_vector_condition_is_made_from_the_options() -> None:
    def embed(options: CondOptions, height: int, width: int) -> Tensor:
        assert (height, width) == (128, 64)
        return torch.full((1, 2), options.get("aesthetic_score", 0.0))

    known, x = KnownModel(), torch.randn(2, 4, 16, 8)
    lists = {"positive": conditioning(1.0, aesthetic_score=6.0), "negative": conditioning(1.0)}
    found = make_estimator(known, lists, x, embed_vector=embed)(x, SIGMA)
    assert_is(found["positive"], 7.0)
    assert_is(found["negative"], 1.0)
    assert batch_sizes(known) == [4]


def test_inpainting_network_sees_mask_and_image() -> None:
    known, x = KnownModel(), torch.randn(2, 4, 16, 16)
    image, mask = torch.randn(1, 4, 16, 16), torch.zeros(1, 1, 32, 32)
    mask[..., 16:] = 1
    lists = {"positive": conditioning(1.0, concat_latent_image=image, concat_mask=mask, area=(16, 8, 0, 4))}
    make_estimator(known, lists, x, concat=("mask", "latent"))(x, SIGMA)
    seen = known.network.calls[0].x
    assert seen.shape == (2, 9, 16, 8)
    assert torch.equal(seen[0, 4, 0], torch.tensor([0.0] * 4 + [1.0] * 4))
    torch.testing.assert_close(seen[1, 5:], image[0, :, :, 4:12] * 0.18215)


def test_editing_network_sees_the_autoencoders_scale() -> None:
    known, x = KnownModel(), torch.randn(2, 4, 16, 16)
    image = torch.randn(1, 4, 8, 8)
    lists = {"positive": conditioning(1.0, concat_latent_image=image)}
    make_estimator(known, lists, x, concat=("unscaled_latent",))(x, SIGMA)
    resized = torch.nn.functional.interpolate(image, size=(16, 16), mode="bilinear")
    torch.testing.assert_close(known.network.calls[0].x[:1, 4:], resized)


def test_inpainting_network_without_a_picture_sees_what_is_inpainted() -> None:
    latent, mask = torch.randn(1, 4, 16, 16), torch.full((1, 1, 16, 16), 0.7)
    for noise_mask, expected_mask, expected in ((mask, 1.0, latent), (None, 1.0, torch.zeros_like(latent))):
        known = KnownModel()
        estimator = make_estimator(known, {"x": conditioning(1.0)}, latent, noise_mask, concat=("mask", "latent"))
        estimator(latent, SIGMA)
        seen = known.network.calls[0].x
        assert_is(seen[:, 4], expected_mask)
        assert torch.equal(seen[:, 5:], expected)


def test_what_does_not_fit_the_network_is_refused() -> None:
    x = torch.zeros(1, 4, 16, 16)
    with pytest.raises(InputValueError, match="positive: the text was encoded with 5 features, and test model reads 3"):
        make_estimator(KnownModel(), {"positive": [(torch.ones(1, 77, 5), {})]}, x)
    lists = {"positive": conditioning(1.0, concat_latent_image=torch.ones(1, 3, 16, 16))}
    with pytest.raises(InputValueError, match=r"positive: concat_latent_image must be \[b 4 h w\]"):
        make_estimator(KnownModel(), lists, x, concat=("latent",))


def test_plans_are_made_once() -> None:
    known, x = KnownModel(KnownNetwork()), torch.randn(1, 4, 16, 16)
    estimator = make_estimator(known, {"positive": conditioning(1.0), "negative": conditioning(0.0)}, x)
    for timestep in (999, 500, 0):
        estimator(x, SD.sigmas[timestep])
    contexts = {id(call.context) for call in known.network.calls}
    assert len(contexts) == 1
