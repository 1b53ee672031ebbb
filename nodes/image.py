"""Nodes of the category `image`: loading, making and combining pictures. Saving stands in `nodes.output`."""

from __future__ import annotations

import math
from typing import Annotated, Any, NamedTuple

import torch
from torch.nn import functional

from engine import Context, FileError, ModelFile, Number, Settings, Widget, node
from engine.files import Folder, resolve_input_file
from engine.images.canvas import concatenate, fill
from engine.images.codec import read_image
from engine.images.color import unpack_color
from engine.images.composite import paste
from engine.images.masks import outpaint_mask
from engine.images.pixels import check_pixels, match_channels
from engine.types import Image, Mask, Seed
from nodes.sizes import Color, Offset, Side

_Border = Annotated[int, Number(min=0, max=16384, step=8)]
_OUTPUT_FILES: dict[str, Any] = {
    "image_folder": "output",
    "remote": {"route": "/internal/files/output", "refresh_button": True, "control_after_refresh": "first"},
}


class ImageAndMask(NamedTuple):
    """A picture and what belongs to it.

    Args:
        image: The picture.
        mask: Of the picture's size; 1 is masked.
    """

    image: Image
    mask: Mask


# -- loading ---------------------------------------------------------------------------------------------------------


def stamp_input(image: str | None, settings: Settings) -> Any:
    """What changes whenever a file of the input folder does: the fingerprint of nodes that load it."""
    return _stamp(image, settings, "input")


def check_input(image: str | None, settings: Settings) -> bool | str:
    """Whether a file of the input folder is there; if not, the sentence that says so."""
    return _check(image, settings, "input")


def _stamp_output(image: str | None, settings: Settings) -> Any:
    return _stamp(image, settings, "output")


def _check_output(image: str | None, settings: Settings) -> bool | str:
    return _check(image, settings, "output")


def _stamp(image: str | None, settings: Settings, folder: Folder) -> Any:
    if image is None:  # the name comes over a link: always look it up again
        return math.nan
    try:
        status = resolve_input_file(settings, image, "image", folder=folder).stat()
    except (FileError, OSError):
        return None
    return [status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def _check(image: str | None, settings: Settings, folder: Folder) -> bool | str:
    try:
        if image is not None:
            resolve_input_file(settings, str(image), "image", folder=folder)
    except FileError as error:
        return str(error)
    return True


@node(
    "LoadImage",
    category="image",
    display_name="Load Image",
    output_names=("IMAGE", "MASK"),
    is_io=True,
    fingerprint=stamp_input,
    validate=check_input,
)
def load_image(*, image: Annotated[str, ModelFile("input", image_upload=True)], ctx: Context) -> ImageAndMask:
    """Load a picture from the input folder.

    The mask is what is transparent. Animations become a batch.

    Args:
        image: The file; `name [output]` takes it from the output folder.
    """
    path = resolve_input_file(ctx.settings, image, "image")
    picture = read_image(path, ctx.settings.max_image_pixels)
    return ImageAndMask(picture.image, picture.mask)


@node(
    "LoadImageOutput",
    category="image",
    display_name="Load Image (from Outputs)",
    output_names=("IMAGE", "MASK"),
    is_io=True,
    experimental=True,
    fingerprint=_stamp_output,
    validate=_check_output,
)
def load_image_output(
    *, image: Annotated[str, ModelFile("output", image_upload=True), Widget.of(**_OUTPUT_FILES)], ctx: Context
) -> ImageAndMask:
    """Load a picture from the output folder.

    Args:
        image: The file.
    """
    path = resolve_input_file(ctx.settings, image, "image", folder="output")
    picture = read_image(path, ctx.settings.max_image_pixels)
    return ImageAndMask(picture.image, picture.mask)


# -- making ----------------------------------------------------------------------------------------------------------


@node("EmptyImage", category="image", display_name="EmptyImage")
def empty_image(
    *,
    width: Side = 512,
    height: Side = 512,
    batch_size: Annotated[int, Number(min=1, max=4096)] = 1,
    color: Color = 0,
    ctx: Context,
) -> Image:
    """Make pictures of one colour.

    Args:
        width: In pixels.
        height: In pixels.
        batch_size: How many.
        color: As 0xRRGGBB.
    """
    check_pixels(ctx.settings.max_image_pixels, "width, height, batch_size", width, height, batch_size)
    return fill(width, height, [channel / 255 for channel in unpack_color(color)], batch_size)


@node("ImageAddNoise", category="image", display_name="ImageAddNoise")
def image_add_noise(
    *, image: Image, seed: Seed = 0, strength: Annotated[float, Number(min=0.0, max=1.0, step=0.01)] = 0.5
) -> Image:
    """Add Gaussian noise to every pixel; the same seed gives the same noise.

    Args:
        image: The picture.
        seed: Which noise.
        strength: Its standard deviation.
    """
    noise = torch.randn(image.shape, generator=torch.Generator().manual_seed(seed))
    return (image + strength * noise.to(image)).clamp(0, 1)


# -- combining -------------------------------------------------------------------------------------------------------


@node("ImageInvert", category="image", display_name="Invert Image")
def image_invert(*, image: Image) -> Image:
    """Turn the colours into their opposites; transparency stays.

    Args:
        image: The picture.
    """
    return torch.cat([1.0 - image[..., :3], image[..., 3:]], dim=-1)


@node("ImageBatch", category="image", display_name="Batch Images")
def image_batch(*, image1: Image, image2: Image, ctx: Context) -> Image:
    """Put two batches into one.

    Args:
        image1: The first pictures; they give the size.
        image2: The others, resized to it.
    """
    length = image1.shape[0] + image2.shape[0]
    check_pixels(ctx.settings.max_image_pixels, "image2", image1.shape[2], image1.shape[1], length)
    return concatenate([image1, image2])


@node(
    "ImagePadForOutpaint",
    category="image",
    display_name="Pad Image for Outpainting",
    output_names=("IMAGE", "MASK"),
)
def image_pad_for_outpaint(
    *,
    image: Image,
    left: _Border = 0,
    top: _Border = 0,
    right: _Border = 0,
    bottom: _Border = 0,
    feathering: Offset = 40,
    ctx: Context,
) -> ImageAndMask:
    """Make the canvas larger, in grey, with a mask of what is new.

    Args:
        image: The picture.
        left: Pixels to add on the left.
        top: Pixels to add on top.
        right: Pixels to add on the right.
        bottom: Pixels to add at the bottom.
        feathering: How far the mask fades into the picture.
    """
    b, h, w, _ = image.shape
    check_pixels(ctx.settings.max_image_pixels, "left, top, right, bottom", left + w + right, top + h + bottom, b)
    padded = functional.pad(image, (0, 0, left, right, top, bottom), value=0.5)
    return ImageAndMask(padded, outpaint_mask(w, h, (left, top, right, bottom), feathering))


@node("ImageCompositeMasked", category="image", display_name="ImageCompositeMasked")
def image_composite_masked(
    *,
    destination: Image,
    source: Image,
    x: Offset = 0,
    y: Offset = 0,
    resize_source: bool = False,
    mask: Mask | None = None,
) -> Image:
    """Paste one picture onto another.

    Args:
        destination: The picture below; gives size and batch.
        source: The picture to paste.
        x: Where its left edge goes.
        y: Where its top edge goes.
        resize_source: Stretch it to the size of the destination.
        mask: Which of its pixels to paste; all if not given.
    """
    below, above = (image.movedim(-1, 1) for image in match_channels([destination, source]))
    return paste(below, above, x, y, mask, resize_source=resize_source).movedim(1, -1).contiguous()


class ImageSize(NamedTuple):
    """A batch's measures.

    Args:
        width: In pixels.
        height: In pixels.
        batch_size: How many pictures.
    """

    width: int
    height: int
    batch_size: int


@node("GetImageSize", category="image", display_name="Get Image Size")
def get_image_size(*, image: Image) -> ImageSize:
    """Tell the size of a picture.

    Args:
        image: The picture.
    """
    return ImageSize(image.shape[2], image.shape[1], image.shape[0])
