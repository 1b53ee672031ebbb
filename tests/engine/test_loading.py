"""Model files to socket values: headers only at first, the networks when they are used, and clear words otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.errors import CheckpointError, FileError
from engine.loading import load_checkpoint, load_clip, load_model, load_vae, stamp_model_file
from engine.memory.pool import Pool
from engine.models.config import UNetConfig
from engine.models.unet import UNet
from engine.sampling.vae import decode_latent, encode_image
from engine.settings import Settings
from engine.text.encode import encode_text
from tests.engine.models.networks import (
    PREFIXES,
    SMALL_UNET,
    SMALL_VAE,
    on_meta,
    random_state,
    shapes_of,
    small_state,
    write_checkpoint,
)
from tests.small_models import CLIP_CONFIG, make_vae, write_small_checkpoint


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    base = tmp_path_factory.mktemp("base")
    models = base / "models"
    write_small_checkpoint(models / "checkpoints" / "all.safetensors")
    write_small_checkpoint(models / "checkpoints" / "only_unet.safetensors", "unet")
    write_small_checkpoint(models / "checkpoints" / "only_vae.safetensors", "vae")
    write_small_checkpoint(models / "vae" / "vae.safetensors", "vae", dtype=torch.float32)
    write_small_checkpoint(models / "vae" / "clip.safetensors", "clip")
    write_small_checkpoint(models / "text_encoders" / "clip.safetensors", "clip")
    write_small_checkpoint(models / "diffusion_models" / "unet.safetensors", "unet", dtype=torch.bfloat16)
    return Settings(base_directory=base, device="cpu")


@pytest.fixture(scope="module")
def pool(settings: Settings) -> Pool:
    return Pool(settings)


def unet_file(path: Path, config: UNetConfig) -> Path:
    state = random_state(shapes_of(on_meta(lambda: UNet(config))))
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_checkpoint(path, {PREFIXES["unet"] + key: value.half() for key, value in state.items()})


def test_a_checkpoint_is_three_values_and_nothing_is_loaded_yet(settings: Settings, pool: Pool) -> None:
    model, clip, vae = load_checkpoint(settings, "all.safetensors")
    assert pool.held() == []
    assert (model.unet_config, clip.config, vae.config) == (SMALL_UNET, CLIP_CONFIG, SMALL_VAE)
    assert [weights.name for weights in (model.weights, clip.weights, vae.weights)] == [
        "all.safetensors unet",
        "all.safetensors clip",
        "all.safetensors vae",
    ]
    assert model.weights.stored_dtype == torch.float16
    assert model.concat == ()


def test_each_network_works_and_has_the_size_it_said(settings: Settings, pool: Pool) -> None:
    model, clip, vae = load_checkpoint(settings, "all.safetensors")
    assert encode_text(pool, clip, "a red circle").tokens.shape == (1, 77, CLIP_CONFIG.hidden_size)
    latent = encode_image(pool, vae, torch.rand(1, 16, 24, 3))
    assert decode_latent(pool, vae, latent).shape == (1, 16, 24, 3)
    with pool.use(model.weights) as unet:
        assert unet(latent, torch.tensor([500]), torch.zeros(1, 77, 24)).shape == latent.shape
    sizes = {held.name: held.bytes for held in pool.held()}
    for weights in (model.weights, clip.weights, vae.weights):
        assert sizes[weights.name] == weights.size_bytes(torch.float32)


def test_single_networks_from_their_folders(settings: Settings, pool: Pool) -> None:
    vae = load_vae(settings, "vae.safetensors")
    latents = torch.rand(1, 4, 2, 2)
    torch.testing.assert_close(decode_latent(pool, vae, latents), decode_latent(pool, make_vae(), latents))
    assert load_model(settings, "unet.safetensors").weights.stored_dtype == torch.bfloat16
    clip = load_clip(settings, "clip.safetensors")
    assert encode_text(pool, clip, "").pooled.shape == (1, CLIP_CONFIG.hidden_size)


def test_a_missing_part_is_told_to_whoever_uses_it(settings: Settings, pool: Pool) -> None:
    loaded = load_checkpoint(settings, "only_unet.safetensors")
    with pytest.raises(CheckpointError, match=r"only_unet.safetensors: has no CLIP text encoder"):
        encode_text(pool, loaded.clip, "a")
    with pytest.raises(CheckpointError, match=r"only_unet.safetensors: has no autoencoder"):
        decode_latent(pool, loaded.vae, torch.zeros(1, 4, 2, 2))


def test_files_of_something_else_are_refused_at_once(settings: Settings) -> None:
    with pytest.raises(CheckpointError, match="has no diffusion UNet"):
        load_checkpoint(settings, "only_vae.safetensors")
    with pytest.raises(CheckpointError, match="has no autoencoder"):
        load_vae(settings, "clip.safetensors")
    with pytest.raises(FileError, match="'nothing' was not found among the checkpoints"):
        load_checkpoint(settings, "nothing")


def test_inpainting_models_see_a_mask_and_an_image(settings: Settings) -> None:
    base = settings.directory("models") / "diffusion_models"
    for channels, concat in ((9, ("mask", "latent")), (8, ("unscaled_latent",))):
        unet_file(base / "inpaint.safetensors", UNetConfig(in_channels=channels, model_channels=32, context_dim=24))
        assert load_model(settings, "inpaint.safetensors").concat == concat


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (
            UNetConfig(in_channels=7, model_channels=32, context_dim=24),
            "takes 7 channels and gives 4; known are 4, 8, 9",
        ),
        (UNetConfig(model_channels=32, context_dim=24, adm_in_channels=16), "takes a vector of 16 numbers"),
    ],
)
def test_models_that_need_more_are_refused(settings: Settings, config: UNetConfig, words: str) -> None:
    unet_file(settings.directory("models") / "diffusion_models" / "other.safetensors", config)
    with pytest.raises(CheckpointError, match=words):
        load_model(settings, "other.safetensors")


def test_a_text_encoder_with_other_tokens_is_refused(settings: Settings) -> None:
    write_checkpoint(settings.directory("models") / "text_encoders" / "few.safetensors", small_state("clip"))
    with pytest.raises(CheckpointError, match="knows 99 tokens; 49408 were expected"):
        load_clip(settings, "few.safetensors")


def test_the_stamp_changes_with_the_file(settings: Settings) -> None:
    path = settings.directory("models") / "vae" / "changing.safetensors"
    path.write_bytes(b"one")
    first = stamp_model_file(settings, "vae", path.name)
    assert stamp_model_file(settings, "vae", path.name) == first
    path.write_bytes(b"three")
    assert stamp_model_file(settings, "vae", path.name) != first
