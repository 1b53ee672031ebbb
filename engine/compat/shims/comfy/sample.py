"""`comfy.sample`: noise and whole sampling runs."""

from engine.compat.pack_sampling import fix_empty_latent_channels, prepare_mask, prepare_noise, sample, sample_custom

__all__ = ["fix_empty_latent_channels", "prepare_mask", "prepare_noise", "sample", "sample_custom"]
