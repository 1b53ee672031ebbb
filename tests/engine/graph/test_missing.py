"""What a workflow needs and is not there: types with their packs, models with their addresses and the nearest files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from engine.graph.core_types import core_registry
from engine.graph.document import read_workflow
from engine.graph.missing import Missing, find_missing
from engine.graph.registry import Registry
from tests.engine.graph.shared_files import documents

_CORE = core_registry()
_SHA = "ab" * 32
_FILES = {"checkpoints": ["sd15/v1-5-pruned.safetensors", "other.ckpt"], "loras": ["a/detail.safetensors"]}


def _files(folder: str) -> Sequence[str]:
    return _FILES.get(folder, [])


def _find(*nodes: dict[str, Any], registry: Registry = _CORE, hashes: Any = None, **others: Any) -> Missing:
    document = {"nodes": list(nodes), "links": [], **others}
    return find_missing(read_workflow(document, registry), registry, _files, hashes)


def _loader(name: str, **properties: Any) -> dict[str, Any]:
    return {"id": 4, "type": "CheckpointLoaderSimple", "widgets_values": [name], "properties": properties}


def test_a_missing_type_names_its_pack() -> None:
    properties = {"cnr_id": "some-pack", "aux_id": "somebody/some-pack", "ver": "1.2"}
    nodes = [{"id": number, "type": "Ksampler", "properties": properties} for number in (1, 2)]
    (missing,) = _find(*nodes).types
    assert (missing.node_type, missing.node_ids) == ("Ksampler", ("1", "2"))
    assert (missing.pack, missing.repository, missing.version) == ("some-pack", "somebody/some-pack", "1.2")
    assert missing.nearest[0] == "KSampler"
    assert "'Ksampler' (nodes 1, 2) is not there; it comes from the pack some-pack or somebody/some-pack" in str(
        missing
    )


def test_a_core_type_that_is_not_built_in_says_so() -> None:
    (missing,) = _find({"id": 1, "type": "ControlNetLoader"}, registry=Registry()).types
    assert missing.pack == "comfy-core"
    assert "is not there; it is a core node of ComfyUI that is not built in yet." in str(missing)


def test_a_type_inside_a_subgraph_is_found_with_its_pack() -> None:
    inner = {"id": 2, "type": "Nobody", "properties": {"cnr_id": "a-pack"}}
    definitions = {"subgraphs": [{"id": "s", "nodes": [inner], "links": []}]}
    (missing,) = _find({"id": 1, "type": "s"}, definitions=definitions).types
    assert (missing.node_ids, missing.pack) == (("1:2",), "a-pack")


@pytest.mark.parametrize(
    ("name", "nearest", "why"),
    [
        ("v1-5-prunde.safetensors", "sd15/v1-5-pruned.safetensors", "similar name"),
        ("something else.safetensors", None, None),
        ("nope.safetensors", None, None),
    ],
)
def test_a_missing_model_names_the_nearest(name: str, nearest: str | None, why: str | None) -> None:
    (missing,) = _find(_loader(name)).models
    assert (missing.name, missing.folder, missing.inputs) == (name, "checkpoints", ("4.ckpt_name",))
    assert (missing.nearest, missing.nearest_by) == (nearest, why)


def test_a_model_under_another_folder_or_with_other_slashes_is_there() -> None:
    assert not _find(_loader("v1-5-pruned.safetensors"))
    assert not _find(_loader("sd15\\v1-5-pruned.safetensors"))
    assert not _find(_loader("old folder\\v1-5-pruned.safetensors"))


def test_the_hash_comes_before_the_name() -> None:
    record = {"name": "v1-6.ckpt", "url": "https://example.org/x", "hash": _SHA.upper(), "hash_type": "SHA256"}
    found = _find(_loader("v1-6.ckpt", models=[record]), hashes={_SHA: ("checkpoints", "other.ckpt")}).models
    assert [(each.nearest, each.nearest_by, each.url) for each in found] == [
        ("other.ckpt", "hash", "https://example.org/x")
    ]
    assert "https://example.org/x" in str(found[0])


def test_models_that_only_the_list_of_the_file_names() -> None:
    records = [
        {"name": "x.safetensors", "directory": "upscale_models", "url": "u"},
        {"name": "detail.safetensors", "directory": "loras"},
    ]
    node = {"id": 1, "type": "Nobody", "properties": {"models": records}}
    assert [(each.name, each.folder, each.inputs) for each in _find(node).models] == [
        ("x.safetensors", "upscale_models", ())
    ]
    assert [each.name for each in _find(models=records).models] == ["x.safetensors"]


def test_every_shared_file_can_be_reported() -> None:
    for _, document in documents("ui"):
        missing = find_missing(read_workflow(document, Registry()), Registry(), _files)
        assert missing.types
        assert all(str(each) for each in (*missing.types, *missing.models))


@pytest.mark.parametrize("directory", ["../../..", "/etc", "..", "\\\\host\\x", "a\0b", ".hidden", "", 3, None])
def test_a_folder_that_leads_elsewhere_is_not_looked_into(directory: Any) -> None:
    asked: list[str] = []

    def files(folder: str) -> Sequence[str]:
        asked.append(folder)
        return []

    document = {"nodes": [], "models": [{"name": "x.safetensors", "url": "u", "directory": directory}]}
    (missing,) = find_missing(read_workflow(document, _CORE), _CORE, files).models
    assert set(asked) == {""}
    assert missing.folder == ""


def test_the_kind_of_a_folder_within_a_folder() -> None:
    (missing,) = _find(models=[{"name": "x", "directory": "loras\\sd15"}]).models
    assert missing.folder == "loras"


def test_many_missing_types_and_files_are_told_in_short() -> None:
    nodes = [{"id": number, "type": "Nobody"} for number in range(1000)]
    (missing,) = _find(*nodes).types
    assert len(missing.node_ids) == 1000
    assert "19 and 980 more)" in str(missing)
    loaders = [{**_loader("x" * 100_000), "id": number} for number in range(1000)]
    (model,) = _find(*loaders).models
    assert len(str(model)) < 1000
    many = _find(*({**_loader(f"v1-5-prune{number}.safetensors"), "id": number} for number in range(1000))).models
    assert len(many) == 1000
    assert many[0].nearest == "sd15/v1-5-pruned.safetensors"
    assert many[-1].nearest is None
