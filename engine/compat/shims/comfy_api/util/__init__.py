"""`comfy_api.util`: videos, not offered yet."""

from engine.compat.not_offered import absent_names

globals().update(absent_names("comfy_api.util", "VideoCodec", "VideoContainer", "VideoComponents", "VOXEL", "MESH"))
