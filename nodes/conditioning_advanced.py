"""Nodes of the category `advanced/conditioning`: conditionings without content, or for part of a run."""

from __future__ import annotations

from typing import Annotated

import torch

from engine import Number, node
from engine.sampling.conditioning import CondOptions
from engine.types import Conditioning
from nodes.conditioning import with_options

_Percent = Annotated[float, Number(min=0.0, max=1.0, step=0.001)]


@node("ConditioningZeroOut", category="advanced/conditioning", display_name="ConditioningZeroOut")
def conditioning_zero_out(*, conditioning: Conditioning) -> Conditioning:
    """Replace a text's features by zeros, which some models take for no text at all.

    Args:
        conditioning: Says how many zeros; its other options stay.
    """
    result: Conditioning = []
    for tokens, own in conditioning:
        options: CondOptions = {**own}
        if "pooled_output" in options:
            options["pooled_output"] = torch.zeros_like(options["pooled_output"])
        result.append((torch.zeros_like(tokens), options))
    return result


@node(
    "ConditioningSetTimestepRange",
    category="advanced/conditioning",
    display_name="ConditioningSetTimestepRange",
)
def conditioning_set_timestep_range(
    *, conditioning: Conditioning, start: _Percent = 0.0, end: _Percent = 1.0
) -> Conditioning:
    """Let a conditioning count in a part of the run only.

    Args:
        conditioning: What is to be seen.
        start: Share of the run from which it counts; 0 is the start, where the composition is made.
        end: Share of the run up to which it counts; 1 is the end, where details are made.
    """
    return with_options(conditioning, {"start_percent": start, "end_percent": end})
