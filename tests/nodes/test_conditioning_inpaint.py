from __future__ import annotations

import pytest
import torch

from engine import Context, InputValueError, Settings
from engine.sampling.vae import encode_image
from engine.types import Conditioning
from nodes.conditioning_inpaint import inpaint_model_conditioning, instruct_pix_to_pix_conditioning
from tests.nodes.unchanged import unchanged
from tests.small_models import make_vae

VAE = make_vae()


@pytest.fixture(scope="module")
def ctx() -> Context:
    return Context.standalone(Settings(device="cpu"))


def text() -> Conditioning:
    return [(torch.rand(1, 3, 4), {"strength": 0.5})]


@pytest.mark.parametrize("with_noise_mask", [True, False])
def test_inpaint_conditioning_carries_what_is_kept_and_where_to_paint(with_noise_mask: bool, ctx: Context) -> None:
    positive, negative, pixels = text(), text(), torch.rand(1, 20, 24, 3)
    mask = torch.zeros(1, 20, 24)
    mask[:, :, 12:] = 1
    with unchanged(positive, negative, pixels, mask):
        result = inpaint_model_conditioning(
            positive=positive,
            negative=negative,
            vae=VAE,
            pixels=pixels,
            mask=mask,
            noise_mask=with_noise_mask,
            ctx=ctx,
        )
    cut, cut_mask = pixels[:, 2:18], mask[:, 2:18]
    greyed = torch.where(cut_mask[..., None] == 1, 0.5, cut)
    for conditioning, given in ((result.positive, positive), (result.negative, negative)):
        ((tokens, options),) = conditioning
        assert tokens is given[0][0]
        assert options["strength"] == 0.5
        torch.testing.assert_close(options["concat_latent_image"], encode_image(ctx.pool, VAE, greyed))
        assert torch.equal(options["concat_mask"], cut_mask[:, None])
    assert torch.equal(result.latent["samples"], encode_image(ctx.pool, VAE, cut))
    assert ("noise_mask" in result.latent) == with_noise_mask


def test_an_editing_model_sees_the_image_and_starts_from_nothing(ctx: Context) -> None:
    pixels = torch.rand(2, 16, 24, 3)
    result = instruct_pix_to_pix_conditioning(positive=text(), negative=text(), vae=VAE, pixels=pixels, ctx=ctx)
    expected = encode_image(ctx.pool, VAE, pixels)
    assert torch.equal(result.positive[0][1]["concat_latent_image"], expected)
    assert torch.equal(result.negative[0][1]["concat_latent_image"], expected)
    assert torch.equal(result.latent["samples"], torch.zeros_like(expected))


def test_masks_that_do_not_go_with_the_images_are_refused(ctx: Context) -> None:
    with pytest.raises(InputValueError, match="mask: one mask"):
        inpaint_model_conditioning(
            positive=text(),
            negative=text(),
            vae=VAE,
            pixels=torch.rand(3, 16, 16, 3),
            mask=torch.zeros(2, 16, 16),
            noise_mask=True,
            ctx=ctx,
        )
