"""The layers that diffusion UNets are stacked of: residual block, transformer, resampling, timestep embedding.

Attribute names are those of the published files; entries of a `Sequential` that hold no weights (activation, dropout
of rate 0) keep their places so that the numbers agree.
Sources: Rombach et al. 2022, arXiv 2112.10752; Ho et al. 2020, arXiv 2006.11239 (timestep embedding);
Shazeer 2020, arXiv 2002.05202 (GEGLU).
"""

from __future__ import annotations

import math
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.models.attention import Attention
from engine.models.config import NORM_GROUPS

AnyModule = TypeVar("AnyModule", bound=nn.Module)


def group_norm(channels: int, eps: float) -> nn.GroupNorm:
    """The group norm of these networks."""
    return nn.GroupNorm(NORM_GROUPS, channels, eps=eps)


def zeroed(module: AnyModule) -> AnyModule:
    """The module, with all its weights zero: a branch that ends in it starts training as the identity."""
    for parameter in module.parameters():
        nn.init.zeros_(parameter)
    return module


def embed_timesteps(timesteps: Tensor, width: int, max_period: float = 10_000.0) -> Tensor:
    """Cosines, then sines, of each timestep at `width // 2` frequencies from 1 to `1 / max_period`.

    Args:
        timesteps: `[b]`, whole or fractional.
        width: Features of the embedding; even.
        max_period: The longest wavelength, over 2 pi.

    Returns:
        `[b width]`, float32: half precision would not tell neighbouring timesteps apart.
    """
    half = width // 2
    # The order of these operations is that of the weights' training: angles near 1000 show the last bit.
    steps = torch.arange(half, dtype=torch.float32, device=timesteps.device)
    angles = timesteps.float()[:, None] * torch.exp(-math.log(max_period) * steps / half)
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


class ResBlock(nn.Module):
    """Two convolutions around a skip, with the timestep's embedding added in between.

    Args:
        in_channels: Channels that come in.
        out_channels: Channels that go out.
        embedding_dim: Features of the embedding.
    """

    def __init__(self, in_channels: int, out_channels: int, embedding_dim: int) -> None:
        super().__init__()
        self.in_layers = nn.Sequential(
            group_norm(in_channels, eps=1e-5), nn.SiLU(), nn.Conv2d(in_channels, out_channels, 3, padding=1)
        )
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(embedding_dim, out_channels))
        self.out_layers = nn.Sequential(
            group_norm(out_channels, eps=1e-5),
            nn.SiLU(),
            nn.Identity(),
            zeroed(nn.Conv2d(out_channels, out_channels, 3, padding=1)),
        )
        same = in_channels == out_channels
        self.skip_connection = nn.Identity() if same else nn.Conv2d(in_channels, out_channels, 1)

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        """`x [b c h w]`, `embedding [b d]` -> `[b out_channels h w]`."""
        h = self.in_layers(x) + self.emb_layers(embedding)[:, :, None, None]
        return self.skip_connection(x) + self.out_layers(h)


class GEGLU(nn.Module):
    """A linear layer whose one half gates the other through GELU."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.proj = nn.Linear(in_features, 2 * out_features)

    def forward(self, x: Tensor) -> Tensor:
        """`[b t in_features]` -> `[b t out_features]`."""
        value, gate = self.proj(x).chunk(2, dim=-1)
        return value * functional.gelu(gate)


class FeedForward(nn.Module):
    """The feed-forward half of a transformer block, four times as wide inside."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.net = nn.Sequential(GEGLU(width, 4 * width), nn.Identity(), nn.Linear(4 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        """`[b t d]` -> `[b t d]`."""
        return self.net(x)


class TransformerBlock(nn.Module):
    """Self-attention, cross-attention to the context, feed-forward; each normed before and added after."""

    def __init__(self, width: int, context_dim: int, heads: int) -> None:
        super().__init__()
        self.attn1 = Attention(width, width, heads)
        self.ff = FeedForward(width)
        self.attn2 = Attention(width, context_dim, heads)
        self.norm1 = nn.LayerNorm(width)
        self.norm2 = nn.LayerNorm(width)
        self.norm3 = nn.LayerNorm(width)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """`x [b t d]`, `context [b s context_dim]` -> `[b t d]`."""
        h = self.norm1(x)
        x = x + self.attn1(h, h)
        x = x + self.attn2(self.norm2(x), context)
        return x + self.ff(self.norm3(x))


class SpatialTransformer(nn.Module):
    """Transformer blocks over the pixels of a feature map, added to it.

    Args:
        width: Channels.
        depth: Transformer blocks.
        context_dim: Features of the context.
        heads: Attention heads.
        use_linear: Whether the projections are linear layers instead of 1x1 convolutions; the same arithmetic,
            stored in another shape.
    """

    def __init__(self, width: int, depth: int, context_dim: int, heads: int, *, use_linear: bool) -> None:
        super().__init__()
        self.use_linear = use_linear
        self.norm = group_norm(width, eps=1e-6)
        self.proj_in = nn.Linear(width, width) if use_linear else nn.Conv2d(width, width, 1)
        self.transformer_blocks = nn.ModuleList(TransformerBlock(width, context_dim, heads) for _ in range(depth))
        self.proj_out = zeroed(nn.Linear(width, width) if use_linear else nn.Conv2d(width, width, 1))

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """`x [b c h w]`, `context [b s context_dim]` -> `[b c h w]`."""
        size = x.shape[-2:]
        h = self.norm(x)
        h = self.proj_in(_to_tokens(h)) if self.use_linear else _to_tokens(self.proj_in(h))
        for block in self.transformer_blocks:
            h = block(h, context)
        h = _to_map(self.proj_out(h), size) if self.use_linear else self.proj_out(_to_map(h, size))
        return x + h


def _to_tokens(x: Tensor) -> Tensor:
    """`[b c h w]` -> `[b (h w) c]`."""
    return x.flatten(2).transpose(1, 2)


def _to_map(x: Tensor, size: torch.Size) -> Tensor:
    """`[b (h w) c]` -> `[b c h w]`."""
    b, _, c = x.shape
    return x.transpose(1, 2).reshape(b, c, *size)


class Downsample(nn.Module):
    """Halves height and width, rounding up."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.op = nn.Conv2d(channels, channels, 3, stride=2, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """`[b c h w]` -> `[b c ceil(h/2) ceil(w/2)]`."""
        return self.op(x)


class Upsample(nn.Module):
    """Brings a map to the size of the skip that it meets next: twice its own, or one less if that was odd."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor, size: torch.Size) -> Tensor:
        """`x [b c h w]`, `size (h', w')` -> `[b c h' w']`."""
        return self.conv(functional.interpolate(x, size=size, mode="nearest"))
