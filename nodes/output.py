"""Nodes that leave pictures behind: saved for good, or shown as previews."""

from __future__ import annotations

import math
import secrets
import string
from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Any, Literal

from torch import Tensor

from engine import Context, NodeResult, Number, node
from engine.files import write_numbered
from engine.images.codec import encode_jpeg, encode_png, encode_webp
from engine.images.pixels import as_masks
from engine.types import Image, Mask


def metadata_of(ctx: Context, index: int = 0) -> dict[str, Any]:
    """What a saved file tells about how it was made: the workflow in both formats, unless the settings forbid it.

    Args:
        ctx: Of the node that saves.
        index: Which of the node's pictures it is, for the record of the run, if the settings ask for one.
    """
    if not ctx.settings.save_metadata:
        return {}
    own: dict[str, Any] = {"prompt": ctx.prompt} if ctx.prompt else {}
    if ctx.settings.save_record:
        told = {"node_id": ctx.node_id, "index": index, "record": ctx.record()}
        own["skein"] = {**told, "seconds": {node_id: round(spent, 6) for node_id, spent in ctx.timings().items()}}
    return {**own, **{key: value for key, value in ctx.extra_pnginfo.items() if key not in own}}


def _write_pictures(
    ctx: Context,
    kind: Literal["output", "temp"],
    prefix: str,
    suffix: str,
    images: Tensor,
    encode: Callable[[Tensor, dict[str, Any]], bytes],
) -> list[dict[str, str]]:
    """The records of the files, as the canvas shows them."""

    def encode_all() -> Iterator[bytes]:
        for index, image in enumerate(images):
            yield encode(image, metadata_of(ctx, index))
            ctx.progress(index + 1, len(images))

    height, width = images.shape[1:3]
    saved = write_numbered(ctx.settings.directory(kind), prefix, suffix, encode_all(), width=width, height=height)
    return [file.record(kind) for file in saved]


def _write_preview(ctx: Context, images: Tensor, name: str = "preview") -> list[dict[str, str]]:
    own = "".join(secrets.choice(string.ascii_lowercase) for _ in range(5))
    return _write_pictures(ctx, "temp", f"{name}_{own}", ".png", images, partial(encode_png, compress_level=1))


@node("SaveImage", category="image", display_name="Save Image", is_output=True, is_io=True)
def save_image(*, images: Image, filename_prefix: str = "ComfyUI", ctx: Context) -> NodeResult[None]:
    """Save pictures as PNG files, with the workflow that made them.

    Args:
        images: The pictures.
        filename_prefix: Beginning of the names; may have folders, `%width% %height% %batch_num%` and the time:
            `%year% %month% %day% %hour% %minute% %second% %date:yyyy-MM-dd%`.
    """
    return NodeResult(ui={"images": _write_pictures(ctx, "output", filename_prefix, ".png", images, encode_png)})


@node("SaveImageAs", category="image", display_name="Save Image As", is_output=True, is_io=True)
def save_image_as(
    *,
    images: Image,
    filename_prefix: str = "ComfyUI",
    format: Literal["png", "jpeg", "webp"] = "png",  # noqa: A002  (the name on the canvas)
    quality: Annotated[int, Number(min=1, max=100)] = 90,
    lossless: bool = False,
    ctx: Context,
) -> NodeResult[None]:
    """Save pictures as PNG, JPEG or WebP files, with the workflow that made them.

    Args:
        images: The pictures.
        filename_prefix: Beginning of the names, as for Save Image.
        format: PNG keeps every pixel; JPEG and WebP make smaller files.
        quality: Of JPEG and WebP: 100 is best; of lossless WebP, how hard to make it small.
        lossless: Of WebP: keep every pixel as it is.
    """

    def encode(image: Tensor, metadata: dict[str, Any]) -> bytes:
        match format:
            case "png":
                return encode_png(image, metadata)
            case "jpeg":
                return encode_jpeg(image, metadata, quality=quality)
            case "webp":
                return encode_webp(image[None], metadata, lossless=lossless, quality=quality)

    suffix = ".jpg" if format == "jpeg" else f".{format}"
    return NodeResult(ui={"images": _write_pictures(ctx, "output", filename_prefix, suffix, images, encode)})


def _never_equal() -> float:
    """Who asks for a picture that is kept nowhere wants it each time."""
    return math.nan


@node(
    "SaveImageWebsocket",
    category="api/image",
    is_output=True,
    is_io=True,
    fingerprint=_never_equal,
)
def save_image_websocket(*, images: Image, ctx: Context) -> None:
    """Send pictures as PNG to the program that asked for the run, over its websocket, instead of saving them.

    Args:
        images: The pictures.
    """
    for index, image in enumerate(images):
        ctx.send_picture(encode_png(image, compress_level=1))
        ctx.progress(index + 1, len(images))


@node("PreviewImage", category="image", display_name="Preview Image", is_output=True, is_io=True)
def preview_image(*, images: Image, ctx: Context) -> NodeResult[None]:
    """Show pictures without keeping them.

    Args:
        images: The pictures.
    """
    return NodeResult(ui={"images": _write_preview(ctx, images)})


@node("ImageCompare", category="image", display_name="Compare Images", is_output=True, is_io=True)
def image_compare(*, image_a: Image | None = None, image_b: Image | None = None, ctx: Context) -> NodeResult[None]:
    """Show two pictures over each other, with a slider between them, without keeping them.

    Of batches, the first picture of one lies over the first of the other.

    Args:
        image_a: The pictures at the left of the slider.
        image_b: The pictures at its right.
    """
    shown = {"a_images": image_a, "b_images": image_b}
    return NodeResult(
        ui={key: [] if images is None else _write_preview(ctx, images, "compare") for key, images in shown.items()}
    )


@node("MaskPreview", category="mask", display_name="MaskPreview", is_output=True, is_io=True)
def mask_preview(*, mask: Mask, ctx: Context) -> NodeResult[None]:
    """Show a mask without keeping it: white is masked.

    Args:
        mask: The mask.
    """
    return NodeResult(ui={"images": _write_preview(ctx, as_masks(mask).unsqueeze(-1))})
