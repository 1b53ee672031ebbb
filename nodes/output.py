"""Nodes that leave pictures behind: saved for good, or shown as previews."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterator
from typing import Any, Literal

from torch import Tensor

from engine import Context, NodeResult, node
from engine.files import write_numbered
from engine.images.codec import encode_png
from engine.images.pixels import as_masks
from engine.types import Image, Mask


def metadata_of(ctx: Context) -> dict[str, Any]:
    """What a saved file tells about how it was made: the workflow in both formats, unless the settings forbid it."""
    if not ctx.settings.save_metadata:
        return {}
    own = {"prompt": ctx.prompt} if ctx.prompt else {}
    return {**own, **{key: value for key, value in ctx.extra_pnginfo.items() if key not in own}}


def _write_pngs(
    ctx: Context, kind: Literal["output", "temp"], prefix: str, images: Tensor, compress_level: int
) -> NodeResult[None]:
    metadata = metadata_of(ctx)

    def encode_all() -> Iterator[bytes]:
        for index, image in enumerate(images):
            yield encode_png(image, metadata, compress_level=compress_level)
            ctx.progress(index + 1, len(images))

    height, width = images.shape[1:3]
    saved = write_numbered(ctx.settings.directory(kind), prefix, ".png", encode_all(), width=width, height=height)
    return NodeResult(ui={"images": [file.record(kind) for file in saved]})


def _write_preview(ctx: Context, images: Tensor) -> NodeResult[None]:
    suffix = "".join(secrets.choice(string.ascii_lowercase) for _ in range(5))
    return _write_pngs(ctx, "temp", f"preview_{suffix}", images, compress_level=1)


@node("SaveImage", category="image", display_name="Save Image", is_output=True, is_io=True)
def save_image(*, images: Image, filename_prefix: str = "ComfyUI", ctx: Context) -> NodeResult[None]:
    """Save pictures as PNG files, with the workflow that made them.

    Args:
        images: The pictures.
        filename_prefix: Beginning of the names; may have folders, `%width% %height% %batch_num%` and the time:
            `%year% %month% %day% %hour% %minute% %second% %date:yyyy-MM-dd%`.
    """
    return _write_pngs(ctx, "output", filename_prefix, images, compress_level=4)


@node("PreviewImage", category="image", display_name="Preview Image", is_output=True, is_io=True)
def preview_image(*, images: Image, ctx: Context) -> NodeResult[None]:
    """Show pictures without keeping them.

    Args:
        images: The pictures.
    """
    return _write_preview(ctx, images)


@node("MaskPreview", category="mask", display_name="MaskPreview", is_output=True, is_io=True)
def mask_preview(*, mask: Mask, ctx: Context) -> NodeResult[None]:
    """Show a mask without keeping it: white is masked.

    Args:
        mask: The mask.
    """
    return _write_preview(ctx, as_masks(mask).unsqueeze(-1))
