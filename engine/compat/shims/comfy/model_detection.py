"""`comfy.model_detection`: not offered yet."""

from engine.compat.not_offered import absent_names

globals().update(
    absent_names(
        "comfy.model_detection",
        "model_config_from_unet",
        "unet_prefix_from_state_dict",
        "detect_unet_config",
        "convert_config",
        "count_blocks",
        "model_config_from_diffusers_unet",
        "unet_config_from_diffusers_unet",
        "calculate_transformer_depth",
        "convert_diffusers_mmdit",
    )
)
