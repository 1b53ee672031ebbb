"""The page's types of the API are what the code makes, and the tool that makes them."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

TOOL = Path(__file__).parents[4] / "web/tools/api_types.py"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("api_types", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TYPES = _load()


def test_what_is_committed_is_what_the_code_makes() -> None:
    done = subprocess.run([sys.executable, str(TOOL), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_record_and_route_is_there() -> None:
    document = TYPES.current_document()
    text = TYPES.make_types(document)
    for name in document["components"]["schemas"]:
        assert name.startswith("_") or f"export interface {name} {{" in text
    assert "'POST /api/v1/jobs/{job_id}/cancel': {" in text
    assert "export interface StateTold {" in text
    assert text == TYPES.make_types(TYPES.current_document())


def test_another_file_fails_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TYPES, "TARGET", tmp_path / "schema.gen.ts")
    monkeypatch.setattr(TYPES, "HOME", tmp_path)
    monkeypatch.setattr(sys, "argv", ["api_types.py", "--check"])
    assert TYPES.main() == 1
    monkeypatch.setattr(sys, "argv", ["api_types.py"])
    assert TYPES.main() == 0
    monkeypatch.setattr(sys, "argv", ["api_types.py", "--check"])
    assert TYPES.main() == 0
    (tmp_path / "schema.gen.ts").write_text("export {};\n", encoding="utf-8")
    assert TYPES.main() == 1


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, "Json"),
        ({"type": "object"}, "JsonObject"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "Readonly<Record<string, number>>"),
        ({"type": "integer"}, "number"),
        ({"type": "integer", "format": "uint64"}, "number | bigint"),
        ({"type": "array"}, "readonly Json[]"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, "readonly ('a' | 'b')[]"),
        ({"type": "array", "items": {"type": "array"}}, "readonly (readonly Json[])[]"),
        ({"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]}, "readonly [string, number]"),
        ({"anyOf": [{"type": "number"}, {"type": "integer"}, {"type": "null"}]}, "number | null"),
        ({"$ref": "#/components/schemas/JobView", "description": "x"}, "JobView"),
        ({"enum": [1, "it's", None]}, '1 | "it\'s" | null'),
    ],
)
def test_a_schema_becomes_a_type(schema: dict[str, Any], expected: str) -> None:
    assert TYPES._type(schema) == expected


@pytest.mark.parametrize("schema", [{"type": "colour"}, {"type": "object", "properties": {}}])
def test_no_type_is_better_than_a_wrong_one(schema: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="here"):
        TYPES._type(schema)
