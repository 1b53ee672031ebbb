"""Makes the checkpoint that ships, stage by stage; whatever a stopped run has finished is not done again.

autoencoder -> latents whitened -> decoder goes on alone -> drawings encoded -> diffusion -> one file

From nothing, or from the networks of a checkpoint, which stand for the first two stages and for first weights.
"""

from dataclasses import replace
from pathlib import Path

import torch

from engine.models.checkpoint import open_checkpoint
from engine.models.preview import fit_rgb
from engine.training.autoencoder import (
    encode_drawings,
    load_autoencoder,
    make_autoencoder,
    train_autoencoder,
    train_decoder,
    whiten_latents,
)
from engine.training.dataset import collect_vocabulary, draw_batches, encode_training_drawings, load_latents
from engine.training.diffusion import load_networks, make_networks, train_diffusion
from engine.training.export import TOKEN_TABLE, describe_checkpoint, gather_tensors, write_checkpoint
from engine.training.settings import LATENT_SCALE, OnProgress, TrainingSettings
from engine.training.state import load_state, save_state
from engine.training.team import work_as_team
from engine.training.vocabulary import Vocabulary


def train_postcards(
    output: Path,
    work_directory: Path,
    *,
    settings: TrainingSettings | None = None,
    origin: Path | None = None,
    resume: bool = True,
    on_progress: OnProgress,
) -> Path:
    """Train the postcards model and write its checkpoint.

    Args:
        output: The file to write; replaced if it is there.
        work_directory: Where unfinished stages keep their state; a finished run leaves it there.
        settings: Everything that the result depends on; the shipped model's by default.
        origin: A checkpoint of postcards to go on from; it decides the networks' shapes and keeps its latents.
        resume: Whether to go on from the state in the work directory; otherwise it is begun anew.
        on_progress: Called after each step.

    Returns:
        The file.

    Raises:
        EngineError: If a training process stopped, or the checkpoint to go on from cannot be read.
    """
    settings = settings or TrainingSettings()
    work_directory.mkdir(parents=True, exist_ok=True)
    if not resume:
        for path in work_directory.glob("*.pt"):
            path.unlink()
    whitened, diffusion = work_directory / "whitened.pt", work_directory / "diffusion.pt"
    vocabulary = collect_vocabulary(settings)
    if origin is None:
        _make_autoencoder(settings, work_directory / "autoencoder.pt", whitened, on_progress)
    else:
        settings = _take_over(settings, origin, vocabulary, whitened, diffusion)
    decoder = _make_decoder(settings, whitened, work_directory / "decoder.pt", on_progress)
    work_as_team(encode_training_drawings, settings.workers, 0, settings, whitened, work_directory, on_progress)
    size = sum(parameter.numel() for parameter in make_networks(settings, vocabulary.row_count).parameters())
    latents = load_latents(settings, work_directory)
    work_as_team(train_diffusion, settings.workers, size, settings, latents, vocabulary, diffusion, on_progress)
    return export_postcards(output, settings, vocabulary, decoder, diffusion, onward=origin is not None)


def export_postcards(
    output: Path, settings: TrainingSettings, vocabulary: Vocabulary, decoder: Path, diffusion: Path, *, onward: bool
) -> Path:
    """Write the checkpoint from the states of the autoencoder and of the second stage.

    Args:
        output: The file to write.
        settings: The run's.
        vocabulary: Its tokens.
        decoder: State of the finished autoencoder.
        diffusion: State of the second stage.
        onward: Whether the run went on from an earlier checkpoint.
    """
    autoencoder = load_autoencoder(settings, decoder).eval().requires_grad_(False)
    pixels = torch.cat(list(draw_batches(settings, 0, 16)))
    latents, _ = encode_drawings(autoencoder, iter([pixels]))
    rows, offset = fit_rgb(latents * LATENT_SCALE, pixels)
    networks = load_networks(settings, vocabulary.row_count, diffusion)
    state = load_state(diffusion) or {"step": 0}
    metadata = describe_checkpoint(state["step"], [*rows, offset], onward=onward)
    write_checkpoint(output, gather_tensors(autoencoder, networks, vocabulary), metadata)
    return output


def _make_autoencoder(settings: TrainingSettings, first: Path, whitened: Path, on_progress: OnProgress) -> None:
    """The first stage, and its latents whitened."""
    size = sum(parameter.numel() for parameter in make_autoencoder(settings).parameters())
    work_as_team(train_autoencoder, settings.workers, size, settings, first, on_progress)
    if not whitened.is_file():
        network = load_autoencoder(settings, first)
        sample = min(settings.drawings, 1000)
        latents, variance = encode_drawings(network, draw_batches(settings, 0, sample))
        whiten_latents(network, latents, variance)
        save_state(whitened, {"network": network.state_dict()})


def _take_over(
    settings: TrainingSettings, origin: Path, vocabulary: Vocabulary, whitened: Path, diffusion: Path
) -> TrainingSettings:
    """Write the states that a run goes on from; those already there are kept.

    Returns:
        The settings with the shapes of the checkpoint's networks.
    """
    file = open_checkpoint(origin)
    settings = replace(settings, vae=file.vae_config, unet=file.unet_config, text=file.clip_config)
    if not whitened.is_file():
        save_state(whitened, {"network": file.load_vae(torch.float32).state_dict()})
    if not diffusion.is_file():
        text = file.load_clip(torch.float32).state_dict()
        text[TOKEN_TABLE] = vocabulary.shrink(text[TOKEN_TABLE])
        networks = {f"text.{key}": value for key, value in text.items()}
        networks |= {f"unet.{key}": value for key, value in file.load_unet(torch.float32).state_dict().items()}
        save_state(diffusion, {"step": 0, "networks": networks, "averaged": networks})
    return settings


def _make_decoder(settings: TrainingSettings, whitened: Path, decoder: Path, on_progress: OnProgress) -> Path:
    """The decoder's stage; the state of the finished autoencoder."""
    if not settings.decoder_steps:
        return whitened
    size = sum(parameter.numel() for parameter in make_autoencoder(settings).decoder.parameters())
    work_as_team(train_decoder, settings.workers, size, settings, whitened, decoder, on_progress)
    return decoder
