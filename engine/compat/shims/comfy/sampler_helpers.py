"""`comfy.sampler_helpers`: what prepares a sampling run; the masks of it."""

from engine.compat.not_offered import absent_names
from engine.compat.pack_sampling import prepare_mask

__all__ = ["prepare_mask"]

globals().update(
    absent_names(
        "comfy.sampler_helpers",
        *("get_models_from_cond", "convert_cond", "get_additional_models", "prepare_sampling", "cleanup_models"),
        *("cleanup_additional_models", "prepare_model_patcher", "get_hooks_from_cond", "estimate_memory"),
        *("get_additional_models_from_model_options", "filter_registered_hooks_on_conds", "prepare_callback"),
    )
)
