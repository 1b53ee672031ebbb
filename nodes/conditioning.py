"""Nodes of the category `conditioning`: texts to conditionings, and what they apply to."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Annotated, Literal

import torch
from torch import Tensor
from torch.nn import functional

from engine import Context, InputValueError, Number, Text, node
from engine.images.pixels import as_masks
from engine.sampling.conditioning import CondOptions
from engine.text.encode import encode_text
from engine.types import Clip, Conditioning, Mask

logger = logging.getLogger(__name__)

_Side = Annotated[int, Number(min=64, max=16384, step=8)]
_Offset = Annotated[int, Number(min=0, max=16384, step=8)]
_Share = Annotated[float, Number(min=0.0, max=1.0, step=0.01)]
_Strength = Annotated[float, Number(min=0.0, max=10.0, step=0.01)]


def with_options(conditioning: Conditioning, options: CondOptions) -> Conditioning:
    """The same texts, each with these options in place of its own."""
    return [(tokens, {**own, **options}) for tokens, own in conditioning]


def _first(conditioning: Conditioning, name: str) -> tuple[Tensor, CondOptions]:
    """The first text; what else is there is not used, and the log says so."""
    if not conditioning:
        raise InputValueError(f"{name}: the conditioning is empty; at least one encoded text is needed.")
    if len(conditioning) > 1:
        logger.warning("%s holds %d conditionings; only the first is used.", name, len(conditioning))
    return conditioning[0]


def _check_features(to: Tensor, source: Tensor) -> None:
    if to.shape[-1] != source.shape[-1] or to.ndim != 3 or source.ndim != 3:
        raise InputValueError(
            f"conditioning_from: text tokens with {to.shape[-1]} features were expected, as in conditioning_to, not "
            f"{list(source.shape)}; encode both texts with the same CLIP."
        )


@node("CLIPTextEncode", category="conditioning", display_name="CLIP Text Encode (Prompt)")
def clip_text_encode(
    *, text: Annotated[str, Text(multiline=True, dynamic_prompts=True)], clip: Clip, ctx: Context
) -> Conditioning:
    """Encode a prompt, so that it can guide a diffusion model.

    Args:
        text: The prompt. `(words:1.2)` weighs them more, `embedding:name` stands for learned words.
        clip: The text encoder that belongs to the model.
    """
    encoded = encode_text(ctx.pool, clip, text)
    return [(encoded.tokens, {"pooled_output": encoded.pooled})]


@node("CLIPSetLastLayer", category="conditioning", display_name="CLIP Set Last Layer")
def clip_set_last_layer(
    *, clip: Clip, stop_at_clip_layer: Annotated[int, Number(min=-24, max=-1, step=1)] = -1
) -> Clip:
    """Take the text's features from an earlier layer ("CLIP skip").

    Args:
        clip: The text encoder.
        stop_at_clip_layer: -1 is the last layer, -2 the one before it, which many anime models were trained with.
    """
    return replace(clip, layer=stop_at_clip_layer)


@node("ConditioningAverage", category="conditioning", display_name="ConditioningAverage")
def conditioning_average(
    *, conditioning_to: Conditioning, conditioning_from: Conditioning, conditioning_to_strength: _Share = 1.0
) -> Conditioning:
    """Blend two texts.

    Args:
        conditioning_to: Each of its texts is blended; the result has their length.
        conditioning_from: Its first text is blended in; cut, or filled with zeros, to the other's length.
        conditioning_to_strength: Share of `conditioning_to`.
    """
    source, source_options = _first(conditioning_from, "conditioning_from")
    result: Conditioning = []
    for tokens, options in conditioning_to:
        _check_features(tokens, source)
        fitted = source[:, : tokens.shape[1]].to(tokens)
        fitted = functional.pad(fitted, (0, 0, 0, tokens.shape[1] - fitted.shape[1]))
        pooled, source_pooled = options.get("pooled_output"), source_options.get("pooled_output")
        blended: CondOptions = {**options}
        if source_pooled is not None:
            blended["pooled_output"] = (
                source_pooled
                if pooled is None
                else torch.lerp(source_pooled.to(pooled), pooled, conditioning_to_strength)
            )
        result.append((torch.lerp(fitted, tokens, conditioning_to_strength), blended))
    return result


@node("ConditioningCombine", category="conditioning", display_name="Conditioning (Combine)")
def conditioning_combine(*, conditioning_1: Conditioning, conditioning_2: Conditioning) -> Conditioning:
    """Follow both conditionings: what the model makes of each is averaged in every step.

    Args:
        conditioning_1: One.
        conditioning_2: The other.
    """
    return [*conditioning_1, *conditioning_2]


@node("ConditioningConcat", category="conditioning", display_name="Conditioning (Concat)")
def conditioning_concat(*, conditioning_to: Conditioning, conditioning_from: Conditioning) -> Conditioning:
    """Put one text behind another, as if the model had read them in one prompt.

    Args:
        conditioning_to: Each of its texts is made longer.
        conditioning_from: Its first text comes behind.
    """
    source, _ = _first(conditioning_from, "conditioning_from")
    for tokens, _ in conditioning_to:
        _check_features(tokens, source)
    return [
        (torch.cat([tokens, source.to(tokens).expand(len(tokens), -1, -1)], dim=1), options)
        for tokens, options in conditioning_to
    ]


@node("ConditioningSetArea", category="conditioning", display_name="Conditioning (Set Area)")
def conditioning_set_area(
    *,
    conditioning: Conditioning,
    width: _Side = 64,
    height: _Side = 64,
    x: _Offset = 0,
    y: _Offset = 0,
    strength: _Strength = 1.0,
) -> Conditioning:
    """Let a conditioning count in a rectangle of the image only.

    Args:
        conditioning: What is to be seen there.
        width: Of the rectangle, in pixels of the image.
        height: Of the rectangle.
        x: Its left edge.
        y: Its top edge.
        strength: Weight against what else counts there.
    """
    area = (height // 8, width // 8, y // 8, x // 8)
    return with_options(conditioning, {"area": area, "strength": strength, "set_area_to_bounds": False})


@node(
    "ConditioningSetAreaPercentage",
    category="conditioning",
    display_name="Conditioning (Set Area with Percentage)",
)
def conditioning_set_area_percentage(
    *,
    conditioning: Conditioning,
    width: _Share = 1.0,
    height: _Share = 1.0,
    x: _Share = 0.0,
    y: _Share = 0.0,
    strength: _Strength = 1.0,
) -> Conditioning:
    """Let a conditioning count in a rectangle of the image only, given in shares of the image.

    Args:
        conditioning: What is to be seen there.
        width: Of the rectangle, as a share of the image's.
        height: Of the rectangle, as a share of the image's.
        x: Its left edge, as a share of the image's width.
        y: Its top edge, as a share of the image's height.
        strength: Weight against what else counts there.
    """
    area = ("percentage", height, width, y, x)
    return with_options(conditioning, {"area": area, "strength": strength, "set_area_to_bounds": False})


@node("ConditioningSetAreaStrength", category="conditioning", display_name="ConditioningSetAreaStrength")
def conditioning_set_area_strength(*, conditioning: Conditioning, strength: _Strength = 1.0) -> Conditioning:
    """Set the weight of a conditioning against others.

    Args:
        conditioning: What is weighed.
        strength: Its weight.
    """
    return with_options(conditioning, {"strength": strength})


@node("ConditioningSetMask", category="conditioning", display_name="Conditioning (Set Mask)")
def conditioning_set_mask(
    *,
    conditioning: Conditioning,
    mask: Mask,
    strength: _Strength = 1.0,
    set_cond_area: Literal["default", "mask bounds"],
) -> Conditioning:
    """Let a conditioning count where a mask is.

    Args:
        conditioning: What is to be seen there.
        mask: Where it counts, and how much; stretched to the image.
        strength: Weight against what else counts there.
        set_cond_area: With `mask bounds` the model looks at nothing but the mask's bounding box.
    """
    return with_options(
        conditioning,
        {
            "mask": as_masks(mask),
            "mask_strength": strength,
            "set_area_to_bounds": set_cond_area == "mask bounds",
        },
    )
