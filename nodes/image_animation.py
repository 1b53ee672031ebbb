"""Nodes of the category `image/animation`: a batch saved as one moving picture."""

from __future__ import annotations

from typing import Annotated, Literal

from engine import Context, NodeResult, Number, node
from engine.files import write_numbered
from engine.images.codec import encode_apng, encode_webp
from engine.types import Image
from nodes.output import metadata_of

_Fps = Annotated[float, Number(min=0.01, max=1000.0, step=0.01)]
_WEBP_METHODS = {"default": 4, "fastest": 0, "slowest": 6}


def _write(ctx: Context, prefix: str, suffix: str, images: Image, content: bytes) -> NodeResult[None]:
    height, width = images.shape[1:3]
    directory = ctx.settings.directory("output")
    saved = write_numbered(directory, prefix, suffix, [content], width=width, height=height)
    return NodeResult(ui={"images": [file.record("output") for file in saved], "animated": [True]})


@node("SaveAnimatedWEBP", category="image/animation", display_name="SaveAnimatedWEBP", is_output=True, is_io=True)
def save_animated_webp(
    *,
    images: Image,
    filename_prefix: str = "ComfyUI",
    fps: _Fps = 6.0,
    lossless: bool = True,
    quality: Annotated[int, Number(min=0, max=100)] = 80,
    method: Literal["default", "fastest", "slowest"],
    ctx: Context,
) -> NodeResult[None]:
    """Save a batch as an animated WebP file, with the workflow that made it.

    Args:
        images: The frames.
        filename_prefix: Beginning of the name, as for Save Image.
        fps: Frames in a second.
        lossless: Keep every pixel as it is.
        quality: 100 is best; of a lossless file, how hard to make it small.
        method: Slower makes smaller files.
    """
    content = encode_webp(
        images, metadata_of(ctx), fps=fps, lossless=lossless, quality=quality, method=_WEBP_METHODS[method]
    )
    return _write(ctx, filename_prefix, ".webp", images, content)


@node("SaveAnimatedPNG", category="image/animation", display_name="SaveAnimatedPNG", is_output=True, is_io=True)
def save_animated_png(
    *,
    images: Image,
    filename_prefix: str = "ComfyUI",
    fps: _Fps = 6.0,
    compress_level: Annotated[int, Number(min=0, max=9)] = 4,
    ctx: Context,
) -> NodeResult[None]:
    """Save a batch as an animated PNG file, with the workflow that made it.

    Args:
        images: The frames.
        filename_prefix: Beginning of the name, as for Save Image.
        fps: Frames in a second.
        compress_level: 0 is fast, 9 is small.
    """
    content = encode_apng(images, metadata_of(ctx), fps=fps, compress_level=compress_level)
    return _write(ctx, filename_prefix, ".png", images, content)
