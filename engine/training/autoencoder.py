"""The first stage: an autoencoder that learns to redraw postcards from latents an eighth as wide and high.

Trained on crops, then on whole drawings, because norms and the attention in the middle look at everything. Afterwards
the latents are whitened and the whitening folded into `quant_conv` and `post_quant_conv`, so that latents times 0.18215
have mean 0 and covariance 1, as diffusion wants them, in a file that needs no further numbers.
Source: Rombach et al. 2022, arXiv 2112.10752, section 3.1 (without the adversarial loss: flat colours need none).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.errors import EngineError
from engine.models.vae import AutoencoderKL
from engine.training.illustrations import Pixels, draw_scene
from engine.training.scenes import random_training_scene
from engine.training.schedule import learning_rate, seed_first_weights, set_learning_rate, step_generators
from engine.training.settings import LATENT_SCALE, OnProgress, Progress, TrainingSettings
from engine.training.state import load_state, save_state
from engine.training.team import Team, descend

_STAGES: Final = {"autoencoder": 1, "decoder": 4}
_RECOLOURED_SHARE = 0.08
_FIRST_LOGVAR = -5.0
_EDGE_CONTRAST = 0.2


def to_network_range(pixels: Pixels) -> Tensor:
    """Pixels `[b h w c]`, 0 to 255, as the autoencoder takes them: `[b c h w]`, -1..1."""
    return torch.as_tensor(pixels).permute(0, 3, 1, 2).float().div_(127.5).sub_(1).contiguous()


def make_autoencoder(settings: TrainingSettings) -> AutoencoderKL:
    """An autoencoder with the first weights of a run.

    All branches beside a skip start as zero, and what is left, a row of convolutions, keeps the size of its input.
    Norms take away how light a flat surface is unless other channels of their group tell what it is light against,
    so convolutions before a norm start with biases as large as their signal. Latents start with little noise.
    """
    seed_first_weights(settings.seed)
    network = AutoencoderKL(settings.vae)
    convolutions = {name: part for name, part in _list_modules(network) if isinstance(part, nn.Conv2d)}
    for name, module in convolutions.items():
        if module.bias is None:
            continue
        if name.endswith(("conv2", "proj_out")):
            nn.init.zeros_(module.weight)
            nn.init.zeros_(module.bias)
        elif name.endswith(("sample.conv", "conv_in", "nin_shortcut")):
            nn.init.kaiming_normal_(module.weight, nonlinearity="linear")
            nn.init.normal_(module.bias, std=0.5)
    channels = settings.vae.latent_channels
    with torch.no_grad():
        network.quant_conv.weight[channels:] *= 0.1
        assert network.quant_conv.bias is not None
        network.quant_conv.bias[channels:] = _FIRST_LOGVAR
    return network


def train_autoencoder(team: Team, settings: TrainingSettings, state_path: Path, on_progress: OnProgress | None) -> None:
    """Train, or go on training, the autoencoder; the result is the state on disk, its latents not whitened yet."""
    network = make_autoencoder(settings)
    steps = settings.autoencoder_steps
    whole_from = round(steps * (1 - settings.autoencoder_full_share))
    parameters = list(network.parameters())
    part = _Part("autoencoder", network, parameters, steps, whole_from, settings.autoencoder_rate)
    _train(team, settings, part, state_path, on_progress)


def train_decoder(
    team: Team, settings: TrainingSettings, whitened_path: Path, state_path: Path, on_progress: OnProgress | None
) -> None:
    """Train, or go on training, only the half that draws, with the latents as they are; the result is on disk.

    Always on whole drawings, many of one small figure, with more weight on what is near an edge, and without the
    encoder's noise: that noise is what makes the first stage draw thin parts and small figures worst.

    Args:
        team: Who trains.
        settings: The run's.
        whitened_path: The state that the first stage and `whiten_latents` left.
        state_path: Where this stage's state is kept.
        on_progress: Called after each step.
    """
    network = load_autoencoder(settings, whitened_path)
    network.requires_grad_(False)
    network.decoder.requires_grad_(True)
    parameters = list(network.decoder.parameters())
    part = _Part("decoder", network, parameters, settings.decoder_steps, 0, settings.decoder_rate)
    _train(team, settings, part, state_path, on_progress)


def load_autoencoder(settings: TrainingSettings, state_path: Path) -> AutoencoderKL:
    """The network of a state on disk.

    Raises:
        EngineError: If there is no state.
    """
    state = load_state(state_path)
    if state is None:
        raise EngineError(f"There is no state of a training run at {str(state_path)!r}.")
    network = AutoencoderKL(settings.vae)
    network.load_state_dict(state["network"])
    return network


@dataclass(frozen=True, slots=True)
class _Part:
    """What a stage trains, in how many steps, from which of them on whole drawings, and how fast."""

    name: str
    network: AutoencoderKL
    parameters: list[nn.Parameter]
    steps: int
    whole_from: int
    rate: float


def _train(
    team: Team, settings: TrainingSettings, part: _Part, state_path: Path, on_progress: OnProgress | None
) -> None:
    network, steps = part.network, part.steps
    optimizer = torch.optim.AdamW(part.parameters, lr=0.0, betas=(0.9, 0.99), weight_decay=1e-3, fused=True)
    start = 0
    if (state := load_state(state_path)) is not None:
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        start = state["step"]
    for step in range(start, steps):
        set_learning_rate(optimizer, learning_rate(step, steps, part.rate, settings.warmup_steps))
        rng, generator = step_generators(settings.seed, _STAGES[part.name], step, team.rank)
        if part.name == "decoder":
            drawings = settings.decoder_batch // team.size
            pixels = _draw_batch(settings, drawings, rng, settings.decoder_small_share, whole=True)
            loss = _redrawing_loss(network, pixels, settings.detail_weight)
        else:
            crops, whole = settings.autoencoder_batch // team.size, step >= part.whole_from
            pixels = _draw_batch(settings, math.ceil(crops / 4) if whole else crops, rng, whole=whole)
            loss = _reconstruction_loss(network, pixels, generator, settings.kl_weight)
        descend(team, optimizer, loss, part.parameters)
        if not team.leads:
            continue
        if (step + 1) % settings.save_every == 0 or step + 1 == steps:
            kept = {"step": step + 1, "network": network.state_dict(), "optimizer": optimizer.state_dict()}
            save_state(state_path, kept)
        if on_progress is not None:
            on_progress(Progress(part.name, step + 1, steps, loss.item()))


def _draw_batch(
    settings: TrainingSettings, count: int, rng: np.random.Generator, small_share: float = 0.0, *, whole: bool
) -> Tensor:
    """Drawings, or crops of them, some in colours that no postcard has, so that other pictures can be encoded too."""
    drawn: list[Pixels] = []
    for _ in range(count):
        pixels = draw_scene(random_training_scene(rng, small_share), rng)
        if not whole:
            top, left = rng.integers(0, pixels.shape[0] - settings.crop + 1, size=2)
            pixels = pixels[top : top + settings.crop, left : left + settings.crop]
        drawn.append(_recolour(pixels, rng) if rng.random() < _RECOLOURED_SHARE else pixels)
    return to_network_range(np.stack(drawn))


def _recolour(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    mixed = pixels[..., rng.permutation(3)].astype(np.float32)
    low = rng.uniform(0, 110, size=3)
    high = rng.uniform(145, 255, size=3)
    return (low + mixed / 255 * (high - low)).astype(np.uint8)


def _reconstruction_loss(
    network: AutoencoderKL, pixels: Tensor, generator: torch.Generator, kl_weight: float
) -> Tensor:
    """The pixels' error when latents are noisy, and the latents' divergence from a unit Gaussian."""
    with torch.autocast("cpu", torch.bfloat16):
        mean, logvar = network.encode_moments(pixels)
        mean, logvar = mean.float(), logvar.float()
        noise = torch.randn(mean.shape, generator=generator)
        redrawn = network.decode(mean + (0.5 * logvar).exp() * noise).float()
    divergence = 0.5 * (mean.square() + logvar.exp() - 1 - logvar).mean()
    return _pixel_error(redrawn - pixels) + kl_weight * divergence


def _redrawing_loss(network: AutoencoderKL, pixels: Tensor, detail_weight: float) -> Tensor:
    """The pixels' error when latents are as diffusion makes them, without the encoder's noise, and that near edges."""
    with torch.autocast("cpu", torch.bfloat16):
        mean, _ = network.encode_moments(pixels)
        redrawn = network.decode(mean).float()
    error = redrawn - pixels
    return _pixel_error(error) + detail_weight * _detail_error(error, pixels)


def _pixel_error(error: Tensor) -> Tensor:
    """Absolute and squared error, and the error of the differences between neighbours (edges)."""
    across, down = error.diff(dim=3).abs().mean(), error.diff(dim=2).abs().mean()
    return error.abs().mean() + error.square().mean() + 0.5 * (across + down)


def _detail_error(error: Tensor, pixels: Tensor) -> Tensor:
    """Absolute error within two pixels of an edge, a mean of each drawing's mean: small figures count like large."""
    window, around = 5, (2, 2, 2, 2)
    padded = functional.pad(pixels, around, mode="replicate")
    highest, lowest = functional.max_pool2d(padded, window, 1), -functional.max_pool2d(-padded, window, 1)
    near = ((highest - lowest).amax(dim=1) > _EDGE_CONTRAST).float()
    counts = near.sum(dim=(1, 2)).clamp(min=1)
    return ((error.abs().mean(dim=1) * near).sum(dim=(1, 2)) / counts).mean()


def encode_drawings(network: AutoencoderKL, batches: Iterator[Tensor]) -> tuple[Tensor, Tensor]:
    """The latents of batches of pixels `[b c h w]`, unscaled: means, and the mean variance of each channel, `[c]`."""
    means: list[Tensor] = []
    variances: list[Tensor] = []
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for pixels in batches:
            mean, logvar = network.encode_moments(pixels)
            means.append(mean.float())
            variances.append(logvar.float().exp().mean(dim=(0, 2, 3)))
    return torch.cat(means), torch.stack(variances).mean(dim=0)


def whiten_latents(network: AutoencoderKL, latents: Tensor, variance: Tensor) -> None:
    """Change both 1x1 convolutions so that latents times 0.18215 have mean 0 and covariance 1.

    Args:
        network: Changed in place; what it redraws stays the same.
        latents: Many of its latents now, `[b c h w]`.
        variance: Of the encoder's own noise now, `[c]`; from now on it is a constant.
    """
    flat = latents.double().transpose(0, 1).flatten(1)
    mean, channels = flat.mean(dim=1), len(flat)
    whiten = _inverse_root(torch.cov(flat)) / LATENT_SCALE
    encode, decode = network.quant_conv, network.post_quant_conv
    assert encode.bias is not None
    assert decode.bias is not None
    with torch.no_grad():
        weight, bias = encode.weight[:channels, :, 0, 0].double(), encode.bias[:channels].double()
        encode.weight[:channels, :, 0, 0] = (whiten @ weight).float()
        encode.bias[:channels] = (whiten @ (bias - mean)).float()
        encode.weight[channels:] = 0
        encode.bias[channels:] = (whiten.square() @ variance.double()).log().float()
        weight = decode.weight[:, :, 0, 0].double()
        decode.bias += (weight @ mean).float()
        decode.weight[:, :, 0, 0] = (weight @ torch.inverse(whiten)).float()


def _inverse_root(covariance: Tensor) -> Tensor:
    """The symmetric matrix whose square times the covariance is 1."""
    vectors, values, _ = cast("tuple[Tensor, Tensor, Tensor]", torch.svd(covariance))
    return vectors @ torch.diag(values.rsqrt()) @ vectors.T


def _list_modules(network: nn.Module) -> list[tuple[str, nn.Module]]:
    return list(cast("Iterator[tuple[str, nn.Module]]", network.named_modules()))
