"""What an instance of a subgraph or a group node is made of, once it has been opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.graph.canvas_records import CanvasLink, CanvasNode, Passage, Place
from engine.graph.workflow import Note

INPUTS = "-10"
"""The node inside a subgraph at whose outputs the instance's inputs arrive."""
OUTPUTS = "-20"
"""The node inside a subgraph whose inputs are the instance's outputs."""


@dataclass(frozen=True, slots=True)
class Inside:
    """Nodes and links with the instance's id before their own, how its border is crossed, what went wrong, and what
    use-everywhere nodes do inside (as in `Canvas`)."""

    nodes: tuple[CanvasNode, ...]
    links: Mapping[str, CanvasLink]
    passages: Mapping[Place, Passage]
    notes: tuple[Note, ...] = ()
    implied: Mapping[Place, Place] = field(default_factory=dict[Place, Place])
    unsaid: frozenset[str] = frozenset()
