"""comfy-script, an independent client: its nodes come from `/object_info`, its pictures by `/ws` and `/view`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.engine.server.real import RealServer

_CLIENT = Path(__file__).with_name("comfy_script_client.py")


def test_a_script_gets_its_pictures(tmp_path: Path) -> None:
    with RealServer(tmp_path) as server:
        server.get("/object_info/SaveImage")  # there is a worker
        command = [sys.executable, str(_CLIENT), f"{server.address}/", "told.json"]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
        assert ran.returncode == 0, ran.stderr
        history = server.get("/history")
    told = json.loads((tmp_path / "told.json").read_text())
    assert told == {"sizes": [[64, 64]] * 4, "different": 2, "done": True, "embeddings": []}
    (entry,) = history.values()
    assert entry["status"]["status_str"] == "success"
    assert len(entry["prompt"][2]) == 8
    names = sorted(path.name for path in (tmp_path / "output").glob("*.png"))
    assert names == ["script_00001_.png", "script_00002_.png"]
