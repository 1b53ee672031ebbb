from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.execution.calls import (
    Answer,
    WrongResultError,
    arrange_calls,
    ask_fingerprint,
    ask_needs,
    find_blocker,
    gather_inputs,
    merge_answers,
    merge_ui,
    read_answer,
)
from engine.graph.node import node
from engine.graph.schema import ExecutionBlocker, NodeDef, NodeResult
from engine.graph.workflow import Link, Node
from engine.settings import Settings
from tests.engine.execution import tiny

_NESTED: list[Any] = []
_NESTED.append(_NESTED)


class Only(NamedTuple):
    answer: int


def fingerprint_of(tag: str, settings: Settings) -> str:
    return f"{tag} {settings.device}"


@node("Marked", category="test", fingerprint=fingerprint_of)
def marked(*, tag: str = "") -> Only:
    return Only(1)


def test_inputs_become_lists_and_what_is_not_computed_is_none():
    inputs = {"a": 1, "b": Link("x", 1), "c": Link("y", 0), "d": [1, 2]}
    lists = gather_inputs(Node("n", "T", inputs), {"x": ([0], [5, 6])})
    assert lists == {"a": [1], "b": [5, 6], "c": [None], "d": [[1, 2]]}


@given(st.dictionaries(st.sampled_from("abc"), st.lists(st.integers(), max_size=4)))
def test_shorter_lists_repeat_their_last(lists: dict[str, list[int]]):
    calls = arrange_calls(tiny.add, lists)
    assert len(calls) == (1 if not lists else 0 if [] in lists.values() else max(map(len, lists.values())))
    for index, call in enumerate(calls):
        assert call == {name: (values + values[-1:] * 9)[index] for name, values in lists.items()}


def test_lists_that_a_node_receives_are_its_own():
    values = [1, 2, 3]
    [whole] = arrange_calls(tiny.total, {"values": values})
    [every] = arrange_calls(tiny.take_lists, {"a": values})
    assert isinstance(whole, dict)
    assert isinstance(every, dict)
    whole["values"].clear()
    every["a"].clear()
    assert values == [1, 2, 3]


def test_blockers_stand_for_the_calls_that_they_prevent():
    silent, loud = ExecutionBlocker(), ExecutionBlocker("why")
    assert arrange_calls(tiny.add, {"a": [1, silent], "b": [2]}) == [{"a": 1, "b": 2}, silent]
    assert arrange_calls(tiny.total, {"values": [1, silent, loud], "scale": [1, 2]}) == [loud, loud]
    assert arrange_calls(tiny.take_lists, {"a": [1], "b": [silent]}) == [silent]
    assert find_blocker([[1], [silent, 2], [loud]]) is loud
    assert find_blocker([[1], []]) is None


def test_needs_receives_what_it_names():
    lists: dict[str, list[Any]] = {"flag": [True, False, True], "yes": [None], "no": [None]}
    assert ask_needs(tiny.choose, lists, "n") == ["yes", "no"]
    assert ask_needs(tiny.choose, {**lists, "flag": [False]}, "n") == ["no"]
    assert ask_needs(tiny.choose, {**lists, "flag": [ExecutionBlocker()]}, "n") == []


def test_fingerprints_receive_literals_and_settings():
    assert ask_fingerprint(marked, Node("n", "Marked", {"tag": "x"}), Settings(device="cpu")) == "x cpu"
    assert ask_fingerprint(marked, Node("n", "Marked", {"tag": Link("a", 0)}), Settings(device="cpu")) == "None cpu"
    assert math.isnan(ask_fingerprint(tiny.broken_fingerprint, Node("n", "B", {"tag": "x"}), Settings()))


RESULTS: list[tuple[NodeDef, Any, list[Any]]] = [
    (tiny.value, 3, [3]),
    (tiny.value, None, [None]),
    (tiny.value, (1, 2), [(1, 2)]),
    (marked, Only(5), [5]),
    (tiny.div_mod, tiny.DivMod(1, 2), [1, 2]),
    (tiny.div_mod, [1, 2], [1, 2]),
    (tiny.div_mod, NodeResult(outputs=(1, 2)), [1, 2]),
    (tiny.show, None, []),
    (tiny.show, "whatever", []),
    (tiny.show, NodeResult(ui={"text": ["x"]}), []),
]


@pytest.mark.parametrize(("definition", "result", "slots"), RESULTS)
def test_results_of_every_form(definition: Any, result: Any, slots: list[Any]):
    assert list(read_answer(definition, result).slots) == slots


def test_a_blocker_stands_for_every_output():
    blocker = ExecutionBlocker("no")
    assert list(read_answer(tiny.div_mod, blocker).slots) == [blocker, blocker]
    assert list(read_answer(tiny.div_mod, NodeResult(outputs=blocker)).slots) == [blocker, blocker]


@pytest.mark.parametrize("result", [None, 3, (1,), (1, 2, 3), "ab"])
def test_a_wrong_number_of_outputs_is_said(result: Any):
    with pytest.raises(WrongResultError, match="declares 2"):
        read_answer(tiny.div_mod, result)


def test_answers_of_all_calls_are_merged():
    link, blocker = Link("x", 0), ExecutionBlocker()
    assert merge_answers(tiny.div_mod, [Answer((1, 2)), Answer((3, link))]) == ([1, 3], [2, link])
    assert merge_answers(tiny.count_to, [Answer(([1, 2],)), Answer((blocker,)), Answer((link,)), Answer(((3,),))]) == (
        [1, 2, blocker, link, 3],
    )
    assert merge_answers(tiny.div_mod, []) == ([], [])
    with pytest.raises(WrongResultError, match="should be a list, not int"):
        merge_answers(tiny.count_to, [Answer((3,))])


def test_what_calls_show_is_joined_by_key():
    answers = [Answer((), {"text": ["a"], "images": [1]}), Answer(()), Answer((), {"text": ("b",), "audio": []})]
    assert merge_ui(answers) == {"text": ["a", "b"], "images": [1], "audio": []}
    assert merge_ui([Answer(())]) is None


@pytest.mark.parametrize(
    ("ui", "said"),
    [
        ({"images": [b"\xff"]}, r"ui\['images'\]\[0\] is bytes"),
        ({"a": [{"b": [1, math.nan]}]}, r"ui\['a'\]\[0\]\['b'\]\[1\] is nan"),
        ({"a": [math.inf]}, r"is inf, which JSON has no number for"),
        ({"a": [torch.zeros(2)]}, r"ui\['a'\]\[0\] is an object of type Tensor"),
        ({"a": [np.float32(1)]}, r"is an object of type float32"),
        ({"a": [object()]}, r"is an object of type object"),
        ({"a": ["\ud800"]}, r"half a surrogate pair"),
        ({"a": [10**30]}, r"more than 64 bits"),
        ({"a": [{(1, 2): 3}]}, r"ui\['a'\]\[0\] has a key that is an object of type tuple"),
        ({"a": [_NESTED]}, r"nested more than 100 levels"),
        ({"a": ["x" * 10_000_000] * 2}, r"ui\['a'\]\[1\] is more than the 16777216 bytes"),
        ({"a": range(10**12)}, r"ui\['a'\] should be a list, not range"),
        ({"a": 3}, r"ui\['a'\] should be a list, not int"),
        ([1], r"ui should be an object of lists by name, not list"),
    ],
)
def test_what_cannot_be_shown_is_the_nodes_mistake(ui: Any, said: str) -> None:
    with pytest.raises(WrongResultError, match=said):
        merge_ui([Answer((), ui=ui)])


def test_what_is_to_be_shown_becomes_plain() -> None:
    class Text(str):
        __slots__ = ()

    shown = merge_ui([Answer((), ui={Text("a"): (1, Text("b"), np.float64(0.5), (True, None)), "t": "xy"})])
    assert shown == {"a": [1, "b", 0.5, [True, None]], "t": ["x", "y"]}
    assert shown is not None
    assert [type(item) for item in shown["a"][:3]] == [int, str, float]
