"""Unfinished pictures as packs make them: what they import as `latent_preview`."""

from __future__ import annotations

from typing import Any

from PIL import Image
from torch import Tensor

from engine.images.pixels import to_uint8
from engine.models.preview import LatentFormat

_LONGEST = 512


def preview_to_image(latent_image: Tensor) -> Image.Image:
    """A Pillow image of `[h w 3]`, -1..1."""
    return Image.fromarray(to_uint8((latent_image + 1) / 2))


class LatentPreviewer:
    """Makes a rough picture of a latent.

    Args:
        latent_format: Of the model's latents.
    """

    def __init__(self, latent_format: LatentFormat) -> None:
        self._format = latent_format

    def decode_latent_to_preview(self, x0: Tensor) -> Image.Image:
        """A Pillow image of the first latent."""
        return Image.fromarray(to_uint8(self._format.preview(x0[:1])[0]))

    def decode_latent_to_preview_image(self, preview_format: str, x0: Tensor) -> tuple[str, Image.Image, int]:
        """What a progress bar takes as its preview."""
        return (preview_format, self.decode_latent_to_preview(x0), _LONGEST)


def get_previewer(device: Any, latent_format: LatentFormat) -> LatentPreviewer:
    """What makes previews of latents of this format."""
    del device
    return LatentPreviewer(latent_format)
