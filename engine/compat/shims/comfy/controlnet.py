"""`comfy.controlnet`: not offered yet."""

from engine.compat.not_offered import absent_names

globals().update(
    absent_names(
        "comfy.controlnet",
        "ControlBase",
        "ControlNet",
        "ControlLora",
        "ControlNetSD35",
        "QwenFunControlNet",
        "T2IAdapter",
        "StrengthType",
        "load_controlnet",
        "load_controlnet_state_dict",
        "load_t2i_adapter",
        "broadcast_image_to",
        "controlnet_config",
        "controlnet_load_state_dict",
        "load_controlnet_mmdit",
        "load_controlnet_hunyuandit",
        "load_controlnet_flux_xlabs_mistoline",
        "load_controlnet_flux_instantx",
        "ControlNetWarper",
    )
)
