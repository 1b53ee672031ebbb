"""An example of a node in the way that packs for ComfyUI declare them: copy this file, change the names, restart.

A node is a class: `INPUT_TYPES` says what goes in, `RETURN_TYPES` what comes out, `FUNCTION` which method does it.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor


class ExampleContrast:
    """Make a picture's colours lie further apart, or closer together."""

    DESCRIPTION = "Make a picture's colours lie further apart, or closer together."
    CATEGORY = "example"
    RETURN_TYPES = ("IMAGE",)
    RETURN_NAMES = ("image",)
    FUNCTION = "change_contrast"

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802  (the name that packs use)
        """The inputs, in the order of the canvas."""
        factor = {"default": 1.2, "min": 0.0, "max": 4.0, "step": 0.05, "tooltip": "1 changes nothing."}
        return {"required": {"image": ("IMAGE",), "factor": ("FLOAT", factor)}}

    def change_contrast(self, image: Tensor, factor: float) -> tuple[Tensor]:
        """Images are `[batch, height, width, colours]`, 0..1; the result is a tuple, one entry for each output."""
        return (((image - 0.5) * factor + 0.5).clamp(0, 1),)


NODE_CLASS_MAPPINGS = {"ExampleContrast": ExampleContrast}
NODE_DISPLAY_NAME_MAPPINGS = {"ExampleContrast": "Example: Contrast"}
