"""What distinguishes one network from another: frozen records, checked when they are made.

Families differ by these numbers and by nothing else: no network asks for a family's name.
Sources: the configuration files that were published beside the checkpoints (CompVis/stable-diffusion v1-inference,
Stability-AI v2-inference, sd_xl_base, sd_xl_refiner), and the tensor shapes of the files themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NORM_GROUPS = 32
"""Every group norm of these networks has 32 groups, so every width is a multiple of it."""


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)


def _require_positive(network: str, **values: int) -> None:
    for name, value in values.items():
        _require(value > 0, f"{network}: {name} must be positive, not {value}.")


def _require_widths(network: str, base: int, channel_mult: tuple[int, ...]) -> None:
    _require(len(channel_mult) > 0, f"{network}: channel_mult must name at least one level.")
    _require_positive(network, **{f"channel_mult[{level}]": mult for level, mult in enumerate(channel_mult)})
    for level, mult in enumerate(channel_mult):
        width = base * mult
        _require(
            width > 0 and width % NORM_GROUPS == 0,
            f"{network}: the width of level {level} must be a positive multiple of {NORM_GROUPS}, not {width}.",
        )


@dataclass(frozen=True, slots=True)
class UNetConfig:
    """The shape of a diffusion UNet, one entry per level from the full latent resolution downward; by default SD 1.x.

    Attributes:
        in_channels: Channels of the latent that comes in; more than `out_channels` for inpainting models.
        out_channels: Channels of the prediction.
        model_channels: Width of level 0.
        channel_mult: Width of each level, as a multiple of `model_channels`.
        num_res_blocks: Residual blocks of each level on the way down; the way up has one more.
        transformer_depth: Transformer blocks after each residual block of a level; 0 means no attention there.
        middle_depth: Transformer blocks in the middle.
        context_dim: Features of the text tokens that cross-attention reads.
        num_heads: Attention heads at every level; None if `num_head_channels` says it.
        num_head_channels: Features of one head; None if `num_heads` says it.
        use_linear_in_transformer: Whether the projections around transformers are linear layers, not 1x1
            convolutions.
        adm_in_channels: Features of the vector condition `y`; None if the network takes none.
    """

    in_channels: int = 4
    out_channels: int = 4
    model_channels: int = 320
    channel_mult: tuple[int, ...] = (1, 2, 4, 4)
    num_res_blocks: tuple[int, ...] = (2, 2, 2, 2)
    transformer_depth: tuple[int, ...] = (1, 1, 1, 0)
    middle_depth: int = 1
    context_dim: int = 768
    num_heads: int | None = 8
    num_head_channels: int | None = None
    use_linear_in_transformer: bool = False
    adm_in_channels: int | None = None

    def __post_init__(self) -> None:
        _require_positive(
            "UNet",
            in_channels=self.in_channels,
            out_channels=self.out_channels,
            middle_depth=self.middle_depth,
            context_dim=self.context_dim,
            adm_in_channels=1 if self.adm_in_channels is None else self.adm_in_channels,
        )
        _require_widths("UNet", self.model_channels, self.channel_mult)
        levels = len(self.channel_mult)
        for name, values in (("num_res_blocks", self.num_res_blocks), ("transformer_depth", self.transformer_depth)):
            _require(
                len(values) == levels,
                f"UNet: {name} must have one entry for each of the {levels} levels of channel_mult, not {values}.",
            )
        _require(min(self.num_res_blocks) > 0, f"UNet: num_res_blocks must be positive, not {self.num_res_blocks}.")
        _require(
            min(self.transformer_depth) >= 0,
            f"UNet: transformer_depth must not be negative, not {self.transformer_depth}.",
        )
        _require(
            (self.num_heads is None) != (self.num_head_channels is None),
            "UNet: give either num_heads or num_head_channels; "
            f"num_heads is {self.num_heads}, num_head_channels is {self.num_head_channels}.",
        )
        for width, depth in zip(self.widths, (*self.transformer_depth[:-1], self.middle_depth), strict=True):
            if depth:
                self.heads(width)

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of each level."""
        return tuple(self.model_channels * mult for mult in self.channel_mult)

    def heads(self, width: int) -> int:
        """Attention heads at a level of this width.

        Raises:
            ValueError: If the heads do not divide the width.
        """
        unit = self.num_heads or self.num_head_channels or 0
        _require(unit > 0 and width % unit == 0, f"UNet: {unit} (heads, or features of a head) must divide {width}.")
        return unit if self.num_heads else width // unit


@dataclass(frozen=True, slots=True)
class VAEConfig:
    """The shape of a KL autoencoder. Each level but the last halves the resolution, so f = 2 ** (levels - 1).

    Attributes:
        in_channels: Channels of the pixels.
        base_channels: Width of level 0.
        channel_mult: Width of each level, as a multiple of `base_channels`.
        num_res_blocks: Residual blocks of each encoder level; the decoder has one more.
        latent_channels: Channels of the latent.
    """

    in_channels: int = 3
    base_channels: int = 128
    channel_mult: tuple[int, ...] = (1, 2, 4, 4)
    num_res_blocks: int = 2
    latent_channels: int = 4

    def __post_init__(self) -> None:
        _require_positive(
            "VAE",
            in_channels=self.in_channels,
            num_res_blocks=self.num_res_blocks,
            latent_channels=self.latent_channels,
        )
        _require_widths("VAE", self.base_channels, self.channel_mult)

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of each level."""
        return tuple(self.base_channels * mult for mult in self.channel_mult)

    @property
    def downscale(self) -> int:
        """Pixels per latent pixel, along each side."""
        return 2 ** (len(self.channel_mult) - 1)


SD_VAE = VAEConfig()


@dataclass(frozen=True, slots=True)
class ClipTextConfig:
    """The shape of a CLIP text encoder; the defaults are the one of SD 1.x, ViT-L/14.

    Attributes:
        vocab_size: Entries of the token table.
        max_tokens: Longest sequence, with start and end tokens.
        hidden_size: Features of a token.
        intermediate_size: Features inside the feed-forward layers.
        layers: Transformer layers.
        heads: Attention heads.
        activation: Of the feed-forward layers: OpenAI's approximation, or the exact one of OpenCLIP.
        eos_token: The token whose first occurrence is pooled.
    """

    vocab_size: int = 49408
    max_tokens: int = 77
    hidden_size: int = 768
    intermediate_size: int = 3072
    layers: int = 12
    heads: int = 12
    activation: Literal["quick_gelu", "gelu"] = "quick_gelu"
    eos_token: int = 49407

    def __post_init__(self) -> None:
        _require_positive(
            "CLIP",
            vocab_size=self.vocab_size,
            max_tokens=self.max_tokens,
            hidden_size=self.hidden_size,
            intermediate_size=self.intermediate_size,
            layers=self.layers,
            heads=self.heads,
        )
        _require(
            self.hidden_size % self.heads == 0,
            f"CLIP: {self.heads} heads must divide the hidden size, {self.hidden_size}.",
        )
        _require(
            0 <= self.eos_token < self.vocab_size,
            f"CLIP: the end token, {self.eos_token}, must be in the vocabulary of {self.vocab_size}.",
        )


SD1_CLIP = ClipTextConfig()
