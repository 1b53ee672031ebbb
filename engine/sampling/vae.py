"""Images to latents and back, whatever their number and size.

`Vae` is what VAE sockets carry. Latents here are the autoencoder's own, as LATENT sockets hold them: the factor that a
diffusion model sees them through is applied where it samples. A batch goes through in parts that fit into memory; an
image that does not fit goes through in tiles.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

import torch
from torch import Tensor

from engine.errors import InputValueError
from engine.memory.device import is_out_of_memory
from engine.memory.pool import Pool
from engine.memory.weights import Weights
from engine.models.config import SD_VAE, VAEConfig
from engine.models.preview import SD1_LATENTS, LatentFormat
from engine.models.vae import AutoencoderKL
from engine.sampling.tiles import apply_tiled, make_tilings

logger = logging.getLogger(__name__)

OnProgress = Callable[[int, int], None]

WORKING_FACTOR: Final = 12
"""Bytes of activations for each pixel, channel of level 0 and byte of a number; measured: 6 to encode, 8 to 13 to
decode."""
FALLBACK_TILES: Final = (512, 256, 128)
"""Sides in image pixels, tried in turn; they overlap by an eighth."""


@dataclass(frozen=True, slots=True, eq=False)
class Vae:
    """An autoencoder.

    Attributes:
        weights: The network's parameters, wherever they are.
        latent_format: How its latents look, for previews.
        config: The network's shape.
    """

    weights: Weights[AutoencoderKL]
    latent_format: LatentFormat = SD1_LATENTS
    config: VAEConfig = SD_VAE


def _ignore(done: int, total: int) -> None:
    del done, total


def decode_latent(pool: Pool, vae: Vae, samples: Tensor, on_progress: OnProgress = _ignore) -> Tensor:
    """Images of latents.

    Args:
        pool: Where the network computes.
        vae: The autoencoder.
        samples: `[b c h w]`, on any device.
        on_progress: Told how far it is, where it takes more than one step.

    Returns:
        `[b h*f w*f 3]`, 0..1, float32, on the pool's device.

    Raises:
        InputValueError: If the latents are not those of such an autoencoder.
    """
    _check_latents(vae, samples)
    return _to_image(_run(pool, vae, samples, _decoding(vae), on_progress))


def encode_image(pool: Pool, vae: Vae, image: Tensor, on_progress: OnProgress = _ignore) -> Tensor:
    """Latents of images: the mean, no noise added.

    Args:
        pool: Where the network computes.
        vae: The autoencoder.
        image: `[b h w c]`, 0..1, on any device; cut at all sides to a multiple of 8. Grey or colour; an alpha channel
            is not used.
        on_progress: Told how far it is, where it takes more than one step.

    Returns:
        `[b 4 h/8 w/8]`, float32, on the pool's device.

    Raises:
        InputValueError: If it is no image, or smaller than 8 x 8.
    """
    return _run(pool, vae, _to_pixels(vae, image), _encoding(vae), on_progress)


def decode_tiled(
    pool: Pool, vae: Vae, samples: Tensor, tile: int, overlap: int, on_progress: OnProgress = _ignore
) -> Tensor:
    """As `decode_latent`, in tiles of that many image pixels."""
    _check_latents(vae, samples)
    return _to_image(_run_tiled(pool, vae, samples, _decoding(vae), tile, overlap, on_progress))


def encode_tiled(
    pool: Pool, vae: Vae, image: Tensor, tile: int, overlap: int, on_progress: OnProgress = _ignore
) -> Tensor:
    """As `encode_image`, in tiles of that many image pixels."""
    return _run_tiled(pool, vae, _to_pixels(vae, image), _encoding(vae), tile, overlap, on_progress)


# -- pixels and checks -------------------------------------------------------------------------------------------------


def crop_to_multiple(image: Tensor, multiple: int) -> Tensor:
    """The largest centred part of `[b h w ...]` whose sides are multiples; a view."""
    height, width = image.shape[1:3]
    y, x = height % multiple // 2, width % multiple // 2
    return image[:, y : y + height // multiple * multiple, x : x + width // multiple * multiple]


def _to_pixels(vae: Vae, image: Tensor) -> Tensor:
    """`[b h w c]`, 0..1 -> `[b 3 h w]`, -1..1."""
    f, channels = vae.config.downscale, vae.config.in_channels
    if image.ndim != 4 or image.shape[-1] not in (1, 3, 4) or not image.shape[0]:
        raise InputValueError(f"pixels: an image [b h w 3] was expected, not a tensor of shape {list(image.shape)}.")
    cropped = crop_to_multiple(image, f)
    if 0 in cropped.shape:
        raise InputValueError(
            f"pixels: the image must be at least {f} x {f} pixels, not {image.shape[2]} x {image.shape[1]}."
        )
    colours = cropped if image.shape[-1] == 1 else cropped[..., :channels]
    return (colours.movedim(-1, 1) * 2 - 1).expand(-1, channels, -1, -1)


def _check_latents(vae: Vae, samples: Tensor) -> None:
    channels = vae.config.latent_channels
    if samples.ndim != 4 or samples.shape[1] != channels or 0 in samples.shape:
        raise InputValueError(
            f"samples: latents [b {channels} h w] were expected by {vae.weights.name}, not {list(samples.shape)}."
        )


def _to_image(pixels: Tensor) -> Tensor:
    """`[b 3 h w]`, about -1..1 -> `[b h w 3]`, 0..1."""
    return ((pixels + 1) / 2).clamp(0, 1).movedim(1, -1).contiguous()


# -- through the network -----------------------------------------------------------------------------------------------


class _Direction(NamedTuple):
    """One way through an autoencoder.

    Attributes:
        apply: Tensors in and out, of the network's device and dtype.
        cell_in: Pixels of the input for each latent pixel, along a side.
        cell_out: Pixels of the output for each latent pixel, along a side.
    """

    apply: Callable[[AutoencoderKL, Tensor], Tensor]
    cell_in: int
    cell_out: int


def _decoding(vae: Vae) -> _Direction:
    def decode(network: AutoencoderKL, x: Tensor) -> Tensor:
        return network.decode(x)

    return _Direction(decode, 1, vae.config.downscale)


def _encoding(vae: Vae) -> _Direction:
    def encode(network: AutoencoderKL, x: Tensor) -> Tensor:
        return network.encode(x)

    return _Direction(encode, vae.config.downscale, 1)


def _run(pool: Pool, vae: Vae, x: Tensor, direction: _Direction, on_progress: OnProgress) -> Tensor:
    """The batch in parts that fit; from the first image that does not fit alone on, in tiles."""
    dtype = pool.dtype_for("vae")
    parts: list[Tensor] = []
    done = 0
    with pool.use(vae.weights) as network:
        size = _count_fitting(pool, vae, x, direction)
        while size and done < len(x):
            part = _try(lambda items: direction.apply(network, items.to(pool.device, dtype)), x[done : done + size])
            if part is None:
                size //= 2
                continue
            parts.append(part.float())
            done += len(part)
            if size < len(x):
                on_progress(done, len(x))
    if done < len(x):
        logger.warning("%s: an image does not fit into memory at once and is done in tiles.", vae.weights.name)
        for index in range(done, len(x)):
            parts.append(_run_in_fitting_tiles(pool, vae, x[index : index + 1], direction, on_progress))
    return torch.cat(parts)


def _count_fitting(pool: Pool, vae: Vae, x: Tensor, direction: _Direction) -> int:
    """How many images to begin with. An accelerator is always asked for one: it says itself when it is full."""
    scale = vae.config.downscale / direction.cell_in
    pixels = int(x.shape[-2] * scale) * int(x.shape[-1] * scale)
    image_bytes = pixels * vae.config.widths[0] * pool.dtype_for("vae").itemsize * WORKING_FACTOR
    pool.make_room(image_bytes)
    free = pool.free_bytes()
    fitting = len(x) if free is None else min(len(x), free // image_bytes)
    return fitting if pool.device.type == "cpu" else max(1, fitting)


def _run_in_fitting_tiles(pool: Pool, vae: Vae, item: Tensor, direction: _Direction, on_progress: OnProgress) -> Tensor:
    *larger, smallest = FALLBACK_TILES
    for tile in larger:
        result = _try(lambda x, tile=tile: _run_tiled(pool, vae, x, direction, tile, tile // 8, on_progress), item)
        if result is not None:
            return result
    return _run_tiled(pool, vae, item, direction, smallest, smallest // 8, on_progress)


def _run_tiled(
    pool: Pool, vae: Vae, x: Tensor, direction: _Direction, tile: int, overlap: int, on_progress: OnProgress
) -> Tensor:
    """Image by image, each in tiles. Sizes in image pixels."""
    f, dtype = vae.config.downscale, pool.dtype_for("vae")
    _, cell_in, cell_out = direction
    tilings = make_tilings(tile // f, overlap // f, x.shape[-2] // cell_in, x.shape[-1] // cell_in)
    with pool.use(vae.weights) as network:

        def apply(piece: Tensor) -> Tensor:
            return direction.apply(network, piece.to(dtype))

        def tell(index: int, done: int, total: int) -> None:
            on_progress(index * total + done, len(x) * total)

        return torch.cat(
            [
                apply_tiled(
                    *(apply, x[index : index + 1].to(pool.device), tilings),
                    cell_in=cell_in,
                    cell_out=cell_out,
                    on_progress=partial(tell, index),
                )
                for index in range(len(x))
            ]
        )


def _try(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor | None:
    """The result, or None if memory ran out."""
    try:
        return function(x)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
    # The error is gone here, and with it the frames that held the memory.
    gc.collect()
    torch.cuda.empty_cache()  # does nothing where CUDA was not used
    return None
