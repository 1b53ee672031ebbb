"""Links followed through what only the canvas knows, to where the value comes from."""

from __future__ import annotations

from typing import Any

import pytest

from engine.graph.canvas import read_canvas
from engine.graph.core_types import core_registry
from engine.graph.workflow import Link, Workflow
from tests.engine.graph.examples import REGISTRY

_CORE = core_registry()


class _Document:
    """A canvas document, written node by node."""

    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []
        self.links: list[list[Any]] = []

    def add(
        self,
        node_id: int,
        type_name: str,
        inputs: dict[str, tuple[str, tuple[int, int] | None]] | None = None,
        outputs: tuple[str, ...] = (),
        **others: Any,
    ) -> _Document:
        """A node; inputs are name -> (type, (origin, slot) or None)."""
        slots: list[dict[str, Any]] = []
        for name, (kind, origin) in (inputs or {}).items():
            link = len(self.links) + 1 if origin is not None else None
            if origin is not None:
                self.links.append([link, *origin, node_id, len(slots), kind])
            slots.append({"name": name, "type": kind, "link": link})
        self.nodes.append(
            {
                "id": node_id,
                "type": type_name,
                "inputs": slots,
                "outputs": [{"name": kind, "type": kind, "links": []} for kind in outputs],
                **others,
            }
        )
        return self

    def read(self) -> Workflow:
        return read_canvas({"nodes": self.nodes, "links": self.links}, _CORE)


def _loader() -> _Document:
    return _Document().add(1, "CheckpointLoaderSimple", outputs=("MODEL", "CLIP", "VAE"), widgets_values=["a"])


def test_reroutes_hand_on_even_if_muted() -> None:
    document = _loader()
    document.add(2, "Reroute", {"": ("*", (1, 2))}, ("VAE",), mode=2)
    document.add(3, "Reroute", {"": ("*", (2, 0))}, ("VAE",))
    document.add(4, "VAEDecode", {"samples": ("LATENT", None), "vae": ("VAE", (3, 0))})
    graph = document.read()
    assert graph.nodes["4"].inputs == {"vae": Link("1", 2)}
    assert graph.nodes.keys() == {"1", "4"}


def test_an_open_reroute_gives_nothing() -> None:
    document = _Document().add(3, "Reroute", {"": ("*", None)}, ("VAE",))
    document.add(4, "VAEDecode", {"vae": ("VAE", (3, 0))})
    assert document.read().nodes["4"].inputs == {}


def test_a_muted_source_gives_nothing() -> None:
    document = _Document().add(1, "VAELoader", outputs=("VAE",), mode=2)
    document.add(4, "VAEDecode", {"vae": ("VAE", (1, 0))})
    assert document.read().nodes["4"].inputs == {}


@pytest.mark.parametrize(
    ("output", "kind", "expected"),
    [(0, "MODEL", Link("1", 0)), (1, "CLIP", Link("1", 1)), (1, "VAE", None)],
)
def test_a_bypassed_node_hands_on_the_input_of_the_wanted_type(output: int, kind: str, expected: Link | None) -> None:
    document = _loader()
    document.add(2, "LoraLoader", {"model": ("MODEL", (1, 0)), "clip": ("CLIP", (1, 1))}, ("MODEL", "CLIP"), mode=4)
    document.add(3, "Anything", {"x": (kind, (2, output))})
    assert document.read().nodes["3"].inputs.get("x") == expected


def test_of_several_inputs_of_a_type_the_one_in_the_same_place_is_handed_on() -> None:
    document = _Document()
    for node_id in (1, 2):
        document.add(node_id, "CLIPTextEncode", outputs=("CONDITIONING",), widgets_values=["a"])
    inputs: dict[str, tuple[str, tuple[int, int] | None]] = {
        "positive": ("CONDITIONING", (1, 0)),
        "negative": ("CONDITIONING", (2, 0)),
    }
    document.add(3, "ControlNetApplyAdvanced", inputs, ("CONDITIONING", "CONDITIONING"), mode=4)
    document.add(4, "KSampler", {"positive": ("CONDITIONING", (3, 0)), "negative": ("CONDITIONING", (3, 1))})
    found = document.read().nodes["4"].inputs
    assert (found["positive"], found["negative"]) == (Link("1", 0), Link("2", 0))


def test_the_first_input_of_the_type_is_handed_on_even_if_it_is_open() -> None:
    document = _Document().add(1, "EmptyImage", outputs=("IMAGE",))
    inputs: dict[str, tuple[str, tuple[int, int] | None]] = {
        "mask": ("MASK", None),
        "image1": ("IMAGE", None),
        "image2": ("IMAGE", (1, 0)),
    }
    document.add(2, "ImageBatch", inputs, ("IMAGE",), mode=4)
    document.add(3, "SaveImage", {"images": ("IMAGE", (2, 0))})
    assert "images" not in document.read().nodes["3"].inputs


def test_a_wildcard_is_handed_on_from_the_same_place() -> None:
    document = _Document().add(1, "EmptyImage", outputs=("IMAGE",))
    document.add(2, "Pass", {"anything": ("*", (1, 0))}, ("*",), mode=4)
    document.add(3, "SaveImage", {"images": ("IMAGE", (2, 0))})
    assert document.read().nodes["3"].inputs["images"] == Link("1", 0)


def test_a_primitive_writes_its_value_into_every_widget_it_feeds() -> None:
    document = _Document().add(1, "PrimitiveNode", outputs=("INT",), widgets_values=[768, "fixed"])
    document.add(2, "Reroute", {"": ("*", (1, 0))}, ("INT",))
    document.add(
        3, "EmptyLatentImage", {"width": ("INT", (1, 0)), "height": ("INT", (2, 0))}, widgets_values=[512, 512, 2]
    )
    assert document.read().nodes["3"].inputs == {"width": 768, "height": 768, "batch_size": 2}


def test_a_primitive_without_a_value_leaves_the_widget_alone() -> None:
    document = _Document().add(1, "PrimitiveNode", outputs=("INT",))
    document.add(3, "EmptyLatentImage", {"width": ("INT", (1, 0))}, widgets_values=[512, 512, 2])
    assert document.read().nodes["3"].inputs["width"] == 512


def test_set_and_get_are_paired_by_name() -> None:
    document = _loader()
    document.add(2, "SetNode", {"VAE": ("VAE", (1, 2))}, ("*",), widgets_values=["my vae"])
    document.add(3, "GetNode", outputs=("VAE",), widgets_values=["my vae"])
    document.add(4, "GetNode", outputs=("VAE",), widgets_values=["no vae"])
    document.add(5, "VAEDecode", {"vae": ("VAE", (3, 0))})
    document.add(6, "VAEDecode", {"vae": ("VAE", (4, 0))})
    document.add(7, "VAEDecode", {"vae": ("VAE", (2, 0))})
    graph = document.read()
    assert [graph.nodes[name].inputs.get("vae") for name in "567"] == [Link("1", 2), None, Link("1", 2)]


def test_links_to_nodes_that_are_gone_are_dropped_and_said() -> None:
    graph = _Document().add(4, "VAEDecode", {"vae": ("VAE", (99, 0))}).read()
    assert graph.nodes["4"].inputs == {}
    assert [str(note) for note in graph.notes] == [
        "node 4, vae: it was linked to node 99, which does not exist; it was dropped"
    ]


def test_reroutes_in_a_circle_give_nothing() -> None:
    document = _Document().add(1, "Reroute", {"": ("*", (2, 0))}, ("*",)).add(2, "Reroute", {"": ("*", (1, 0))}, ("*",))
    document.add(3, "VAEDecode", {"vae": ("VAE", (1, 0)), "samples": ("LATENT", (2, 0))})
    graph = document.read()
    assert graph.nodes["3"].inputs == {}
    assert "circle" in str(graph.notes[0])


def test_a_long_chain_of_reroutes_with_many_readers() -> None:
    document = _loader().add(10, "Reroute", {"": ("*", (1, 2))}, ("VAE",))
    for node_id in range(11, 5000):
        document.add(node_id, "Reroute", {"": ("*", (node_id - 1, 0))}, ("VAE",))
        document.add(node_id + 10_000, "VAEDecode", {"vae": ("VAE", (node_id, 0))})
    graph = document.read()
    assert all(node.inputs == {"vae": Link("1", 2)} for name, node in graph.nodes.items() if name != "1")


def test_a_bypassed_node_with_many_readers_and_inputs_is_looked_at_once() -> None:
    count = 3000
    slots: list[dict[str, Any]] = [{"name": f"i{place}", "type": f"T{place}", "link": None} for place in range(count)]
    slots[-1] = {"name": "last", "type": "INT", "link": count}
    bypassed = {"id": "b", "type": "Add", "mode": 4, "inputs": slots, "outputs": [{"name": "INT", "type": "INT"}] * 2}
    readers = [
        {"id": place, "type": "Show", "inputs": [{"name": "source", "type": "INT", "link": place}]}
        for place in range(count)
    ]
    source = {"id": "v", "type": "Value", "widgets_values": [1]}
    links: list[Any] = [[place, "b", place % 2, place, 0, "INT"] for place in range(count)]
    links.append([count, "v", 0, "b", count - 1, "INT"])
    workflow = read_canvas({"nodes": [source, bypassed, *readers], "links": links}, REGISTRY)
    assert {node.inputs["source"] for node in workflow.nodes.values() if node.type == "Show"} == {Link("v", 0)}
