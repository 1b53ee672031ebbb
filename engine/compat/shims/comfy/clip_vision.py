"""`comfy.clip_vision`: not offered yet."""

from engine.compat.not_offered import absent_names

globals().update(
    absent_names(
        "comfy.clip_vision",
        "ClipVisionModel",
        "Output",
        "load",
        "load_clipvision_from_sd",
        "clip_preprocess",
        "convert_to_transformers",
        "siglip_preprocess",
    )
)
