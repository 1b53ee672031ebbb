"""`openaimodel`: parts of networks, not offered."""

from engine.compat.not_offered import absent_names

globals().update(
    absent_names(
        "comfy.ldm.modules.diffusionmodules.openaimodel",
        "UNetModel",
        "TimestepEmbedSequential",
        "TimestepBlock",
        "ResBlock",
        "Upsample",
        "Downsample",
        "Timestep",
        "SpatialVideoTransformer",
        "VideoResBlock",
        "forward_timestep_embed",
        "apply_control",
    )
)
