"""Nodes for latents in the category `_for_testing`: tiles, blending, and latents as files."""

from __future__ import annotations

import json
import math
from typing import Annotated, Any

import torch
from safetensors.torch import save

from engine import Context, FileError, ModelFile, NodeResult, Number, Settings, node
from engine.files import resolve_input_file, write_numbered
from engine.models.tensor_file import SafetensorsFile
from engine.sampling.vae import decode_tiled, encode_tiled
from engine.types import Image, Latent, Vae
from nodes.latent_samples import fit_samples, replace_samples, take_samples
from nodes.output import metadata_of

_Overlap = Annotated[int, Number(min=0, max=4096, step=32)]
_TemporalSize = Annotated[int, Number(min=8, max=4096, step=4)]
_TemporalOverlap = Annotated[int, Number(min=4, max=4096, step=4)]

_TENSOR = "latent_tensor"
_UNSCALED_MARK = "latent_format_version_0"
"""An empty tensor of this name: the file holds what the autoencoder made. Older files hold that times 0.18215."""
_OLD_SCALE = 0.18215


@node("VAEDecodeTiled", category="_for_testing", display_name="VAE Decode (Tiled)")
def vae_decode_tiled(
    *,
    samples: Latent,
    vae: Vae,
    tile_size: Annotated[int, Number(min=64, max=4096, step=32)] = 512,
    overlap: _Overlap = 64,
    temporal_size: _TemporalSize = 64,
    temporal_overlap: _TemporalOverlap = 8,
    ctx: Context,
) -> Image:
    """Make images of latents piece by piece, in little memory.

    Args:
        samples: The latents.
        vae: The autoencoder that belongs to the model that made them.
        tile_size: Side of a piece, in pixels of the image.
        overlap: Pixels over which pieces fade into each other; at most a quarter of their side.
        temporal_size: For videos only.
        temporal_overlap: For videos only.
    """
    del temporal_size, temporal_overlap
    return decode_tiled(ctx.pool, vae, take_samples(samples, "samples"), tile_size, overlap, ctx.progress)


@node("VAEEncodeTiled", category="_for_testing", display_name="VAE Encode (Tiled)")
def vae_encode_tiled(
    *,
    pixels: Image,
    vae: Vae,
    tile_size: Annotated[int, Number(min=64, max=4096, step=64)] = 512,
    overlap: _Overlap = 64,
    temporal_size: _TemporalSize = 64,
    temporal_overlap: _TemporalOverlap = 8,
    ctx: Context,
) -> Latent:
    """Make latents of images piece by piece, in little memory.

    Args:
        pixels: The images.
        vae: The autoencoder that belongs to the model that is to change them.
        tile_size: Side of a piece, in pixels of the image.
        overlap: Pixels over which pieces fade into each other; at most a quarter of their side.
        temporal_size: For videos only.
        temporal_overlap: For videos only.
    """
    del temporal_size, temporal_overlap
    return {"samples": encode_tiled(ctx.pool, vae, pixels, tile_size, overlap, ctx.progress)}


@node("LatentBlend", category="_for_testing", display_name="Latent Blend")
def latent_blend(
    *,
    samples1: Latent,
    samples2: Latent,
    blend_factor: Annotated[float, Number(min=0, max=1, step=0.01)] = 0.5,
) -> Latent:
    """Average two latents.

    Args:
        samples1: One.
        samples2: The other, resized to the first.
        blend_factor: Share of the first.
    """
    first = take_samples(samples1, "samples1")
    second = fit_samples(samples2, first, "samples2", method="bicubic")
    return replace_samples(samples1, torch.lerp(second, first, blend_factor))


@node("SaveLatent", category="_for_testing", display_name="SaveLatent", is_output=True, is_io=True)
def save_latent(*, samples: Latent, filename_prefix: str = "latents/ComfyUI", ctx: Context) -> NodeResult[None]:
    """Save latents as a file, with the workflow that made them.

    Args:
        samples: The latents.
        filename_prefix: Beginning of the name; may have folders.
    """
    tensor = take_samples(samples, "samples").float().cpu().contiguous()
    metadata = {key: json.dumps(value) for key, value in metadata_of(ctx).items()}
    content = save({_TENSOR: tensor, _UNSCALED_MARK: torch.empty(0)}, metadata or None)
    saved = write_numbered(ctx.settings.directory("output"), filename_prefix, ".latent", [content])
    return NodeResult(ui={"latents": [file.record("output") for file in saved]})


def _stamp_latent(latent: str | None, settings: Settings) -> Any:
    if latent is None:  # the name comes over a link: always look it up again
        return math.nan
    try:
        status = resolve_input_file(settings, latent, "latent").stat()
    except (FileError, OSError):
        return None
    return [status.st_size, status.st_mtime_ns]


def _check_latent(latent: str | None, settings: Settings) -> bool | str:
    try:
        if latent is not None:
            resolve_input_file(settings, latent, "latent")
    except FileError as error:
        return str(error)
    return True


@node(
    "LoadLatent",
    category="_for_testing",
    display_name="LoadLatent",
    is_io=True,
    fingerprint=_stamp_latent,
    validate=_check_latent,
)
def load_latent(*, latent: Annotated[str, ModelFile("input")], ctx: Context) -> Latent:
    """Load latents from a file.

    Args:
        latent: The file; `name [output]` takes it from the output folder.
    """
    path = resolve_input_file(ctx.settings, latent, "latent")
    file = SafetensorsFile(path)
    if _TENSOR not in file.tensors:
        raise FileError(f"latent: {latent} holds no latents: there is no tensor {_TENSOR!r} in it.")
    samples = file.read([_TENSOR], torch.float32)[_TENSOR]
    result: Latent = {"samples": samples if _UNSCALED_MARK in file.tensors else samples / _OLD_SCALE}
    take_samples(result, "latent")
    return result
