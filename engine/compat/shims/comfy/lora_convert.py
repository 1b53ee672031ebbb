"""`comfy.lora_convert`: not offered yet."""

from engine.compat.not_offered import absent_names

globals().update(absent_names("comfy.lora_convert", "convert_lora", "convert_lora_bfl_control", "convert_lora_wan_fun"))
