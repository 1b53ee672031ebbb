"""`comfyui_version`: the version whose nodes and protocol ours are compatible with."""

__version__ = "0.3.64"
