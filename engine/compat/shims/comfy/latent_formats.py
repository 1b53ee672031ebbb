"""`comfy.latent_formats`: scales of latents. Those of our families; the others can be named."""

from functools import partial

from engine.compat.not_offered import absent_names
from engine.models.preview import SD1_LATENTS, SDXL_LATENTS, LatentFormat

__all__ = ["LatentFormat"]


def _same(latent_format: LatentFormat) -> LatentFormat:
    return latent_format


SD15, SDXL = partial(_same, SD1_LATENTS), partial(_same, SDXL_LATENTS)
globals().update(
    absent_names(
        "comfy.latent_formats",
        *(
            "SD_X4",
            "SC_Prior",
            "SC_B",
            "SD3",
            "StableAudio1",
            "Flux",
            "Mochi",
            "LTXV",
            "HunyuanVideo",
            "Cosmos1CV8x8x8",
        ),
        *("Wan21", "Wan22", "Hunyuan3Dv2", "Hunyuan3Dv2_1", "Hunyuan3Dv2mini", "ACEAudio", "SDXL_Playground_2_5"),
        *("HunyuanImage21", "ChromaRadiance"),
    )
)
