from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Interrupted, NodeError, OutOfMemory, ValidationError, WorkflowError
from engine.execution.events import Event, NodeBlocked, NodeFailed, NodeFinished, NodesCached, NodeStarted, RunFinished
from engine.graph.plan import order_upstream
from engine.graph.registry import Registry
from engine.graph.schema import NodeDef
from engine.runtime import Engine
from engine.settings import Settings
from tests.engine.execution import tiny
from tests.engine.execution.tiny import CALLS, Dag, dags, graph


def run(engine: Engine, document: dict[str, Any], *targets: str, **inputs: Any):
    return engine.run(engine.load(document), inputs=inputs, targets=targets or None)


def shown(engine: Engine, document: dict[str, Any]) -> dict[str, str]:
    return {node_id: ui["text"][0] for node_id, ui in run(engine, document).ui.items()}


# -- laws ----------------------------------------------------------------------------------------------------------


@given(dags())
def test_outputs_equal_a_naive_evaluation_and_no_node_runs_twice(dag: Dag):
    CALLS.clear()
    values = dag.evaluate()
    assert shown(Engine(registry=tiny.REGISTRY), dag.graph()) == {f"show{i}": str(values[i]) for i in dag.shown}
    needed = {f"n{i}" for i in dag.upstream(dag.shown)} | {f"show{i}" for i in dag.shown}
    assert sorted(CALLS) == sorted(needed)


@given(dags())
def test_the_order_is_that_of_the_plan(dag: Dag):
    CALLS.clear()
    engine = Engine(registry=tiny.REGISTRY)
    workflow = engine.load(dag.graph())
    result = engine.run(workflow)
    expected = order_upstream(workflow, [f"show{i}" for i in dag.shown])
    assert CALLS == list(result.executed) == expected


@given(dags(), st.data())
def test_a_changed_literal_runs_exactly_its_descendants_again(dag: Dag, data: st.DataObject):
    engine = Engine(registry=tiny.REGISTRY)
    run(engine, dag.graph())
    changed = data.draw(st.integers(0, len(dag.biases) - 1))
    again = Dag(dag.sources, [bias + 100 * (i == changed) for i, bias in enumerate(dag.biases)], dag.shown)
    CALLS.clear()
    assert shown(engine, again.graph()) == {f"show{i}": str(again.evaluate()[i]) for i in dag.shown}
    reached = dag.downstream(changed)
    expected = {f"n{i}" for i in reached & dag.upstream(dag.shown)} | {f"show{i}" for i in reached & {*dag.shown}}
    assert set(CALLS) == expected


@given(dags(), st.randoms())
def test_the_cache_knows_a_workflow_again_under_other_ids_and_in_another_order(dag: Dag, random: Any):
    engine = Engine(registry=tiny.REGISTRY)
    run(engine, dag.graph())
    records = list(dag.graph().items())
    random.shuffle(records)
    renamed: dict[str, Any] = {
        f"other {name}": {
            **record,
            "inputs": {
                key: [f"other {value[0]}", value[1]] if isinstance(value, list) else value
                for key, value in record["inputs"].items()
            },
        }
        for name, record in records
    }
    CALLS.clear()
    assert set(run(engine, renamed).cached) >= {f"other show{i}" for i in dag.shown}
    assert CALLS == []


@given(st.lists(st.integers(0, 4), min_size=1, max_size=3), st.booleans())
def test_list_mapping_equals_a_naive_evaluation(lengths: list[int], is_scaled: bool):
    names = ["a", "b", "c"][: len(lengths)]
    sources: dict[str, Any] = {f"r{name}": ("Range", {"n": n}) for name, n in zip(names, lengths, strict=True)}
    links = {name: f"@r{name}" for name in names}
    document = graph(
        **sources,
        sum=("Sum", links),
        total=("Total", {"values": "@sum", **({"scale": "@ra"} if is_scaled else {})}),
        show=("Show", {"source": "@total"}),
    )

    def element(n: int, index: int) -> int:
        return min(index, n - 1)

    sums: list[int] = []
    if 0 not in lengths:
        factors = (3, 5, 7)
        sums = [
            sum(factor * element(n, index) for factor, n in zip(factors, lengths, strict=False))
            for index in range(max(lengths))
        ]
    totals = [sum(sums) * scale for scale in range(lengths[0])] if is_scaled else [sum(sums)]
    result = run(Engine(registry=tiny.REGISTRY), document)
    assert result.ui.get("show", {}).get("text", []) == [str(each) for each in totals]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 400)), max_size=12), st.integers(0, 4000))
def test_the_budget_holds_after_every_run(sizes: list[tuple[int, int]], budget: int):
    engine = Engine(Settings(cache_bytes=budget), registry=tiny.REGISTRY)
    for seed, size in sizes:
        document = graph(
            noise=("Noise", {"size": size, "seed": seed}),
            tail=("Tail", {"latent": "@noise"}),
            show=("Show", {"source": "@tail"}),
        )
        assert shown(engine, document)["show"] == str(torch.full((size - 1,), float(seed)))
        assert engine.cache.used_bytes().get("cpu", 0) <= budget


@pytest.mark.parametrize("kind", ["Sum", "FirstPositive"])
def test_a_chain_of_ten_thousand_nodes(kind: str, engine: Engine):
    nodes: dict[str, Any] = {"n0": ("Value", {"value": 1})}
    for index in range(1, 10_000):
        nodes[f"n{index}"] = (kind, {"a": f"@n{index - 1}"})
    result = run(engine, graph(**nodes), "n9999")
    assert len(result.executed) == 10_000
    assert len(run(engine, graph(**nodes), "n9999").cached) == 10_000


# -- lists ---------------------------------------------------------------------------------------------------------


def test_a_node_that_takes_lists_is_called_once_with_lists(engine: Engine):
    document = graph(
        r=("Range", {"n": 3}), empty=("Range", {"n": 0}), all=("Lists", {"a": "@r", "b": "@empty", "tag": "x"})
    )
    assert run(engine, document, "all").outputs["all"] == ("[0, 1, 2] []",)
    assert CALLS == ["", "", "['x']"]


def test_ui_of_all_calls_is_joined_and_outputs_are_lists(engine: Engine):
    result = run(engine, graph(r=("Range", {"n": 3}), show=("Show", {"source": "@r"})))
    assert result.ui["show"] == {"text": ["0", "1", "2"]}
    assert run(engine, graph(r=("Range", {"n": 3})), "r").outputs["r"] == ([0, 1, 2],)
    assert run(engine, graph(r=("Range", {"n": 1})), "r").outputs["r"] == (0,)
    assert run(engine, graph(v=("Value", {"value": 27}), d=("DivMod", {"a": "@v"})), "d").outputs["d"] == (2, 7)


# -- targets -------------------------------------------------------------------------------------------------------


def test_only_what_the_targets_need_runs(engine: Engine):
    document = graph(
        a=("Value", {"value": 1, "tag": "a"}),
        b=("Value", {"value": 2, "tag": "b"}),
        x=("Show", {"source": "@a", "tag": "x"}),
        y=("Show", {"source": "@b", "tag": "y"}),
    )
    assert run(engine, document, "y").executed == ("b", "y")
    assert run(engine, document, "a").outputs == {"a": (1,)}
    with pytest.raises(WorkflowError, match="no node 'z'"):
        run(engine, document, "z")
    with pytest.raises(ValidationError, match="no outputs"):
        run(engine, graph(a=("Value", {})))


def test_equal_nodes_share_one_result(engine: Engine):
    document = graph(
        a=("Value", {"value": 1, "tag": "v"}),
        b=("Value", {"value": 1, "tag": "v"}),
        x=("Sum", {"a": "@a", "b": "@b", "tag": "s"}),
    )
    result = run(engine, document, "x")
    assert result.outputs["x"] == (8,)
    assert CALLS == ["v", "s"]
    assert result.cached == {"b"}


# -- lazy inputs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", [True, False])
def test_only_the_wanted_lazy_input_is_computed(flag: bool, engine: Engine):
    document = graph(
        a=("Value", {"value": 1, "tag": "a"}),
        b=("Value", {"value": 2, "tag": "b"}),
        choose=("Choose", {"flag": flag, "yes": "@a", "no": "@b", "tag": "choose"}),
        show=("Show", {"source": "@choose"}),
    )
    assert shown(engine, document) == {"show": "1" if flag else "2"}
    assert list(CALLS) == ["a" if flag else "b", "choose", ""]


def test_needs_is_asked_until_it_wants_nothing_new(engine: Engine):
    sources: dict[str, Any] = {name: ("Value", {"value": v, "tag": name}) for name, v in (("a", 0), ("b", 5), ("c", 9))}
    document = graph(**sources, first=("FirstPositive", {"a": "@a", "b": "@b", "c": "@c", "tag": "first"}))
    assert run(engine, document, "first").outputs["first"] == (5,)
    assert CALLS == ["a", "b", "first"]
    CALLS.clear()
    result = run(engine, graph(**sources, other=("FirstPositive", {"c": "@b", "a": "@a", "b": "@c"})), "other")
    assert result.outputs["other"] == (9,)
    assert CALLS == ["c", ""]
    assert result.cached == {"a", "b"}


def test_a_lazy_input_maps_over_lists(engine: Engine):
    document = graph(
        r=("Range", {"n": 3}),
        one=("Value", {"value": 7, "tag": "one"}),
        first=("FirstPositive", {"a": "@r", "b": "@one"}),
    )
    assert run(engine, document, "first").outputs["first"] == ([7, 1, 2],)


def test_an_unknown_name_in_needs_is_an_error_that_names_it(engine: Engine):
    with pytest.raises(NodeError, match=r"'moon', 'stars'.*\(it has a\)") as caught:
        run(engine, graph(g=("Greedy", {})), "g")
    assert caught.value.node_id == "g"


# -- blockers ------------------------------------------------------------------------------------------------------


def test_a_blocker_with_a_message_is_told_once_and_the_rest_goes_on(engine: Engine):
    events: list[Event] = []
    document = graph(
        v=("Value", {"value": 1}),
        block=("Block", {"source": "@v", "message": "not today"}),
        a=("Sum", {"a": "@block"}),
        x=("Show", {"source": "@a", "tag": "x"}),
        y=("Show", {"source": "@block", "tag": "y"}),
        z=("Show", {"source": "@v", "tag": "z"}),
    )
    result = engine.run(engine.load(document), on_event=events.append)
    assert result.ui == {"z": {"text": ["1"]}}
    assert [(event.node_id, event.message) for event in events if isinstance(event, NodeBlocked)] == [
        ("a", "not today")
    ]
    assert isinstance(events[-1], RunFinished)
    assert events[-1].status == "succeeded"
    assert not {"x", "y"} & set(CALLS)
    assert set(result.outputs) == {"z"}


def test_a_silent_blocker_is_silent_and_nothing_blocked_is_cached(engine: Engine):
    events: list[Event] = []
    document = graph(v=("Value", {}), block=("Block", {"source": "@v"}), x=("Show", {"source": "@block"}))
    for _ in range(2):
        events.clear()
        result = engine.run(engine.load(document), on_event=events.append)
        assert not [event for event in events if isinstance(event, NodeBlocked)]
        assert "block" in result.executed
        assert not result.ui


def test_a_blocker_skips_only_its_own_element(engine: Engine):
    document = graph(
        r=("Range", {"n": 4}),
        even=("BlockOdd", {"a": "@r"}),
        x=("Sum", {"a": "@even"}),
        show=("Show", {"source": "@x"}),
    )
    assert run(engine, document).ui["show"] == {"text": ["0", "6"]}
    whole = graph(r=("Range", {"n": 4}), even=("BlockOdd", {"a": "@r"}), total=("Total", {"values": "@even"}))
    assert run(engine, whole, "total").outputs == {}


def test_a_target_that_gives_a_blocker_tells_its_message(engine: Engine):
    events: list[Event] = []
    document = graph(v=("Value", {}), block=("Block", {"source": "@v", "message": "no"}))
    engine.run(engine.load(document), targets=["block"], on_event=events.append)
    assert [event.message for event in events if isinstance(event, NodeBlocked)] == ["no"]


# -- expansion -----------------------------------------------------------------------------------------------------


def expansion(inner: dict[str, Any], outputs: Any, **more: Any) -> dict[str, Any]:
    return graph(
        v=("Value", {"value": 4}),
        e=("Expand", {"source": "@v", "graph": {"graph": inner}, "outputs": {"outputs": outputs}, "tag": "e"}),
        show=("Show", {"source": "@e"}),
        **more,
    )


def test_an_expansion_runs_in_place_of_its_node(engine: Engine):
    inner = graph(one=("Sum", {"a": "@v", "bias": 1}), two=("Sum", {"a": "@one"}))
    result = run(engine, expansion(inner, ["two", 0]))
    assert result.ui["show"] == {"text": ["39"]}
    assert result.executed == ("v", "e.0.0.one", "e.0.0.two", "e", "show")
    again = run(engine, expansion(inner, ["two", 0]))
    assert again.executed == ()
    assert again.ui == result.ui


def test_nodes_inside_take_part_in_the_cache(engine: Engine):
    inner = graph(one=("Sum", {"a": "@v", "bias": 1, "tag": "one"}))
    run(engine, expansion(inner, ["one", 0]))
    CALLS.clear()
    events: list[Event] = []
    changed = expansion(inner, ["one", 0])
    changed["e"]["inputs"]["tag"] = "changed"
    engine.run(engine.load(changed), on_event=events.append)
    assert CALLS == ["changed", ""]
    assert ("e.0.0.one",) in [event.node_ids for event in events if isinstance(event, NodesCached)]


def test_output_nodes_inside_run_too_and_are_shown_at_their_parent(engine: Engine):
    inner = graph(out=("Show", {"source": "@v"}), far=("Show", {"source": "@v", "tag": "far"}))
    inner["far"]["override_display_id"] = "show"
    events: list[Event] = []
    result = engine.run(engine.load(expansion(inner, "plain value")), on_event=events.append)
    assert result.ui["e.0.0.out"] == {"text": ["4"]}
    assert result.ui["show"] == {"text": ["plain value"]}
    places = {event.node_id: (event.display_id, event.parent_id) for event in events if isinstance(event, NodeStarted)}
    assert places["e.0.0.out"] == ("e", "e")
    assert places["e.0.0.far"] == ("show", "e")
    assert places["show"] == ("show", None)


def test_each_call_of_a_mapped_node_expands_by_itself(engine: Engine):
    document = graph(r=("Range", {"n": 3}), c=("Countdown", {"n": "@r"}), show=("Show", {"source": "@c"}))
    assert run(engine, document).ui["show"] == {"text": ["0", "1", "2"]}


def test_an_expansion_may_hold_values_and_whole_lists(engine: Engine):
    inner = graph(r=("Range", {"n": 3}), tail=("Tail", {"latent": torch.arange(3.0)}))
    assert run(engine, expansion(inner, ["r", 0])).ui["show"] == {"text": ["0", "1", "2"]}
    assert run(engine, expansion(inner, ["tail", 0])).ui["show"] == {"text": ["tensor([1., 2.])"]}


def test_expansions_nest_as_deep_as_they_like(engine: Engine):
    document = graph(v=("Value", {"value": 600}), c=("Countdown", {"n": "@v"}))
    result = run(engine, document, "c")
    assert result.outputs["c"] == (600,)
    assert max(map(len, result.executed)) < 200


@pytest.mark.parametrize(
    ("inner", "outputs", "message"),
    [
        ({"a": {"class_type": "Nothing", "inputs": {}}}, ["a", 0], "no node type 'Nothing'"),
        ({"a": {"class_type": "DivMod", "inputs": {}}}, ["a", 0], "required input 'a' is missing"),
        ({"a": {"class_type": "DivMod", "inputs": {"a": ["b", 0]}}}, ["a", 0], "node 'b', which does not exist"),
        ({"a": {"inputs": {}}}, ["a", 0], "missing the class_type"),
        ({"a": {"class_type": "Value", "inputs": {}}}, ["a", 3], "output 3 of 'e.0.0.a'"),
        (
            {
                "a": {"class_type": "Value", "inputs": {}},
                "e.0.0.a": {"class_type": "Value", "inputs": {}},
            },
            ["a", 0],
            "repeats the node id 'e.0.0.a'",
        ),
    ],
)
def test_what_is_wrong_with_an_expansion_is_said(inner: Any, outputs: Any, message: str, engine: Engine):
    with pytest.raises(NodeError, match="Node 'e'.*" + message):
        run(engine, expansion(inner, outputs))


def test_a_failure_inside_an_expansion_names_the_inner_node(engine: Engine):
    events: list[Event] = []
    with pytest.raises(NodeError, match=r"Node 'e\.0\.0\.f'"):
        engine.run(engine.load(expansion(graph(f=("Fail", {})), ["f", 0])), on_event=events.append)
    [failed] = [event for event in events if isinstance(event, NodeFailed)]
    assert (failed.node_id, failed.display_id, failed.parent_id) == ("e.0.0.f", "e", "e")


@pytest.mark.parametrize("cache_bytes", [0, None])
def test_an_expansion_may_link_to_what_was_let_go(cache_bytes: int | None):
    engine = Engine(Settings(cache_bytes=cache_bytes), registry=tiny.REGISTRY)
    inner = graph(s=("Sum", {"a": "@early", "b": "@never"}))
    document = graph(
        early=("Value", {"value": 2, "tag": "early"}), first=("Show", {"source": "@early", "tag": "first"})
    )
    document |= expansion(inner, ["s", 0], never=("Value", {"value": 3}))
    assert run(engine, document).ui["show"] == {"text": ["21"]}
    assert CALLS.count("early") == (2 if cache_bytes == 0 else 1)  # without a cache it has to run once more


def test_an_expanded_node_that_has_to_run_once_more_expands_once_more():
    engine = Engine(Settings(cache_bytes=0), registry=tiny.REGISTRY)
    document = graph(
        n=("Value", {"value": 2}), loop=("Countdown", {"n": "@n", "tag": "loop"}), first=("Show", {"source": "@loop"})
    )
    document |= expansion(graph(s=("Next", {"a": "@loop"})), ["s", 0])
    assert run(engine, document).ui["show"] == {"text": ["3"]}
    assert CALLS.count("loop") == 2


def test_an_expansion_that_waits_for_itself_is_a_cycle(engine: Engine):
    inner = graph(a=("Sum", {"a": "@e"}), b=("Sum", {"a": "@a"}))
    with pytest.raises(WorkflowError, match=r"cycle: .*e\.0\.0\.b.* -> ") as caught:
        run(engine, expansion(inner, ["b", 0]))
    assert caught.value.wire_type == "dependency_cycle"
    assert set(caught.value.extra_info["cycle"]) == {"e", "e.0.0.a", "e.0.0.b"}


# -- other threads -------------------------------------------------------------------------------------------------


def with_nodes(*definitions: NodeDef) -> Engine:
    return Engine(registry=Registry([*tiny.REGISTRY, *definitions]))


def define(type_name: str, call: Any, **options: Any) -> NodeDef:
    """A node without inputs that gives an INT."""
    outputs = tiny.value.outputs
    return NodeDef(type_name, type_name, "test", (), outputs, call, per_node=True, **options)


def test_async_nodes_run_at_the_same_time():
    barrier = asyncio.Barrier(3)  # each would wait for ever for the others

    async def meet() -> int:
        async with asyncio.timeout(60), barrier:
            return 1

    engine = with_nodes(define("Meet", meet, is_async=True))
    document = graph(a=("Meet", {}), b=("Meet", {}), c=("Meet", {}), s=("Sum", {"a": "@a", "b": "@b", "c": "@c"}))
    assert run(engine, document, "s").outputs["s"] == (15,)


def test_async_nodes_work_inside_an_event_loop(engine: Engine):
    async def serve() -> Any:
        return run(engine, graph(s=("Sleep", {"tag": "x", "times": 3}), show=("Show", {"source": "@s"}))).ui

    assert asyncio.run(serve()) == {"show": {"text": ["x"]}}


def test_async_nodes_map_over_lists_in_order(engine: Engine):
    document = graph(r=("Range", {"n": 4}), s=("Sleep", {"source": "@r", "tag": "x"}))
    assert run(engine, document, "s").outputs["s"] == (["x"] * 4,)


def test_equal_async_nodes_run_once(engine: Engine):
    document = graph(
        a=("Sleep", {"tag": "x", "times": 50}),
        b=("Sleep", {"tag": "x", "times": 50}),
        x=("Show", {"source": "@a", "tag": "1"}),
        y=("Show", {"source": "@b", "tag": "2"}),
    )
    assert shown(engine, document) == {"x": "x", "y": "x"}
    assert sorted(CALLS) == ["1", "2", "x"]


def test_files_are_written_while_the_rest_computes():
    computed = threading.Event()
    engine = with_nodes(
        define("Write", lambda: int(computed.wait(60)), is_io=True), define("Compute", lambda: computed.set() or 1)
    )
    document = graph(a=("Write", {}), b=("Compute", {}), s=("Sum", {"a": "@a", "b": "@b"}))
    assert run(engine, document, "s").outputs["s"] == (8,)


def test_files_are_written_in_the_order_of_the_plan(engine: Engine):
    nodes: dict[str, Any] = {f"v{i}": ("Value", {"value": i}) for i in range(12)}
    saves: dict[str, Any] = {
        f"s{i:02}": ("Save", {"source": f"@v{i}", "name": f"{i}.txt", "tag": f"{i:02}"}) for i in range(12)
    }
    run(engine, graph(**nodes, **saves))
    assert [tag for tag in CALLS if tag] == sorted(f"{i:02}" for i in range(12))


def test_a_saved_file_that_was_deleted_is_made_again(engine: Engine):
    document = graph(v=("Value", {"value": 5}), s=("Save", {"source": "@v"}))
    path = engine.settings.directory("output") / "x"
    assert run(engine, document).executed == ("v", "s")
    cached = run(engine, document)
    assert cached.executed == ()
    assert cached.ui["s"]["images"][0]["filename"] == "x"
    path.unlink()
    assert run(engine, document).executed == ("s",)
    assert path.read_text() == "5"


@pytest.mark.parametrize("is_async", [False, True])
def test_nodes_run_in_inference_mode(is_async: bool):
    async def tell() -> int:
        return int(torch.is_inference_mode_enabled())

    engine = with_nodes(
        define("Async", tell, is_async=True),
        define("File", lambda: int(torch.is_inference_mode_enabled()), is_io=True),
    )
    document = graph(a=("Async", {}), b=("File", {}), c=("InferenceMode", {}))
    outputs = run(engine, document, "a", "b", "c").outputs
    assert outputs == {"a": (1,), "b": (1,), "c": (True,)}
    assert not torch.is_inference_mode_enabled()


# -- failure -------------------------------------------------------------------------------------------------------


def test_a_failure_names_the_node_and_its_inputs(engine: Engine):
    events: list[Event] = []
    document = graph(n=("Noise", {"size": 3}), f=("Fail", {"source": "@n"}), show=("Show", {"source": "@f"}))
    document["f"]["_meta"] = {"title": "My node"}
    with pytest.raises(NodeError, match=r"Node 'f' \(Fail, titled 'My node'\): ValueError: broken") as caught:
        engine.run(engine.load(document), on_event=events.append)
    assert isinstance(caught.value.__cause__, ValueError)
    assert (caught.value.node_id, caught.value.node_type, caught.value.title) == ("f", "Fail", "My node")
    assert caught.value.inputs["source"] == "float32 [3] on cpu"
    assert caught.value.inputs["how"] == "'ValueError'"
    assert isinstance(events[-2], NodeFailed)
    assert events[-2].error is caught.value
    assert isinstance(events[-1], RunFinished)
    assert (events[-1].status, events[-1].node_id) == ("failed", "f")
    CALLS.clear()
    with pytest.raises(NodeError):
        run(engine, document)
    assert CALLS == []  # what finished before is cached


def test_an_error_meant_for_the_user_keeps_its_sentence(engine: Engine):
    with pytest.raises(NodeError, match=r"^Node 'f' \(Fail\): The mask is empty\.$"):
        run(engine, graph(f=("Fail", {"how": "InputValueError", "message": "The mask is empty."})), "f")


@pytest.mark.parametrize("kind", ["Fail", "FailLater"])
@pytest.mark.parametrize("how", ["SystemExit", "GeneratorExit", "CancelledError"])
def test_nothing_that_a_node_raises_escapes_raw(kind: str, how: str, engine: Engine):
    with pytest.raises(NodeError, match=f"{how}: broken"):
        run(engine, graph(f=(kind, {"how": how})), "f")


@pytest.mark.parametrize("kind", ["Fail", "FailLater"])
def test_a_keyboard_interrupt_goes_through(kind: str, engine: Engine):
    events: list[Event] = []
    with pytest.raises(KeyboardInterrupt):
        engine.run(engine.load(graph(f=(kind, {"how": "KeyboardInterrupt"}))), targets=["f"], on_event=events.append)
    assert isinstance(events[-1], RunFinished)
    assert events[-1].status == "interrupted"


@pytest.mark.parametrize(("kind", "message"), [("Wrong", "returned 1 outputs and declares 2"), ("WrongList", "list")])
def test_a_wrong_number_or_kind_of_outputs_is_the_nodes_fault(kind: str, message: str, engine: Engine):
    with pytest.raises(NodeError, match=f"at fault: .*{message}"):
        run(engine, graph(w=(kind, {})), "w")


def test_whatever_a_node_gives_the_error_names_it(engine: Engine):
    events: list[Event] = []
    with pytest.raises(NodeError, match="Node 'w'"):
        engine.run(engine.load(graph(w=("WrongUi", {}))), on_event=events.append)
    assert len([event for event in events if isinstance(event, NodeFailed)]) == 1


def test_fingerprints_of_nodes_that_nobody_needs_are_not_asked(engine: Engine):
    document = graph(f=("BrokenFingerprint", {"tag": "x"}), e=("Fail", {"source": "@f"}), v=("Value", {"tag": "v"}))
    assert run(engine, document, "v").executed == ("v",)


def test_a_failing_async_node_cancels_the_others(engine: Engine):
    with pytest.raises(NodeError, match="Node 'f'"):
        run(engine, graph(n=("Never", {}), f=("FailLater", {})), "n", "f")


# -- memory --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error", [MemoryError("no"), torch.OutOfMemoryError("no"), RuntimeError("DefaultCPUAllocator")]
)
@pytest.mark.parametrize("options", [{}, {"is_io": True}])
def test_a_node_that_runs_out_of_memory_is_called_once_more(error: BaseException, options: dict[str, bool]):
    calls: list[int] = []

    def work() -> int:
        calls.append(1)
        if len(calls) == 1:
            raise error
        return 5

    engine = with_nodes(define("Big", work, **options))
    document = graph(a=("Big", {}), b=("Value", {"value": 2}), s=("Sum", {"a": "@a", "b": "@b"}))
    assert run(engine, document, "s").outputs["s"] == (25,)
    assert len(calls) == 2


def test_when_nothing_more_can_be_freed_the_biggest_holders_are_named(engine: Engine):
    document = graph(n=("Noise", {"size": 300_000}), f=("Fail", {"source": "@n", "how": "MemoryError"}))
    with pytest.raises(OutOfMemory, match=r"Node 'f'.* What holds most: the output of Noise \(1 MiB, cpu\)") as caught:
        run(engine, document, "f")
    assert isinstance(caught.value.__cause__, MemoryError)
    assert len(caught.value.remedies) == 3
    assert caught.value.details.splitlines()[0] == "What helps:"
    assert [line[:3] for line in caught.value.record()["details"].splitlines()[1:]] == ["1. ", "2. ", "3. "]


def test_outputs_are_let_go_after_their_last_reader(engine: Engine):
    import weakref

    alive: list[int] = []
    made: list[weakref.ref[Any]] = []

    def make() -> torch.Tensor:
        alive.append(sum(each() is not None for each in made))
        tensor = torch.zeros(1000)
        made.append(weakref.ref(tensor))
        return tensor

    engine = Engine(
        Settings(cache_bytes=0),
        registry=Registry([*tiny.REGISTRY, NodeDef("Make", "", "", (), tiny.noise.outputs, make, per_node=True)]),
    )
    nodes: dict[str, Any] = {}
    for index in range(8):
        nodes[f"m{index}"] = ("Make", {})
        nodes[f"s{index}"] = ("Show", {"source": f"@m{index}"})
    run(engine, graph(**nodes))
    assert max(alive) == 0


# -- interruption --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["Steps", "Never"])
def test_an_interrupt_takes_effect_at_the_next_progress(kind: str, engine: Engine):
    events: list[Event] = []

    def watch(event: Event) -> None:
        events.append(event)
        if type(event).__name__ == "Progress":
            engine.interrupt()

    document = graph(s=(kind, {}), show=("Show", {"source": "@s"}))
    with pytest.raises(Interrupted):
        engine.run(engine.load(document), on_event=watch)
    assert isinstance(events[-1], RunFinished)
    assert (events[-1].status, events[-1].node_id) == ("interrupted", "s")
    assert not [event for event in events if isinstance(event, (NodeFinished, NodeFailed))]
    assert run(engine, graph(v=("Value", {"value": 3})), "v").outputs["v"] == (3,)  # the next run is not concerned


def test_an_interrupt_takes_effect_before_the_next_node(engine: Engine):
    def watch(event: Event) -> None:
        if isinstance(event, NodeFinished):
            engine.interrupt()

    document = graph(a=("Value", {"tag": "a"}), b=("Sum", {"a": "@a", "tag": "b"}))
    with pytest.raises(Interrupted):
        engine.run(engine.load(document), targets=["b"], on_event=watch)
    assert CALLS == ["a"]


# -- keys ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["Always", "BrokenFingerprint"])
def test_a_fingerprint_that_equals_nothing_runs_each_time(kind: str, engine: Engine):
    document = graph(a=(kind, {"tag": "a"}), s=("Show", {"source": "@a"}))
    for _ in range(2):
        CALLS.clear()
        run(engine, document)
        assert CALLS == ["a", ""]


# -- cache modes ---------------------------------------------------------------------------------------------------


@given(dags())
def test_without_a_cache_every_run_runs_everything_and_keeps_nothing(dag: Dag):
    engine = Engine(Settings(cache_mode="none"), registry=tiny.REGISTRY)
    first: list[str] = []
    for _ in range(2):
        CALLS.clear()
        values = dag.evaluate()
        assert shown(engine, dag.graph()) == {f"show{i}": str(values[i]) for i in dag.shown}
        assert not engine.cache
        first = first or list(CALLS)
        assert first == CALLS


def test_without_a_cache_outputs_are_freed_when_the_last_reader_has_run():
    engine = Engine(Settings(cache_mode="none", device="cpu"), registry=tiny.REGISTRY)
    lengths: list[int] = []

    def note(event: Event) -> None:
        if isinstance(event, NodeFinished):
            lengths.append(len(engine.cache))

    chain: dict[str, Any] = {"0": ("Noise", {"size": 100})}
    chain |= {str(index): ("Tail", {"latent": [str(index - 1), 0]}) for index in range(1, 20)}
    engine.run(engine.load(graph(**chain)), targets=["19"], on_event=note)
    assert max(lengths) <= 2


@pytest.mark.parametrize(("results", "again"), [(2, []), (1, ["a"])])
def test_lru_keeps_so_many_results_over_runs(results: int, again: list[str]):
    engine = Engine(Settings(cache_mode="lru", cache_results=results), registry=tiny.REGISTRY)
    for tag in ("a", "b"):
        run(engine, graph(x=("Value", {"tag": tag})), "x")
    CALLS.clear()
    run(engine, graph(x=("Value", {"tag": "a"})), "x")
    assert again == CALLS


def test_equal_outputs_of_one_run_are_all_shown_though_one_runs():
    engine = Engine(registry=tiny.REGISTRY)
    document = {f"show{place}": {"class_type": "Show", "inputs": {"source": 7}} for place in range(5)}
    events: list[Event] = []
    result = engine.run(engine.load(document), on_event=events.append)
    assert set(result.ui) == set(document)
    finished = [event for event in events if isinstance(event, NodeFinished)]
    assert [event.node_id for event in finished] == list(document)
    assert [event.cached for event in finished] == [False, True, True, True, True]
    assert len(result.executed) == 1
