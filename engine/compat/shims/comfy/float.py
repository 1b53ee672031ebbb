"""`comfy.float`: not offered yet."""

from engine.compat.not_offered import absent_names

globals().update(
    absent_names("comfy.float", "stochastic_rounding", "manual_stochastic_round_to_float8", "calc_mantissa")
)
