"""`comfy_api.input_impl`: videos, not offered yet."""

from engine.compat.not_offered import absent_names

globals().update(absent_names("comfy_api.input_impl", "VideoFromFile", "VideoFromComponents"))
