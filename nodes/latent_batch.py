"""Nodes of the category `latent/batch`: taking batches of latents apart and putting them together.

`batch_index` says for each latent which draw of the noise belongs to it, so that a part of a batch is sampled as it
was in the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, NamedTuple

import torch
from torch import Tensor

from engine import Context, Number, node
from engine.images.pixels import as_masks, check_pixels, repeat_to_batch
from engine.images.resize import resize_masks
from engine.types import Latent
from nodes.latent_samples import LATENT_PIXEL, fit_samples, take_samples


def _indices(latent: Latent, length: int, offset: int = 0) -> list[int]:
    return list(latent.get("batch_index") or range(offset, offset + length))


@node("LatentFromBatch", category="latent/batch", display_name="Latent From Batch")
def latent_from_batch(
    *,
    samples: Latent,
    batch_index: Annotated[int, Number(min=0, max=63)] = 0,
    length: Annotated[int, Number(min=1, max=64)] = 1,
) -> Latent:
    """Take latents out of a batch; they keep their noise.

    Args:
        samples: The batch.
        batch_index: The first one, from 0; the last of the batch, if there are not as many.
        length: How many; less, if there are not as many.
    """
    old = take_samples(samples, "samples")
    start = min(batch_index, len(old) - 1)
    part = slice(start, min(start + length, len(old)))
    result: Latent = {**samples, "samples": old[part], "batch_index": _indices(samples, len(old))[part]}
    mask = samples.get("noise_mask")
    if mask is not None and len(mask) > 1:
        result["noise_mask"] = repeat_to_batch(mask, len(old))[part]
    return result


@node("RepeatLatentBatch", category="latent/batch", display_name="Repeat Latent Batch")
def repeat_latent_batch(*, samples: Latent, amount: Annotated[int, Number(min=1, max=64)] = 1, ctx: Context) -> Latent:
    """Repeat a batch; each copy gets noise of its own.

    Args:
        samples: The batch.
        amount: How often it is there afterwards.
    """
    old = take_samples(samples, "samples")
    length, _, height, width = old.shape
    limit = ctx.settings.max_image_pixels
    check_pixels(limit, "amount", width * LATENT_PIXEL, height * LATENT_PIXEL, length * amount)
    result: Latent = {**samples, "samples": old.repeat(amount, 1, 1, 1)}
    mask, indices = samples.get("noise_mask"), samples.get("batch_index")
    if mask is not None and len(mask) > 1:
        result["noise_mask"] = repeat_to_batch(repeat_to_batch(mask, length), length * amount)
    if indices:
        step = max(indices) - min(indices) + 1
        result["batch_index"] = [index + step * copy for copy in range(amount) for index in indices]
    return result


@node("LatentBatch", category="latent/batch")
def latent_batch(*, samples1: Latent, samples2: Latent, ctx: Context) -> Latent:
    """Put two batches into one.

    Args:
        samples1: Comes first; its mask counts.
        samples2: Comes behind, resized to the first.
    """
    first, second = take_samples(samples1, "samples1"), take_samples(samples2, "samples2")
    height, width = first.shape[-2:]
    limit = ctx.settings.max_image_pixels
    check_pixels(limit, "samples2", width * LATENT_PIXEL, height * LATENT_PIXEL, len(first) + len(second))
    second = fit_samples(samples2, first[:1].expand(len(second), -1, -1, -1), "samples2")
    return {
        **samples1,
        "samples": torch.cat([first, second]),
        "batch_index": _indices(samples1, len(first)) + _indices(samples2, len(second)),
    }


class _Item(NamedTuple):
    """One latent of a batch: `[c h w]`, its mask `[h w]`, and which draw of the noise it gets."""

    sample: Tensor
    mask: Tensor | None
    draw: int


@node("RebatchLatents", category="latent/batch", display_name="Rebatch Latents")
def rebatch_latents(*, latents: list[Latent], batch_size: Annotated[int, Number(min=1, max=4096)] = 1) -> list[Latent]:
    """Turn batches into batches of another length; latents of different sizes never share one.

    Args:
        latents: The batches, in order.
        batch_size: Latents in each batch; the last may have less.

    Returns:
        The new batches.
    """
    batches: list[list[_Item]] = []
    for item in _list_items(latents):
        last = batches[-1] if batches else []
        if not last or len(last) == batch_size or last[0].sample.shape != item.sample.shape:
            batches.append([item])
        else:
            last.append(item)
    return [_join(batch) for batch in batches]


def _list_items(latents: Sequence[Latent]) -> Iterator[_Item]:
    offset = 0
    for latent in latents:
        samples = take_samples(latent, "latents")
        mask = latent.get("noise_mask")
        masks = None if mask is None else repeat_to_batch(as_masks(mask), len(samples))
        indices = _indices(latent, len(samples), offset)
        offset = max(offset, *indices) + 1
        for place, sample in enumerate(samples):
            yield _Item(sample, None if masks is None else masks[place], indices[place])


def _join(items: Sequence[_Item]) -> Latent:
    """One batch. Where some have a mask, all of the others is painted."""
    result: Latent = {
        "samples": torch.stack([item.sample.to(items[0].sample) for item in items]),
        "batch_index": [item.draw for item in items],
    }
    masks = [item.mask for item in items]
    known = next((mask for mask in masks if mask is not None), None)
    if known is not None:
        height, width = known.shape
        filled = [torch.ones_like(known) if mask is None else mask.to(known) for mask in masks]
        fitted = [resize_masks(mask[None], width, height) for mask in filled]
        result["noise_mask"] = torch.stack(fitted)
    return result
