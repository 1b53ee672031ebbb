"""`comfy.clip_model`: not offered yet."""

from engine.compat.not_offered import absent_names

globals().update(
    absent_names(
        "comfy.clip_model",
        "CLIPTextModel",
        "CLIPVision",
        "CLIPVisionModelProjection",
        "CLIPLayer",
        "CLIPAttention",
        "CLIPEncoder",
        "CLIPMLP",
    )
)
