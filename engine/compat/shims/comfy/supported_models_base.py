"""`comfy.supported_models_base`: not offered yet."""

from engine.compat.not_offered import absent_names

globals().update(absent_names("comfy.supported_models_base", "BASE", "ClipTarget"))
