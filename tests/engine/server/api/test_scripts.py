"""A workflow as a script: the same that `convert --to python` writes, under the name that the user gave it."""

from __future__ import annotations

import ast
from typing import Any

from tests.engine.server.api.checked import Api, with_api


async def script(api: Api, workflow: Any, name: str = "") -> str:
    reply = await api.call("POST", "/workflows/script", params={"name": name}, json={"workflow": workflow})
    assert reply.status == 200
    return reply.body.decode()


@with_api()
async def test_a_workflow_is_written_as_a_script(api: Api) -> None:
    text = await script(api, {"1": {"class_type": "Nothing", "inputs": {"x": 'a"""\nb'}}}, 'My """work\n')
    ast.parse(text)
    assert text.splitlines()[1].startswith('"""My work: a workflow')
    assert "add('1', 'Nothing', " in text


@with_api()
async def test_what_is_no_workflow_is_no_script(api: Api) -> None:
    await api.refused("POST", "/workflows/script", 400, json={"workflow": "no"})
    loop = {"1": {"class_type": "A", "inputs": {"x": ["1", 0]}}}
    await api.refused("POST", "/workflows/script", 400, "itself", json={"workflow": loop})
