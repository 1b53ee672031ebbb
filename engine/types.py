"""The socket types: what crosses the links between nodes, with shapes and ranges.

`Annotated` aliases: a type checker sees the Python type, the engine sees the `Socket`. A new type is one line here.
Legend: b batch, c channels, h w height and width, t tokens, d features.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from torch import Tensor

from engine.graph.schema import SEED_MAX, Number, SeedControl, Socket
from engine.sampling.conditioning import CondOptions
from engine.sampling.guidance import Guider as GuiderValue
from engine.sampling.model import Model as ModelValue
from engine.sampling.noise import NoiseSource
from engine.sampling.samplers import Sampler as SamplerValue
from engine.sampling.vae import Vae as VaeValue
from engine.text.encode import Clip as ClipValue


class LatentDict(TypedDict):
    """A batch of latents.

    Attributes:
        samples: `[b, c, h/8, w/8]`, in the family's own scale.
        noise_mask: `[b, 1, h, w]` or `[b, h, w]`; 1 is repainted, 0 is kept.
        batch_index: For each item, which draw of the noise belongs to it.
    """

    samples: Tensor
    noise_mask: NotRequired[Tensor]
    batch_index: NotRequired[list[int]]


Image = Annotated[Tensor, Socket("IMAGE", shape="b h w c", range=(0, 1))]
Mask = Annotated[Tensor, Socket("MASK", shape="b h w", range=(0, 1))]
Latent = Annotated[LatentDict, Socket("LATENT")]
Conditioning = Annotated[list[tuple[Tensor, CondOptions]], Socket("CONDITIONING")]
Model = Annotated[ModelValue, Socket("MODEL")]
Clip = Annotated[ClipValue, Socket("CLIP")]
Vae = Annotated[VaeValue, Socket("VAE")]
Sampler = Annotated[SamplerValue, Socket("SAMPLER")]
Sigmas = Annotated[Tensor, Socket("SIGMAS", shape="n")]
Noise = Annotated[NoiseSource, Socket("NOISE")]
Guider = Annotated[GuiderValue, Socket("GUIDER")]
AnyValue = Annotated[Any, Socket("*")]

Seed = Annotated[int, Number(min=0, max=SEED_MAX), SeedControl()]
ResizeMethod = Literal["nearest-exact", "bilinear", "area", "bicubic", "lanczos"]
