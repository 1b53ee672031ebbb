"""`comfy_execution.graph`: the graph of a run."""

from engine.compat.dynamic_prompt import DynamicPrompt
from engine.compat.graph_builder import get_input_info, is_link
from engine.compat.not_offered import absent_names
from engine.errors import WorkflowError
from engine.graph.schema import ExecutionBlocker

__all__ = ["DynamicPrompt", "ExecutionBlocker", "get_input_info", "is_link"]

DependencyCycleError = NodeInputError = NodeNotFoundError = WorkflowError
globals().update(absent_names("comfy_execution.graph", "ExecutionList", "TopologicalSort"))
