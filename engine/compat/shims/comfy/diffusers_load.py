"""`comfy.diffusers_load`: not offered yet."""

from engine.compat.not_offered import absent_names

globals().update(absent_names("comfy.diffusers_load", "load_diffusers", "first_file"))
