"""The one attention function of the engine, and the multi-head layer that the UNet is built of.

Which kernel computes it (flash, memory-efficient, plain) is torch's choice.
Source: Vaswani et al. 2017, "Attention Is All You Need", arXiv 1706.03762, equation 1.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional


def attention(q: Tensor, k: Tensor, v: Tensor, heads: int, *, mask: Tensor | None = None) -> Tensor:
    """Multi-head scaled dot-product attention.

    Args:
        q: Queries `[b t d]`.
        k: Keys `[b s d]`.
        v: Values `[b s d]`.
        heads: Heads that d is split into.
        mask: What is added to the scores, or where they count, broadcastable to `[b n t s]`.

    Returns:
        `[b t d]`.
    """
    q, k, v = _split_heads(q, heads), _split_heads(k, heads), _split_heads(v, heads)
    return functional.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).flatten(2)


def _split_heads(x: Tensor, heads: int) -> Tensor:
    """`[b t d]` -> `[b n t d/n]`."""
    b, t, d = x.shape
    return x.reshape(b, t, heads, d // heads).transpose(1, 2)


class Attention(nn.Module):
    """Attention of tokens to a context, or to themselves.

    Args:
        width: Features of the tokens.
        context_dim: Features of the context.
        heads: Heads that `width` is split into.
    """

    def __init__(self, width: int, context_dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_k = nn.Linear(context_dim, width, bias=False)
        self.to_v = nn.Linear(context_dim, width, bias=False)
        # The second entry of the published list is dropout of rate 0.
        self.to_out = nn.Sequential(nn.Linear(width, width), nn.Identity())

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """`x [b t d]`, `context [b s context_dim]` -> `[b t d]`."""
        return self.to_out(attention(self.to_q(x), self.to_k(context), self.to_v(context), self.heads))
