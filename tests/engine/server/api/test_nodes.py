"""Node types: what is declared is what is shown; who has it already is told so."""

from __future__ import annotations

import asyncio

from engine.graph.schema import MISSING
from tests.engine.graph.examples import REGISTRY
from tests.engine.server.api.checked import Api, with_api


@with_api()
async def test_every_declaration_is_shown_whole(api: Api) -> None:
    folder = api.settings.directory("models") / "checkpoints"
    folder.mkdir(parents=True)
    (folder / "small.safetensors").write_bytes(b"")
    body = await api.get("/nodes")
    assert [shown["type"] for shown in body["nodes"]] == [definition.type for definition in REGISTRY]
    for shown in body["nodes"]:
        definition = REGISTRY[shown["type"]]
        assert shown == await api.get(f"/nodes/{definition.type}")
        assert [one["name"] for one in shown["outputs"]] == [output.name for output in definition.outputs]
        for one, declared in zip(shown["inputs"], definition.inputs, strict=True):
            assert (one["name"], one["type"], one["required"]) == (
                declared.name,
                declared.type,
                declared.kind == "required",
            )
            assert one["has_default"] is (declared.default is not MISSING)
    draw = {one["name"]: one for one in (await api.get("/nodes/Draw"))["inputs"]}
    assert (draw["model"]["choices"], draw["model"]["choices_from"]) == (["small.safetensors"], "checkpoints")
    assert draw["sampler"]["choices"] == ["euler", "heun", "dpmpp_2m"]
    assert (draw["seed"]["max"], draw["seed"]["seed_control"]) == (2**64 - 1, True)
    assert (draw["text"]["multiline"], draw["text"]["dynamic_prompts"]) == (True, True)


@with_api()
async def test_who_has_it_is_told_so_until_it_changes(api: Api) -> None:
    for path in ("/nodes", "/nodes/Draw", "/nodes?category=test&limit=2"):
        first = await api.call("GET", path)
        again = await api.call("GET", path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status, again.body) == (304, None)
    folder = api.settings.directory("models") / "checkpoints"
    folder.mkdir(parents=True)
    (folder / "new.safetensors").write_bytes(b"")
    etag = first.headers["ETag"]
    changed = await api.call("GET", "/nodes/Draw", headers={"If-None-Match": etag})
    assert changed.status == 200


@with_api()
async def test_filters_and_pages(api: Api) -> None:
    body = await api.get("/nodes?limit=2&offset=1")
    assert ([shown["type"] for shown in body["nodes"]], body["total"]) == (["Add", "Show"], len(REGISTRY))
    assert (await api.get("/nodes?category=test"))["total"] == len(REGISTRY)
    assert (await api.get("/nodes?category=tes"))["total"] == 0
    assert [shown["type"] for shown in (await api.get("/nodes?text=dra"))["nodes"]] == ["Draw"]
    await api.refused("GET", "/nodes/Drow", 404, "Did you mean 'Draw'")
    assert (await api.call("GET", "/nodes/T2IAdapterLoader")).status == 404


@with_api()
async def test_without_a_worker_the_reason_is_told(api: Api) -> None:
    api.dispatcher.catalog.registry = None
    api.dispatcher.catalog.fail("It could not be started.")
    for path in ("/nodes", "/nodes/Draw"):
        await api.refused("GET", path, 503, "could not be started")
    await asyncio.sleep(0)
