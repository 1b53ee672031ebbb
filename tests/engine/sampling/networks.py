"""Networks for tests of whole runs: one whose estimates are known, and a small real one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import torch
from torch import Tensor, nn

from engine.memory.pool import Pool
from engine.memory.weights import Weights
from engine.models.config import UNetConfig
from engine.models.preview import SD1_LATENTS
from engine.models.unet import UNet
from engine.sampling.conditioning import CondOptions
from engine.sampling.model import Model
from engine.sampling.parametrization import DiscreteSchedule, Parametrization
from engine.settings import Settings

SD = DiscreteSchedule.stable_diffusion()
FEATURES = 3
TINY_UNET = UNetConfig(
    model_channels=32,
    channel_mult=(1, 2),
    num_res_blocks=(1, 1),
    transformer_depth=(1, 0),
    context_dim=FEATURES,
    num_heads=4,
)


def cpu_pool() -> Pool:
    return Pool(Settings(device="cpu", dtype="float32"))


@dataclass
class Call:
    """What the network was given once."""

    x: Tensor
    timesteps: Tensor
    context: Tensor
    y: Tensor | None


class KnownNetwork(nn.Module):
    """Predicts noise such that the estimate is, everywhere, the first feature of the first token.

    With `vector` conditions their first feature is added.
    """

    def __init__(self) -> None:
        super().__init__()
        self.anchor = nn.Parameter(torch.zeros(()), requires_grad=False)
        self.calls = list[Call]()

    def forward(self, x: Tensor, timesteps: Tensor, context: Tensor, y: Tensor | None = None) -> Tensor:
        self.calls.append(Call(x, timesteps, context, y))
        sigmas = torch.tensor(SD.sigmas)[timesteps.long()].view(-1, 1, 1, 1)
        estimate = context[:, 0, 0].view(-1, 1, 1, 1)
        if y is not None:
            estimate = estimate + y[:, 0].view(-1, 1, 1, 1)
        return (x[:, :4] * (1 + sigmas**2).sqrt() - estimate) / sigmas


@dataclass
class KnownModel:
    """A model around a `KnownNetwork`, and the network to look at."""

    network: KnownNetwork = field(default_factory=KnownNetwork)

    def model(self, **fields: Any) -> Model:
        return wrap(self.network, UNetConfig(context_dim=FEATURES), **fields)


def wrap(network: nn.Module, config: UNetConfig, **fields: Any) -> Model:
    """A model whose weights are that network."""

    def load(dtype: torch.dtype) -> UNet:
        return cast(UNet, network.to(dtype))

    weights = Weights("test model", "unet", load, torch.float32, 1)
    settings: dict[str, Any] = {"parametrization": Parametrization(SD), "latent_format": SD1_LATENTS, **fields}
    return Model(weights=weights, unet_config=config, **settings)


def tiny_model(**fields: Any) -> Model:
    """A real network with random weights."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = UNet(TINY_UNET)
        for parameter in network.parameters():
            nn.init.normal_(parameter, std=0.05)
    return wrap(network.eval().requires_grad_(requires_grad=False), TINY_UNET, **fields)


def tokens(value: float, length: int = 77, batch: int = 1) -> Tensor:
    """Text tokens that stand for an estimate."""
    return torch.full((batch, length, FEATURES), value)


def conditioning(value: float, length: int = 77, **options: Any) -> list[tuple[Tensor, CondOptions]]:
    """A conditioning of one part that stands for an estimate."""
    return [(tokens(value, length), cast(CondOptions, options))]


def join(*parts: Sequence[tuple[Tensor, CondOptions]]) -> list[tuple[Tensor, CondOptions]]:
    return [entry for part in parts for entry in part]
