"""Nodes of the category `image/batch`: taking batches apart and putting them together, also by colour channel."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from torch import Tensor

from engine import Context, InputValueError, Number, node
from engine.images.canvas import concatenate
from engine.images.color import rgb_to_yuv, yuv_to_rgb
from engine.images.pixels import check_pixels
from engine.types import Image


@node("RebatchImages", category="image/batch", display_name="Rebatch Images")
def rebatch_images(*, images: list[Image], batch_size: Annotated[int, Number(min=1, max=4096)] = 1) -> list[Image]:
    """Cut a list of batches into batches of another length.

    Args:
        images: The pictures. Those in one batch are resized to its first.
        batch_size: How many pictures a batch has; the last may have fewer.
    """
    frames = [batch[index : index + 1] for batch in images for index in range(len(batch))]
    return [concatenate(frames[start : start + batch_size]) for start in range(0, len(frames), batch_size)]


@node("RepeatImageBatch", category="image/batch", display_name="RepeatImageBatch")
def repeat_image_batch(*, image: Image, amount: Annotated[int, Number(min=1, max=4096)] = 1, ctx: Context) -> Image:
    """Repeat a batch.

    Args:
        image: The pictures.
        amount: How many times.
    """
    b, h, w, _ = image.shape
    check_pixels(ctx.settings.max_image_pixels, "amount", w, h, b * amount)
    return image.repeat(amount, 1, 1, 1)


@node("ImageFromBatch", category="image/batch", display_name="ImageFromBatch")
def image_from_batch(
    *,
    image: Image,
    batch_index: Annotated[int, Number(min=0, max=4095)] = 0,
    length: Annotated[int, Number(min=1, max=4096)] = 1,
) -> Image:
    """Take pictures out of a batch.

    Args:
        image: The pictures.
        batch_index: The first one wanted, counted from 0; the last if there are not so many.
        length: How many; fewer if there are not so many.
    """
    start = min(batch_index, image.shape[0] - 1)
    return image[start : start + length].clone()


class Yuv(NamedTuple):
    """Brightness and two colour differences, each as a grey picture.

    Args:
        y: Brightness.
        u: Blue minus brightness.
        v: Red minus brightness.
    """

    y: Image
    u: Image
    v: Image


@node("ImageRGBToYUV", category="image/batch", output_names=("Y", "U", "V"))
def image_rgb_to_yuv(*, image: Image) -> Yuv:
    """Split pictures into brightness and colour.

    Args:
        image: The pictures.
    """
    return Yuv(*(plane.unsqueeze(-1).repeat(1, 1, 1, 3) for plane in rgb_to_yuv(image)))


@node("ImageYUVToRGB", category="image/batch")
def image_yuv_to_rgb(*, Y: Image, U: Image, V: Image) -> Image:  # noqa: N803  (the inputs' names in workflow files)
    """Put brightness and colour together again.

    Args:
        Y: Brightness; gives the size.
        U: Blue minus brightness.
        V: Red minus brightness.
    """
    if not Y.shape[:3] == U.shape[:3] == V.shape[:3]:
        raise InputValueError(f"U, V: expected the size of Y, {_size(Y)}; got {_size(U)} and {_size(V)}.")
    y, u, v = (image[..., :3].mean(dim=-1) for image in (Y, U, V))
    return yuv_to_rgb(y, u, v).clamp(0, 1)


def _size(image: Tensor) -> str:
    b, h, w, _ = image.shape
    return f"{w} x {h} pixels in a batch of {b}"
