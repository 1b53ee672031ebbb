"""`comfy.model_patcher`: modules of packs, and where they compute."""

from __future__ import annotations

from typing import Any

from engine.compat.not_offered import absent_names
from engine.compat.pack_devices import ModulePatcher

ModelPatcher = ModulePatcher
globals().update(
    absent_names(
        "comfy.model_patcher",
        *("LowVramPatch", "AutoPatcherEjector", "MemoryCounter", "set_model_options_patch_replace"),
        *("set_model_options_pre_cfg_function", "wipe_lowvram_weight"),
        *("create_model_options_clone", "create_hook_patches_clone", "get_key_weight", "string_to_seed"),
    )
)


def set_model_options_post_cfg_function(
    model_options: Any, post_cfg_function: Any, disable_cfg1_optimization: bool = False
) -> dict[str, Any]:
    """Options with one more function that sees each guided estimate; samplers of packs hand them to the model."""
    functions = [*model_options.get("sampler_post_cfg_function", ()), post_cfg_function]
    return {**model_options, "sampler_post_cfg_function": functions}
