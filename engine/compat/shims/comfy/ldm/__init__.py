"""`comfy.ldm`: parts of networks."""
