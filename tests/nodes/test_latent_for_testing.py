"""Nodes for latents in `_for_testing`: tiles, blending, files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from engine import CheckpointError, Context, FileError, InputValueError, NodeResult, Settings
from engine.images.resize import resize
from engine.models.tensor_file import SafetensorsFile
from engine.sampling.vae import decode_tiled, encode_tiled
from engine.types import Latent
from nodes.latent_for_testing import (
    latent_blend,
    load_latent,
    save_latent,
    vae_decode_tiled,
    vae_encode_tiled,
)
from tests.engine.models.networks import write_checkpoint
from tests.nodes.unchanged import unchanged
from tests.small_models import make_vae


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    settings = Settings(base_directory=tmp_path, device="cpu")
    settings.directory("input").mkdir()
    plain = Context.standalone(settings)
    return Context(settings, plain.pool, prompt={"1": {"class_type": "A"}}, extra_pnginfo={"workflow": {"nodes": []}})


def test_tiled(ctx: Context) -> None:
    vae = make_vae()
    sizes: dict[str, Any] = {"tile_size": 64, "overlap": 32, "temporal_size": 64, "temporal_overlap": 8}
    given: Latent = {"samples": torch.randn(1, 4, 6, 12)}
    with unchanged(given):
        image = vae_decode_tiled(samples=given, vae=vae, **sizes, ctx=ctx)
    assert torch.equal(image, decode_tiled(ctx.pool, vae, given["samples"], 64, 32))
    encoded = vae_encode_tiled(pixels=image, vae=vae, **sizes, ctx=ctx)
    assert torch.equal(encoded["samples"], encode_tiled(ctx.pool, vae, image, 64, 32))


def test_blend() -> None:
    a: Latent = {"samples": torch.randn(2, 4, 8, 8), "batch_index": [1, 2]}
    b: Latent = {"samples": torch.randn(1, 4, 4, 4)}
    with unchanged(a, b):
        blended = latent_blend(samples1=a, samples2=b, blend_factor=0.25)
    second = resize(b["samples"], 8, 8, "bicubic", "center")
    torch.testing.assert_close(blended["samples"], a["samples"] * 0.25 + second * 0.75)
    assert blended.get("batch_index") == [1, 2]


# -- files -------------------------------------------------------------------------------------------------------------


def save(ctx: Context, samples: torch.Tensor, prefix: str = "latents/x") -> Path:
    given: Latent = {"samples": samples}
    with unchanged(given):
        result = save_latent(samples=given, filename_prefix=prefix, ctx=ctx)
    assert isinstance(result, NodeResult)
    assert result.ui is not None
    (record,) = result.ui["latents"]
    assert record["type"] == "output"
    return ctx.settings.directory("output") / record["subfolder"] / record["filename"]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_what_is_saved_can_be_loaded(ctx: Context, dtype: torch.dtype) -> None:
    samples = torch.randn(2, 4, 8, 6).to(dtype)
    path = save(ctx, samples.transpose(2, 3))
    assert path.name == "x_00001_.latent"
    assert save(ctx, samples).name == "x_00002_.latent"
    loaded = load_latent(latent="latents/x_00001_.latent [output]", ctx=ctx)
    assert torch.equal(loaded["samples"], samples.transpose(2, 3).float())
    (ctx.settings.directory("input") / "y.latent").write_bytes(path.read_bytes())
    assert torch.equal(load_latent(latent="y.latent", ctx=ctx)["samples"], loaded["samples"])


def test_the_workflow_is_in_the_file_unless_it_may_not_be(ctx: Context) -> None:
    metadata = SafetensorsFile(save(ctx, torch.zeros(1, 4, 2, 2))).metadata
    assert {key: json.loads(value) for key, value in metadata.items()} == {
        "prompt": {"1": {"class_type": "A"}},
        "workflow": {"nodes": []},
    }
    silent = Settings(base_directory=ctx.settings.base_directory, device="cpu", save_metadata=False)
    silent_ctx = Context(silent, ctx.pool, prompt={"1": {}})
    assert SafetensorsFile(save(silent_ctx, torch.zeros(1, 4, 2, 2))).metadata == {}


def test_older_files_hold_scaled_latents(ctx: Context) -> None:
    samples = torch.randn(1, 4, 2, 2)
    write_checkpoint(ctx.settings.directory("input") / "old.latent", {"latent_tensor": samples * 0.18215})
    torch.testing.assert_close(load_latent(latent="old.latent", ctx=ctx)["samples"], samples)


def test_files_that_are_no_latents(ctx: Context) -> None:
    folder = ctx.settings.directory("input")
    write_checkpoint(folder / "model.latent", {"x": torch.zeros(1)})
    write_checkpoint(folder / "flat.latent", {"latent_tensor": torch.zeros(4)})
    (folder / "broken.latent").write_bytes(b"nothing")
    with pytest.raises(FileError, match="holds no latents"):
        load_latent(latent="model.latent", ctx=ctx)
    with pytest.raises(InputValueError, match="latent: a latent of an image"):
        load_latent(latent="flat.latent", ctx=ctx)
    with pytest.raises(CheckpointError, match="is cut off"):
        load_latent(latent="broken.latent", ctx=ctx)


@pytest.mark.parametrize("name", ["missing.latent", "../secret.latent", "/etc/passwd"])
def test_names_are_checked_before_the_run(ctx: Context, name: str) -> None:
    (ctx.settings.base_directory / "secret.latent").write_bytes(b"")
    validate, fingerprint = load_latent.validate, load_latent.fingerprint
    assert validate is not None
    assert fingerprint is not None
    assert isinstance(validate(latent=name, settings=ctx.settings), str)
    assert fingerprint(latent=name, settings=ctx.settings) is None
    with pytest.raises(FileError):
        load_latent(latent=name, ctx=ctx)


def test_the_fingerprint_changes_with_the_file(ctx: Context) -> None:
    fingerprint, validate = load_latent.fingerprint, load_latent.validate
    assert fingerprint is not None
    assert validate is not None
    path = ctx.settings.directory("input") / "a.latent"
    path.write_bytes(b"one")
    first = fingerprint(latent="a.latent", settings=ctx.settings)
    assert validate(latent="a.latent", settings=ctx.settings) is True
    path.write_bytes(b"three")
    assert fingerprint(latent="a.latent", settings=ctx.settings) != first
    linked = fingerprint(latent=None, settings=ctx.settings)
    assert linked != linked  # a NaN: always looked up again
