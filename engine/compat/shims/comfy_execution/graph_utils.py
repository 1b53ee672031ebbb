"""`comfy_execution.graph_utils`: building sub-graphs."""

from engine.compat.graph_builder import BuiltNode, GraphBuilder, add_graph_prefix, is_link
from engine.graph.schema import ExecutionBlocker

__all__ = ["ExecutionBlocker", "GraphBuilder", "add_graph_prefix", "is_link"]

Node = BuiltNode
