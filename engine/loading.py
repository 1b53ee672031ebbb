"""Model files to the values that sockets carry. Reads headers only; the pool loads a network when it is first used.

A checkpoint without text encoder or autoencoder loads as well: whoever uses the part that is missing is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import torch
from torch import nn

from engine.errors import CheckpointError
from engine.files import find_model_file
from engine.memory.weights import Weights
from engine.models.checkpoint import Checkpoint, open_checkpoint
from engine.models.config import SD1_CLIP, SD_VAE
from engine.models.detect import PartName
from engine.sampling.model import ConcatInput, Model
from engine.sampling.parametrization import DiscreteSchedule, Parametrization
from engine.sampling.vae import Vae
from engine.settings import Settings
from engine.text.embeddings import find_embedding
from engine.text.encode import Clip
from engine.text.tokenizer import VOCABULARY_SIZE, Tokenizer

N = TypeVar("N", bound=nn.Module)

CONCAT_INPUTS: Final[Mapping[int, tuple[ConcatInput, ...]]] = {0: (), 4: ("unscaled_latent",), 5: ("mask", "latent")}
"""What networks see beside the noisy latent, by the number of further channels."""


class LoadedCheckpoint(NamedTuple):
    """The three networks of a checkpoint."""

    model: Model
    clip: Clip
    vae: Vae


def load_checkpoint(settings: Settings, name: str) -> LoadedCheckpoint:
    """The networks of a file in the `checkpoints` folder.

    Raises:
        FileError: If there is no such file.
        CheckpointError: If it is damaged, or has no diffusion model that is known.
    """
    return load_checkpoint_file(settings, find_model_file(settings, "checkpoints", name))


def load_checkpoint_file(settings: Settings, path: Path) -> LoadedCheckpoint:
    """The networks of a file, wherever it is; otherwise as `load_checkpoint`."""
    checkpoint = open_checkpoint(path)
    return LoadedCheckpoint(_make_model(checkpoint), _make_clip(checkpoint, settings), _make_vae(checkpoint))


def load_model(settings: Settings, name: str) -> Model:
    """The diffusion model of a file in the `diffusion_models` folder; otherwise as `load_checkpoint`."""
    return load_model_file(find_model_file(settings, "diffusion_models", name))


def load_model_file(path: Path) -> Model:
    """The diffusion model of a file, wherever it is; otherwise as `load_checkpoint`."""
    return _make_model(open_checkpoint(path))


def load_clip(settings: Settings, name: str) -> Clip:
    """The text encoder of a file in the `text_encoders` folder.

    Raises:
        FileError: If there is no such file.
        CheckpointError: If it is damaged, or has no text encoder that is known.
    """
    return load_clip_file(settings, find_model_file(settings, "text_encoders", name))


def load_clip_file(settings: Settings, path: Path) -> Clip:
    """The text encoder of a file, wherever it is; otherwise as `load_clip`."""
    checkpoint = open_checkpoint(path)
    _require(checkpoint, "clip")
    return _make_clip(checkpoint, settings)


def load_vae(settings: Settings, name: str) -> Vae:
    """The autoencoder of a file in the `vae` folder.

    Raises:
        FileError: If there is no such file.
        CheckpointError: If it is damaged, or has no autoencoder that is known.
    """
    checkpoint = open_checkpoint(find_model_file(settings, "vae", name))
    _require(checkpoint, "vae")
    return _make_vae(checkpoint)


def stamp_model_file(settings: Settings, kind: str, name: str) -> tuple[int, int]:
    """Size and time of change of a model file: what differs when there is another file under the same name.

    Raises:
        FileError: If there is no such file.
    """
    status = find_model_file(settings, kind, name).stat()
    return status.st_size, status.st_mtime_ns


def _require(checkpoint: Checkpoint, part: PartName) -> None:
    """Raise the error that says what a file has instead of the part."""
    checkpoint.parameter_count(part)


def _make_model(checkpoint: Checkpoint) -> Model:
    config, latent_format = checkpoint.unet_config, checkpoint.latent_format
    if config.adm_in_channels is not None:
        raise CheckpointError(
            checkpoint.path,
            f"its diffusion UNet takes a vector of {config.adm_in_channels} numbers besides the text, as SDXL and "
            "unCLIP models do; these are not supported yet.",
        )
    further = config.in_channels - config.out_channels
    if further not in CONCAT_INPUTS:
        known = ", ".join(str(config.out_channels + count) for count in CONCAT_INPUTS)
        raise CheckpointError(
            checkpoint.path,
            f"its diffusion UNet takes {config.in_channels} channels and gives {config.out_channels}; "
            f"known are {known}.",
        )
    return Model(
        weights=_make_weights(checkpoint, "unet", checkpoint.load_unet),
        unet_config=config,
        parametrization=Parametrization(DiscreteSchedule.stable_diffusion(), checkpoint.parametrization),
        latent_format=latent_format,
        concat=CONCAT_INPUTS[further],
    )


def _make_clip(checkpoint: Checkpoint, settings: Settings) -> Clip:
    config = checkpoint.clip_config if "clip" in checkpoint.parts else SD1_CLIP
    if config.vocab_size < VOCABULARY_SIZE:
        raise CheckpointError(
            checkpoint.path,
            f"its CLIP text encoder knows {config.vocab_size} tokens; {VOCABULARY_SIZE} were expected.",
        )
    return Clip(
        weights=_make_weights(checkpoint, "clip", checkpoint.load_clip),
        tokenizer=Tokenizer.load(),
        config=config,
        find_embedding=partial(find_embedding, settings),
    )


def _make_vae(checkpoint: Checkpoint) -> Vae:
    return Vae(
        weights=_make_weights(checkpoint, "vae", checkpoint.load_vae),
        latent_format=checkpoint.latent_format,
        config=checkpoint.vae_config if "vae" in checkpoint.parts else SD_VAE,
    )


def _make_weights(checkpoint: Checkpoint, part: PartName, load: Callable[[torch.dtype], N]) -> Weights[N]:
    is_there = part in checkpoint.parts
    return Weights(
        name=f"{Path(checkpoint.path).name} {part}",
        role=part,
        load=load,
        stored_dtype=checkpoint.stored_dtype(part) if is_there else torch.float32,
        parameter_count=checkpoint.parameter_count(part) if is_there else 0,
    )
