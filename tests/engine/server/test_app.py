"""The application: every route of the protocol is there, bare and under /api."""

from __future__ import annotations

import sys
from pathlib import Path
from subprocess import run

from tests.engine.server.fakes import FakeServer

_ROUTES = """
GET /ws  GET /prompt  POST /prompt  GET /queue  POST /queue  GET /history  GET /history/{prompt_id}  POST /history
POST /interrupt  POST /free  GET /object_info  GET /object_info/{}  GET /system_stats  GET /features  GET /embeddings
GET /models  GET /models/{}  GET /experiment/models  GET /experiment/models/{}  GET /view_metadata/{}
GET /experiment/models/preview/{}/{}/{}  POST /upload/image  POST /upload/mask  GET /view  GET /extensions
GET /users  POST /users  GET /settings  GET /settings/{}  POST /settings  POST /settings/{}  GET /userdata
GET /v2/userdata  GET /userdata/{}  POST /userdata/{}  DELETE /userdata/{}  POST /userdata/{}/move/{}
GET /workflow_templates  GET /i18n  GET /internal/logs  GET /internal/logs/raw  PATCH /internal/logs/subscribe
GET /internal/folder_paths  GET /internal/files/{}  GET /jobs  GET /jobs/{}  POST /jobs/{}/cancel  POST /jobs/cancel
"""
"""What clients of the existing protocol ask for; `{}` stands for any name."""


def _shape(path: str) -> str:
    """The path with its parameters unnamed."""
    parts = [part[: part.index("{")] + "{}" if "{" in part else part for part in path.split("/")]
    return "/".join(parts)


def test_every_route_of_the_protocol_is_there_twice() -> None:
    server = FakeServer()
    present = {
        (route.method, _shape(route.resource.canonical))
        for route in server.app.router.routes()
        if route.resource is not None
    }
    words = _ROUTES.split()
    wanted = {(method, _shape(path)) for method, path in zip(words[::2], words[1::2], strict=True)}
    server.store.close()
    assert not wanted - present
    assert not {(method, f"/api{path}") for method, path in wanted} - present


def test_the_server_is_imported_without_torch_and_in_silence() -> None:
    code = (
        "import sys, engine.server.serving, engine.server.app as app, importlib\n"
        "for name in app._ROUTE_MODULES: importlib.import_module('engine.server.' + name)\n"
        "print([name for name in ('torch', 'transformers', 'networkx') if name in sys.modules])"
    )
    root = Path(__file__).resolve().parents[3]
    done = run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, cwd=root, timeout=120, check=True
    )
    assert done.stdout.strip() == "[]"
    assert done.stderr == ""
