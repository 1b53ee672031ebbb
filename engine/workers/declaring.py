"""What a worker tells of its node types: the declarations, and what is wrong with those that cannot be declared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.errors import text_of
from engine.graph.declaration import write_declaration
from engine.graph.schema import NodeDef


def declare(definitions: Iterable[NodeDef]) -> tuple[tuple[dict[str, Any], ...], tuple[str, ...]]:
    """Every node type that can be declared, and what is wrong with the others."""
    declarations: list[dict[str, Any]] = []
    notes: list[str] = []
    for definition in definitions:
        try:
            declarations.append(write_declaration(definition))
        except Exception as error:  # what packs declare may be anything
            notes.append(f"Node type {definition.type!r} of {definition.module} is left out: {text_of(error)}.")
    return tuple(declarations), tuple(notes)
