"""`comfy_execution`: graphs."""
