"""`comfy.taesd`: not offered yet."""
