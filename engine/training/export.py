"""Writes the trained networks as one single-file checkpoint of Stable Diffusion 1.x, in half precision.

Keys are the published ones. The metadata say what the file is, and how its latents look as colours (previews).
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file  # pyright: ignore[reportUnknownVariableType]: its path is unannotated
from torch import Tensor

from engine.models.vae import AutoencoderKL
from engine.training.diffusion import TextToNoise
from engine.training.vocabulary import Vocabulary

NAME = "Skein Postcards"
VERSION = "2.0"
TOKEN_TABLE = "text_model.embeddings.token_embedding.weight"


def describe_checkpoint(steps: int, latent_rgb: Sequence[Sequence[float]], *, onward: bool = False) -> dict[str, str]:
    """The file's metadata.

    Args:
        steps: Steps of the second stage.
        latent_rgb: A colour for each latent channel, then that of zero; see `preview.fit_rgb`.
        onward: Whether the run went on from an earlier checkpoint.
    """
    command = "python main.py train postcards" + (" --from an earlier version" if onward else "")
    return {
        "name": NAME,
        "version": VERSION,
        "license": "MIT",
        "made_by": f"{command} ({steps} diffusion steps), from drawings of Skein's own generator",
        "modelspec.title": NAME,
        "modelspec.architecture": "stable-diffusion-v1",
        "modelspec.prediction_type": "epsilon",
        "modelspec.resolution": "128x128",
        "modelspec.license": "MIT",
        "latent_rgb": json.dumps([[round(value, 4) for value in row] for row in latent_rgb]),
    }


def gather_tensors(autoencoder: AutoencoderKL, networks: TextToNoise, vocabulary: Vocabulary) -> dict[str, Tensor]:
    """All tensors by their published names, float16, with a row for every token."""
    text = networks.text.state_dict()
    text[TOKEN_TABLE] = vocabulary.expand(text[TOKEN_TABLE])
    parts: Mapping[str, Mapping[str, Tensor]] = {
        "model.diffusion_model.": networks.unet.state_dict(),
        "first_stage_model.": autoencoder.state_dict(),
        "cond_stage_model.transformer.": text,
    }
    tensors = {prefix + key: value for prefix, state in parts.items() for key, value in state.items()}
    return {key: value.to(torch.float16).contiguous() for key, value in tensors.items()}


def write_checkpoint(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Write the file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    save_file(dict(tensors), partial, metadata=dict(metadata))
    os.replace(partial, path)
