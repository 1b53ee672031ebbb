"""Nodes of the categories `loaders` and `advanced/loaders`: model files to the values that sockets carry."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, NamedTuple

from engine import Context, FileError, InputValueError, ModelFile, Settings, Widget, node
from engine.loading import load_checkpoint, load_clip, load_model, load_vae, stamp_model_file
from engine.types import Clip, Model, Vae

ClipType = Literal[
    "stable_diffusion",
    "stable_cascade",
    "sd3",
    "stable_audio",
    "mochi",
    "ltxv",
    "pixart",
    "cosmos",
    "lumina2",
    "wan",
    "hidream",
    "chroma",
    "ace",
    "omnigen2",
    "qwen_image",
    "hunyuan_image",
]


class Networks(NamedTuple):
    """The networks of a checkpoint.

    Args:
        model: The diffusion model, which removes noise from latents.
        clip: The text encoder.
        vae: The autoencoder between images and latents.
    """

    model: Model
    clip: Clip
    vae: Vae


def _stamp(settings: Settings, kind: str, name: str | None) -> Any:
    if name is None:  # the name comes over a link: always look it up again
        return math.nan
    try:
        return stamp_model_file(settings, kind, name)
    except (FileError, OSError):
        return None


def _stamp_checkpoint(ckpt_name: str | None, settings: Settings) -> Any:
    return _stamp(settings, "checkpoints", ckpt_name)


def _stamp_vae(vae_name: str | None, settings: Settings) -> Any:
    return _stamp(settings, "vae", vae_name)


def _stamp_model(unet_name: str | None, settings: Settings) -> Any:
    return _stamp(settings, "diffusion_models", unet_name)


def _stamp_clip(clip_name: str | None, settings: Settings) -> Any:
    return _stamp(settings, "text_encoders", clip_name)


@node(
    "CheckpointLoaderSimple",
    category="loaders",
    display_name="Load Checkpoint",
    output_names=("MODEL", "CLIP", "VAE"),
    fingerprint=_stamp_checkpoint,
)
def checkpoint_loader_simple(*, ckpt_name: Annotated[str, ModelFile("checkpoints")], ctx: Context) -> Networks:
    """Load a diffusion model with the text encoder and the autoencoder that are in the same file.

    Args:
        ckpt_name: The file.
    """
    return Networks(*load_checkpoint(ctx.settings, ckpt_name))


@node("VAELoader", category="loaders", display_name="Load VAE", fingerprint=_stamp_vae)
def vae_loader(*, vae_name: Annotated[str, ModelFile("vae")], ctx: Context) -> Vae:
    """Load an autoencoder.

    Args:
        vae_name: The file.
    """
    return load_vae(ctx.settings, vae_name)


@node("UNETLoader", category="advanced/loaders", display_name="Load Diffusion Model", fingerprint=_stamp_model)
def unet_loader(
    *,
    unet_name: Annotated[str, ModelFile("diffusion_models")],
    weight_dtype: Literal["default", "fp8_e4m3fn", "fp8_e4m3fn_fast", "fp8_e5m2"],
    ctx: Context,
) -> Model:
    """Load a diffusion model without text encoder and autoencoder.

    Args:
        unet_name: The file.
        weight_dtype: Only `default` is there yet: the type that suits the device.
    """
    if weight_dtype != "default":
        raise InputValueError(f"weight_dtype: {weight_dtype} is not supported yet; choose default.")
    return load_model(ctx.settings, unet_name)


@node("CLIPLoader", category="advanced/loaders", display_name="Load CLIP", fingerprint=_stamp_clip)
def clip_loader(
    *,
    clip_name: Annotated[str, ModelFile("text_encoders")],
    type: ClipType,  # noqa: A002  the input's name in workflow files
    device: Annotated[Literal["default", "cpu"] | None, Widget.of(advanced=True)] = None,
    ctx: Context,
) -> Clip:
    """Load a text encoder.

    Args:
        clip_name: The file.
        type: The family of models that it belongs to; only `stable_diffusion` is there yet.
        device: A wish; the engine puts every network where there is room for it.
    """
    del device
    if type != "stable_diffusion":
        raise InputValueError(f"type: {type} is not supported yet; choose stable_diffusion.")
    return load_clip(ctx.settings, clip_name)
