from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from engine import CheckpointError, Context, FileError, InputValueError, NodeDef, Settings
from engine.models.config import UNetConfig
from nodes.loaders import checkpoint_loader_simple, clip_loader, unet_loader, vae_loader
from tests.engine.models.networks import SMALL_UNET, SMALL_VAE
from tests.small_models import CLIP_CONFIG, write_small_checkpoint

LOADERS: list[tuple[NodeDef, str, str]] = [
    (checkpoint_loader_simple, "ckpt_name", "checkpoints"),
    (vae_loader, "vae_name", "vae"),
    (unet_loader, "unet_name", "diffusion_models"),
    (clip_loader, "clip_name", "text_encoders"),
]


@pytest.fixture(scope="module")
def ctx(tmp_path_factory: pytest.TempPathFactory) -> Context:
    base = tmp_path_factory.mktemp("base")
    for _, _, folder in LOADERS:
        write_small_checkpoint(base / "models" / folder / "small.safetensors")
        (base / "models" / folder / "broken.safetensors").write_bytes(b"x" * 100)
    return Context.standalone(Settings(base_directory=base, device="cpu"))


def more(node: NodeDef) -> dict[str, Any]:
    return {unet_loader: {"weight_dtype": "default"}, clip_loader: {"type": "stable_diffusion"}}.get(node, {})


def test_values(ctx: Context) -> None:
    networks = checkpoint_loader_simple(ckpt_name="small.safetensors", ctx=ctx)
    unet: UNetConfig = networks.model.unet_config
    assert (unet, networks.clip.config, networks.vae.config) == (SMALL_UNET, CLIP_CONFIG, SMALL_VAE)
    assert vae_loader(vae_name="small.safetensors", ctx=ctx).config == SMALL_VAE
    model = unet_loader(unet_name="small.safetensors", weight_dtype="default", ctx=ctx)
    assert model.unet_config == SMALL_UNET
    assert model.weights.stored_dtype == torch.float16
    for device in ({}, {"device": "cpu"}):
        clip = clip_loader(clip_name="small.safetensors", type="stable_diffusion", **device, ctx=ctx)
        assert clip.config == CLIP_CONFIG


@pytest.mark.parametrize(("node", "name", "folder"), LOADERS)
def test_bad_files(node: NodeDef, name: str, folder: str, ctx: Context) -> None:
    for missing in ("nothing.safetensors", "../vae/small.safetensors", "/etc/passwd"):
        with pytest.raises(FileError, match=f"was not found among the {folder}"):
            node(**{name: missing}, **more(node), ctx=ctx)
    with pytest.raises(CheckpointError, match=r"broken.safetensors: is cut off"):
        node(**{name: "broken.safetensors"}, **more(node), ctx=ctx)


@pytest.mark.parametrize(("node", "name", "folder"), LOADERS)
def test_the_fingerprint_changes_with_the_file(node: NodeDef, name: str, folder: str, ctx: Context) -> None:
    assert node.fingerprint is not None
    path: Path = ctx.settings.directory("models") / folder / "changing.safetensors"
    path.write_bytes(b"one")
    first = node.fingerprint(**{name: path.name}, settings=ctx.settings)
    assert node.fingerprint(**{name: path.name}, settings=ctx.settings) == first
    path.write_bytes(b"three")
    assert node.fingerprint(**{name: path.name}, settings=ctx.settings) != first
    path.unlink()
    assert node.fingerprint(**{name: path.name}, settings=ctx.settings) is None
    linked = node.fingerprint(**{name: None}, settings=ctx.settings)
    assert linked != linked  # a NaN: always looked up again


def test_what_is_not_there_yet_is_said(ctx: Context) -> None:
    with pytest.raises(InputValueError, match="weight_dtype: fp8_e5m2 is not supported yet"):
        unet_loader(unet_name="small.safetensors", weight_dtype="fp8_e5m2", ctx=ctx)
    with pytest.raises(InputValueError, match="type: sd3 is not supported yet"):
        clip_loader(clip_name="small.safetensors", type="sd3", ctx=ctx)
