"""Nodes of the category `image/preprocessors`: pictures made for ControlNets."""

from __future__ import annotations

from typing import Annotated

from engine import InputValueError, Number, node
from engine.images.edges import find_edges
from engine.types import Image

_Threshold = Annotated[float, Number(min=0.01, max=0.99, step=0.01)]


@node("Canny", category="image/preprocessors")
def canny(*, image: Image, low_threshold: _Threshold = 0.4, high_threshold: _Threshold = 0.8) -> Image:
    """Draw the edges of pictures, white on black.

    Args:
        image: The pictures.
        low_threshold: Edges this weak count where they go on from a strong one.
        high_threshold: Edges this strong count anywhere.
    """
    if low_threshold > high_threshold:
        raise InputValueError(
            f"low_threshold: must not be above high_threshold; got {low_threshold} and {high_threshold}."
        )
    return find_edges(image, low_threshold, high_threshold).unsqueeze(-1).repeat(1, 1, 1, 3)
