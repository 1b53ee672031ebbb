"""`comfy.ops`: layers that packs build their own networks from."""

from engine.compat.not_offered import absent_names
from engine.compat.pack_devices import cast_to
from engine.compat.pack_layers import EmptyLayers, ManualCast, cast_bias_weight, cast_to_input

__all__ = ["cast_bias_weight", "cast_to", "cast_to_input"]

disable_weight_init = EmptyLayers
manual_cast = ManualCast
globals().update(
    absent_names("comfy.ops", "CastWeightBiasOp", "fp8_ops", "scaled_fp8_ops", "pick_operations", "fp8_linear")
)
