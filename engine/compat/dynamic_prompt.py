"""What packs get for `DYNPROMPT`: the workflow as submitted, and every node that expansions have added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.graph.workflow import write_node

if TYPE_CHECKING:
    from engine.context import Context, RunningGraph


class DynamicPrompt:
    """The nodes of a run in API format.

    Args:
        context: Of the node that asks.
    """

    def __init__(self, context: Context) -> None:
        self._prompt = context.prompt
        self._graph: RunningGraph | None = context.graph

    def get_node(self, node_id: str) -> dict[str, Any]:
        """A node, `{"class_type", "inputs", ...}`.

        Raises:
            KeyError: if there is none.
        """
        if node_id in self._prompt:
            return self._prompt[node_id]
        if self._graph is None or node_id not in self._graph.nodes:
            raise KeyError(f"There is no node {node_id!r}.")
        return write_node(self._graph.nodes[node_id])

    def has_node(self, node_id: str) -> bool:
        """Whether there is such a node."""
        return node_id in self._prompt or (self._graph is not None and node_id in self._graph.nodes)

    def all_node_ids(self) -> set[str]:
        """Ids of all nodes, ephemeral ones included."""
        return set(self._prompt) | set(self._graph.nodes if self._graph is not None else ())

    def get_original_prompt(self) -> Mapping[str, Any]:
        """The workflow as submitted."""
        return self._prompt

    def get_real_node_id(self, node_id: str) -> str:
        """The node of the workflow that an ephemeral node was made by."""
        while (parent := self.get_parent_node_id(node_id)) is not None:
            node_id = parent
        return node_id

    def get_parent_node_id(self, node_id: str) -> str | None:
        """The node whose expansion this one belongs to."""
        return self._graph.parent_of(node_id) if self._graph is not None else None

    def get_display_node_id(self, node_id: str) -> str:
        """The node of the workflow at which this one is shown."""
        return self._graph.display_of(node_id) if self._graph is not None else node_id
