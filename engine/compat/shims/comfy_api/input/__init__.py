"""`comfy_api.input`: types of values."""

from torch import Tensor

from engine.compat.not_offered import absent_names

ImageInput = MaskInput = Tensor
AudioInput = LatentInput = dict
globals().update(absent_names("comfy_api.input", "VideoInput", "CurveInput"))
