"""`comfy`: models, sampling, devices."""
