"""Values that sockets carry, made of small networks with random weights, and files of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from engine.memory.pool import Pool
from engine.memory.weights import Role, Weights
from engine.models.clip import ClipTextEncoder
from engine.models.preview import SD1_LATENTS
from engine.models.unet import UNet
from engine.models.vae import AutoencoderKL
from engine.sampling.model import Model
from engine.sampling.parametrization import DiscreteSchedule, Parametrization
from engine.sampling.vae import Vae
from engine.settings import Settings
from engine.text.encode import Clip, find_no_embedding
from engine.text.tokenizer import END_TOKEN, VOCABULARY_SIZE, Tokenizer
from tests.engine.models.networks import (
    PREFIXES,
    SMALL_CLIP,
    SMALL_UNET,
    SMALL_VAE,
    on_meta,
    random_state,
    shapes_of,
    with_random_weights,
    write_checkpoint,
)

Network = TypeVar("Network", bound=nn.Module)

CLIP_CONFIG = replace(SMALL_CLIP, vocab_size=VOCABULARY_SIZE, max_tokens=77, eos_token=END_TOKEN)


def make_pool() -> Pool:
    """A pool on the CPU."""
    return Pool(Settings(device="cpu"))


def make_weights(role: Role, make: Callable[[], Network], name: str = "small") -> Weights[Network]:
    """Weights whose network is made anew, and equal, whenever it is loaded."""

    def load(dtype: torch.dtype) -> Network:
        return with_random_weights(make).to(dtype)

    count = sum(tensor.numel() for tensor in on_meta(make).state_dict().values())
    return Weights(f"{name} {role}", role, load, torch.float32, count)


def make_clip(find_embedding: Callable[[str], Tensor | None] = find_no_embedding) -> Clip:
    """A text encoder of 24 features with CLIP's tokens."""
    weights = make_weights("clip", lambda: ClipTextEncoder(CLIP_CONFIG))
    return Clip(weights, Tokenizer.load(), config=CLIP_CONFIG, find_embedding=find_embedding)


def make_vae() -> Vae:
    """An autoencoder of 32 to 64 channels, f = 8, 4 latent channels."""
    return Vae(make_weights("vae", lambda: AutoencoderKL(SMALL_VAE)), SD1_LATENTS, SMALL_VAE)


def make_model() -> Model:
    """A UNet that reads texts of 24 features."""
    schedule = DiscreteSchedule.stable_diffusion()
    return Model(make_weights("unet", lambda: UNet(SMALL_UNET)), SMALL_UNET, Parametrization(schedule), SD1_LATENTS)


def write_small_checkpoint(path: Path, *parts: Role, dtype: torch.dtype = torch.float16) -> Path:
    """A checkpoint file of these networks, or of all three."""
    networks: dict[Role, Callable[[], nn.Module]] = {
        "unet": lambda: UNet(SMALL_UNET),
        "vae": lambda: AutoencoderKL(SMALL_VAE),
        "clip": lambda: ClipTextEncoder(CLIP_CONFIG),
    }
    state = {
        PREFIXES[part] + key: value.to(dtype, copy=True)
        for part in parts or tuple(networks)
        for key, value in random_state(shapes_of(on_meta(networks[part]))).items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_checkpoint(path, state)
