"""`comfy.gligen`: not offered yet."""

from engine.compat.not_offered import absent_names

globals().update(absent_names("comfy.gligen", "Gligen", "load_gligen"))
