"""Runs the network: from conditionings to one estimate of the clean latent for each list of them.

Everything is put on the device once per run. Conditionings of one shape go through the network together, the negative
with the positive, and in smaller batches if memory is too short; which of them count at a level is decided on the host,
and what they are weighted with is computed when that changes, so that a step is the network and a few sums.
Symbols: b items of the latent, k conditionings in one batch.
Source of the weighted mean of several conditionings: Liu et al. 2022, arXiv 2206.01714, as commonly used with masks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from engine.errors import InputValueError
from engine.models.unet import UNet
from engine.sampling.conditioning import Area, Cond, fit_mask
from engine.sampling.model import ConcatInput, Model

LARGEST_BATCH = 2**17
"""Latent pixels that go through the network at once, where there is a choice: 32 latents of 64 x 64."""

LONGEST_TILING = 4
"""How many times the tokens of a text may be repeated, so that texts of unequal length fit into one batch."""

Weight = Tensor | float | None

NO_WEIGHT = 1e-37
"""Keeps what nothing covers at an estimate of 0, where it would be 0 / 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A conditioning as the network wants it, on its device.

    Attributes:
        owner: The list that it belongs to.
        cond: Where and when it counts.
        context: Text tokens `[n t d]`.
        vector: `[n d]`.
        concat: What the network sees beside the latent `[n c h w]`, of the whole latent.
    """

    owner: str
    cond: Cond
    context: Tensor
    vector: Tensor | None
    concat: Tensor | None


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One conditioning's share of a batch: where its estimate goes, and with which weight; None is 1."""

    owner: str
    area: Area | None
    weight: Weight


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What goes through the network at once, all but the latent: `[k*b ...]`."""

    parts: tuple[Part, ...]
    context: Tensor
    vector: Tensor | None
    concat: Tensor | None

    def halves(self) -> tuple[Batch, Batch]:
        """The same in two batches."""
        middle = len(self.parts) // 2
        items = middle * len(self.context) // len(self.parts)
        return self._part(slice(middle), slice(items)), self._part(slice(middle, None), slice(items, None))

    def _part(self, parts: slice, items: slice) -> Batch:
        vector, concat = (None if tensor is None else tensor[items] for tensor in (self.vector, self.concat))
        return Batch(self.parts[parts], self.context[items], vector, concat)


class Estimator:
    """Estimates of the clean latent, one for each list of conditionings, at any level.

    Args:
        model: What the estimates come from.
        unet: Its network, on the device.
        conds: The resolved conditionings, by list.
        latent: The clean latent `[b c h w]` in the network's scale: its shape, and what inpainting networks keep.
        noise_mask: Where inpainting is to paint `[b 1 h w]`, or None.

    Raises:
        InputValueError: If a conditioning does not fit the network.
    """

    def __init__(
        self,
        model: Model,
        unet: UNet,
        conds: Mapping[str, list[Cond]],
        latent: Tensor,
        noise_mask: Tensor | None = None,
    ) -> None:
        self._unet = unet
        self._parametrization = model.parametrization
        self._owners = tuple(conds)
        self._dtype = next(unet.parameters()).dtype
        self._prepared = [
            _prepare(owner, cond, model, latent, noise_mask, self._dtype) for owner in conds for cond in conds[owner]
        ]
        self._plans = dict[tuple[bool, ...], list[Batch]]()

    def __call__(self, x: Tensor, sigma: float) -> dict[str, Tensor]:
        """The estimates for `x [b c h w]`, in its dtype; 0 where no conditioning counts."""
        active = tuple(entry.cond.counts_at(sigma) for entry in self._prepared)
        plan = self._plans.get(active)
        if plan is None:
            counting = [entry for entry, counts in zip(self._prepared, active, strict=True) if counts]
            plan = _plan(counting, x)
        estimates, waiting, done = dict[str, Tensor](), list(reversed(plan)), list[Batch]()
        while waiting:
            batch = waiting.pop()
            outputs = self._try(batch, x, sigma)
            if outputs is None:
                waiting.extend(reversed(batch.halves()))
                continue
            for part, output in zip(batch.parts, outputs.chunk(len(batch.parts)), strict=True):
                _accumulate(estimates, part, output, x)
            done.append(batch)
        self._plans[active] = done
        return {owner: estimates[owner] if owner in estimates else torch.zeros_like(x) for owner in self._owners}

    def _try(self, batch: Batch, x: Tensor, sigma: float) -> Tensor | None:
        """The batch's estimates; None if memory is too short for it and half of it may still fit."""
        try:
            return self._run(batch, x, sigma)
        except torch.OutOfMemoryError:
            if len(batch.parts) == 1:
                raise
        return None

    def _run(self, batch: Batch, x: Tensor, sigma: float) -> Tensor:
        if all(part.area is None for part in batch.parts):
            noisy = x.repeat(len(batch.parts), 1, 1, 1) if len(batch.parts) > 1 else x
        else:
            noisy = torch.cat([part.area.crop(x) if part.area else x for part in batch.parts])
        seen = self._parametrization.scale_input(noisy, sigma).to(self._dtype)
        if batch.concat is not None:
            seen = torch.cat([seen, batch.concat], dim=1)
        timestep = float(self._parametrization.schedule.timestep(sigma))
        timesteps = torch.full((len(noisy),), timestep, dtype=torch.float32, device=x.device)
        output = self._unet(seen, timesteps, batch.context, batch.vector)
        return self._parametrization.denoised(noisy, output.to(x.dtype), sigma)


def _accumulate(estimates: dict[str, Tensor], part: Part, output: Tensor, x: Tensor) -> None:
    """Add a weighted estimate in its place."""
    weighted = output if part.weight is None else output * part.weight
    so_far = estimates.get(part.owner)
    if part.area is not None:
        so_far = estimates[part.owner] = torch.zeros_like(x) if so_far is None else so_far
        part.area.crop(so_far).add_(weighted)
    else:
        estimates[part.owner] = weighted if so_far is None else so_far + weighted


def repeat_to(tensor: Tensor, count: int) -> Tensor:
    """The first items of a batch, repeated in order as often as it takes, `[count ...]`."""
    if len(tensor) == count:
        return tensor
    times = math.ceil(count / len(tensor))
    return tensor.repeat(times, *[1] * (tensor.ndim - 1))[:count]


# -- once per run ----------------------------------------------------------------------------------------------------


def _prepare(
    owner: str, cond: Cond, model: Model, latent: Tensor, noise_mask: Tensor | None, dtype: torch.dtype
) -> Prepared:
    config, device = model.unet_config, latent.device
    if cond.context.shape[-1] != config.context_dim:
        raise InputValueError(
            f"{owner}: the text was encoded with {cond.context.shape[-1]} features, and {model.weights.name} reads "
            f"{config.context_dim}; use the CLIP that belongs to this model."
        )
    vector = None
    if model.embed_vector is not None:
        height, width = latent.shape[-2] * 8, latent.shape[-1] * 8
        vector = model.embed_vector(cond.options, height, width).to(device, dtype)
    concat = None
    if model.concat:
        pieces = [_concat_piece(kind, cond, model, latent, noise_mask, owner) for kind in model.concat]
        concat = torch.cat([repeat_to(piece.to(device, dtype), len(latent)) for piece in pieces], dim=1)
    weight = None if cond.weight is None else cond.weight.to(device, latent.dtype)
    return Prepared(owner, replace(cond, weight=weight), cond.context.to(device, dtype), vector, concat)


def _concat_piece(
    kind: ConcatInput, cond: Cond, model: Model, latent: Tensor, noise_mask: Tensor | None, owner: str
) -> Tensor:
    """What an inpainting network sees beside the latent; by default, what is being inpainted."""
    height, width = latent.shape[-2:]
    if kind == "mask":
        mask = cond.options.get("concat_mask", noise_mask)
        if mask is None:
            return torch.ones(1, 1, height, width)
        return fit_mask(mask, height, width, name=f"{owner}: concat_mask").round()
    kept = cond.options.get("concat_latent_image")
    if kept is None:
        return latent if noise_mask is not None else torch.zeros_like(latent)
    if kept.ndim != 4 or kept.shape[1] != latent.shape[1]:
        raise InputValueError(
            f"{owner}: concat_latent_image must be [b {latent.shape[1]} h w], not {list(kept.shape)}."
        )
    kept = kept.float() if kind == "unscaled_latent" else model.latent_format.scale(kept.float())
    if kept.shape[-2:] != latent.shape[-2:]:
        kept = functional.interpolate(kept, size=(height, width), mode="bilinear", align_corners=False)
    return kept


# -- once for every set of conditionings that count together ---------------------------------------------------------


def _plan(counting: list[Prepared], x: Tensor) -> list[Batch]:
    weights = _weigh(counting, x)
    return [_make_batch(group, [weights[id(entry)] for entry in group], x) for group in _group(counting, x)]


def _weigh(counting: Iterable[Prepared], x: Tensor) -> dict[int, Weight]:
    """Each conditioning's weight, so that those of one list sum to 1 wherever anything counts; by identity."""
    by_owner = dict[str, list[Prepared]]()
    for entry in counting:
        by_owner.setdefault(entry.owner, []).append(entry)
    weights = dict[int, Weight]()
    for own in by_owner.values():
        everywhere = all(entry.cond.area is None and entry.cond.weight is None for entry in own)
        weights |= _weigh_numbers(own) if everywhere else _weigh_pixels(own, x)
    return weights


def _weigh_numbers(own: list[Prepared]) -> dict[int, Weight]:
    total = sum(entry.cond.strength for entry in own) + NO_WEIGHT
    shares = {id(entry): entry.cond.strength / total for entry in own}
    return {entry: None if share == 1 else share for entry, share in shares.items()}


def _weigh_pixels(own: list[Prepared], x: Tensor) -> dict[int, Weight]:
    total = torch.full((len(x), 1, *x.shape[-2:]), NO_WEIGHT, dtype=x.dtype, device=x.device)
    counts = dict[int, Tensor]()
    for entry in own:
        inside = entry.cond.area.crop(total) if entry.cond.area else total
        weight = entry.cond.weight
        count = torch.ones_like(inside) if weight is None else repeat_to(weight, len(x))
        counts[id(entry)] = count = count * entry.cond.strength
        inside.add_(count)
    return {id(entry): counts[id(entry)] / (entry.cond.area.crop(total) if entry.cond.area else total) for entry in own}


def _group(counting: Iterable[Prepared], x: Tensor) -> list[list[Prepared]]:
    """Conditionings that can go through the network together."""
    groups = list[list[Prepared]]()
    open_groups = dict[tuple[int, ...], list[Prepared]]()
    for entry in counting:
        area = entry.cond.area
        size = (area.height, area.width) if area else tuple(x.shape[-2:])
        group = open_groups.get(size)
        pixels = len(x) * size[0] * size[1]
        if group is not None and (len(group) + 1) * pixels <= max(LARGEST_BATCH, 2 * pixels) and _fits(entry, group):
            group.append(entry)
        else:
            open_groups[size] = [entry]
            groups.append(open_groups[size])
    return groups


def _fits(entry: Prepared, group: list[Prepared]) -> bool:
    """Whether the tokens of all can be repeated to one length without growing too much."""
    lengths = [each.context.shape[1] for each in (*group, entry)]
    return math.lcm(*lengths) <= LONGEST_TILING * min(lengths)


def _make_batch(group: list[Prepared], weights: list[Weight], x: Tensor) -> Batch:
    parts = tuple(Part(entry.owner, entry.cond.area, weight) for entry, weight in zip(group, weights, strict=True))
    length = math.lcm(*(entry.context.shape[1] for entry in group))
    # Attention to tokens that are repeated as a whole is attention to the tokens.
    contexts = [repeat_to(entry.context, len(x)).repeat(1, length // entry.context.shape[1], 1) for entry in group]
    vectors = [repeat_to(entry.vector, len(x)) for entry in group if entry.vector is not None]
    concats = [
        entry.cond.area.crop(entry.concat) if entry.cond.area else entry.concat
        for entry in group
        if entry.concat is not None
    ]
    return Batch(
        parts,
        torch.cat(contexts),
        torch.cat(vectors) if vectors else None,
        torch.cat(concats) if concats else None,
    )
