"""What helps a node for which memory does not suffice: three things to do, from what it was given and what there is.

Everything that is not in use was freed already when these are asked for, so none of them says to free something.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from engine.execution.calls import Lists
from engine.graph.workflow import Node

if TYPE_CHECKING:
    from engine.memory.pool import Pool

NUMBER = 3
_LATENT_PIXEL = 8
"""Pixels of an image along a side of a latent's pixel."""
_SMALLEST_TILE = 64
_CODERS = {"VAEDecode": "VAE Decode (Tiled)", "VAEEncode": "VAE Encode (Tiled)"}
_GIB = 2**30


class _Pictures(NamedTuple):
    """The most that a node was given or is to make, in pixels."""

    width: int
    height: int
    number: int


def find_remedies(node: Node, lists: Lists, pool: Pool) -> tuple[str, ...]:
    """Three sentences, the one that costs least first.

    Args:
        node: For which memory did not suffice.
        lists: What it was called with.
        pool: Where it computes.
    """
    found = [*_smaller_pictures(lists), *_tiles(node, lists), *_more_room(pool)]
    return tuple(found[:NUMBER])


def _smaller_pictures(lists: Lists) -> Iterator[str]:
    pictures = max(_pictures_in(lists), default=None, key=lambda each: each.width * each.height * each.number)
    if pictures is None:
        yield "Make pictures smaller, or fewer at once: half of each side needs about a quarter of the memory."
        return
    width, height, number = pictures
    if number > 1:
        yield f"Make fewer pictures at once: they are {number} now. Several runs of one each need the least."
    half = f"{_half(width)} x {_half(height)}"
    yield f"Make pictures smaller: they are {width} x {height} now; {half} needs about a quarter of the memory."


def _tiles(node: Node, lists: Lists) -> Iterator[str]:
    tile = _first(lists, "tile_size")
    if isinstance(tile, int) and tile > _SMALLEST_TILE:
        yield f"Lower tile_size: it is {tile} now, and {max(_SMALLEST_TILE, tile // 2)} needs less."
        return
    for prefix, title in _CODERS.items():
        if node.type.startswith(prefix) and "Tiled" not in node.type:
            yield (
                f"Use the node {title} instead, with a tile_size of {_SMALLEST_TILE}: this one has tried tiles down to"
                " 128 by itself."
            )


def _more_room(pool: Pool) -> Iterator[str]:
    """Ways to have more memory, or need less of it, whatever the node does."""
    if pool.device.type == "cpu":
        limit = _limit_bytes()
        raised = (
            ""
            if limit is None
            else f", or raise --worker-memory-limit: workers may take {limit / _GIB:.1f} GiB each now"
        )
        yield f"Close other programs on this machine{raised}."
        yield "Split the workflow: save what is made before this node, and load it in a workflow of its own."
        return
    if str(pool.dtype_for("unet")) == "torch.float32":
        yield "Start with --dtype float16: networks take half of what they do now, in float32."
    yield f"Close other programs that use {pool.device}, or start with a lower --reserve-vram, if it was given."
    yield "Start with --cpu: it is slow, and computes in the memory of the machine."


def _limit_bytes() -> int | None:
    """What the system lets this process take; None if it does not say, or sets no limit."""
    if sys.platform == "win32":
        return None
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_DATA)
    return None if soft == resource.RLIM_INFINITY else soft


# -- sizes -----------------------------------------------------------------------------------------------------------


def _pictures_in(lists: Lists) -> Iterator[_Pictures]:
    for values in lists.values():
        for value in values:
            yield from _pictures_of(value)
    width, height = _first(lists, "width"), _first(lists, "height")
    count, factor = _first(lists, "batch_size"), _first(lists, "scale_by")
    if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
        yield _Pictures(width, height, count if isinstance(count, int) and count > 0 else 1)
    if isinstance(factor, (int, float)) and factor > 1:
        for values in lists.values():
            for value in values:
                for each in _pictures_of(value):
                    yield each._replace(width=round(each.width * factor), height=round(each.height * factor))


def _pictures_of(value: Any) -> Iterator[_Pictures]:
    """Of an image `[b h w c]`, a mask `[b h w]` or a latent `{"samples": [b c h w]}`; of anything else nothing."""
    samples = cast("dict[str, Any]", value).get("samples") if type(value) is dict else None
    if (shape := _shape_of(samples)) is not None and len(shape) == 4:
        yield _Pictures(shape[3] * _LATENT_PIXEL, shape[2] * _LATENT_PIXEL, shape[0])
    elif (shape := _shape_of(value)) is not None and (len(shape) == 3 or (len(shape) == 4 and shape[3] in (1, 3, 4))):
        yield _Pictures(shape[2], shape[1], shape[0])


def _shape_of(value: Any) -> tuple[int, ...] | None:
    """Of a tensor, and of nothing that only looks like one: objects of packs may do anything when looked at."""
    torch = sys.modules.get("torch")
    if torch is None or type(value) is not torch.Tensor:
        return None
    return tuple(int(side) for side in cast("tuple[int, ...]", value.shape))


def _first(lists: Lists, name: str) -> Any:
    values = lists.get(name)
    return values[0] if values else None


def _half(side: int) -> int:
    """Half a side, as a multiple of 8, as pictures of models are."""
    return max(8, side // 16 * 8)
