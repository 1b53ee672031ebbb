"""Makes the checkpoint that ships from nothing, stage by stage; whatever a stopped run has finished is not done again.

autoencoder -> latents whitened -> decoder goes on alone -> drawings encoded -> diffusion -> one file
"""

from pathlib import Path

import torch

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
from engine.training.export import describe_checkpoint, gather_tensors, write_checkpoint
from engine.training.settings import LATENT_SCALE, OnProgress, TrainingSettings
from engine.training.state import load_state, save_state
from engine.training.team import work_as_team
from engine.training.vocabulary import Vocabulary


def train_postcards(
    output: Path,
    work_directory: Path,
    *,
    settings: TrainingSettings | None = None,
    resume: bool = True,
    on_progress: OnProgress,
) -> Path:
    """Train the postcards model and write its checkpoint.

    Args:
        output: The file to write; replaced if it is there.
        work_directory: Where unfinished stages keep their state; a finished run leaves it there.
        settings: Everything that the result depends on; the shipped model's by default.
        resume: Whether to go on from the state in the work directory; otherwise it is begun anew.
        on_progress: Called after each step.

    Returns:
        The file.

    Raises:
        EngineError: If a training process stopped.
    """
    settings = settings or TrainingSettings()
    work_directory.mkdir(parents=True, exist_ok=True)
    if not resume:
        for path in work_directory.glob("*.pt"):
            path.unlink()
    whitened, decoder = work_directory / "whitened.pt", work_directory / "decoder.pt"
    _make_latents(settings, work_directory, whitened, decoder, on_progress)
    vocabulary = collect_vocabulary(settings)
    diffusion = work_directory / "diffusion.pt"
    size = sum(parameter.numel() for parameter in make_networks(settings, vocabulary.row_count).parameters())
    latents = load_latents(settings, work_directory)
    work_as_team(train_diffusion, settings.workers, size, settings, latents, vocabulary, diffusion, on_progress)
    return export_postcards(output, settings, vocabulary, decoder, diffusion)


def export_postcards(
    output: Path, settings: TrainingSettings, vocabulary: Vocabulary, decoder: Path, diffusion: Path
) -> Path:
    """Write the checkpoint from the states of the last two stages."""
    autoencoder = load_autoencoder(settings, decoder).eval().requires_grad_(False)
    pixels = torch.cat(list(draw_batches(settings.seed, 0, 16)))
    latents, _ = encode_drawings(autoencoder, iter([pixels]))
    rows, offset = fit_rgb(latents * LATENT_SCALE, pixels)
    networks = load_networks(settings, vocabulary.row_count, diffusion)
    state = load_state(diffusion) or {"step": 0}
    metadata = describe_checkpoint(state["step"], [*rows, offset])
    write_checkpoint(output, gather_tensors(autoencoder, networks, vocabulary), metadata)
    return output


def _make_latents(
    settings: TrainingSettings, directory: Path, whitened: Path, decoder: Path, on_progress: OnProgress
) -> None:
    """Everything before the second stage: the autoencoder, whitened and finished, and the latents of all drawings."""
    first = directory / "autoencoder.pt"
    size = sum(parameter.numel() for parameter in make_autoencoder(settings).parameters())
    work_as_team(train_autoencoder, settings.workers, size, settings, first, on_progress)
    if not whitened.is_file():
        network = load_autoencoder(settings, first)
        sample = min(settings.drawings, 1000)
        latents, variance = encode_drawings(network, draw_batches(settings.seed, 0, sample))
        whiten_latents(network, latents, variance)
        save_state(whitened, {"network": network.state_dict()})
    work_as_team(train_decoder, settings.workers, size, settings, whitened, decoder, on_progress)
    work_as_team(encode_training_drawings, settings.workers, 0, settings, whitened, directory, on_progress)
