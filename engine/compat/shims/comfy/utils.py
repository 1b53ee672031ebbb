"""`comfy.utils`: files of tensors, resizing, tiles, progress."""

from __future__ import annotations

from engine.compat.not_offered import absent_names
from engine.compat.pack_progress import ProgressBar, set_global_hook
from engine.compat.pack_tensors import (
    bislerp,
    calculate_parameters,
    common_upscale,
    copy_to_param,
    get_attr,
    get_tiled_scale_steps,
    lanczos,
    repeat_to_batch_size,
    reshape_mask,
    resize_to_batch_size,
    set_attr,
    set_attr_param,
    state_dict_key_replace,
    state_dict_prefix_replace,
    string_to_seed,
    tiled_scale,
    tiled_scale_multidim,
    weight_dtype,
)
from engine.compat.pack_weights import load_torch_file, safetensors_header, save_torch_file

__all__ = [
    "ProgressBar",
    "bislerp",
    "calculate_parameters",
    "common_upscale",
    "copy_to_param",
    "get_attr",
    "get_tiled_scale_steps",
    "lanczos",
    "load_torch_file",
    "repeat_to_batch_size",
    "reshape_mask",
    "resize_to_batch_size",
    "safetensors_header",
    "save_torch_file",
    "set_attr",
    "set_attr_param",
    "state_dict_key_replace",
    "state_dict_prefix_replace",
    "string_to_seed",
    "tiled_scale",
    "tiled_scale_multidim",
    "weight_dtype",
]

PROGRESS_BAR_ENABLED = True
PROGRESS_BAR_HOOK = None
ALWAYS_SAFE_LOAD = True
MMAP_TORCH_FILES = False
DISABLE_MMAP = False
set_progress_bar_global_hook = set_global_hook


def set_progress_bar_enabled(enabled: bool) -> None:
    """Of bars in the terminal, of which there are none."""
    globals()["PROGRESS_BAR_ENABLED"] = enabled


globals().update(
    absent_names(
        "comfy.utils",
        *("unet_to_diffusers", "flux_to_diffusers", "mmdit_to_diffusers", "auraflow_to_diffusers"),
        *("transformers_convert", "clip_text_transformers_convert", "convert_sd_to", "swap_scale_shift"),
    )
)
