"""Model files as packs load them, by path: `comfy.sd.load_checkpoint_guess_config` and its like."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Any

from engine.compat.host import current_host
from engine.compat.not_offered import refuse
from engine.compat.pack_models import for_packs
from engine.loading import load_checkpoint_file, load_clip_file, load_model_file


class CLIPType(Enum):
    """For which kind of model a text encoder is."""

    STABLE_DIFFUSION = 1
    STABLE_CASCADE = 2
    SD3 = 3
    STABLE_AUDIO = 4
    HUNYUAN_DIT = 5
    FLUX = 6
    MOCHI = 7
    LTXV = 8
    HUNYUAN_VIDEO = 9
    PIXART = 10
    COSMOS = 11
    LUMINA2 = 12
    WAN = 13
    HIDREAM = 14
    CHROMA = 15
    ACE = 16
    OMNIGEN2 = 17
    QWEN_IMAGE = 18
    HUNYUAN_IMAGE = 19


def load_checkpoint_guess_config(
    ckpt_path: str,
    output_vae: bool = True,
    output_clip: bool = True,
    output_clipvision: bool = False,
    embedding_directory: Any = None,
    output_model: bool = True,
    **_: Any,
) -> tuple[Any, Any, Any, None]:
    """(MODEL, CLIP, VAE, None) of a file; None for what is not wanted."""
    del embedding_directory
    if output_clipvision:
        refuse("The CLIP vision model of a checkpoint")
    loaded = load_checkpoint_file(current_host().settings, Path(ckpt_path))
    return (
        for_packs(loaded.model) if output_model else None,
        for_packs(loaded.clip) if output_clip else None,
        for_packs(loaded.vae) if output_vae else None,
        None,
    )


def load_checkpoint(
    config_path: Any = None,
    ckpt_path: Any = None,
    output_vae: bool = True,
    output_clip: bool = True,
    embedding_directory: Any = None,
    **_: Any,
) -> tuple[Any, Any, Any]:
    """(MODEL, CLIP, VAE) of a file; what it is says the file, not the configuration."""
    del config_path
    return load_checkpoint_guess_config(ckpt_path, output_vae, output_clip, False, embedding_directory)[:3]


def load_diffusion_model(unet_path: str, model_options: Any = None) -> Any:
    """The MODEL of a file."""
    if model_options:
        refuse("comfy.sd.load_diffusion_model with options")
    return for_packs(load_model_file(Path(unet_path)))


def load_clip(
    ckpt_paths: list[str],
    embedding_directory: Any = None,
    clip_type: CLIPType = CLIPType.STABLE_DIFFUSION,
    model_options: Any = None,
) -> Any:
    """The CLIP of a file."""
    del embedding_directory, clip_type
    if len(ckpt_paths) != 1 or model_options:
        refuse("A CLIP of several files, or with options,")
    return for_packs(load_clip_file(current_host().settings, Path(ckpt_paths[0])))
