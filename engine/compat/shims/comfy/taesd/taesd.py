"""`comfy.taesd.taesd`: not offered yet."""

from engine.compat.not_offered import absent_names

globals().update(absent_names("comfy.taesd.taesd", "TAESD", "Encoder", "Decoder"))
