from __future__ import annotations

import asyncio

import pytest

from engine.errors import EngineError, WorkerUnavailable
from engine.graph.declaration import write_declaration
from engine.graph.object_info import object_info
from engine.graph.registry import Registry
from engine.graph.schema import Input, ModelFile, NodeDef, Output
from engine.workers.catalog import Catalog
from engine.workers.messages import Ready


def _definition(type_name: str, **more: object) -> NodeDef:
    picked = Input("name", "COMBO", is_widget=True, choices=ModelFile("checkpoints"))
    outputs = (Output("IMAGE", "IMAGE"),)
    return NodeDef(type_name, type_name, "test", (picked,), outputs, lambda **_: None, **more)  # type: ignore[arg-type]


def _ready(*definitions: NodeDef) -> Ready:
    return Ready(declarations=tuple(map(write_declaration, definitions)), versions={"torch": "2"}, devices=())


def _files(folder: str) -> list[str]:
    return [f"{folder}.safetensors"]


def test_what_a_worker_declares_is_what_is_shown() -> None:
    async def work() -> None:
        catalog = Catalog()
        assert catalog.object_info(None, _files) == {}
        definitions = [_definition("A"), _definition("B", validate=lambda name: bool(name))]
        waiting = asyncio.create_task(catalog.ready(10))
        await asyncio.sleep(0)
        await catalog.update(_ready(*definitions))
        registry = await waiting
        assert registry is catalog.registry
        assert catalog.asked_in_worker == {"B"}
        assert catalog.versions == {"torch": "2"}
        wanted = {definition.type: object_info(definition, _files) for definition in definitions}
        assert catalog.object_info(None, _files) == wanted
        assert catalog.object_info("A", _files) == {"A": wanted["A"]}
        assert catalog.object_info("C", _files) == {}
        with pytest.raises(EngineError, match="worker"):
            registry["A"](name="x")

    asyncio.run(work())


def test_folders_are_listed_once_however_many_nodes_name_them() -> None:
    asked: list[str] = []

    def list_files(folder: str) -> list[str]:
        asked.append(folder)
        return []

    async def work() -> None:
        catalog = Catalog()
        await catalog.update(_ready(*(_definition(str(number)) for number in range(30))))
        assert len(catalog.object_info(None, list_files)) == 30

    asyncio.run(work())
    assert asked == ["checkpoints"]


def test_the_tag_changes_with_the_declarations_and_only_then() -> None:
    async def work() -> None:
        catalog = Catalog()
        await catalog.update(_ready(_definition("A")))
        tag, registry = catalog.etag, catalog.registry
        await catalog.update(_ready(_definition("A")))
        assert (catalog.etag, catalog.registry) == (tag, registry)
        await catalog.update(_ready(_definition("A"), _definition("B")))
        assert catalog.etag != tag
        assert isinstance(catalog.registry, Registry)
        assert "B" in catalog.registry

    asyncio.run(work())


def test_without_a_worker_the_reason_is_told() -> None:
    async def work() -> None:
        catalog = Catalog()
        with pytest.raises(WorkerUnavailable, match=r"still starting after 0\.01 seconds"):
            await catalog.ready(0.01)
        waiting = asyncio.create_task(catalog.ready(10))
        await asyncio.sleep(0)
        catalog.fail("The worker could not start: no module named 'nodes'.")
        with pytest.raises(WorkerUnavailable, match="no module named"):
            await waiting
        with pytest.raises(WorkerUnavailable, match="no module named"):
            await catalog.ready(10)
        await catalog.update(_ready(_definition("A")))
        assert len(await catalog.ready(10)) == 1
        catalog.fail("The worker died.")  # what is known stays usable
        assert len(await catalog.ready(10)) == 1

    asyncio.run(work())


def test_a_declaration_that_cannot_be_read_costs_only_itself() -> None:
    async def work() -> None:
        catalog = Catalog()
        good = write_declaration(_definition("Good"))
        await catalog.update(Ready(declarations=({"type": "Bad"}, good), versions={}, devices=()))
        assert catalog.registry is not None
        assert [definition.type for definition in catalog.registry] == ["Good"]
        assert len(catalog.notes) == 1

    asyncio.run(work())
