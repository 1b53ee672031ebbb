"""The KL autoencoder between pixels and latents.

Latents here are the network's own, unscaled; the factor that a diffusion model sees them through belongs to
`preview.LatentFormat`. Pixels are -1..1; the images of the engine are 0..1, and nodes convert.
Sources: Rombach et al. 2022, arXiv 2112.10752, appendix G; Esser et al. 2021, arXiv 2012.09841 (the layers).
"""

from __future__ import annotations

from itertools import pairwise
from typing import cast

from torch import Tensor, nn
from torch.nn import functional

from engine.models.attention import attention
from engine.models.config import VAEConfig
from engine.models.layers import group_norm

NORM_EPS = 1e-6
LOGVAR_RANGE = (-30.0, 20.0)


class ResnetBlock(nn.Module):
    """Two normed convolutions around a skip."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.norm1 = group_norm(in_channels, NORM_EPS)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.norm2 = group_norm(out_channels, NORM_EPS)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.nin_shortcut = nn.Conv2d(in_channels, out_channels, 1) if in_channels != out_channels else None

    def forward(self, x: Tensor) -> Tensor:
        """`[b in_channels h w]` -> `[b out_channels h w]`."""
        h = self.conv1(functional.silu(self.norm1(x)))
        h = self.conv2(functional.silu(self.norm2(h)))
        return h + (x if self.nin_shortcut is None else self.nin_shortcut(x))


class AttnBlock(nn.Module):
    """Self-attention of one head over all pixels, added to them."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = group_norm(channels, NORM_EPS)
        self.q = nn.Conv2d(channels, channels, 1)
        self.k = nn.Conv2d(channels, channels, 1)
        self.v = nn.Conv2d(channels, channels, 1)
        self.proj_out = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """`[b c h w]` -> `[b c h w]`."""
        h = self.norm(x)
        q, k, v = (project(h).flatten(2).transpose(1, 2) for project in (self.q, self.k, self.v))
        h = attention(q, k, v, heads=1).transpose(1, 2).reshape(x.shape)
        return x + self.proj_out(h)


class Downsample(nn.Module):
    """Halves height and width; padded at right and bottom only, as the published weights expect."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        """`[b c h w]` -> `[b c h/2 w/2]`."""
        return self.conv(functional.pad(x, (0, 1, 0, 1)))


class Upsample(nn.Module):
    """Doubles height and width."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """`[b c h w]` -> `[b c 2h 2w]`."""
        return self.conv(functional.interpolate(x, scale_factor=2.0, mode="nearest"))


class Middle(nn.Module):
    """What stands at the lowest resolution of either half."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.block_1 = ResnetBlock(channels, channels)
        self.attn_1 = AttnBlock(channels)
        self.block_2 = ResnetBlock(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """`[b c h w]` -> `[b c h w]`."""
        return self.block_2(self.attn_1(self.block_1(x)))


class Level(nn.Module):
    """The residual blocks of one resolution, and what leads to the next: `downsample`, `upsample` or nothing."""

    def __init__(
        self, in_channels: int, out_channels: int, blocks: int, resample: Downsample | Upsample | None
    ) -> None:
        super().__init__()
        widths = (in_channels, *(out_channels for _ in range(blocks)))
        self.block = nn.ModuleList(ResnetBlock(a, b) for a, b in pairwise(widths))
        self.downsample = resample if isinstance(resample, Downsample) else None
        self.upsample = resample if isinstance(resample, Upsample) else None

    def forward(self, x: Tensor) -> Tensor:
        """`[b in_channels h w]` -> `[b out_channels h' w']`."""
        for block in self.block:
            x = block(x)
        resample = self.downsample or self.upsample
        return x if resample is None else resample(x)


class Encoder(nn.Module):
    """Pixels to the moments of a latent; `down.0` has the pixels' resolution."""

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        widths = config.widths
        last = len(widths) - 1
        self.conv_in = nn.Conv2d(config.in_channels, widths[0], 3, padding=1)
        self.down = nn.ModuleList(
            Level(
                widths[max(level - 1, 0)],
                width,
                config.num_res_blocks,
                Downsample(width) if level < last else None,
            )
            for level, width in enumerate(widths)
        )
        self.mid = Middle(widths[-1])
        self.norm_out = group_norm(widths[-1], NORM_EPS)
        self.conv_out = nn.Conv2d(widths[-1], 2 * config.latent_channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """`[b in_channels h w]` -> `[b 2*latent_channels h/f w/f]`."""
        h = self.conv_in(x)
        for level in self.down:
            h = level(h)
        return self.conv_out(functional.silu(self.norm_out(self.mid(h))))


class Decoder(nn.Module):
    """Latents to pixels; `up.0` has the pixels' resolution, and so runs last."""

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        widths = config.widths
        last = len(widths) - 1
        self.conv_in = nn.Conv2d(config.latent_channels, widths[-1], 3, padding=1)
        self.mid = Middle(widths[-1])
        self.up = nn.ModuleList(
            Level(
                widths[min(level + 1, last)],
                width,
                config.num_res_blocks + 1,
                Upsample(width) if level > 0 else None,
            )
            for level, width in enumerate(widths)
        )
        self.norm_out = group_norm(widths[0], NORM_EPS)
        self.conv_out = nn.Conv2d(widths[0], config.in_channels, 3, padding=1)

    def forward(self, z: Tensor) -> Tensor:
        """`[b latent_channels h w]` -> `[b in_channels h*f w*f]`."""
        h = self.mid(self.conv_in(z))
        for level in reversed(self.up):
            h = level(h)
        return self.conv_out(functional.silu(self.norm_out(h)))


class AutoencoderKL(nn.Module):
    """Pixels -1..1 to latents and back.

    Args:
        config: The network's shape.
    """

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        self.config = config
        moments = 2 * config.latent_channels
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        self.quant_conv = nn.Conv2d(moments, moments, 1)
        self.post_quant_conv = nn.Conv2d(config.latent_channels, config.latent_channels, 1)

    def encode_moments(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """The Gaussian over latents.

        Args:
            pixels: `[b in_channels h w]`, -1..1, sides multiples of `config.downscale`.

        Returns:
            Mean and logarithm of the variance, each `[b latent_channels h/f w/f]`; the latter within -30..20.

        Raises:
            ValueError: If channels or sides do not fit the network.
        """
        self._check(pixels, "pixels", self.config.in_channels, self.config.downscale)
        mean, logvar = self.quant_conv(self.encoder(pixels)).chunk(2, dim=1)
        return mean, logvar.clamp(*LOGVAR_RANGE)

    def encode(self, pixels: Tensor) -> Tensor:
        """The most probable latents, which is the mean: `[b in_channels h w]` -> `[b latent_channels h/f w/f]`."""
        return self.encode_moments(pixels)[0]

    def decode(self, latents: Tensor) -> Tensor:
        """`[b latent_channels h w]` -> pixels `[b in_channels h*f w*f]`, about -1..1, not clamped.

        Raises:
            ValueError: If the channels do not fit the network.
        """
        self._check(latents, "latents", self.config.latent_channels, 1)
        return cast(Tensor, self.decoder(self.post_quant_conv(latents)))

    def forward(self, pixels: Tensor) -> Tensor:
        """Pixels through the latents' mean and back, `[b in_channels h w]` -> same."""
        return self.decode(self.encode(pixels))

    @staticmethod
    def _check(x: Tensor, name: str, channels: int, multiple: int) -> None:
        if x.ndim != 4 or x.shape[1] != channels or x.shape[2] % multiple or x.shape[3] % multiple:
            sides = f", h and w multiples of {multiple}" if multiple > 1 else ""
            raise ValueError(f"VAE: {name} must be [b {channels} h w]{sides}; not {list(x.shape)}.")
