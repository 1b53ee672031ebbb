"""`comfy.k_diffusion.utils`."""

from engine.compat.pack_levels import append_dims

__all__ = ["append_dims"]
