"""An example of a node of your own: copy this file, change the names, restart.

A node is a function. Its parameters are the inputs, its return annotation is the output, its docstring is the help.
"""

from __future__ import annotations

from typing import Annotated

from engine import Number, node
from engine.types import Image


@node("ExampleBrightness", category="example", display_name="Example: Brightness")
def change_brightness(*, image: Image, factor: Annotated[float, Number(min=0.0, max=4.0, step=0.05)] = 1.2) -> Image:
    """Make a picture brighter or darker.

    Args:
        image: The picture; it is not changed.
        factor: 1 leaves it as it is, 0 is black.

    Returns:
        The new picture.
    """
    return (image * factor).clamp(0, 1)
