"""Settings of a run that takes seconds, for tests."""

from engine.models.config import ClipTextConfig, UNetConfig, VAEConfig
from engine.training.settings import TrainingSettings

TINY = TrainingSettings(
    seed=3,
    vae=VAEConfig(base_channels=32, channel_mult=(1, 1, 1, 1), num_res_blocks=1),
    unet=UNetConfig(
        model_channels=32, channel_mult=(1, 2), num_res_blocks=(1, 1), transformer_depth=(0, 1), context_dim=64
    ),
    text=ClipTextConfig(hidden_size=64, intermediate_size=64, layers=1, heads=1),
    autoencoder_steps=3,
    autoencoder_full_share=0.3,
    autoencoder_batch=2,
    decoder_steps=2,
    decoder_batch=2,
    crop=32,
    drawings=6,
    diffusion_steps=4,
    diffusion_batch=4,
    workers=1,
    save_every=1,
)
