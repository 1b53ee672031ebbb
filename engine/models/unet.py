"""The diffusion UNet of Stable Diffusion 1.x, 2.x and XL, which differ by `UNetConfig` alone.

`plan_blocks` writes the network out as a table; `UNet` turns each row into one entry of the published lists
`input_blocks`, `middle_block`, `output_blocks`, and its `forward` is the diagram. What the prediction means (noise,
velocity) and how noise levels become timesteps is the business of `engine.sampling`.
Sources: Rombach et al. 2022, arXiv 2112.10752; Podell et al. 2023, arXiv 2307.01952 (the vector condition).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from engine.models.config import UNetConfig
from engine.models.layers import (
    Downsample,
    ResBlock,
    SpatialTransformer,
    Upsample,
    embed_timesteps,
    group_norm,
    zeroed,
)


class BlockRow(NamedTuple):
    """One entry of the network's lists: what it is made of, first to last.

    Attributes:
        first: The layer it begins with: a plain convolution, a residual block, or a halving of the resolution.
        in_channels: Channels that come in; on the way up, with the skip's.
        out_channels: Channels that go out.
        depth: Transformer blocks that follow; 0 for none.
        upsample: Whether a doubling of the resolution ends it.
    """

    first: Literal["conv", "res", "down"]
    in_channels: int
    out_channels: int
    depth: int = 0
    upsample: bool = False


def plan_blocks(config: UNetConfig) -> tuple[list[BlockRow], list[BlockRow]]:
    """The rows of the way down and of the way up, in the order they run."""
    width = config.model_channels
    down = [BlockRow("conv", config.in_channels, width)]
    levels = list(zip(config.widths, config.num_res_blocks, config.transformer_depth, strict=True))
    for level, (level_width, blocks, depth) in enumerate(levels):
        for _ in range(blocks):
            down.append(BlockRow("res", width, level_width, depth))
            width = level_width
        if level < len(levels) - 1:
            down.append(BlockRow("down", width, width))

    skips = [row.out_channels for row in down]
    up: list[BlockRow] = []
    for level, (level_width, blocks, depth) in reversed(list(enumerate(levels))):
        for block in range(blocks + 1):
            ends_level = block == blocks and level > 0
            up.append(BlockRow("res", width + skips.pop(), level_width, depth, upsample=ends_level))
            width = level_width
    return down, up


class Block(nn.ModuleList):
    """One entry of the lists: layers in a row, each given what it asks for."""

    def forward(self, x: Tensor, embedding: Tensor, context: Tensor, size: torch.Size) -> Tensor:
        """Run the layers.

        Args:
            x: `[b c h w]`.
            embedding: `[b d]`, of the timestep and the vector condition.
            context: `[b t context_dim]`.
            size: `(h', w')` that an upsampling brings the map to.
        """
        for layer in self:
            match layer:
                case ResBlock():
                    x = layer(x, embedding)
                case SpatialTransformer():
                    x = layer(x, context)
                case Upsample():
                    x = layer(x, size)
                case _:
                    x = layer(x)
        return x


class UNet(nn.Module):
    """Predicts what was added to a latent, given the timestep and the text.

    Args:
        config: The network's shape.
    """

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        width = config.model_channels
        self.embedding_dim = 4 * width
        down, up = plan_blocks(config)
        bottom = config.widths[-1]

        self.time_embed = _perceptron(width, self.embedding_dim)
        if config.adm_in_channels is not None:
            self.label_emb = nn.Sequential(_perceptron(config.adm_in_channels, self.embedding_dim))
        self.input_blocks = nn.ModuleList(self._make_block(row) for row in down)
        self.middle_block = Block(
            [
                ResBlock(bottom, bottom, self.embedding_dim),
                self._make_transformer(bottom, config.middle_depth),
                ResBlock(bottom, bottom, self.embedding_dim),
            ]
        )
        self.output_blocks = nn.ModuleList(self._make_block(row) for row in up)
        self.out = nn.Sequential(
            group_norm(width, eps=1e-5), nn.SiLU(), zeroed(nn.Conv2d(width, config.out_channels, 3, padding=1))
        )

    def _make_block(self, row: BlockRow) -> Block:
        layers: list[nn.Module] = []
        match row.first:
            case "conv":
                layers.append(nn.Conv2d(row.in_channels, row.out_channels, 3, padding=1))
            case "res":
                layers.append(ResBlock(row.in_channels, row.out_channels, self.embedding_dim))
            case "down":
                layers.append(Downsample(row.out_channels))
        if row.depth:
            layers.append(self._make_transformer(row.out_channels, row.depth))
        if row.upsample:
            layers.append(Upsample(row.out_channels))
        return Block(layers)

    def _make_transformer(self, width: int, depth: int) -> SpatialTransformer:
        config = self.config
        return SpatialTransformer(
            width, depth, config.context_dim, config.heads(width), use_linear=config.use_linear_in_transformer
        )

    def forward(self, x: Tensor, timesteps: Tensor, context: Tensor, y: Tensor | None = None) -> Tensor:
        """Predict noise or velocity, whichever the weights were trained for.

        Args:
            x: Scaled noisy latent `[b c h w]`, of any size.
            timesteps: `[b]`, 0 (clean) to 999 (noise).
            context: Text tokens `[b t context_dim]`.
            y: Vector condition `[b adm_in_channels]`, for networks that take one.

        Returns:
            `[b out_channels h w]`.

        Raises:
            ValueError: If channels or features do not fit the network.
        """
        self._check_inputs(x, context, y)
        embedding = self.time_embed(embed_timesteps(timesteps, self.config.model_channels).to(x.dtype))
        if y is not None:
            embedding = embedding + self.label_emb(y)

        h = x
        skips: list[Tensor] = []
        for block in self.input_blocks:
            h = block(h, embedding, context, h.shape[-2:])
            skips.append(h)
        h = self.middle_block(h, embedding, context, h.shape[-2:])
        for block in self.output_blocks:
            h = torch.cat([h, skips.pop()], dim=1)
            h = block(h, embedding, context, _next_size(skips, h))
        return self.out(h)

    def _check_inputs(self, x: Tensor, context: Tensor, y: Tensor | None) -> None:
        config = self.config
        if x.ndim != 4 or x.shape[1] != config.in_channels:
            raise ValueError(f"UNet: x must be [b {config.in_channels} h w], not {list(x.shape)}.")
        if context.ndim != 3 or context.shape[2] != config.context_dim:
            raise ValueError(f"UNet: context must be [b t {config.context_dim}], not {list(context.shape)}.")
        came = None if y is None else y.shape[-1]
        if came != config.adm_in_channels:
            raise ValueError(f"UNet: y must have {config.adm_in_channels} features, not {came}.")


def _perceptron(in_features: int, width: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(in_features, width), nn.SiLU(), nn.Linear(width, width))


def _next_size(skips: Sequence[Tensor], h: Tensor) -> torch.Size:
    """The size that an upsampling must reach: that of the skip which comes next."""
    return skips[-1].shape[-2:] if skips else h.shape[-2:]
