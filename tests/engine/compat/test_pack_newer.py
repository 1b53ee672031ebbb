"""A pack of the newer kind, through `comfy_entrypoint` (3.6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.execution.events import NodeBlocked, Preview, Progress
from engine.images.metadata import read_metadata
from tests.engine.compat.workshop import Workshop, node

Make = Callable[..., Workshop]


@pytest.fixture
def shop(workshop: Make) -> Workshop:
    return workshop("newer")


def test_schemas_reach_object_info(shop: Workshop) -> None:
    assert shop.reports["newer"].node_types == ("NewerRepeat", "NewerExpands", "NewerShows")
    record = shop.engine.object_info("NewerRepeat")
    assert (record["display_name"], record["category"]) == ("Repeats", "test/newer")
    assert record["output"] == ["STRING", "OWN"]
    assert record["output_name"] == ["long", "OWN"]
    assert record["input"]["required"]["times"][1] == {"default": 2, "min": 1, "max": 5, "display": "slider"}
    assert record["input"]["optional"]["either"][0] == "INT,FLOAT"
    assert record["input"]["optional"]["how"][1]["options"] == ["plain", "loud"]
    assert record["input_order"]["hidden"] == ["unique_id", "prompt"]


def test_calls_progress_and_what_is_shown(shop: Workshop) -> None:
    graph = {
        "1": node("EmptyImage", width=8, height=4, batch_size=1, color=0),
        "2": node("NewerRepeat", text="a", times=3, how="loud", image=["1", 0], anything=["3", 0]),
        "3": node("NewerExpands", text="never", block=False),
    }
    done = shop.run(graph)
    assert done.outputs["2"] == ("aaa!", {"id": "2", "asked": None})
    assert done.ui["2"] == {"text": ["aaa!"]}
    assert [(event.value, event.total) for event in shop.told(Progress)] == [(1, 3), (2, 3), (3, 3)]
    assert [tuple(event.image.shape) for event in shop.told(Preview)] == [(1, 4, 8, 3)] * 3
    assert "a text is wanted" in shop.errors("NewerRepeat", text="", times=2)[0]
    assert shop.errors("NewerRepeat", text="a", times=9)


def test_expansion_and_blocking(shop: Workshop) -> None:
    assert shop.value("NewerExpands", text="b", block=False) == "bb"
    graph = {"1": node("NewerExpands", text="b", block=True), "2": node("NewerRepeat", text=["1", 0], times=2)}
    assert "2" not in shop.run(graph).outputs
    assert [event.message for event in shop.told(NodeBlocked)] == ["not now"]


@pytest.mark.parametrize(
    ("how", "kind", "suffix"),
    [("preview", "temp", ".png"), ("mask", "temp", ".png"), ("save", "output", ".png"), ("webp", "output", ".webp")],
)
def test_pictures_are_saved_with_their_workflow(shop: Workshop, how: str, kind: str, suffix: str) -> None:
    graph = {
        "1": node("EmptyImage", width=8, height=4, batch_size=2, color=0xFF0000),
        "2": node("NewerShows", images=["1", 0], how=how),
    }
    shown = shop.run(graph).ui["2"]
    files = [shop.base / image["type"] / image["subfolder"] / image["filename"] for image in shown["images"]]
    assert {image["type"] for image in shown["images"]} == {kind}
    assert len(files) == (1 if how == "webp" else 2)
    for file in files:
        assert file.suffix == suffix
        assert "NewerShows" in read_metadata(file)["prompt"]
    assert files[0].parent.name == ("sub" if how == "save" else kind)
