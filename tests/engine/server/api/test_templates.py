"""Workflows to begin with, and which of them have a picture."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

from engine.server.pack_files import PackFiles
from engine.server.static import WORKFLOWS
from tests.engine.server.api.checked import Api, with_api


@with_api()
async def test_templates_of_packs_stand_after_our_own(api: Api) -> None:
    examples = Path(api.settings.base_directory) / "examples"
    examples.mkdir(parents=True)
    (examples / "b.json").write_text("{}")
    (examples / "a.json").write_text("{}")
    (examples / "a.jpg").write_bytes(b"")
    with patch.object(PackFiles, "examples", return_value={"lone": examples}):
        listed = (await api.get("/templates"))["templates"]
    ours = [one["name"] for one in listed if one["pack"] == "skein"]
    assert ours == sorted(path.stem for path in WORKFLOWS.glob("*.json"))
    assert listed[len(ours) :] == [
        {"pack": "lone", "name": "a", "has_picture": True},
        {"pack": "lone", "name": "b", "has_picture": False},
    ]
