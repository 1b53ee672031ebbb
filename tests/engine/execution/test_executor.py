from __future__ import annotations

import threading

import pytest

from engine.errors import Interrupted
from engine.execution.cache import OutputCache
from engine.execution.executor import Executor
from engine.graph.workflow import Workflow
from engine.memory.pool import Pool
from engine.settings import Settings
from tests.engine.execution import tiny
from tests.engine.execution.tiny import graph

SETTINGS = Settings(device="cpu")


@pytest.fixture
def executor() -> Executor:
    return Executor(tiny.REGISTRY, OutputCache(SETTINGS), SETTINGS, lambda folder: [], lambda: Pool(SETTINGS))


def test_a_result_says_what_ran_and_what_came_of_it(executor: Executor):
    workflow = Workflow.from_api(graph(v=("Value", {"value": 2}), show=("Show", {"source": "@v"})))
    result = executor.run(workflow, ["v", "show"])
    assert (result.outputs, result.ui) == ({"v": (2,), "show": ()}, {"show": {"text": ["2"]}})
    assert (result.executed, result.cached) == (("v", "show"), frozenset())
    assert result.seconds > 0
    again = executor.run(workflow, ["v", "show"])
    assert (again.executed, again.cached) == ((), {"v", "show"})
    assert (again.outputs, again.ui) == (result.outputs, result.ui)


def test_nodes_see_what_was_submitted(executor: Executor):
    workflow = Workflow.from_api(graph(w=("WhoAmI", {"tag": "1"})))
    submitted = Workflow.from_api(graph(w=("WhoAmI", {})), extra={"workflow": {"nodes": []}})
    [told] = executor.run(workflow, ["w"], submitted=submitted).outputs["w"]
    assert told == {"id": "w", "prompt": submitted.to_api(), "extra": {"workflow": {"nodes": []}}}


def test_a_run_that_is_interrupted_before_it_begins_runs_nothing(executor: Executor):
    interrupted = threading.Event()
    interrupted.set()
    with pytest.raises(Interrupted):
        executor.run(Workflow.from_api(graph(v=("Value", {}))), ["v"], interrupted=interrupted)
    assert tiny.CALLS == []


def test_nothing_wanted_is_nothing_done(executor: Executor):
    assert executor.run(Workflow(), []).executed == ()
