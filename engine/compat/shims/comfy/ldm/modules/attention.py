"""`comfy.ldm.modules.attention`: the one attention, under the names that packs know."""

from typing import Any

from engine.compat.not_offered import absent_names
from engine.compat.pack_layers import optimized_attention, optimized_attention_for_device

__all__ = ["optimized_attention", "optimized_attention_for_device"]

optimized_attention_masked = attention_basic = attention_pytorch = attention_split = optimized_attention
attention_sub_quad = attention_xformers = optimized_attention


def exists(val: Any) -> bool:
    """Whether there is a value."""
    return val is not None


def default(val: Any, d: Any) -> Any:
    """A value, or what stands for it."""
    return d if val is None else val


globals().update(
    absent_names(
        "comfy.ldm.modules.attention",
        *("CrossAttention", "BasicTransformerBlock", "SpatialTransformer", "SpatialVideoTransformer", "FeedForward"),
        *("GEGLU", "Normalize", "attention_sage", "attention_flash", "get_attn_precision"),
    )
)
