"""Files by name: whether they are still what somebody has seen."""

from __future__ import annotations

from typing import Any

import pytest

from engine.files import Folder
from tests.engine.server.api.checked import Api, with_api


async def versions(api: Api, *files: dict[str, Any]) -> list[str | None]:
    reply = await api.post("/files/versions", {"files": list(files)})
    assert reply.status == 200, reply
    return reply.body["versions"]


@with_api()
async def test_a_file_that_is_written_anew_has_another_version(api: Api) -> None:
    places: dict[Folder, str] = {"input": "a.png", "output": "set 1/b.png", "temp": "c.png"}
    for kind, name in places.items():
        path = api.settings.directory(kind) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"one")
    asked: tuple[dict[str, Any], ...] = (
        {"filename": "a.png", "kind": "input"},
        {"filename": "b.png", "subfolder": "set 1"},
        {"filename": "c.png", "subfolder": "", "kind": "temp"},
    )
    before = await versions(api, *asked)
    assert None not in before
    assert await versions(api, *asked) == before
    (api.settings.directory("input") / "a.png").write_bytes(b"another")
    (api.settings.directory("temp") / "c.png").unlink()
    a, b, c = await versions(api, *asked)
    assert a not in (None, before[0])
    assert b == before[1]
    assert c is None


@with_api()
async def test_what_is_no_file_there_has_none(api: Api) -> None:
    secret = api.settings.base_directory / "secret.png"
    secret.write_bytes(b"x")
    (api.settings.directory("output") / "folder").mkdir(parents=True)
    names = ["", "..", "../secret.png", str(secret), "folder", "gone.png", "a" * 1999, "a\0b"]
    assert await versions(api, *({"filename": name} for name in names)) == [None] * len(names)
    assert await versions(api, {"filename": "secret.png", "subfolder": ".."}) == [None]


@pytest.mark.parametrize("files", [[], [{}], [{"filename": "a", "kind": "models"}], [{"filename": "a"}] * 1001])
def test_what_is_no_list_of_files_is_refused(files: list[dict[str, str]]) -> None:
    @with_api()
    async def ask(api: Api) -> None:
        assert (await api.post("/files/versions", {"files": files})).status == 400

    ask()
