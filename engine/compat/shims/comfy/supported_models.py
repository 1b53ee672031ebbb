"""`comfy.supported_models`: not offered yet."""

from engine.compat.not_offered import absent_names

globals().update(
    absent_names(
        "comfy.supported_models",
        "SD15",
        "SD20",
        "SDXL",
        "SDXLRefiner",
        "SSD1B",
        "SVD_img2vid",
        "SD3",
        "Flux",
        "FluxSchnell",
        "FluxInpaint",
        "PixArtAlpha",
        "HunyuanDiT",
        "AuraFlow",
        "LTXV",
        "WAN21_T2V",
        "models",
    )
)
