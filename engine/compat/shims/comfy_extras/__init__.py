"""`comfy_extras`: further nodes of ours as classes."""
