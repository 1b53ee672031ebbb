"""Layers and attention that packs build their own networks from: what they import as `comfy.ops` and as attention.

Layers start without values, since a file brings them; those of `ManualCast` compute in the type of what comes in.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.models.attention import attention

_KINDS = ("Linear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "GroupNorm", "LayerNorm")


def _no_values(self: nn.Module) -> None:
    """The file brings them."""
    del self


def _cast_forward(self: nn.Module, *inputs: Any, **others: Any) -> Any:
    """As the layer's own, with parameters in the type and place of the first input."""
    like = inputs[0]
    cast = {name: value.to(like) for name, value in self.named_parameters(recurse=False)}
    base: Any = type(self).__mro__[2].forward  # ours, the empty one, torch's
    kept = {name: self._parameters[name] for name in cast}
    for name, value in cast.items():
        self._parameters[name] = nn.Parameter(value, requires_grad=False)
    try:
        return base(self, *inputs, **others)
    finally:
        self._parameters.update(kept)


def _embed(self: nn.Embedding, input: Tensor, out_dtype: torch.dtype | None = None) -> Tensor:
    found = functional.embedding(
        input, self.weight, self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse
    )
    return found if out_dtype is None else found.to(out_dtype)


def _make_empty_layers() -> dict[str, type[nn.Module]]:
    layers = {name: type(name, (getattr(nn, name),), {"reset_parameters": _no_values}) for name in _KINDS}
    layers["Embedding"] = type("Embedding", (nn.Embedding,), {"reset_parameters": _no_values, "forward": _embed})
    return layers


_EMPTY = _make_empty_layers()
_CASTING = {
    name: type(name, (layer,), {"forward": _embed if name == "Embedding" else _cast_forward})
    for name, layer in _EMPTY.items()
}


def _conv_nd(layers: Any, dims: int, *given: Any, **options: Any) -> nn.Module:
    return getattr(layers, f"Conv{dims}d")(*given, **options)


EmptyLayers = type("disable_weight_init", (), {**_EMPTY, "conv_nd": classmethod(_conv_nd)})
"""Layers without values."""
ManualCast = type("manual_cast", (EmptyLayers,), {**_CASTING, "conv_nd": classmethod(_conv_nd)})
"""The same, computing in the type of what comes in."""


def cast_to_input(weight: Tensor, input: Tensor, non_blocking: bool = False, copy: bool = True) -> Tensor:
    """A weight in the type and place of an input."""
    return weight.to(input, non_blocking=non_blocking, copy=copy)


def cast_bias_weight(
    s: Any, input: Tensor | None = None, dtype: Any = None, device: Any = None, bias_dtype: Any = None
) -> tuple[Tensor, Tensor | None]:
    """Weight and bias of a layer in the type and place of an input, or in those that are named."""
    dtype = dtype or (input.dtype if input is not None else None)
    device = device or (input.device if input is not None else None)
    bias = None if s.bias is None else s.bias.to(device=device, dtype=bias_dtype or dtype)
    return s.weight.to(device=device, dtype=dtype), bias


def optimized_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    heads: int,
    mask: Tensor | None = None,
    attn_precision: Any = None,
    skip_reshape: bool = False,
    skip_output_reshape: bool = False,
    **_: Any,
) -> Tensor:
    """Multi-head attention of `[b t d]`, or of `[b heads t d]` with `skip_reshape`; gives `[b t d]`."""
    del attn_precision
    if mask is not None and mask.ndim == 3:
        mask = mask.unsqueeze(1)
    if not skip_reshape and not skip_output_reshape:
        return attention(q, k, v, heads, mask=mask)
    if not skip_reshape:
        q, k, v = (each.unflatten(-1, (heads, -1)).transpose(1, 2) for each in (q, k, v))
    out = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return out if skip_output_reshape else out.transpose(1, 2).flatten(2)


def optimized_attention_for_device(device: Any, mask: bool = False, small_input: bool = False) -> Any:
    """The one attention there is."""
    del device, mask, small_input
    return optimized_attention
