"""Packs that steer the graph: lazy inputs, blockers, expansion, loops written as packs write them (3.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.errors import ValidationError
from engine.execution.events import NodeBlocked, NodeFailed, NodeFinished, NodeStarted
from tests.engine.compat.workshop import Workshop, node

Make = Callable[..., Workshop]


def test_lazy_inputs_are_computed_on_demand(workshop: Make) -> None:
    shop = workshop("switches")
    graph = {
        "1": node("Says", text="A"),
        "2": node("Fails", text="never"),
        "3": node("Switch", first=True, a=["1", 0], b=["2", 0]),
    }
    done = shop.run(graph, "3")
    assert done.outputs["3"] == ("A",)
    assert set(done.executed) == {"1", "3"}


def test_raw_links(workshop: Make) -> None:
    graph = {"1": node("Says", text="A"), "2": node("Raw", link=["1", 0], value=["1", 0])}
    shop = workshop("switches")
    with pytest.raises(ValidationError):  # a plain "*" of ours takes anything; "value" is linked, so is "link"
        shop.run({"2": node("Raw", link=["9", 0], value=["1", 0])}, "2")
    assert shop.run(graph, "2").outputs["2"] == ("['1', 0] A",)


@pytest.mark.parametrize(("message", "told"), [("closed", ["closed"]), ("", [])])
def test_blockers(workshop: Make, message: str, told: list[str]) -> None:
    shop = workshop("switches", "returns")
    graph = {
        "1": node("Says", text="A"),
        "2": node("Gate", value=["1", 0], open=False, message=message),
        "3": node("Shows", value=["2", 0]),
        "4": node("Gate", value=["1", 0], open=True, message=message),
        "5": node("Shows", value=["4", 0]),
    }
    done = shop.run(graph, "3", "5")
    assert done.ui == {"5": {"text": ["A"]}}
    assert "3" not in done.outputs
    assert [event.message for event in shop.told(NodeBlocked)] == told


def test_graphs_of_several_builders(workshop: Make) -> None:
    shop = workshop("expands")
    assert shop.value("Twice", text="x") == "x+x"
    graph = {"1": node("Twice", text="x"), "2": node("Twice", text=["1", 0])}
    assert shop.run(graph, "2").outputs["2"] == ("x+x+x+x",)


def test_graphs_by_hand_and_where_they_are_shown(workshop: Make) -> None:
    shop = workshop("expands")
    assert shop.value("Plain", text="x", inner="Say") == "x"
    inner = [event for event in shop.told(NodeStarted) if event.node_type == "Say"]
    assert [(event.display_id, event.parent_id) for event in inner] == [("77", "1")]
    done = shop.run({"1": node("Plain", text="y", inner="Show")}, "1")
    assert done.outputs["1"] == ("y",)
    shown = [event for event in shop.told(NodeFinished) if event.ui is not None]
    assert [(event.display_id, event.ui) for event in shown] == [("77", {"text": ["y"]})]


def test_errors_inside_of_expansions_name_the_inner_node(workshop: Make) -> None:
    shop = workshop("expands")
    error = shop.failure({"1": node("Plain", text="boom", inner="Break")}, "1")
    assert error.node_type == "Break"
    assert "boom" in str(error)
    (event,) = shop.told(NodeFailed)
    assert (event.display_id, event.parent_id) == ("77", "1")
    unknown = shop.failure({"1": node("Plain", text="x", inner="Nobody")}, "1")
    assert unknown.node_id == "1"
    assert "Nobody" in str(unknown)


def _for(count: int, *, body: bool = True) -> dict[str, Any]:
    """total = 1; count times: total = total * 3 + 1."""
    return {
        "1": node("ForOpen", remaining=count, initial_value1=1),
        "2": node("LoopMath", a=["1", 2], b=3, operation="multiply"),
        "3": node("LoopMath", a=["2", 0], b=1, operation="add"),
        "4": node("ForClose", flow=["1", 0], initial_value1=["3", 0]),
    }


@pytest.mark.parametrize("count", [1, 2, 5, 20])
def test_for_loops(workshop: Make, count: int) -> None:
    expected = 1
    for _ in range(count):
        expected = expected * 3 + 1
    assert workshop("loops").run(_for(count), "4").outputs["4"][0] == expected


def test_a_while_loop_of_many_rounds_costs_as_much_each(workshop: Make) -> None:
    """Linear: ids don't grow, every node of the body runs once a round, and nothing runs twice."""
    shop = workshop("loops")

    def loop(count: int) -> tuple[int, int, int]:
        graph = {
            "1": node("WhileOpen", condition=True, initial_value0=count, initial_value1=0),
            "2": node("LoopMath", a=["1", 1], b=1, operation="subtract"),
            "3": node("LoopMath", a=["1", 2], b=["1", 1], operation="add"),
            "4": node("LoopIsMore", value=["2", 0]),
            "5": node(
                "WhileClose", flow=["1", 0], condition=["4", 0], initial_value0=["2", 0], initial_value1=["3", 0]
            ),
        }
        done = shop.run(graph, "5")
        assert done.outputs["5"][:2] == (0, count * (count + 1) // 2)
        started = shop.told(NodeStarted)
        assert {event.display_id for event in started} <= {"1", "2", "3", "4", "5"}
        return len(started), max(len(event.node_id) for event in started), len(set(done.executed))

    small, large = loop(25), loop(100)
    assert large[0] == 5 * 100
    assert large[2] == large[0]
    assert large[1] < 300
    assert small[0] == 5 * 25


def test_loops_in_loops(workshop: Make) -> None:
    shop = workshop("loops")
    graph = {
        "1": node("ForOpen", remaining=4, initial_value1=0),
        "2": node("ForOpen", remaining=3, initial_value1=["1", 2], initial_value2=["1", 1]),
        "3": node("LoopMath", a=["2", 2], b=["1", 1], operation="add"),
        "4": node("ForClose", flow=["2", 0], initial_value1=["3", 0]),
        "5": node("LoopMath", a=["4", 0], b=100, operation="add"),
        "6": node("ForClose", flow=["1", 0], initial_value1=["5", 0]),
    }
    total = 0
    for outer in (4, 3, 2, 1):
        for _ in range(3):
            total += outer
        total += 100
    assert shop.run(graph, "6").outputs["6"][0] == total


def test_a_loop_that_is_run_again_is_cached(workshop: Make) -> None:
    shop = workshop("loops")
    first = shop.run(_for(3), "4")
    again = shop.run(_for(3), "4")
    assert again.outputs["4"] == first.outputs["4"]
    assert again.executed == ()
