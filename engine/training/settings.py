"""The numbers that decide a training run, and what a run reports while it goes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from engine.models.config import ClipTextConfig, UNetConfig, VAEConfig

LATENT_SCALE = 0.18215
"""By what Stable Diffusion 1.x multiplies latents, fixed by the family."""


_VAE = VAEConfig(base_channels=64, channel_mult=(1, 1, 1, 2), num_res_blocks=1)
_UNET = UNetConfig(
    model_channels=64, channel_mult=(1, 2, 3), num_res_blocks=(1, 1, 1), transformer_depth=(0, 1, 1), context_dim=128
)
_TEXT = ClipTextConfig(hidden_size=128, intermediate_size=512, layers=3, heads=2)


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """Everything a run depends on; equal settings give equal files on one machine.

    Attributes:
        seed: Decides drawings, captions, noise and first weights.
        vae: The autoencoder. Its narrowest level has 64 channels: with 32, each of the 32 groups of a norm would be one
            channel, and flat colours would not survive.
        unet: The diffusion network.
        text: The text encoder; `vocab_size` is that of the file, training knows only the words of captions.
        autoencoder_steps: Steps of the first stage.
        autoencoder_full_share: Share of these, at the end, that see whole drawings instead of crops.
        autoencoder_batch: Crops in a step; whole drawings are a fourth as many, rounded up.
        decoder_steps: Steps in which only the decoder goes on learning, its latents being final; 0 leaves them out.
        decoder_batch: Whole drawings in such a step.
        decoder_small_share: Share of drawings of one small figure among these, beside those that come about anyway.
        crop: Side of the crops.
        autoencoder_rate: Highest learning rate of the autoencoder.
        decoder_rate: Highest learning rate of the decoder alone.
        detail_weight: Weight, for the decoder alone, of the error near edges.
        kl_weight: Weight of the latents' divergence from a unit Gaussian against the pixels' error.
        drawings: Drawings encoded once, which the second stage sees again and again with new words and noise.
        small_share: Share of drawings of one small figure among these, beside those that come about anyway.
        diffusion_steps: Steps of the second stage.
        diffusion_batch: Latents in a step.
        diffusion_rate: Highest learning rate of the second stage.
        warmup_steps: Steps in which a learning rate rises from zero; after them it falls to zero on a cosine.
        caption_dropout: Share of captions replaced by the empty one, for classifier-free guidance.
        unknown_share: Share of captions that get a word never seen, so that such words do little harm.
        snr_clip: gamma of min-SNR weighting, arXiv 2303.09556.
        ema_decay: Decay of the averaged weights, which are what ships.
        workers: Processes that share the work of a step.
        save_every: Steps between saved states.
    """

    seed: int = 1
    vae: VAEConfig = _VAE
    unet: UNetConfig = _UNET
    text: ClipTextConfig = _TEXT
    autoencoder_steps: int = 3000
    autoencoder_full_share: float = 0.12
    autoencoder_batch: int = 8
    decoder_steps: int = 900
    decoder_batch: int = 4
    decoder_small_share: float = 0.5
    crop: int = 64
    autoencoder_rate: float = 1e-3
    decoder_rate: float = 2e-4
    detail_weight: float = 1.0
    kl_weight: float = 3e-4
    drawings: int = 12_000
    small_share: float = 0.12
    diffusion_steps: int = 4500
    diffusion_batch: int = 64
    diffusion_rate: float = 1e-3
    warmup_steps: int = 150
    caption_dropout: float = 0.1
    unknown_share: float = 0.04
    snr_clip: float = 5.0
    ema_decay: float = 0.999
    workers: int = 2
    save_every: int = 250


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: the stage's name, its steps done and to do, and the latest loss."""

    stage: str
    step: int
    steps: int
    loss: float


OnProgress: TypeAlias = Callable[[Progress], None]
