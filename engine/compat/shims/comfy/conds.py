"""`comfy.conds`: not offered yet."""

from engine.compat.not_offered import absent_names

globals().update(
    absent_names(
        "comfy.conds", "CONDRegular", "CONDNoiseShape", "CONDCrossAttn", "CONDConstant", "CONDList", "is_equal", "lcm"
    )
)
