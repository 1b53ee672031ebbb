"""Networks for tests: small ones, and cheap random weights for those of any size."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.models.clip import ClipTextEncoder
from engine.models.config import ClipTextConfig, UNetConfig, VAEConfig
from engine.models.detect import Shapes
from engine.models.unet import UNet
from engine.models.vae import AutoencoderKL

Network = TypeVar("Network", bound=nn.Module)

SMALL_UNET = UNetConfig(
    model_channels=32,
    channel_mult=(1, 2, 3),
    num_res_blocks=(1, 2, 1),
    transformer_depth=(1, 0, 1),
    context_dim=24,
    num_heads=8,
)
SMALL_VAE = VAEConfig(base_channels=32, channel_mult=(1, 2, 1, 2), num_res_blocks=1)
SMALL_CLIP = ClipTextConfig(
    vocab_size=99, max_tokens=12, hidden_size=24, intermediate_size=40, layers=3, heads=1, eos_token=98
)

PREFIXES: Mapping[str, str] = {
    "unet": "model.diffusion_model.",
    "vae": "first_stage_model.",
    "clip": "cond_stage_model.transformer.",
}
SMALL_NETWORKS: Mapping[str, Callable[[], nn.Module]] = {
    "unet": lambda: UNet(SMALL_UNET),
    "vae": lambda: AutoencoderKL(SMALL_VAE),
    "clip": lambda: ClipTextEncoder(SMALL_CLIP),
}


def on_meta(make: Callable[[], Network]) -> Network:
    """The network, without memory."""
    with torch.device("meta"):
        return make()


def shapes_of(network: nn.Module) -> Shapes:
    """The shape of each tensor of its state."""
    return {key: tuple(value.shape) for key, value in network.state_dict().items()}


def random_state(shapes: Shapes, seed: int = 0) -> dict[str, Tensor]:
    """Random weights of these shapes; quick, and small in memory whatever their number.

    Matrices are slices of one array of normal numbers, each from another place; scales are near 1, offsets near 0.
    """
    generator = torch.Generator().manual_seed(seed)
    slack = 65_536
    pool = torch.randn(slack + max(torch.Size(shape).numel() for shape in shapes.values()), generator=generator) * 0.04
    state: dict[str, Tensor] = {}
    for index, (key, shape) in enumerate(shapes.items()):
        if len(shape) == 1:
            state[key] = torch.randn(shape, generator=generator) * 0.1 + (1.0 if key.endswith("weight") else 0.0)
        else:
            begin = index * 7919 % slack
            state[key] = pool[begin : begin + torch.Size(shape).numel()].view(shape)
    return state


def with_random_weights(make: Callable[[], Network], seed: int = 0) -> Network:
    """The network in eval mode, without gradients, with weights as `random_state` makes them."""
    network = on_meta(make)
    network.load_state_dict(random_state(shapes_of(network), seed), assign=True)
    return network.eval().requires_grad_(False)


def relative_error(ours: Tensor, theirs: Tensor) -> float:
    """The largest difference, relative to the largest value."""
    return float((ours - theirs).abs().max() / theirs.abs().max())


def small_state(*parts: str, dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
    """What a checkpoint of small networks holds, by the names in the file."""
    return {
        PREFIXES[part] + key: value.to(dtype, copy=True)
        for part in parts or tuple(PREFIXES)
        for key, value in random_state(shapes_of(on_meta(SMALL_NETWORKS[part])), seed=len(part)).items()
    }


def write_checkpoint(path: Path, state: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None) -> Path:
    """Write a `.safetensors` file with the library that defined the format."""
    save_file({key: value.contiguous() for key, value in state.items()}, path, dict(metadata or {}))
    return path


def write_header(path: Path, header: bytes, data: bytes = b"") -> Path:
    """Write a file of the format's outer form, whatever the header says."""
    path.write_bytes(struct.pack("<Q", len(header)) + header + data)
    return path
