"""Nodes of the category `sampling/custom_sampling/sigmas`: noise levels taken apart and changed."""

from __future__ import annotations

import math
from typing import Annotated, Literal, NamedTuple

import torch

from engine import InputValueError, Number, node
from engine.types import Model, Sigmas
from nodes.sampling import Denoise

_LOWEST_FIRST = 0.0001
"""What a rising run begins at in place of 0, where no direction is defined."""

_Level = Annotated[float, Number(min=0.0, max=20000.0, step=0.001, round=False)]


class Split(NamedTuple):
    """Levels in two parts, which share the level between them.

    Args:
        high_sigmas: The first part.
        low_sigmas: The second part.
    """

    high_sigmas: Sigmas
    low_sigmas: Sigmas


@node("SplitSigmas", category="sampling/custom_sampling/sigmas")
def split_sigmas(*, sigmas: Sigmas, step: Annotated[int, Number(min=0, max=10_000)] = 0) -> Split:
    """Divide noise levels at a step, so that two samplers can share them.

    Args:
        sigmas: The levels.
        step: The first step of the second part.
    """
    return Split(sigmas[: step + 1], sigmas[step:])


@node("SplitSigmasDenoise", category="sampling/custom_sampling/sigmas")
def split_sigmas_denoise(*, sigmas: Sigmas, denoise: Denoise = 1.0) -> Split:
    """Divide noise levels by the share of the steps that the second part gets.

    Args:
        sigmas: The levels.
        denoise: That share.
    """
    if not 0 <= denoise <= 1:
        raise InputValueError(f"denoise must be from 0 to 1, not {denoise}.")
    steps = max(len(sigmas) - 1, 0)
    first = steps - round(steps * denoise)
    return Split(sigmas[: first + 1], sigmas[first:])


@node("FlipSigmas", category="sampling/custom_sampling/sigmas")
def flip_sigmas(*, sigmas: Sigmas) -> Sigmas:
    """Turn noise levels round, to find the noise that an image came from.

    Args:
        sigmas: The levels.
    """
    flipped = sigmas.flip(0)
    if len(flipped) > 0:
        flipped[0] = flipped[0].clamp(min=_LOWEST_FIRST)
    return flipped


@node("SetFirstSigma", category="sampling/custom_sampling/sigmas")
def set_first_sigma(*, sigmas: Sigmas, sigma: _Level = 136.0) -> Sigmas:
    """Begin at another noise level.

    Args:
        sigmas: The levels.
        sigma: The first one.
    """
    if len(sigmas) == 0:
        raise InputValueError("sigmas: there are no noise levels, so none can be the first.")
    return torch.cat([sigmas.new_tensor([sigma]), sigmas[1:]])


@node("ExtendIntermediateSigmas", category="sampling/custom_sampling/sigmas")
def extend_intermediate_sigmas(
    *,
    sigmas: Sigmas,
    steps: Annotated[int, Number(min=1, max=100)] = 2,
    start_at_sigma: Annotated[float, Number(min=-1.0, max=20000.0, step=0.01, round=False)] = -1.0,
    end_at_sigma: Annotated[float, Number(min=0.0, max=20000.0, step=0.01, round=False)] = 12.0,
    spacing: Literal["linear", "cosine", "sine"],
) -> Sigmas:
    """Divide steps into several, where the noise level is within bounds.

    Args:
        sigmas: The levels.
        steps: Into how many each is divided.
        start_at_sigma: The highest level whose step is divided; -1 for no bound.
        end_at_sigma: The lowest level whose step is divided.
        spacing: Even; dense towards the end of a step (cosine); dense towards its beginning (sine).
    """
    if steps < 1:
        raise InputValueError(f"steps must be at least 1, not {steps}.")
    shares = torch.linspace(0, 1, steps + 1)[:-1]
    if spacing == "cosine":
        shares = torch.sin(shares * math.pi / 2)
    elif spacing == "sine":
        shares = 1 - torch.cos(shares * math.pi / 2)
    highest = math.inf if start_at_sigma < 0 else start_at_sigma
    divided = (sigmas[:-1] <= highest) & (sigmas[:-1] >= end_at_sigma)
    pieces = [
        start + (end - start) * shares if inside else start[None]
        for start, end, inside in zip(sigmas[:-1], sigmas[1:], divided, strict=True)
    ]
    return torch.cat([*pieces, sigmas[-1:]])


@node("SamplingPercentToSigma", category="sampling/custom_sampling/sigmas", output_names=("sigma_value",))
def sampling_percent_to_sigma(
    *,
    model: Model,
    sampling_percent: Annotated[float, Number(min=0.0, max=1.0, step=0.0001)] = 0.0,
    return_actual_sigma: bool = False,
) -> float:
    """The noise level at a share of the run.

    Args:
        model: Whose noise levels they are.
        sampling_percent: 0 is the beginning, 1 the end.
        return_actual_sigma: At the beginning and the end, give the model's highest and lowest level instead of the
            bounds that conditionings are compared with.
    """
    schedule = model.parametrization.schedule
    if return_actual_sigma and sampling_percent <= 0:
        return schedule.sigma_max
    if return_actual_sigma and sampling_percent >= 1:
        return schedule.sigma_min
    return schedule.percent_to_sigma(sampling_percent)
