from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.models.config import SD_VAE, ClipTextConfig, UNetConfig, VAEConfig
from tests.engine.models.published import SD15_UNET, SD21_UNET, SDXL_BASE_UNET, SDXL_REFINER_UNET


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model_channels": 40}, "multiple of 32, not 40"),
        ({"model_channels": 0}, "multiple of 32, not 0"),
        ({"channel_mult": ()}, "at least one level"),
        ({"channel_mult": (1, -2, 4, 4)}, r"channel_mult\[1\] must be positive, not -2"),
        ({"num_res_blocks": (2, 2)}, "each of the 4 levels"),
        ({"num_res_blocks": (2, 0, 2, 2)}, "num_res_blocks must be positive"),
        ({"transformer_depth": (1, 1, -1, 0)}, "must not be negative"),
        ({"middle_depth": 0}, "middle_depth must be positive, not 0"),
        ({"context_dim": 0}, "context_dim must be positive"),
        ({"adm_in_channels": 0}, "adm_in_channels must be positive"),
        ({"num_heads": None}, "either num_heads or num_head_channels"),
        ({"num_head_channels": 64}, "either num_heads or num_head_channels"),
        ({"num_heads": 7}, "must divide 320"),
    ],
)
def test_unet_that_cannot_be_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(SD15_UNET, **change)


def test_attention_heads_count_where_there_is_attention_only() -> None:
    config = UNetConfig(
        model_channels=32,
        channel_mult=(1, 2),
        num_res_blocks=(1, 1),
        transformer_depth=(0, 1),
        num_heads=None,
        num_head_channels=64,
    )
    assert config.heads(64) == 1


@pytest.mark.parametrize(
    ("config", "width", "heads"),
    [(SD15_UNET, 1280, 8), (SD21_UNET, 640, 10), (SDXL_BASE_UNET, 1280, 20), (SDXL_REFINER_UNET, 1536, 24)],
)
def test_published_heads(config: UNetConfig, width: int, heads: int) -> None:
    assert config.heads(width) == heads


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"base_channels": 16}, "multiple of 32, not 16"),
        ({"num_res_blocks": 0}, "num_res_blocks must be positive"),
        ({"latent_channels": -4}, "latent_channels must be positive"),
        ({"channel_mult": ()}, "at least one level"),
    ],
)
def test_vae_that_cannot_be_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(SD_VAE, **change)


def test_vae_downscale_counts_levels() -> None:
    assert SD_VAE.downscale == 8
    assert VAEConfig(channel_mult=(1,)).downscale == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"heads": 5}, "5 heads must divide"),
        ({"layers": 0}, "layers must be positive"),
        ({"eos_token": 49408}, "must be in the vocabulary"),
    ],
)
def test_text_encoder_that_cannot_be_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(ClipTextConfig(), **change)
