"""What instances of subgraphs show on the canvas (`tests/data/promoted.json`) is what the server reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.graph.core_types import core_registry
from engine.graph.document import read_workflow
from tests.engine.graph.shared_files import shared_files

_LIST = Path(__file__).parents[2] / "data" / "promoted.json"
_LETTERS = 40


def test_what_instances_show_is_what_is_read() -> None:
    shown: dict[str, dict[str, Any]] = json.loads(_LIST.read_text(encoding="utf-8"))
    assert sum(len(rows) for rows in shown.values()) > 500
    different: list[Any] = []
    for file, rows in shown.items():
        workflow = read_workflow(shared_files()[file.removeprefix("workflows/")], core_registry())
        for row, value in rows.items():
            node_id, _, name = row.partition(" ")
            read = workflow.nodes[node_id].inputs.get(name, "")
            brief = read[:_LETTERS] if isinstance(read, str) else read
            if brief != value:
                different.append((file, row, brief, value))
    assert different == []
