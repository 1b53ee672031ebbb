"""Words to conditioning: tokens, weighted prompts, and their encoding by a text encoder.

Imports nothing by itself: import the modules below it.
"""
