"""Whitening changes latents, not pictures; the first weights let flat colours through."""

import torch

from engine.training.autoencoder import (
    encode_drawings,
    make_autoencoder,
    to_network_range,
    whiten_latents,
)
from engine.training.dataset import draw_batches
from engine.training.settings import LATENT_SCALE
from tests.engine.training.tiny import TINY


def test_whitened_latents_have_no_mean_and_unit_covariance_and_redraw_the_same():
    network = make_autoencoder(TINY).requires_grad_(False)
    # Latents as different in size, and as far from zero, as they may come out of training.
    network.quant_conv.weight[:4] *= torch.tensor([9.0, 3.0, 0.5, 2.0])[:, None, None, None]
    pixels = next(draw_batches(TINY, 0, 12))
    mean, logvar = network.encode_moments(pixels)
    before = network.decode(mean)
    whiten_latents(network, mean, logvar.exp().mean(dim=(0, 2, 3)))
    after, constant = network.encode_moments(pixels)
    flat = (after * LATENT_SCALE).double().transpose(0, 1).flatten(1)
    torch.testing.assert_close(flat.mean(dim=1), torch.zeros(4).double(), atol=2e-3, rtol=0)
    torch.testing.assert_close(torch.cov(flat), torch.eye(4).double(), atol=2e-2, rtol=0)
    torch.testing.assert_close(network.decode(after), before, atol=1e-2, rtol=0)
    assert (constant == constant[:1, :, :1, :1]).all()


def test_encoding_in_batches_gives_all_latents_and_their_noise():
    network = make_autoencoder(TINY)
    latents, variance = encode_drawings(network, draw_batches(TINY, 0, 18))
    assert latents.shape == (18, 4, 16, 16)
    assert variance.shape == (4,)
    assert (variance > 0).all()


def test_pixels_as_the_network_takes_them():
    pixels = next(draw_batches(TINY, 0, 2))
    stored = ((pixels + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
    torch.testing.assert_close(to_network_range(stored), pixels)
