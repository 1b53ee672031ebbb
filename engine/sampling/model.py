"""Model: what MODEL sockets carry. A frozen value; a node that changes a model returns another one.

Weights are shared by all models that were made from the same file, so nothing here is ever edited in place: a LoRA,
another guidance or a ControlNet is a new field or another value of one, made with `dataclasses.replace`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from torch import Tensor

from engine.memory.weights import Weights
from engine.models.config import UNetConfig
from engine.models.preview import LatentFormat
from engine.models.unet import UNet
from engine.sampling.conditioning import CondOptions
from engine.sampling.parametrization import Parametrization

ConcatInput = Literal["mask", "latent", "unscaled_latent"]
"""What a network sees beside the noisy latent: where to paint (1 channel), or an image, on the scale of its own latents
(inpainting models) or the autoencoder's (InstructPix2Pix, arXiv 2211.09800)."""


class Combine(Protocol):
    """Makes one estimate of two; of estimates of the clean latent, `[b c h w]`."""

    def __call__(self, x: Tensor, sigma: float, cond: Tensor, uncond: Tensor, cfg: float) -> Tensor:
        """The estimate to follow, for a latent `x` at a level and a strength `cfg`."""
        ...


def combine_cfg(x: Tensor, sigma: float, cond: Tensor, uncond: Tensor, cfg: float) -> Tensor:
    """Classifier-free guidance (Ho & Salimans 2022, arXiv 2207.12598): uncond + cfg (cond - uncond)."""
    del x, sigma
    return uncond.lerp(cond, cfg)


def begin_cfg() -> Combine:
    """Plain guidance has no memory, so every run may use the same function."""
    return combine_cfg


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How the model's estimates are used.

    Attributes:
        begin_guidance: Called once per run, since some kinds of guidance remember earlier steps.
        skips_uncond: At cfg 1 the negative conditioning makes no difference and is not computed.
    """

    begin_guidance: Callable[[], Combine] = begin_cfg
    skips_uncond: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A diffusion model.

    Attributes:
        weights: The network's parameters, wherever they are.
        unet_config: The network's shape.
        parametrization: What it predicts, and its noise levels.
        latent_format: The scale it sees latents in.
        concat: What else it sees, in the order of its channels; none for most.
        embed_vector: Makes the vector condition `[n d]` of a conditioning for a height and width in pixels; None if
            the network takes none.
        options: How its estimates are used.
    """

    weights: Weights[UNet]
    unet_config: UNetConfig
    parametrization: Parametrization
    latent_format: LatentFormat
    concat: tuple[ConcatInput, ...] = ()
    embed_vector: Callable[[CondOptions, int, int], Tensor] | None = None
    options: ModelOptions = field(default_factory=ModelOptions)

    @property
    def latent_channels(self) -> int:
        """Channels of the latents that it makes."""
        return self.unet_config.out_channels
