from __future__ import annotations

from typing import Any

import pytest
import torch
from diffusers.loaders.single_file_utils import convert_ldm_vae_checkpoint
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL as DiffusersAutoencoder

from engine.models.config import SD_VAE, VAEConfig
from engine.models.vae import AutoencoderKL
from tests.engine.models.networks import SMALL_VAE, on_meta, relative_error, shapes_of, with_random_weights
from tests.engine.models.published import FAMILIES, published

PREFIX = "first_stage_model."


@pytest.mark.parametrize("family", FAMILIES)
def test_keys_and_shapes_are_the_published_ones(family: str) -> None:
    assert shapes_of(on_meta(lambda: AutoencoderKL(SD_VAE))) == published(family, PREFIX)


@pytest.mark.parametrize("config", [SMALL_VAE, VAEConfig(1, 32, (1, 2), 2, 3), VAEConfig(3, 64, (1,), 1, 8)])
def test_shapes(config: VAEConfig) -> None:
    vae = with_random_weights(lambda: AutoencoderKL(config))
    f = config.downscale
    pixels = torch.rand(2, config.in_channels, 3 * f, 5 * f) * 2 - 1
    mean, logvar = vae.encode_moments(pixels)
    assert mean.shape == logvar.shape == (2, config.latent_channels, 3, 5)
    assert torch.equal(vae.encode(pixels), mean)
    assert vae.decode(mean).shape == vae(pixels).shape == pixels.shape


def test_variance_stays_within_bounds() -> None:
    vae = with_random_weights(lambda: AutoencoderKL(SMALL_VAE))
    vae.quant_conv.weight.mul_(1e6)
    _, logvar = vae.encode_moments(torch.rand(1, 3, 16, 16))
    assert logvar.min() == -30
    assert logvar.max() == 20


def test_trains() -> None:
    vae = AutoencoderKL(SMALL_VAE)
    with torch.autocast("cpu", torch.bfloat16):
        mean, logvar = vae.encode_moments(torch.rand(2, 3, 16, 16))
        loss = vae.decode(mean + (0.5 * logvar).exp() * torch.randn_like(mean)).float().square().mean()
    loss.backward()
    assert [name for name, p in vae.named_parameters() if p.grad is None or not p.grad.isfinite().all()] == []


@pytest.mark.parametrize("shape", [(1, 4, 16, 16), (3, 16, 16), (1, 3, 12, 16), (1, 3, 16, 20)])
def test_pixels_that_do_not_fit_are_named(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"pixels must be \[b 3 h w\], h and w multiples of 8; not \["):
        AutoencoderKL(SMALL_VAE).encode(torch.zeros(shape))


def test_latents_that_do_not_fit_are_named() -> None:
    with pytest.raises(ValueError, match=r"latents must be \[b 4 h w\]; not \[1, 3, 2, 2\]"):
        AutoencoderKL(SMALL_VAE).decode(torch.zeros(1, 3, 2, 2))


@torch.inference_mode()
def test_full_size_equals_diffusers() -> None:
    """The autoencoder of SD 1.5, 84 million parameters, in float32, both ways."""
    ours = with_random_weights(lambda: AutoencoderKL(SD_VAE))
    config: dict[str, Any] = {
        "down_block_types": ("DownEncoderBlock2D",) * 4,
        "up_block_types": ("UpDecoderBlock2D",) * 4,
        "block_out_channels": SD_VAE.widths,
        "layers_per_block": 2,
    }
    # Untyped, because the annotations there are wrong where an argument is a tuple.
    theirs: Any = on_meta(lambda: DiffusersAutoencoder(**config))
    converted = convert_ldm_vae_checkpoint(
        {PREFIX + key: value for key, value in ours.state_dict().items()}, theirs.config
    )
    theirs.load_state_dict(converted, strict=True, assign=True)
    theirs.eval()
    pixels = torch.rand(1, 3, 64, 48) * 2 - 1
    mean, logvar = ours.encode_moments(pixels)
    posterior = theirs.encode(pixels).latent_dist
    assert relative_error(mean, posterior.mean) < 1e-4
    assert relative_error(logvar, posterior.logvar) < 1e-4
    latents = torch.randn(2, 4, 8, 6)
    decoded = ours.decode(latents)
    assert relative_error(decoded, theirs.decode(latents).sample) < 1e-4
    assert decoded.std() > 0.01
