"""Classes of packs, from their attributes to their results: 3.1 to 3.3 of the protocol, through the real loader."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.context import Submitter
from engine.errors import ValidationError
from engine.execution.events import NodeBlocked
from engine.graph.schema import ModelFile
from engine.images.metadata import read_metadata
from tests.engine.compat.workshop import Workshop, node

Make = Callable[..., Workshop]


def test_attributes_reach_object_info(workshop: Make) -> None:
    shop = workshop("contract")
    record = shop.engine.object_info("Counts")
    assert (record["display_name"], record["category"]) == ("Counts calls", "test/inner")
    assert (record["description"], record["python_module"]) == ("Counts its calls.", "custom_nodes.contract")
    assert (record["output"], record["output_name"]) == (["STRING", "INT"], ["joined", "calls"])
    assert record["output_tooltips"] == ["the text", "how often"]
    assert record["experimental"] is True
    assert record["search_aliases"] == ["tally"]
    assert record["input_order"]["required"] == ["text", "n"]
    assert shop.engine.object_info("Watches")["category"] == "sd"
    assert shop.engine.object_info("Watches")["output_node"] is True


def test_an_instance_stays_with_its_node_and_results_are_cached(workshop: Make) -> None:
    shop = workshop("contract")
    assert [shop.value("Counts", text="x", n=n) for n in (1, 1, 2)] == ["x1", "x1", "x2"]
    assert [shop.values("Counts", text="x", n=n)[1] for n in (2, 3)] == [2, 3]  # twice before, the second time cached
    other = shop.run({"2": node("Counts", text="x", n=5)}, "2").outputs["2"]
    assert other == ("x5", 1)


def test_is_changed(workshop: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = workshop("contract")
    graph = {"1": node("Watches", name="SKEIN_TEST")}

    def runs(value: str) -> bool:
        monkeypatch.setenv("SKEIN_TEST", value)
        return "1" in shop.run(graph).executed

    assert [runs("a"), runs("a"), runs("b"), runs("always"), runs("always"), runs("b")] == [
        *(True, False, True),
        *(True, True, False),
    ]


def test_validate_inputs(workshop: Make) -> None:
    shop = workshop("contract")
    assert shop.value("Particular", n=8, kind="a") == 8  # its bounds are its own business
    assert "3 is odd" in shop.errors("Particular", n=3, kind="a")[0]
    assert "'c'" in shop.errors("Particular", n=2, kind="c")[0]
    with pytest.raises(ValidationError, match="is odd"):
        shop.value("Particular", n=1, kind="a")


def test_options_of_inputs(workshop: Make) -> None:
    shop = workshop("options")
    definition = shop.engine.registry["Options"]
    declared = {each.name: each for each in definition.inputs}
    number = declared["i"].number
    assert number is not None
    assert (number.min, number.max, number.step, number.display) == (0, 9, 3, "slider")
    assert declared["seed"].seed_control
    assert (declared["old"].choices, declared["old"].default, declared["new"].choices) == (("a", "b"), "b", ("x", "y"))
    assert declared["remote"].choices is None
    assert declared["image"].choices == ModelFile("input", True, ("none",))
    assert not declared["socket"].is_widget
    shown = shop.engine.object_info("Options")["input"]
    assert shown["required"]["b"][1] == {"default": True, "label_on": "yes", "label_off": "no"}
    assert shown["optional"]["start"][1]["vhs_own_option"] == [1, 2]
    assert shown["optional"]["wide"][1]["label"] == "picture"
    assert shown["required"]["seed"][1]["control_prefix"] == "p"
    assert shown["required"]["s"][1]["placeholder"] == "here"
    given = {"i": 3, "seed": 1, "f": 0.5, "s": "t", "b": False, "old": "a", "new": "x", "several": ["x"]}
    given |= {"remote": "whatever", "image": "none"}
    assert shop.value("Options", **given) == str(sorted(given))
    assert len(shop.errors("Options", **{**given, "i": 10, "new": "z", "old": "z"})) == 3


@pytest.mark.parametrize(
    ("form", "outputs", "ui"),
    [
        ("tuple", ("a", 1), None),
        ("list", ("a", 1), None),
        ("ui", (None, None), {"text": ["shown"]}),
        ("both", ("a", 1), {"text": ["shown"]}),
        ("expand", ("a", 5), None),
    ],
)
def test_forms_of_results(workshop: Make, form: str, outputs: Any, ui: Any) -> None:
    done = workshop("returns").run({"1": node("Returns", form=form)})
    assert done.outputs["1"] == outputs
    assert done.ui.get("1") == ui


def test_blockers_as_results_and_a_node_without_outputs(workshop: Make) -> None:
    shop = workshop("returns")
    graph = {
        "1": node("Returns", form="blocker"),
        "2": node("Shows", value=["1", 1]),
        "3": node("Returns", form="inside"),
        "4": node("Shows", value=["3", 0]),
        "5": node("Shows", value=["3", 1]),
        "6": node("Nothing"),
    }
    done = shop.run(graph)
    assert dict(done.ui) == {"5": {"text": ["1"]}}
    assert [event.message for event in shop.told(NodeBlocked)] == ["no"]
    assert done.outputs["6"] == ()


def test_lists(workshop: Make) -> None:
    shop = workshop("lists")
    graph = {
        "1": node("Several", n=3),
        "2": node("Each", a=["1", 0], b=["1", 1]),
        "3": node("Whole", a=["2", 0], w=7),
        "4": node("Several", n=0),
        "5": node("Each", a=["4", 0], b=["4", 1]),
    }
    done = shop.run(graph, "2", "3", "5")
    assert done.outputs["2"] == ([3, 4, 5],)
    assert done.ui["2"] == {"sums": [3, 4, 5]}  # of mapped calls, joined by key
    assert done.outputs["3"] == ("[3, 4, 5] [7]",)
    assert done.outputs["5"] == ([],)  # an empty list: no call


def test_wildcards(workshop: Make) -> None:
    shop = workshop("wildcards", "lists")
    graph = {
        "1": node("Several", n=3),
        "2": node("Passes", value=["1", 1]),
        "3": node("NeedsInt", n=["2", 0]),
        "4": node("Collects", first=["2", 0], second="text", third=[1.5, 2]),
        "5": node("Typed", value=["1", 1]),
        "6": node("Typed", value=["2", 0]),
    }
    done = shop.run(graph, "3", "4", "5")
    assert done.outputs["3"] == (4,)
    assert done.outputs["4"] == ("[('first', 3), ('second', 'text'), ('third', [1.5, 2])]",)
    assert done.outputs["5"] == ("3!",)
    with pytest.raises(ValidationError, match=r"no \*"):
        shop.run(graph, "6")


def test_hidden_inputs(workshop: Make) -> None:
    shop = workshop("hidden")
    graph = {"7": node("Hidden", value=3), "8": node("Hidden", value=3)}
    document = {"prompt": graph, "extra_data": {"extra_pnginfo": {"workflow": {"nodes": []}}}}
    done = shop.run(document, "7", "8", submitter=Submitter("me", {"api_key_comfy_org": "K"}))
    assert done.outputs["7"] == ("7 2 True K None",)
    assert done.outputs["8"] == ("8 2 True K None",)  # nodes that know their id share nothing


def test_what_packs_write_into_extra_pnginfo_is_saved(workshop: Make) -> None:
    shop = workshop("hidden")
    graph = {
        "1": node("EmptyImage", width=8, height=8, batch_size=1, color=0),
        "2": node("Hidden", value=5),
        "3": node("SaveImage", images=["1", 0], filename_prefix="x"),
    }
    document = {"prompt": graph, "extra_data": {"extra_pnginfo": {"workflow": {"nodes": []}}}}
    workflow = shop.engine.load(document)
    shop.engine.run(workflow, targets=["2"])
    shop.engine.run(workflow, targets=["3"])
    texts = read_metadata(shop.base / "output" / "x_00001_.png")
    assert '"noted": 5' in texts["workflow"]


def test_values_of_every_type(workshop: Make) -> None:
    shop = workshop("data_types")
    names = ("image", "mask", "latent", "audio", "noise", "sigmas", "own")
    graph = {
        "1": node("Makes", type="x"),
        "2": node("Takes", **{name: ["1", index] for index, name in enumerate(names)}),
        "3": node("SplitSigmas", sigmas=["1", 5], step=1),
    }
    done = shop.run(graph, "2", "3")
    assert done.outputs["2"] == ("[[2, 8, 12, 3], [8, 12], [4], 44100, 3, 24.0, [3.0, 1.0, 0.0], 5]",)
    assert done.outputs["3"][0].tolist() == [3.0, 1.0]
    assert not math.isnan(done.seconds)


def test_the_examples_are_short_and_run(tmp_path: Path) -> None:
    examples = Path(__file__).parents[3] / "custom_nodes"
    (tmp_path / "custom_nodes").mkdir()
    for name in ("example_node.py", "example_v1.py"):
        assert len((examples / name).read_text().splitlines()) < 40
        shutil.copy(examples / name, tmp_path / "custom_nodes")
    shop = Workshop(tmp_path)
    assert [report.node_types for report in shop.reports.values()] == [("ExampleBrightness",), ("ExampleContrast",)]
    graph = {
        "1": node("EmptyImage", width=2, height=2, batch_size=1, color=0x404040),
        "2": node("ExampleBrightness", image=["1", 0], factor=2.0),
        "3": node("ExampleContrast", image=["2", 0], factor=0.0),
    }
    done = shop.run(graph, "2", "3")
    assert round(float(done.outputs["2"][0].mean()), 3) == 0.502
    assert done.outputs["3"][0].unique().tolist() == [0.5]
