from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.models.clip import ClipTextEncoder
from engine.models.config import SD1_CLIP, SD_VAE, ClipTextConfig, UNetConfig, VAEConfig
from engine.models.detect import describe, detect_clip, detect_unet, detect_vae, find_prefix, is_ignored
from engine.models.unet import UNet
from engine.models.vae import AutoencoderKL
from tests.engine.models.networks import SMALL_UNET, on_meta, shapes_of
from tests.engine.models.published import FAMILIES, UNETS, published
from tests.engine.models.test_unet import configs

CLIP_PREFIX = "cond_stage_model.transformer.text_model."


@pytest.mark.parametrize(("family", "config"), UNETS.items())
def test_published_unets(family: str, config: UNetConfig) -> None:
    assert detect_unet(published(family, "model.diffusion_model.")) == config


@pytest.mark.parametrize("family", FAMILIES)
def test_published_autoencoders(family: str) -> None:
    assert detect_vae(published(family, "first_stage_model.")) == SD_VAE


def test_published_text_encoder() -> None:
    assert detect_clip(published("sd15", CLIP_PREFIX)) == SD1_CLIP


@given(configs())
@settings(max_examples=20, deadline=None)
def test_shapes_tell_any_unet(config: UNetConfig) -> None:
    assert detect_unet(shapes_of(on_meta(lambda: UNet(config)))) == config


@given(
    st.builds(
        VAEConfig,
        in_channels=st.integers(1, 4),
        base_channels=st.sampled_from((32, 96)),
        channel_mult=st.lists(st.integers(1, 4), max_size=4).map(lambda mult: (1, *mult)),
        num_res_blocks=st.integers(1, 3),
        latent_channels=st.integers(1, 16),
    )
)
@settings(max_examples=20, deadline=None)
def test_shapes_tell_any_autoencoder(config: VAEConfig) -> None:
    assert detect_vae(shapes_of(on_meta(lambda: AutoencoderKL(config)))) == config


@pytest.mark.parametrize(("hidden", "heads"), [(32, 1), (64, 1), (128, 2), (192, 3)])
def test_shapes_tell_smaller_text_encoders(hidden: int, heads: int) -> None:
    config = ClipTextConfig(hidden_size=hidden, intermediate_size=3 * hidden, layers=2, heads=heads)
    shapes = shapes_of(on_meta(lambda: ClipTextEncoder(config)))
    assert detect_clip({key.removeprefix("text_model."): shape for key, shape in shapes.items()}) == config


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"out.2.weight": None}, "there is no tensor 'out.2.weight'"),
        ({"input_blocks.0.0.weight": (32,)}, "must have more than 1 axes"),
        ({"input_blocks.0.0.weight": (0, 4, 3, 3)}, "must be multiples"),
        ({"input_blocks.0.0.weight": (48, 4, 3, 3)}, "must be multiples"),
        ({"input_blocks.3.0.in_layers.2.weight": (128, 32, 3, 3)}, "level 1 must have one width, not"),
        ({"input_blocks.6.0.in_layers.2.weight": None}, "level 2 must have one width, not"),
        ({"input_blocks.4.1.transformer_blocks.0.norm1.weight": (64,)}, "level 1 must have one depth, not"),
        ({"middle_block.1.transformer_blocks.0.norm1.weight": None}, "middle_depth must be positive"),
    ],
)
def test_shapes_that_are_no_unet_are_named(change: dict[str, tuple[int, ...] | None], message: str) -> None:
    shapes = {**shapes_of(on_meta(lambda: UNet(SMALL_UNET))), **change}
    with pytest.raises(ValueError, match=message):
        detect_unet({key: shape for key, shape in shapes.items() if shape is not None})


def test_prefixes() -> None:
    assert find_prefix("unet", ["model.diffusion_model.input_blocks.0.0.weight"]) == "model.diffusion_model."
    assert find_prefix("vae", ["decoder.conv_in.weight"]) == ""
    assert find_prefix("clip", ["cond_stage_model.transformer.embeddings.token_embedding.weight"]) == (
        "cond_stage_model.transformer."
    )
    assert find_prefix("vae", ["decoder.conv_in.bias"]) is None


def test_left_overs_are_ignored_and_nothing_else() -> None:
    assert is_ignored("embeddings.position_ids")
    assert is_ignored("model_ema.decay")
    assert not is_ignored("encoder.layers.0.mlp.fc1.weight")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight", "Stable Diffusion 3"),
        ("double_blocks.0.img_attn.qkv.weight", "Flux"),
        ("lora_unet_down_blocks_0_attentions_0.lora_up.weight", "a LoRA"),
        ("down_blocks.0.resnets.0.conv1.weight", "layout of diffusers"),
        ("cond_stage_model.model.ln_final.weight", "OpenCLIP"),
        ("anything", "nothing that is known"),
    ],
)
def test_strangers_are_described(name: str, words: str) -> None:
    assert words in describe([name])
