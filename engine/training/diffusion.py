"""The second stage: text encoder and UNet learn together to see the noise in noisy latents of postcards.

Symbols: z clean latent (times 0.18215, so mean 0 and covariance 1), n noise, abar the product of 1 - beta,
sigma^2 = (1 - abar) / abar. The timesteps of a batch are spread evenly over all 1000 (stratified).
Sources: Ho et al. 2020, arXiv 2006.11239; Hang et al. 2023, arXiv 2303.09556 (min-SNR weights);
Ho and Salimans 2022, arXiv 2207.12598 (caption dropout); Karras et al. 2024, arXiv 2312.02696 (weights averaged).
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from engine.errors import EngineError
from engine.models.clip import ClipTextEncoder
from engine.models.unet import UNet
from engine.training.dataset import CaptionWriter, list_training_scenes
from engine.training.schedule import learning_rate, seed_first_weights, set_learning_rate, step_generators
from engine.training.settings import OnProgress, Progress, TrainingSettings
from engine.training.state import load_state, save_state
from engine.training.team import Team, descend
from engine.training.vocabulary import Vocabulary

TIMESTEPS: Final = 1000
_STAGE: Final = 2


class TextToNoise(nn.Module):
    """The two networks that train together.

    Args:
        settings: Their shapes.
        row_count: Rows of the token table that training uses.
    """

    def __init__(self, settings: TrainingSettings, row_count: int) -> None:
        super().__init__()
        self.text = ClipTextEncoder(replace(settings.text, vocab_size=row_count, eos_token=row_count - 1))
        self.unet = UNet(settings.unet)

    def forward(self, x: Tensor, timesteps: Tensor, rows: Tensor) -> Tensor:
        """Predict the noise in `x [b c h w]` given captions `rows [b t]`."""
        return self.unet(x, timesteps, self.text.encode(rows).hidden)


def cumulative_alphas() -> Tensor:
    """abar of each timestep, `[1000]`: betas whose roots are evenly spaced from 0.00085 to 0.012."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, TIMESTEPS, dtype=torch.float64).square()
    return torch.cumprod(1 - betas, dim=0).float()


def weigh_timesteps(abar: Tensor, snr_clip: float) -> Tensor:
    """Weights of the squared error of the noise.

    Min-SNR weights, min(SNR, gamma) / SNR, times sqrt(1 + sigma^2): colours and composition are decided where there is
    most noise, which the former alone almost leaves out when a run is short.
    """
    snr = abar / (1 - abar)
    return snr.clamp(max=snr_clip) / snr * (1 + 1 / snr).sqrt()


def make_networks(settings: TrainingSettings, row_count: int) -> TextToNoise:
    """Both networks with the first weights of a run."""
    seed_first_weights(settings.seed + 1)
    networks = TextToNoise(settings, row_count)
    for name, parameter in networks.text.named_parameters():
        if name.endswith(("token_embedding.weight", "position_embedding.weight")):
            nn.init.normal_(parameter, std=0.1 if "token" in name else 0.02)
    return networks


def train_diffusion(
    team: Team,
    settings: TrainingSettings,
    latents: Tensor,
    vocabulary: Vocabulary,
    state_path: Path,
    on_progress: OnProgress | None,
) -> None:
    """Train, or go on training, both networks; the result is the state on disk, see `load_networks`.

    Args:
        team: Who trains.
        settings: The run's.
        latents: z of the first drawings, `[n c h w]`.
        vocabulary: The tokens of captions.
        state_path: Where the state is kept.
        on_progress: Called after each step.
    """
    networks, averaged = (make_networks(settings, vocabulary.row_count) for _ in range(2))
    averaged.requires_grad_(False)
    parameters = list(networks.parameters())
    optimizer = torch.optim.AdamW(parameters, lr=0.0, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    start = 0
    if (state := load_state(state_path)) is not None:
        networks.load_state_dict(state["networks"])
        averaged.load_state_dict(state["averaged"])
        start = state["step"]
        if start:
            optimizer.load_state_dict(state["optimizer"])
    captions = CaptionWriter(settings, vocabulary)
    scenes = list_training_scenes(settings, len(latents))
    weights = weigh_timesteps(cumulative_alphas(), settings.snr_clip)
    steps, share = settings.diffusion_steps, settings.diffusion_batch // team.size
    for step in range(start, steps):
        set_learning_rate(optimizer, learning_rate(step, steps, settings.diffusion_rate, settings.warmup_steps))
        rng, generator = step_generators(settings.seed, _STAGE, step, team.rank)
        chosen = [int(index) for index in rng.integers(len(scenes), size=share)]
        rows = captions.write([scenes[index] for index in chosen], rng)
        loss = _noise_loss(networks, latents[chosen].float(), rows, weights, generator)
        descend(team, optimizer, loss, parameters)
        if not team.leads:
            continue
        _average(averaged, networks, min(settings.ema_decay, (1 + step) / (10 + step)))
        if (step + 1) % settings.save_every == 0 or step + 1 == steps:
            save_state(
                state_path,
                {
                    "step": step + 1,
                    "networks": networks.state_dict(),
                    "averaged": averaged.state_dict(),
                    "optimizer": optimizer.state_dict(),
                },
            )
        if on_progress is not None:
            on_progress(Progress("diffusion", step + 1, steps, loss.item()))


def load_networks(settings: TrainingSettings, row_count: int, state_path: Path) -> TextToNoise:
    """The averaged weights of a state on disk, ready to sample with.

    Raises:
        EngineError: If there is no state.
    """
    state = load_state(state_path)
    if state is None:
        raise EngineError(f"There is no state of a training run at {str(state_path)!r}.")
    networks = make_networks(settings, row_count)
    networks.load_state_dict(state["averaged"])
    return networks.eval().requires_grad_(False)


def _noise_loss(networks: TextToNoise, z: Tensor, rows: Tensor, weights: Tensor, generator: torch.Generator) -> Tensor:
    count = len(z)
    spread = (torch.arange(count) + torch.rand(count, generator=generator)) / count
    timesteps = (spread * TIMESTEPS).long().clamp(max=TIMESTEPS - 1)
    noise = torch.randn(z.shape, generator=generator)
    kept = cumulative_alphas()[timesteps][:, None, None, None]
    x = kept.sqrt() * z + (1 - kept).sqrt() * noise
    # On CPUs the plain attention is several times faster backwards than the fused one, at so few features a head.
    with sdpa_kernel(SDPBackend.MATH), torch.autocast("cpu", torch.bfloat16):
        predicted = networks(x, timesteps, rows)
    error = (predicted.float() - noise).square().mean(dim=(1, 2, 3))
    return (error * weights[timesteps]).mean()


def _average(averaged: nn.Module, networks: nn.Module, decay: float) -> None:
    with torch.no_grad():
        for ours, theirs in zip(averaged.parameters(), networks.parameters(), strict=True):
            ours.lerp_(theirs, 1 - decay)
