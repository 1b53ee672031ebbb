"""`node_helpers`: what nodes share."""

from engine.compat.pack_values import (
    conditioning_set_values,
    hasher,
    image_alpha_fix,
    pillow,
    string_to_torch_dtype,
)

__all__ = ["conditioning_set_values", "hasher", "image_alpha_fix", "pillow", "string_to_torch_dtype"]
