"""`comfy.sd`: model files."""

from __future__ import annotations

from engine.compat.not_offered import absent_names
from engine.compat.pack_files import (
    CLIPType,
    load_checkpoint,
    load_checkpoint_guess_config,
    load_clip,
    load_diffusion_model,
)
from engine.compat.pack_models import PackClip

__all__ = ["CLIPType", "load_checkpoint", "load_checkpoint_guess_config", "load_clip", "load_diffusion_model"]

CLIP = PackClip
load_unet = load_diffusion_model
globals().update(
    absent_names(
        "comfy.sd",
        *("VAE", "StyleModel", "TEModel", "load_lora_for_models", "load_style_model", "load_gligen"),
        *("load_diffusion_model_state_dict", "load_unet_state_dict", "load_state_dict_guess_config"),
        *("load_text_encoder_state_dicts", "save_checkpoint", "detect_te_model"),
    )
)
