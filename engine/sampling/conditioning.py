"""What CONDITIONING sockets carry, and where, when and how much each part of it counts.

A conditioning is a list of (text tokens, options). `resolve_conditioning` turns the options that speak of places,
masks and times into numbers for one latent size, once per run; `estimates` runs the network on the result.
A seam: a new kind of condition is a new key of `CondOptions` that the model's own fields read (`Model.concat`,
`Model.embed_vector`); nothing here knows model families.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, TypedDict

import torch
from torch import Tensor
from torch.nn import functional

from engine.errors import InputValueError
from engine.sampling.parametrization import EVERY_SIGMA, DiscreteSchedule

FEATHER = 8
"""Latent pixels over which an area fades out towards the rest of the image."""

SMALLEST_BOUNDS = 8
"""Latent pixels along a side of the area that is made from a mask's bounds."""


class CondOptions(TypedDict, total=False):
    """What goes with the text tokens. Everything is optional.

    Attributes:
        pooled_output: The text as one vector `[b d]`.
        strength: Weight among the conditionings of one list; 1 if not given.
        area: Where it counts: (height, width, y, x) in latent pixels, or ("percentage", ...) in shares of the image.
        mask: Where it counts, 0..1: `[h w]` or `[b h w]`, of any size.
        mask_strength: Weight of the mask; 1 if not given.
        set_area_to_bounds: The network sees no more than the mask's bounding box.
        start_percent: Share of the run from which it counts.
        end_percent: Share of the run up to which it counts.
        concat_latent_image: What inpainting networks are to keep `[b c h w]`, on the autoencoder's scale.
        concat_mask: Where inpainting networks are to paint `[b 1 h w]`.
        noise_augmentation: How much noise the network is to assume on `unclip_conditioning` or an image.
        width: Size conditioning, pixels; likewise the next five.
        aesthetic_score: Of the refiner.
        guidance: Distilled guidance scale.
        control: The chain of control networks, and whether it also counts for the negative.
    """

    pooled_output: Tensor
    strength: float
    area: tuple[int, int, int, int] | tuple[Literal["percentage"], float, float, float, float]
    mask: Tensor
    mask_strength: float
    set_area_to_bounds: bool
    start_percent: float
    end_percent: float
    concat_latent_image: Tensor
    concat_mask: Tensor
    noise_augmentation: float
    width: int
    height: int
    crop_w: int
    crop_h: int
    target_width: int
    target_height: int
    aesthetic_score: float
    guidance: float
    control: Any
    control_apply_to_uncond: bool
    gligen: Any
    unclip_conditioning: list[Any]
    reference_latents: list[Tensor]
    hooks: Any
    default: bool
    attention_mask: Tensor


ConditioningList = Sequence[tuple[Tensor, CondOptions]]


class Area(NamedTuple):
    """A rectangle in latent pixels."""

    height: int
    width: int
    y: int
    x: int

    def encloses(self, other: Area) -> bool:
        """Whether the other lies inside."""
        return (
            self.y <= other.y
            and self.x <= other.x
            and self.y + self.height >= other.y + other.height
            and self.x + self.width >= other.x + other.width
        )

    def crop(self, x: Tensor) -> Tensor:
        """That part of `[... h w]`, a view."""
        return x[..., self.y : self.y + self.height, self.x : self.x + self.width]


@dataclass(frozen=True, slots=True, eq=False)
class Cond:
    """One conditioning, resolved for a latent size.

    Attributes:
        context: Text tokens `[n t d]`.
        options: As given; what the network is told beside the text.
        strength: Its weight among others.
        area: The part of the latent that it sees; None for all of it.
        weight: `[n 1 h w]` over the area, where it counts; None for everywhere alike.
        first_sigma: The highest level that it counts at.
        last_sigma: The lowest level that it counts at.
    """

    context: Tensor
    options: CondOptions
    strength: float = 1.0
    area: Area | None = None
    weight: Tensor | None = None
    first_sigma: float = EVERY_SIGMA
    last_sigma: float = 0.0

    def counts_at(self, sigma: float) -> bool:
        """Whether it counts at this noise level."""
        return self.last_sigma <= sigma <= self.first_sigma


def resolve_conditioning(
    conditioning: ConditioningList, height: int, width: int, schedule: DiscreteSchedule, *, name: str
) -> list[Cond]:
    """Numbers in place of percentages, masks in the latent's size, areas inside it.

    Args:
        conditioning: As on the socket.
        height: Of the latent.
        width: Of the latent.
        schedule: Says which level a percentage of the run is.
        name: The input, for messages.

    Raises:
        InputValueError: If the list is empty, or a part of it has no text tokens, no extent, or a useless strength.
    """
    if not conditioning:
        raise InputValueError(f"{name}: the conditioning is empty; at least one encoded text is needed.")
    return [_resolve(context, options, height, width, schedule, name) for context, options in conditioning]


def _resolve(
    context: Tensor, options: CondOptions, height: int, width: int, schedule: DiscreteSchedule, name: str
) -> Cond:
    if context.ndim != 3 or 0 in context.shape:
        raise InputValueError(f"{name}: text tokens [b t d] were expected, not a tensor of shape {[*context.shape]}.")
    strength = options.get("strength", 1.0)
    if not math.isfinite(strength):
        raise InputValueError(f"{name}: the strength of a conditioning must be a finite number, not {strength}.")
    area = _resolve_area(options, height, width, name)
    mask = options.get("mask")
    weight = None
    if mask is not None:
        weight = fit_mask(mask, height, width, name=f"the mask of {name}") * options.get("mask_strength", 1.0)
        if options.get("set_area_to_bounds", False):
            area = _bound(weight)
    if area == (height, width, 0, 0):
        area = None
    if area is not None:
        weight = _feather(area, height, width) if weight is None else area.crop(weight)
    return Cond(
        context,
        options,
        strength,
        area,
        weight,
        schedule.percent_to_sigma(options.get("start_percent", 0.0)),
        schedule.percent_to_sigma(options.get("end_percent", 1.0)),
    )


def fit_mask(mask: Tensor, height: int, width: int, *, name: str) -> Tensor:
    """A mask as `[b 1 height width]`, float32, resized bilinearly.

    Args:
        mask: `[h w]`, `[b h w]` or `[b 1 h w]`.
        height: Wanted.
        width: Wanted.
        name: What the mask is, for messages.

    Raises:
        InputValueError: If it has another shape.
    """
    shape = tuple(mask.shape)
    if mask.ndim == 4 and shape[1] == 1:
        mask = mask[:, 0]
    if mask.ndim == 2:
        mask = mask[None]
    if mask.ndim != 3 or mask.numel() == 0:
        raise InputValueError(f"{name} must be [h w], [b h w] or [b 1 h w], not {list(shape)}.")
    mask = mask[:, None].float()
    if mask.shape[-2:] != (height, width):
        mask = functional.interpolate(mask, size=(height, width), mode="bilinear", align_corners=False)
    return mask


def _resolve_area(options: CondOptions, height: int, width: int, name: str) -> Area | None:
    given = options.get("area")
    if given is None:
        return None
    area = _round_shares(given[1:], height, width, name) if len(given) == 5 else Area(*given)
    inside = Area(min(area.height, height - area.y), min(area.width, width - area.x), area.y, area.x)
    if min(inside) < 0 or inside.height < 1 or inside.width < 1:
        raise InputValueError(
            f"{name}: the area (height {area.height}, width {area.width}, at y {area.y}, x {area.x}, in latent pixels "
            f"of 8 image pixels) lies outside the latent of height {height}, width {width}."
        )
    return inside


def _round_shares(shares: tuple[float, float, float, float], height: int, width: int, name: str) -> Area:
    if not all(math.isfinite(share) for share in shares):
        raise InputValueError(f"{name}: an area must be of finite numbers, not {shares}.")
    high, wide, y, x = shares
    return Area(max(1, round(high * height)), max(1, round(wide * width)), round(y * height), round(x * width))


def _bound(weight: Tensor) -> Area:
    """The bounding box of what is not zero in any item of the batch, inside the image."""
    marked = weight.ne(0).any(dim=0)[0]
    top, high = _extent(marked.any(dim=1))
    left, wide = _extent(marked.any(dim=0))
    return Area(high, wide, top, left)


def _extent(marked: Tensor) -> tuple[int, int]:
    """Where the marked part of a line begins, and its length; not less than the smallest, unless the line ends."""
    places = marked.nonzero()
    if len(places) == 0:
        return 0, min(SMALLEST_BOUNDS, len(marked))
    first, last = int(places[0]), int(places[-1])
    return first, min(max(SMALLEST_BOUNDS, last - first + 1), len(marked) - first)


def _feather(area: Area, height: int, width: int) -> Tensor:
    """1 inside, falling linearly towards the sides that are not on the image's border, `[1 1 h w]`."""
    rows = _fade(area.height, before=area.y > 0, after=area.y + area.height < height)
    columns = _fade(area.width, before=area.x > 0, after=area.x + area.width < width)
    return (rows[:, None] * columns)[None, None]


def _fade(length: int, *, before: bool, after: bool) -> Tensor:
    line = torch.ones(length)
    reach = min(FEATHER, length // 4)
    ramp = torch.arange(1, reach + 1) / max(reach, 1)
    if before:
        line[:reach] *= ramp
    if after:
        line[length - reach :] *= ramp.flip(0)
    return line


def complete_areas(conds: Mapping[str, list[Cond]]) -> dict[str, list[Cond]]:
    """Give every area of one conditioning its counterpart in the others.

    Where one list has an area that another has not, the other's text for the smallest area around it is also
    evaluated there, so that guidance compares estimates of the same crop.
    """
    completed = {name: list(own) for name, own in conds.items()}
    for name, own in conds.items():
        for other in (key for key in completed if key != name):
            known = {cond.area for cond in completed[other]}
            for cond in own:
                if cond.area is None or cond.area in known:
                    continue
                source = _smallest_around(cond.area, completed[other])
                if source is not None:
                    completed[other].append(replace(cond, context=source.context, options=source.options))
                    known.add(cond.area)
    return completed


def _smallest_around(area: Area, conds: Sequence[Cond]) -> Cond | None:
    best: Cond | None = None
    for cond in conds:
        if cond.area is None:
            best = best or cond
        elif cond.area.encloses(area) and (
            best is None or best.area is None or cond.area.height * cond.area.width < best.area.height * best.area.width
        ):
            best = cond
    return best
