from __future__ import annotations

import pytest
import torch

from engine import Context, Settings
from engine.sampling.vae import encode_image
from nodes.latent_inpaint import set_latent_noise_mask, vae_encode_for_inpaint
from tests.nodes.unchanged import unchanged
from tests.small_models import make_vae

VAE = make_vae()


@pytest.fixture(scope="module")
def ctx() -> Context:
    return Context.standalone(Settings(device="cpu"))


@pytest.mark.parametrize(("grow", "first", "last"), [(0, 16, 16), (1, 16, 16), (6, 14, 19), (7, 13, 19)])
def test_encode_for_inpaint(grow: int, first: int, last: int, ctx: Context) -> None:
    """The masked pixel is grey; the mask to be painted is grown by a square around each pixel."""
    pixels, mask = torch.rand(1, 36, 32, 3), torch.zeros(1, 36, 32)
    mask[:, 18, 16] = 0.6
    with unchanged(pixels, mask):
        latent = vae_encode_for_inpaint(pixels=pixels, vae=VAE, mask=mask, grow_mask_by=grow, ctx=ctx)
    greyed = pixels.clone()
    greyed[:, 18, 16] = 0.5
    assert torch.equal(latent["samples"], encode_image(ctx.pool, VAE, greyed[:, 2:34]))
    expected = torch.zeros(1, 1, 32, 32)
    expected[..., first : last + 1, first : last + 1] = 1
    assert torch.equal(latent.get("noise_mask", torch.empty(0)), expected)


@pytest.mark.parametrize("shape", [(8, 8), (3, 8, 8), (3, 1, 8, 8)])
def test_noise_masks_get_a_channel(shape: tuple[int, ...]) -> None:
    mask = torch.rand(shape)
    given = {"samples": torch.rand(3, 4, 8, 8), "batch_index": [7, 8, 9]}
    with unchanged(given, mask):
        latent = set_latent_noise_mask(samples=given, mask=mask)
    assert torch.equal(latent["noise_mask"], mask.reshape(-1, 1, 8, 8))
    assert latent["samples"] is given["samples"]
    assert latent["batch_index"] == [7, 8, 9]
