"""`comfy_api.v0_0_2`: the same as `comfy_api.latest`."""

from engine.compat.shims.comfy_api import input as Input
from engine.compat.shims.comfy_api import input_impl as InputImpl
from engine.compat.shims.comfy_api import util as Types
from engine.compat.shims.comfy_api.latest import _io as io
from engine.compat.shims.comfy_api.latest import _ui as ui
from engine.compat.v3_api import ComfyAPI, ComfyAPISync
from engine.compat.v3_io import ComfyExtension

__all__ = ["ComfyAPI", "ComfyAPISync", "ComfyExtension", "Input", "InputImpl", "Types", "io", "ui"]

IO, UI = io, ui
