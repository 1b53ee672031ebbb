"""`comfy_api`: nodes of the newer kind."""
