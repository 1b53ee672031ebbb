"""`comfy.lora`: not offered yet."""

from engine.compat.not_offered import absent_names

globals().update(
    absent_names(
        "comfy.lora",
        "load_lora",
        "model_lora_keys_clip",
        "model_lora_keys_unet",
        "calculate_weight",
        "weight_decompose",
        "pad_tensor_to_shape",
        "convert_lora",
        "LORA_CLIP_MAP",
    )
)
