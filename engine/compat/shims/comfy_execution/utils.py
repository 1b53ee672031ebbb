"""`comfy_execution.utils`: which node runs here."""

from engine.compat.pack_context import CurrentNodeContext, ExecutionContext, get_executing_context

__all__ = ["CurrentNodeContext", "ExecutionContext", "get_executing_context"]
