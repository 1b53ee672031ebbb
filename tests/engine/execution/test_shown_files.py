from __future__ import annotations

from pathlib import Path

from engine.execution.shown_files import shown_files_exist
from engine.settings import Settings


def test_references_to_files_are_looked_up(tmp_path: Path):
    settings = Settings(base_directory=tmp_path)
    for name in ("output/a.png", "output/sub/b.png", "temp/c.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    there = [
        {"filename": "a.png", "subfolder": "", "type": "output"},
        {"filename": "b.png", "subfolder": "sub", "type": "output"},
        {"filename": "c.png", "type": "temp"},
    ]
    assert shown_files_exist({"images": there}, settings)
    for gone in ({"filename": "b.png", "type": "output"}, {"filename": "../a.png", "type": "temp"}):
        assert not shown_files_exist({"text": ["x"], "images": [*there, gone]}, settings)


def test_what_is_no_reference_is_no_matter(tmp_path: Path):
    settings = Settings(base_directory=tmp_path)
    assert shown_files_exist({"text": ["a", 3, {"filename": 3}], "animated": [True]}, settings)
    assert shown_files_exist({"images": [{"filename": "x", "type": "elsewhere"}]}, settings)
