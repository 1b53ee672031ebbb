from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from engine.errors import CheckpointError
from engine.models.checkpoint import Checkpoint, open_checkpoint
from engine.models.config import UNetConfig
from engine.models.preview import SD1_LATENTS, SDXL_LATENTS
from engine.models.unet import UNet
from tests.engine.models.networks import (
    PREFIXES,
    SMALL_CLIP,
    SMALL_UNET,
    SMALL_VAE,
    on_meta,
    shapes_of,
    small_state,
    write_checkpoint,
    write_header,
)
from tests.engine.models.published import published

ROOT = Path(__file__).parents[3]
DTYPES = (torch.float32, torch.float16, torch.bfloat16)


def load(checkpoint: Checkpoint, part: str, dtype: torch.dtype = torch.float32) -> nn.Module:
    return {"unet": checkpoint.load_unet, "vae": checkpoint.load_vae, "clip": checkpoint.load_clip}[part](dtype)


def without(state: dict[str, torch.Tensor], *names: str) -> dict[str, torch.Tensor]:
    return {name: tensor for name, tensor in state.items() if name not in names}


@pytest.mark.parametrize("stored", DTYPES)
@pytest.mark.parametrize("wanted", DTYPES)
def test_every_part_in_every_type(tmp_path: Path, stored: torch.dtype, wanted: torch.dtype) -> None:
    state = small_state(dtype=stored)
    checkpoint = open_checkpoint(write_checkpoint(tmp_path / "small.safetensors", state))
    assert checkpoint.parts == ("unet", "vae", "clip")
    assert checkpoint.unet_config == SMALL_UNET
    assert checkpoint.vae_config == SMALL_VAE
    assert checkpoint.clip_config == SMALL_CLIP
    for part in checkpoint.parts:
        network = load(checkpoint, part, wanted)
        assert not network.training
        assert all(not p.requires_grad and p.dtype == wanted for p in network.parameters())
        assert all(not tensor.is_meta for tensor in (*network.parameters(), *network.buffers()))
        loaded = {PREFIXES[part] + key: value for key, value in network.state_dict().items()}
        assert loaded.keys() == {name for name in state if name.startswith(PREFIXES[part])}
        assert all(torch.equal(value, state[name].to(wanted)) for name, value in loaded.items())
        assert checkpoint.stored_dtype(part) == stored
        assert checkpoint.parameter_count(part) == sum(p.numel() for p in network.parameters())


def test_loaded_networks_compute(tmp_path: Path) -> None:
    checkpoint = open_checkpoint(write_checkpoint(tmp_path / "small.safetensors", small_state(dtype=torch.float16)))
    features = checkpoint.load_clip(torch.float32).encode(torch.zeros(1, 12, dtype=torch.long))
    latents = checkpoint.load_unet(torch.float32)(torch.randn(1, 4, 4, 4), torch.tensor([9]), features.hidden)
    assert checkpoint.load_vae(torch.float32).decode(latents).isfinite().all()


@pytest.mark.parametrize("enabled", [True, False])
def test_loading_leaves_the_garbage_collector_as_it_was(tmp_path: Path, enabled: bool) -> None:
    checkpoint = open_checkpoint(write_checkpoint(tmp_path / "small.safetensors", small_state()))
    was_enabled = gc.isenabled()
    frozen = gc.get_freeze_count()
    try:
        (gc.enable if enabled else gc.disable)()
        checkpoint.load_clip(torch.float32)
        assert gc.isenabled() == enabled
        assert gc.get_freeze_count() == frozen
    finally:
        (gc.enable if was_enabled else gc.disable)()


def test_left_overs_of_training_are_ignored(tmp_path: Path) -> None:
    extra = {
        "cond_stage_model.transformer.text_model.embeddings.position_ids": torch.arange(12)[None],
        "cond_stage_model.logit_scale": torch.zeros(()),
        "model_ema.diffusion_modelinput_blocks00weight": torch.zeros(3),
        "first_stage_model.loss.logvar": torch.zeros(()),
        "alphas_cumprod": torch.zeros(1000),
        "betas": torch.zeros(1000),
    }
    checkpoint = open_checkpoint(write_checkpoint(tmp_path / "file", small_state() | extra))
    for part in checkpoint.parts:
        load(checkpoint, part)


@pytest.mark.parametrize("prefix", ["first_stage_model.", ""])
def test_autoencoder_by_itself(tmp_path: Path, prefix: str) -> None:
    state = {name.replace("first_stage_model.", prefix): value for name, value in small_state("vae").items()}
    checkpoint = open_checkpoint(write_checkpoint(tmp_path / "vae.safetensors", state))
    assert checkpoint.parts == ("vae",)
    assert checkpoint.load_vae(torch.float32).config == SMALL_VAE
    with pytest.raises(
        CheckpointError, match=r"has no diffusion UNet: no tensor 'model\.diff.* It holds an autoencoder"
    ):
        checkpoint.load_unet(torch.float32)


@pytest.mark.parametrize("prefix", ["cond_stage_model.transformer.", "text_model."])
def test_text_encoder_under_its_other_names(tmp_path: Path, prefix: str) -> None:
    published_prefix = "cond_stage_model.transformer.text_model."
    state = {name.replace(published_prefix, prefix): value for name, value in small_state("clip").items()}
    assert open_checkpoint(write_checkpoint(tmp_path / "file", state)).load_clip(torch.float32).config == SMALL_CLIP


def test_pickles_load_alike(tmp_path: Path) -> None:
    state = small_state("vae")
    torch.save({"state_dict": state}, tmp_path / "small.ckpt")
    loaded = open_checkpoint(tmp_path / "small.ckpt").load_vae(torch.float32).state_dict()
    assert all(torch.equal(loaded[name.removeprefix("first_stage_model.")], state[name]) for name in state)


def test_missing_tensors_are_named(tmp_path: Path) -> None:
    gone = [
        f"first_stage_model.decoder.up.{level}.block.0.conv1.{kind}"
        for level in range(4)
        for kind in ("weight", "bias")
    ]
    checkpoint = open_checkpoint(write_checkpoint(tmp_path / "file", without(small_state(), *gone)))
    with pytest.raises(
        CheckpointError, match=r"8 tensors are missing: decoder\.up\.0\.block\.0\.conv1\.bias, .* and 4 more"
    ) as caught:
        checkpoint.load_vae(torch.float32)
    assert caught.value.missing[0] == "decoder.up.0.block.0.conv1.bias"
    checkpoint.load_unet(torch.float32)


def test_wrong_shapes_and_unknown_tensors_are_named_together(tmp_path: Path) -> None:
    state = small_state("unet")
    state["model.diffusion_model.time_embed.0.bias"] = torch.zeros(5)
    state["model.diffusion_model.time_embed.7.bias"] = torch.zeros(5)
    checkpoint = open_checkpoint(write_checkpoint(tmp_path / "file", state))
    with pytest.raises(CheckpointError) as caught:
        checkpoint.load_unet(torch.float32)
    message = str(caught.value)
    assert "1 tensors have a wrong shape: 'model.diffusion_model.time_embed.0.bias' expected [128], came [5]" in message
    assert "1 tensors are unknown: model.diffusion_model.time_embed.7.bias" in message
    assert caught.value.unexpected == ("model.diffusion_model.time_embed.7.bias",)


def test_unknown_shapes_are_named(tmp_path: Path) -> None:
    state = without(small_state("unet"), "model.diffusion_model.out.2.weight")
    checkpoint = open_checkpoint(write_checkpoint(tmp_path / "file", state))
    with pytest.raises(
        CheckpointError, match=r"its diffusion UNet is of no known shape: there is no tensor 'out\.2\.weight'"
    ):
        checkpoint.load_unet(torch.float32)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    for path, words in (
        (tmp_path / "nothing", "there is no such file"),
        (tmp_path, "is a directory"),
        (Path("/dev/null"), "is not a regular file"),
        (tmp_path / ("a" * 1000), "cannot be read: .*name too long"),
        (tmp_path / "a\0b", "cannot be read: embedded null byte"),
    ):
        with pytest.raises(CheckpointError, match=words):
            open_checkpoint(path)


@pytest.mark.parametrize(
    ("family", "parts", "parametrization", "latents"),
    [
        ("sd15", ("unet", "vae", "clip"), "eps", SD1_LATENTS),
        ("sd21", ("unet", "vae"), "v", SD1_LATENTS),
        ("sdxl_base", ("unet", "vae"), "eps", SDXL_LATENTS),
        ("sdxl_refiner", ("unet", "vae"), "eps", SDXL_LATENTS),
    ],
)
def test_families(tmp_path: Path, family: str, parts: tuple[str, ...], parametrization: str, latents: Any) -> None:
    checkpoint = open_checkpoint(write_hollow(tmp_path / "file", published(family, ""), "F16"))
    assert checkpoint.parts == parts
    assert checkpoint.parametrization == parametrization
    assert checkpoint.latent_format == latents


@pytest.mark.parametrize(("family", "words"), [("sd21", "OpenCLIP"), ("sdxl_base", "text encoders of SDXL")])
def test_text_encoders_of_other_families_are_named(tmp_path: Path, family: str, words: str) -> None:
    with pytest.raises(CheckpointError, match=words):
        open_checkpoint(write_hollow(tmp_path / "file", published(family, ""), "F16")).load_clip(torch.float16)


def test_metadata_decides_where_shapes_cannot(tmp_path: Path) -> None:
    rows = [[0.5, 0, 0], [0, 0.5, 0], [0, 0, 0.5], [0.1, 0.1, 0.1], [0, 0, -0.25]]
    metadata = {"modelspec.prediction_type": "v", "latent_rgb": json.dumps(rows)}
    checkpoint = open_checkpoint(write_checkpoint(tmp_path / "file", small_state("unet"), metadata))
    assert checkpoint.parametrization == "v"
    assert checkpoint.latent_format.rgb == tuple(tuple(row) for row in rows[:-1])
    assert checkpoint.latent_format.rgb_offset == (0, 0, -0.25)
    assert checkpoint.latent_format.scale_factor == SD1_LATENTS.scale_factor


@pytest.mark.parametrize("text", ["", "[", "7", "[]", "[[1,2]]", '[["a"]]', "[" * 100_000])
def test_a_bad_preview_table_is_not_used(tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture) -> None:
    path = write_checkpoint(tmp_path / "file", small_state("unet"), {"latent_rgb": text})
    assert open_checkpoint(path).latent_format == SD1_LATENTS
    assert "preview table" in caplog.text


def write_hollow(path: Path, shapes: Any, dtype: str) -> Path:
    """A file of zeros, of any size, that takes no space on disk where files may have holes."""
    size = {"F16": 2, "F32": 4}[dtype]
    header: dict[str, Any] = {}
    end = 0
    for name, shape in shapes.items():
        begin, end = end, end + torch.Size(shape).numel() * size
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    write_header(path, text)
    os.truncate(path, 8 + len(text) + end)
    return path


MEASURE = """
import sys, torch
from pathlib import Path
from engine.models.checkpoint import open_checkpoint

def memory(field):
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines[field].split()[0]) * 1024

before = memory("VmRSS")
unet = open_checkpoint(sys.argv[1]).load_unet(torch.float16)
for parameter in unet.parameters():
    parameter.sum()
print(memory("VmHWM") - before, sum(p.nbytes for p in unet.parameters()))
"""


@pytest.mark.parametrize("stored", ["F16", "F32"])
def test_memory_holds_the_weights_once(tmp_path: Path, stored: str) -> None:
    """276 MB of weights in use, read from a file of the same type, and from one twice the size."""
    config = UNetConfig(model_channels=128)
    path = write_hollow(tmp_path / "file", shapes_of(on_meta(lambda: UNet(config))), stored)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    result = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, env=environment, check=True
    )
    peak, weights = map(int, result.stdout.split())
    assert weights > 250e6
    assert 0.95 * weights < peak < 1.1 * weights
