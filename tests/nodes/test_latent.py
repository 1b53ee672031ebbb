"""Nodes of the category `latent`."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from engine import Context, InputValueError, Settings
from engine.images.resize import resize
from engine.sampling.vae import decode_latent, encode_image
from engine.types import Latent
from nodes.latent import (
    empty_latent_image,
    latent_composite,
    latent_composite_masked,
    latent_upscale,
    latent_upscale_by,
    vae_decode,
    vae_encode,
)
from tests.nodes.unchanged import unchanged
from tests.small_models import make_vae

VAE = make_vae()


@pytest.fixture(scope="module")
def ctx() -> Context:
    return Context.standalone(Settings(device="cpu", max_image_pixels=2**20))


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def latent(*shape: int, seed: int = 0, **more: Any) -> Latent:
    value: Any = {"samples": random(*shape, seed=seed), **more}
    return value


def test_decode_and_encode(ctx: Context) -> None:
    given = latent(1, 4, 2, 3, noise_mask=torch.ones(1, 1, 16, 24))
    with unchanged(given):
        image = vae_decode(samples=given, vae=VAE, ctx=ctx)
    assert torch.equal(image, decode_latent(ctx.pool, VAE, given["samples"]))
    with unchanged(image):
        encoded = vae_encode(pixels=image, vae=VAE, ctx=ctx)
    assert torch.equal(encoded["samples"], encode_image(ctx.pool, VAE, image))
    assert encoded.keys() == {"samples"}


@pytest.mark.parametrize("samples", [None, torch.zeros(1, 4, 2, 8, 8), torch.zeros(0, 4, 8, 8), torch.zeros(4, 8, 8)])
def test_what_is_no_latent_of_an_image_is_refused(samples: Any, ctx: Context) -> None:
    bad: Any = {} if samples is None else {"samples": samples}
    with pytest.raises(InputValueError, match=r"^samples: a latent"):
        vae_decode(samples=bad, vae=VAE, ctx=ctx)
    with pytest.raises(InputValueError, match=r"^destination: a latent"):
        latent_composite_masked(destination=bad, source=latent(1, 4, 8, 8), x=0, y=0, resize_source=False)


# -- empty -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height", "shape"), [(64, 128, (2, 4, 16, 8)), (63, 71, (2, 4, 8, 7))])
def test_empty_latents_are_zeros_of_an_eighth_of_the_size(
    width: int, height: int, shape: tuple[int, ...], ctx: Context
) -> None:
    samples = empty_latent_image(width=width, height=height, batch_size=2, ctx=ctx)["samples"]
    assert torch.equal(samples, torch.zeros(shape))


@pytest.mark.parametrize(("width", "height", "batch"), [(2048, 1024, 1), (16, 16, 4097), (10**9, 10**9, 1), (0, 64, 1)])
def test_what_is_too_large_is_refused_before_it_costs_anything(
    width: int, height: int, batch: int, ctx: Context
) -> None:
    with pytest.raises(InputValueError, match=r"^width, height, batch_size: "):
        empty_latent_image(width=width, height=height, batch_size=batch, ctx=ctx)


# -- upscale -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["nearest-exact", "bilinear", "area", "bicubic", "bislerp"])
def test_upscale_resizes_by_the_method_and_keeps_the_rest(method: Any, ctx: Context) -> None:
    given = latent(2, 4, 8, 12, noise_mask=torch.ones(1, 1, 64, 96), batch_index=[3, 4])
    with unchanged(given):
        result = latent_upscale(samples=given, upscale_method=method, width=128, height=160, crop="disabled", ctx=ctx)
    assert torch.equal(result["samples"], resize(given["samples"], 16, 20, method))
    assert (result.get("noise_mask"), result.get("batch_index")) == (given.get("noise_mask"), [3, 4])


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        (0, 0, (12, 8)),
        (192, 0, (24, 16)),
        (0, 128, (24, 16)),
        (200, 0, (25, 16)),
        (8, 8, (8, 8)),
        (1000, 8, (125, 8)),
    ],
)
def test_upscale_sizes(width: int, height: int, size: tuple[int, int], ctx: Context) -> None:
    result = latent_upscale(
        samples=latent(1, 4, 8, 12), upscale_method="area", width=width, height=height, crop="disabled", ctx=ctx
    )
    assert (result["samples"].shape[3], result["samples"].shape[2]) == size


def test_upscale_cuts_to_the_proportions(ctx: Context) -> None:
    given = latent(1, 4, 8, 16)
    result = latent_upscale(samples=given, upscale_method="bilinear", width=128, height=128, crop="center", ctx=ctx)
    torch.testing.assert_close(result["samples"], resize(given["samples"][..., 4:12], 16, 16, "bilinear"))


@pytest.mark.parametrize(("scale", "size"), [(2.0, (16, 24)), (1.5, (12, 18)), (0.01, (1, 1)), (1.0, (8, 12))])
def test_upscale_by(scale: float, size: tuple[int, int], ctx: Context) -> None:
    given = latent(1, 4, 8, 12)
    result = latent_upscale_by(samples=given, upscale_method="bislerp", scale_by=scale, ctx=ctx)
    assert result["samples"].shape[2:] == size


def test_upscaling_beyond_the_limit_is_refused(ctx: Context) -> None:
    with pytest.raises(InputValueError, match=r"^scale_by: "):
        latent_upscale_by(samples=latent(1, 4, 64, 64), upscale_method="area", scale_by=8.0, ctx=ctx)
    with pytest.raises(InputValueError, match=r"^width, height: "):
        latent_upscale(
            samples=latent(2, 4, 8, 8), upscale_method="area", width=1024, height=1024, crop="disabled", ctx=ctx
        )


# -- composite ---------------------------------------------------------------------------------------------------------


def test_composite_pastes_and_cuts_off() -> None:
    below, above = latent(1, 4, 8, 8, batch_index=[5]), latent(1, 4, 4, 4, seed=1)
    with unchanged(below, above):
        result = latent_composite(samples_to=below, samples_from=above, x=16, y=48, feather=0)
    expected = below["samples"].clone()
    expected[..., 6:8, 2:6] = above["samples"][..., :2, :]
    assert torch.equal(result["samples"], expected)
    assert result.get("batch_index") == [5]


def test_composite_outside_changes_nothing() -> None:
    below = latent(1, 4, 8, 8)
    result = latent_composite(samples_to=below, samples_from=latent(1, 4, 4, 4), x=512, y=0, feather=16)
    assert torch.equal(result["samples"], below["samples"])


def test_feathering_fades_at_the_sides_inside_the_image() -> None:
    below: Latent = {"samples": torch.zeros(1, 4, 10, 10)}
    above: Latent = {"samples": torch.ones(1, 4, 6, 6)}
    result = latent_composite(samples_to=below, samples_from=above, x=0, y=16, feather=16)["samples"][0, 0]
    expected = torch.zeros(10, 10)
    # at the left border there is nothing to fade into
    down, across = torch.tensor([0.5, 1, 1, 1, 1, 0.5]), torch.tensor([1, 1, 1, 1, 1, 0.5])
    expected[2:8, :6] = down[:, None] * across
    torch.testing.assert_close(result, expected)


def test_a_feather_wider_than_what_is_pasted_counts_as_wide_as_that() -> None:
    below: Latent = {"samples": torch.zeros(1, 4, 10, 10)}
    above: Latent = {"samples": torch.ones(1, 4, 2, 2)}
    wide, narrow = (
        latent_composite(samples_to=below, samples_from=above, x=32, y=32, feather=feather)["samples"]
        for feather in (16384, 16)
    )
    assert torch.equal(wide, narrow)


def test_masked_composite() -> None:
    below, above = latent(2, 4, 8, 8), latent(1, 4, 4, 4, seed=1)
    mask = torch.zeros(1, 4, 4)
    mask[..., :2] = 1
    with unchanged(below, above, mask):
        result = latent_composite_masked(destination=below, source=above, x=32, y=0, resize_source=False, mask=mask)[
            "samples"
        ]
    expected = below["samples"].clone()
    expected[..., :4, 4:6] = above["samples"][..., :2]
    torch.testing.assert_close(result, expected)
    resized = latent_composite_masked(destination=below, source=above, x=0, y=0, resize_source=True)["samples"]
    torch.testing.assert_close(resized, resize(above["samples"], 8, 8, "bilinear").expand(2, -1, -1, -1))
