"""`execution`: what runs workflows. It is our own, and packs cannot change it."""

from engine.compat.not_offered import absent_names

globals().update(
    absent_names(
        "execution",
        "PromptExecutor",
        "PromptQueue",
        "CacheSet",
        "CacheType",
        "IsChangedCache",
        "ExecutionResult",
        "DuplicateNodeError",
        "validate_prompt",
        "validate_inputs",
        "get_input_data",
        "get_output_data",
        "get_output_from_returns",
        "map_node_over_list",
        "_map_node_over_list",
        "_async_map_node_over_list",
        "execute",
        "recursive_execute",
        "full_type_name",
        "format_value",
    )
)
