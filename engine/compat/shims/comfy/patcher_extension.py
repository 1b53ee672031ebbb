"""`comfy.patcher_extension`: not offered yet."""

from engine.compat.not_offered import absent_names

globals().update(
    absent_names(
        "comfy.patcher_extension",
        "CallbacksMP",
        "WrappersMP",
        "WrapperExecutor",
        "PatcherInjection",
        "add_callback",
        "add_callback_with_key",
        "add_wrapper",
        "add_wrapper_with_key",
        "get_all_callbacks",
        "get_callbacks_with_key",
        "get_all_wrappers",
        "get_wrappers_with_key",
        "merge_nested_dicts",
        "copy_nested_dicts",
    )
)
