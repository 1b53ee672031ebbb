"""Values by position become values by name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.canvas_records import CanvasNode, CanvasSlot
from engine.graph.canvas_widgets import name_values
from engine.graph.core_types import core_registry
from engine.graph.schema import Input, ModelFile, NodeDef, Number

_CORE = core_registry()
_SAMPLER = {"seed": 7, "steps": 20, "cfg": 8.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0}


def _name(definition: NodeDef | None, values: Any, *slots: str) -> dict[str, Any]:
    widgets = tuple(CanvasSlot(name, "INT", is_widget=True) for name in slots)
    named, _ = name_values(CanvasNode("1", "Test", "", 0, widgets, (), values), definition)
    return named


def _define(*inputs: Input) -> NodeDef:
    return NodeDef("Test", "Test", "test", inputs, (), print)


def _widget(name: str, type_name: str = "INT", **others: Any) -> Input:
    return Input(name, type_name, is_widget=True, **others)


@pytest.mark.parametrize(
    "values",
    [
        [7, "randomize", 20, 8.0, "euler", "normal", 1.0],
        [7, "fixed", 20, 8.0, "euler", "normal", 1.0],
        [7, True, 20, 8.0, "euler", "normal", 1.0],
        [7, None, 20, 8.0, "euler", "normal", 1.0],
        [7, 20, 8.0, "euler", "normal", 1.0],
        [7, "increment", 20, 8.0, "euler", "normal", 1.0, "more", 5],
        [7, "randomize", 20, 8.0, "euler", "normal"],
        {**_SAMPLER, "control_after_generate": "randomize"},
    ],
)
def test_a_seed_may_be_followed_by_its_control(values: Any) -> None:
    assert _name(_CORE["KSampler"], values) == _SAMPLER


@given(st.data())
def test_any_declaration_is_read_back(data: st.DataObject) -> None:
    """Values written as the canvas writes them, control values included, come back under their names."""
    by_type = {
        "INT": st.integers(0, 99),
        "FLOAT": st.floats(0, 1),
        "STRING": st.text(max_size=4),
        "BOOLEAN": st.booleans(),
        "COMBO": st.sampled_from(["fixed", "euler", "a"]),
    }
    types = data.draw(st.lists(st.sampled_from(sorted(by_type)), max_size=6))
    widgets: list[Input] = []
    written: list[Any] = []
    expected: dict[str, Any] = {}
    for place, type_name in enumerate(types):
        is_seed = type_name == "INT" and data.draw(st.booleans())
        choices = ("fixed", "euler", "a") if type_name == "COMBO" else None
        widgets.append(_widget(f"w{place}", type_name, seed_control=is_seed, choices=choices))
        expected[f"w{place}"] = data.draw(by_type[type_name])
        written.append(expected[f"w{place}"])
        if is_seed:
            written.append(data.draw(st.sampled_from(["fixed", "increment", "decrement", "randomize"])))
    assert _name(_define(*widgets), written) == expected


def test_a_control_word_may_be_a_value() -> None:
    definition = _define(_widget("seed"), _widget("mode", "COMBO", choices=("fixed", "free")))
    assert _name(definition, [1, "fixed"]) == {"seed": 1, "mode": "fixed"}
    assert _name(definition, [1, "randomize", "fixed"]) == {"seed": 1, "mode": "fixed"}
    assert _name(definition, [1, "fixed", "free"]) == {"seed": 1, "mode": "free"}
    flag = _define(_widget("seed"), _widget("flag", "BOOLEAN"))
    assert _name(flag, [1, True]) == {"seed": 1, "flag": True}
    assert _name(flag, [1, False, True]) == {"seed": 1, "flag": True}


def test_seeds_are_known_by_name_unless_the_declaration_says_otherwise() -> None:
    off = _widget("seed", options={"control_after_generate": False})
    assert _name(_define(off, _widget("mode", "STRING")), [1, "fixed"]) == {"seed": 1, "mode": "fixed"}
    other = _define(_widget("number"), _widget("text", "STRING"))
    assert _name(other, [1, "fixed"]) == {"number": 1, "text": "fixed"}


def test_a_controlled_list_is_followed_by_its_control_and_its_filter() -> None:
    definition = _define(_widget("name", "COMBO", choices=("a", "b"), seed_control=True), _widget("n"))
    assert _name(definition, ["a", "increment-wrap", "", 3]) == {"name": "a", "n": 3}
    assert _name(definition, ["a", 3]) == {"name": "a", "n": 3}


def test_upload_buttons_stand_at_the_end() -> None:
    assert _name(_CORE["LoadImage"], ["cat.png", "image"]) == {"image": "cat.png"}
    assert _name(_CORE["LoadImageMask"], ["cat.png", "red", "image"]) == {"image": "cat.png", "channel": "red"}


def test_required_widgets_stand_before_optional_ones() -> None:
    definition = _define(_widget("later", kind="optional"), _widget("first"))
    assert _name(definition, [1, 2]) == {"first": 1, "later": 2}


def test_missing_and_null_values_take_the_default_and_say_so() -> None:
    definition = _define(
        _widget("a", default=1), _widget("b", default=2), _widget("file", "COMBO", choices=ModelFile("loras"))
    )
    named, notes = name_values(CanvasNode("5", "Test", "", 0, (), (), [None]), definition)
    assert named == {"a": 1, "b": 2}, "no file is chosen for anybody"
    assert [(note.node_id, note.input_name) for note in notes] == [("5", "a"), ("5", "b")]


def test_where_nothing_says_a_default_it_is_what_the_canvas_shows() -> None:
    definition = _define(
        _widget("int", number=Number(min=4)),
        _widget("float", "FLOAT", number=Number(min=-1.0)),
        _widget("text", "STRING"),
        _widget("flag", "BOOLEAN"),
        _widget("list", "COMBO", choices=("first", "second")),
    )
    assert _name(definition, []) == {"int": 4, "float": 0, "text": "", "flag": False, "list": "first"}


def test_old_frontends_kept_a_place_for_widgets_that_are_only_sockets() -> None:
    forced = Input("steps", "INT", number=Number(min=1))
    definition = _define(_widget("name", "STRING"), forced, _widget("file", "STRING"))
    assert _name(definition, ["a", "b"]) == {"name": "a", "file": "b"}
    assert _name(definition, ["a", 20, "b"]) == {"name": "a", "file": "b"}


def test_slots_of_linked_widgets_alone_are_no_list_of_all_widgets() -> None:
    values = [7, "randomize", 20, 8.0, "gone", "normal", 1.0]
    assert _name(_CORE["KSampler"], values, "steps") == {**_SAMPLER, "sampler_name": "gone"}


def test_names_in_the_file_help_where_the_declaration_has_changed() -> None:
    """A version of the node without `added` wrote the file."""
    definition = _define(_widget("a", "STRING"), _widget("added", "INT", default=5), _widget("b", "STRING"))
    assert _name(definition, ["x", "y"], "a", "b") == {"a": "x", "b": "y", "added": 5}


def test_unknown_types_are_named_by_the_file_or_by_place() -> None:
    assert _name(None, [1, "randomize", 2], "seed", "steps") == {"seed": 1, "steps": 2}
    assert _name(None, {"a": 1}) == {"a": 1}
    assert _name(None, [1, 2]) == {"#0": 1, "#1": 2}
    assert _name(None, None) == {}


def test_slots_of_an_unknown_type_take_the_next_value_of_their_kind() -> None:
    slots = (CanvasSlot("width", "INT", is_widget=True), CanvasSlot("text", "STRING", is_widget=True))
    node = CanvasNode("5", "Nobody", "", 0, slots, (), [1.15, 0.5, 1024, 768, "a"])
    named, notes = name_values(node, None)
    assert named == {"#0": 1.15, "#1": 0.5, "width": 1024, "#3": 768, "text": "a"}
    assert "3 of its values have no names" in str(notes[0])


@pytest.mark.parametrize("control", ["randomize", "fixed", True, False])
def test_what_follows_a_drawn_seed_of_an_unknown_type_is_no_value(control: Any) -> None:
    assert _name(None, [869064460703588, control, "x"]) == {"#0": 869064460703588, "#1": "x"}


def test_what_an_instance_holds_wins() -> None:
    node = CanvasNode("5", "VAELoader", "", 0, (), (), ["a"], written={"vae_name": "b", "other": 3})
    assert name_values(node, _CORE["VAELoader"])[0] == {"vae_name": "b"}


@pytest.mark.parametrize("values", [None, [], {}, [{}], [[1, 2]], [float("nan")] * 50])
def test_odd_values_do_no_harm(values: Any) -> None:
    assert _name(_CORE["KSampler"], values).keys() <= {*_SAMPLER}
