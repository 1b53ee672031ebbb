"""A workflow as a Python script: what stands in it is data, never code, and running it is running the workflow."""

from __future__ import annotations

import ast
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.errors import WorkflowError
from engine.graph.script import write_script
from engine.graph.workflow import Workflow

HOME = Path(__file__).resolve().parents[3]


def nodes_of(workflow: Workflow, tmp_path: Path, name: str = "A name") -> dict[str, Any]:
    """What a script says the workflow is."""
    path = tmp_path / "script.py"
    path.write_text(write_script(workflow, name))
    return runpy.run_path(str(path))["NODES"]


def api(inputs: dict[str, Any], title: str = "A title", node_type: str = "Value") -> dict[str, Any]:
    return {"class_type": node_type, "inputs": inputs, "_meta": {"title": title}}


def test_every_node_and_value_comes_back(tmp_path: Path) -> None:
    document = {
        "9": api({"image": ["3:1", 0], "again": ["3:1", 1], "gone": ["77", 0]}),
        "3:1": api({"seed": 18446744073709551615, "text": 'a "b"\n\\c', "on": True, "none": None, "f": 1e-9}),
        "x": api({"a b": 1, "class": 2, "node_id": 3, "title": 4, "list": {"__value__": [1, [2]]}}, title=""),
    }
    written = nodes_of(Workflow.from_api(document), tmp_path)
    assert written == Workflow.from_api(document).to_api() | {
        node_id: {**node, "_meta": document[node_id]["_meta"]}
        for node_id, node in Workflow.from_api(document).to_api().items()
    }
    assert list(written) == ["3:1", "9", "x"]


@pytest.mark.parametrize(
    "hostile",
    [
        '"""\nimport os\n"""',
        "'''",
        "\\",
        "\n\nraise SystemExit(3)\n",
        "{0.__class__}",
        "a\u2028b",
        "\udc80",
        "print",
        "class",
        "1",
    ],
)
def test_nothing_that_stands_in_a_workflow_becomes_code(tmp_path: Path, hostile: str) -> None:
    document = {"1" + hostile: api({hostile: hostile, "x": ["1" + hostile + "2", 0]}, hostile, "T" + hostile)}
    script = write_script(Workflow.from_api(document), hostile)
    calls = [node for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Import)]
    assert len(calls) == 8
    if "\udc80" not in hostile:
        assert nodes_of(Workflow.from_api(document), tmp_path, hostile)["1" + hostile]["inputs"][hostile] == hostile


def test_a_workflow_that_needs_itself_is_none() -> None:
    document = {"1": api({"a": ["2", 0]}), "2": api({"a": ["1", 0]})}
    with pytest.raises(WorkflowError, match="itself"):
        write_script(Workflow.from_api(document))


def test_the_script_of_text_to_image_makes_its_picture(tmp_path: Path) -> None:
    script, out = tmp_path / "script.py", tmp_path / "out"
    convert = [sys.executable, "main.py", "convert", "workflows/text_to_image.json", "--to", "python"]
    subprocess.run([*convert, "--output", str(script)], cwd=HOME, check=True, timeout=300)
    run = [sys.executable, str(script), "--output-directory", str(out), "--set", "What to draw.text=a green tree"]
    ran = subprocess.run(run, cwd=HOME, check=True, timeout=300, capture_output=True, text=True)
    (picture,) = [Path(line) for line in ran.stdout.split("\n") if line]
    assert picture.read_bytes()[:4] == b"\x89PNG"
    assert b"a green tree" in picture.read_bytes()
