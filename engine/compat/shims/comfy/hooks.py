"""`comfy.hooks`: not offered yet."""

from engine.compat.not_offered import absent_names

globals().update(
    absent_names(
        "comfy.hooks",
        "Hook",
        "HookGroup",
        "HookKeyframe",
        "HookKeyframeGroup",
        "HookRef",
        "WeightHook",
        "EnumHookMode",
        "EnumHookType",
        "EnumHookScope",
        "EnumWeightTarget",
        "TransformerOptionsHook",
        "InjectionsHook",
        "AdditionalModelsHook",
        "create_hook_lora",
        "set_hooks_for_conditioning",
        "set_conds_props",
        "set_conds_props_and_combine",
        "set_default_conds_and_combine",
        "create_transformer_options_from_hooks",
    )
)
