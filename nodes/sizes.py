"""Widgets for lengths in pixels, as many nodes have them."""

from __future__ import annotations

from typing import Annotated

from engine import Number

Side = Annotated[int, Number(min=1, max=16384, step=1)]
"""A width or a height."""
Offset = Annotated[int, Number(min=0, max=16384, step=1)]
"""A position, a margin, or a side where 0 has a meaning of its own."""
Color = Annotated[int, Number(min=0, max=0xFFFFFF, step=1, display="color")]
"""0xRRGGBB."""
