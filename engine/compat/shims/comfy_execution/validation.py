"""`comfy_execution.validation`: which types fit."""

from engine.graph.sockets import types_fit


def validate_node_input(received_type: str, input_type: str, strict: bool = False) -> bool:
    """Whether an output fits an input; if strictly, whether all that it may be fits."""
    if strict:
        return set(str(received_type).split(",")) <= set(str(input_type).split(",")) or input_type == "*"
    return types_fit(str.__str__(received_type), str.__str__(input_type))
