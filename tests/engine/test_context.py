from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from engine.context import Context
from engine.errors import Interrupted
from engine.runtime import Engine
from engine.settings import Settings
from tests.engine.execution import tiny
from tests.engine.execution.tiny import graph


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(Settings(base_directory=tmp_path, device="cpu"), registry=tiny.REGISTRY)


def test_a_standalone_context_lets_nodes_be_called_as_functions(tmp_path: Path):
    context = Context.standalone(Settings(base_directory=tmp_path, device="cpu"))
    assert tiny.steps(total=4, preview=True, ctx=context) == 4
    assert context.pool.device == torch.device("cpu")
    assert context.settings.base_directory == tmp_path


def test_progress_and_previews_reach_who_listens(tmp_path: Path):
    progress: list[tuple[int, int]] = []
    previews: list[torch.Tensor] = []
    standalone = Context.standalone(Settings(device="cpu"))
    context = Context(
        settings=standalone.settings,
        pool=standalone.pool,
        on_progress=lambda value, total: progress.append((value, total)),
        on_preview=previews.append,
    )
    context.progress(1, 2)
    context.preview(torch.zeros(2, 2, 3))
    assert progress == [(1, 2)]
    assert len(previews) == 1


def test_an_interrupt_takes_effect_in_progress():
    context = Context.standalone(Settings(device="cpu"))
    context.check_interrupted()
    context.interrupted.set()
    with pytest.raises(Interrupted):
        context.check_interrupted()
    with pytest.raises(Interrupted):
        context.progress(1, 2)


def test_a_run_says_which_node_it_is_and_what_was_submitted(engine: Engine):
    prompt = graph(w=("WhoAmI", {"tag": "1"}), other=("Value", {}))
    prompt["w"]["_meta"] = {"title": "Me"}
    document: dict[str, Any] = {"prompt": prompt, "workflow": {"nodes": [], "links": [], "version": 0.4}}
    workflow = engine.load(document)
    result = engine.run(workflow, targets=["w"], inputs={"other.value": "7"})
    told = result.outputs["w"][0]
    assert told["id"] == "w"
    assert told["prompt"]["w"] == {"class_type": "WhoAmI", "inputs": {"tag": "1"}, "_meta": {"title": "Me"}}
    assert told["prompt"]["other"]["inputs"] == {"value": 7}
    assert told["extra"] == workflow.extra
    assert "tag" in told["prompt"]["w"]["inputs"]


def test_the_pool_is_made_only_when_a_node_asks(engine: Engine):
    engine.run(engine.load(graph(v=("Value", {}))), targets=["v"])
    assert engine._pool is None
    engine.run(engine.load(graph(s=("Steps", {}))), targets=["s"])
    assert engine._pool is engine.pool
