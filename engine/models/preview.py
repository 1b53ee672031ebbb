"""Latent formats: the scale that a diffusion model sees latents through, and a quick look at them as colours.

A preview is a linear map from the channels of one latent pixel to a colour: rough, an eighth of the size, and a
thousand times cheaper than the decoder. `fit_rgb` finds that map for any autoencoder.
Sources of the tables below, which are facts about published weights:
SD 1.x: K. Turner, "Decoding latents to RGB without upscaling", discuss.huggingface.co/t/23204, 2022.
SDXL: T. A. Vass, "Explaining the SDXL latent space", 2023, as in the documentation of diffusers (Apache-2.0,
using-diffusers/callback), divided by 127.5 and with 1 taken off the offset, since pixels are -1..1 here.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class LatentFormat:
    """How latents of one family are scaled and look.

    Attributes:
        scale_factor: Latents of the autoencoder times this are what the diffusion model works on.
        rgb: A colour, -1..1, for each channel of the scaled latent.
        rgb_offset: The colour of the zero latent.
    """

    scale_factor: float
    rgb: tuple[Rgb, ...]
    rgb_offset: Rgb = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        if not self.scale_factor > 0 or any(len(row) != 3 for row in (*self.rgb, self.rgb_offset)):
            raise ValueError(f"A latent format needs a positive scale and colours of three numbers, not {self}.")

    def scale(self, latents: Tensor) -> Tensor:
        """The autoencoder's latents as the diffusion model sees them."""
        return latents * self.scale_factor

    def unscale(self, latents: Tensor) -> Tensor:
        """The diffusion model's latents as the autoencoder knows them."""
        return latents / self.scale_factor

    def preview(self, latents: Tensor) -> Tensor:
        """A look at scaled latents `[b c h w]`, on their device: colours `[b h w 3]`, 0..1, float32.

        Raises:
            ValueError: If the latents have other channels than the format.
        """
        if latents.shape[1] != len(self.rgb):
            raise ValueError(f"A preview needs latents of {len(self.rgb)} channels, not {list(latents.shape)}.")
        # Made on the host and sent without waiting: a tensor made on the device would wait for what runs there.
        table = torch.tensor(self.rgb, dtype=torch.float32).to(latents.device, non_blocking=True)
        offset = torch.tensor(self.rgb_offset, dtype=torch.float32).to(latents.device, non_blocking=True)
        colours = latents.float().movedim(1, -1) @ table + offset
        return ((colours + 1) / 2).clamp(0, 1)


def fit_rgb(latents: Tensor, pixels: Tensor) -> tuple[tuple[Rgb, ...], Rgb]:
    """The table and the offset whose previews come closest to the pixels, by least squares.

    Args:
        latents: Scaled latents `[b c h w]`.
        pixels: The pictures they stand for, `[b 3 H W]`, -1..1.

    Returns:
        `rgb` and `rgb_offset` of a `LatentFormat`.
    """
    small = functional.interpolate(pixels.float(), size=latents.shape[-2:], mode="area")
    known = latents.float().movedim(1, -1).flatten(0, -2)
    design = torch.cat([known, torch.ones_like(known[:, :1])], dim=1)
    solution = torch.pinverse(design) @ small.movedim(1, -1).flatten(0, -2)
    *rows, offset = ((float(r), float(g), float(b)) for r, g, b in solution)
    return tuple(rows), offset


SD1_LATENTS = LatentFormat(
    scale_factor=0.18215,
    rgb=((0.298, 0.207, 0.208), (0.187, 0.286, 0.173), (-0.158, 0.189, 0.264), (-0.184, -0.271, -0.473)),
)
SDXL_LATENTS = LatentFormat(
    scale_factor=0.13025,
    rgb=((0.471, 0.471, 0.471), (-0.471, -0.039, 0.078), (0.196, 0.118, -0.039), (-0.549, -0.392, -0.275)),
    rgb_offset=(0.176, 0.098, 0.020),
)
