from __future__ import annotations

import math

import pytest
import torch
from diffusers.models.embeddings import get_timestep_embedding

from engine.models.layers import Downsample, ResBlock, SpatialTransformer, Upsample, embed_timesteps


def test_timestep_embedding_equals_the_published_one() -> None:
    timesteps = torch.tensor([0.0, 1.0, 500.5, 999.0])
    theirs = get_timestep_embedding(timesteps, 320, flip_sin_to_cos=True, downscale_freq_shift=0)
    assert torch.equal(embed_timesteps(timesteps, 320), theirs)


def test_timestep_embedding_is_precise_for_whole_timesteps_of_any_type() -> None:
    embedding = embed_timesteps(torch.tensor([999]), 64)
    assert embedding.dtype == torch.float32
    assert embedding[0, 0].item() == pytest.approx(math.cos(999.0), abs=1e-6)


def test_residual_block_starts_as_its_skip() -> None:
    x, embedding = torch.randn(2, 32, 5, 4), torch.randn(2, 16)
    torch.testing.assert_close(ResBlock(32, 32, 16)(x, embedding), x)
    wider = ResBlock(32, 64, 16)
    torch.testing.assert_close(wider(x, embedding), wider.skip_connection(x))


def test_linear_and_convolutional_projections_are_the_same_arithmetic() -> None:
    convolutional = SpatialTransformer(32, depth=2, context_dim=8, heads=4, use_linear=False)
    linear = SpatialTransformer(32, depth=2, context_dim=8, heads=4, use_linear=True)
    state = {key: torch.randn_like(value) * 0.3 for key, value in convolutional.state_dict().items()}
    convolutional.load_state_dict(state)
    linear.load_state_dict({key: value.flatten(1) if value.ndim == 4 else value for key, value in state.items()})
    x, context = torch.randn(2, 32, 3, 5), torch.randn(2, 7, 8)
    torch.testing.assert_close(linear(x, context), convolutional(x, context), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("size", [(8, 8), (7, 9), (1, 1), (2, 5)])
def test_up_undoes_the_size_of_down(size: tuple[int, int]) -> None:
    x = torch.randn(1, 32, *size)
    assert Upsample(32)(Downsample(32)(x), x.shape[-2:]).shape == x.shape
