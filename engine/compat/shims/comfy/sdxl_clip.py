"""`comfy.sdxl_clip`: not offered yet."""

from engine.compat.not_offered import absent_names

globals().update(
    absent_names(
        "comfy.sdxl_clip",
        "SDXLClipModel",
        "SDXLRefinerClipModel",
        "SDXLClipG",
        "SDXLClipGTokenizer",
        "SDXLTokenizer",
        "StableCascadeClipModel",
        "StableCascadeTokenizer",
        "StableCascadeClipG",
    )
)
